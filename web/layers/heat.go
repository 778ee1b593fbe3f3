package layers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/heat"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// leastCount is how many a cell must count to be shown to who may not see
// personal data, as everywhere else.
const leastCount = 5

const usualResolution = 9

// mostCells bounds one answer.
const mostCells = 20000

// measures tells what can be asked for.
func (s *Service) measures() map[string]any {
	keys := s.Maps.Current().CountKeys()
	return map[string]any{"measures": append([]string{}, keys...), "coarsest": heat.Coarsest, "finest": heat.Finest}
}

// question is what a heat map is asked of.
type question struct {
	measure    string
	resolution int
	network    string // its code
	plan       gridmap.PlanID
}

// heat answers GET /v1/heat: a GeoJSON collection of cells with their counts.
// Classes and breaks are those of the whole network, so that colours stay when
// the map is moved.
func (s *Service) heat(c echo.Context) error {
	a := s.Maps.Current()
	q, box, err := s.questionOf(c, a)
	if err != nil {
		return problem.Write(c, err)
	}
	cells, err := heat.New(q.resolution)
	if err != nil {
		return problem.Write(c, err)
	}
	ctx := c.Request().Context()
	all, err := s.sums(ctx, a, q, cells)
	if err != nil {
		return problem.Write(c, err)
	}
	hidden := heat.Hidden{}
	least := int64(leastCount)
	if s.Reach.Of(ctx, rights.ReadPeople).Main() {
		least = 1
	} else {
		all, hidden = heat.Hide(all, leastCount)
	}
	breaks := heat.Breaks(all)
	b := []byte(`{"type":"FeatureCollection"`)
	b = jsontext.Key(b, `,"measure":`, q.measure)
	b = jsontext.Key(b, `,"cells":`, cells.Name())
	b = strconv.AppendInt(append(b, `,"res":`...), int64(q.resolution), 10)
	b = strconv.AppendInt(append(b, `,"least":`...), least, 10)
	b = strconv.AppendInt(append(b, `,"hidden_cells":`...), int64(hidden.Cells), 10)
	b = strconv.AppendInt(append(b, `,"hidden_count":`...), hidden.Count, 10)
	b = append(b, `,"breaks":[`...)
	for i, n := range breaks {
		b = strconv.AppendInt(jsontext.Comma(b, i), n, 10)
	}
	b = append(b, `],"features":[`...)
	shown := 0
	for _, cell := range all {
		outline := cells.Outline(cell.Cell)
		if !box.Empty() && !touches(outline, box) {
			continue
		}
		if shown == mostCells {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "范围内超过 %d 格，请缩小 bbox 或降低 res (too many cells: ask for a smaller bbox or a lower res)", mostCells))
		}
		b = appendCell(jsontext.Comma(b, shown), cells.ID(cell.Cell), cell.Count, heat.ClassOf(cell.Count, breaks), outline)
		shown++
	}
	c.Response().Header().Set("Cache-Control", "no-store") // who may see small counts sees another answer
	return c.Blob(http.StatusOK, geoJSON, append(b, "]}"...))
}

func appendCell(b []byte, id string, count int64, class int, outline [][2]float64) []byte {
	b = jsontext.Key(append(b, `{"type":"Feature"`...), `,"properties":{"cell":`, id)
	b = strconv.AppendInt(append(b, `,"count":`...), count, 10)
	b = strconv.AppendInt(append(b, `,"class":`...), int64(class), 10)
	b = append(b, `},"geometry":{"type":"Polygon","coordinates":[[`...)
	for i := range len(outline) + 1 {
		p := outline[i%len(outline)]
		b = strconv.AppendFloat(append(jsontext.Comma(b, i), '['), p[0], 'f', 7, 64)
		b = append(strconv.AppendFloat(append(b, ','), p[1], 'f', 7, 64), ']')
	}
	return append(b, "]]}}"...)
}

func touches(outline [][2]float64, box spatial.Box) bool {
	b := spatial.EmptyBox()
	for _, c := range outline {
		if p, err := spatial.FromLonLat(c[0], c[1]); err == nil {
			b = b.Extend(p)
		}
	}
	return b.Intersects(box)
}

func (s *Service) questionOf(c echo.Context, a *atlas.Atlas) (q question, box spatial.Box, err error) {
	q = question{measure: c.QueryParam("measure"), resolution: usualResolution}
	net := a.Main()
	if code := c.QueryParam("network"); code != "" {
		net = a.Net(code)
	}
	if net == nil {
		return q, box, gridmap.Errorf(gridmap.NotFound, "没有网 %q，或存储里还没有数据 (no such network, or nothing imported yet)", c.QueryParam("network"))
	}
	q.network = net.Network.Code
	if !slices.Contains(a.CountKeys(), q.measure) {
		return q, box, gridmap.Errorf(gridmap.Invalid, "measure=%q 不是基本单元的计数；现有：%s (no such count)", q.measure, strings.Join(a.CountKeys(), ", "))
	}
	if text := c.QueryParam("res"); text != "" {
		if q.resolution, err = strconv.Atoi(text); err != nil {
			return q, box, gridmap.Errorf(gridmap.Invalid, "res=%q 不是整数 (no whole number)", text)
		}
	}
	if text := c.QueryParam("plan"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 || s.Drafts == nil {
			return q, box, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", text)
		}
		q.plan = gridmap.PlanID(n)
	}
	box = spatial.EmptyBox()
	if text := c.QueryParam("bbox"); text != "" {
		box, err = boxOf(text)
	}
	return q, box, err
}

// warmed are sums that were made: of a draft's state, or of a ground and an
// edition.
type warmed struct {
	question
	state string
	cells []heat.Cell
}

// warmMost is how many sums are remembered.
const warmMost = 16

// sums adds up the counts of a network, as far as who asks may look, or of a
// draft that may be looked at: its board shows the whole network around it.
func (s *Service) sums(ctx context.Context, a *atlas.Atlas, q question, cells heat.Cells) ([]heat.Cell, error) {
	within := s.Reach.Of(ctx, rights.Look)
	if q.plan == 0 && !within.Everything() {
		return heat.Sum(cells, spotsOf(a, q, within)), nil
	}
	spots := func() []heat.Spot { return spotsOf(a, q, within) }
	state := a.Token()
	if q.plan != 0 {
		v, err := s.Drafts.View(ctx, who.From(ctx).Name, q.plan)
		if err != nil {
			return nil, err
		}
		q.network, state = "", strconv.FormatInt(v.Plan.Rev, 10)+"@"+strconv.FormatInt(int64(v.Plan.BaseSeq), 10)
		spots = func() (all []heat.Spot) {
			v.Board.Counted(q.measure, func(at spatial.Point, n int64) { all = append(all, heat.Spot{At: at, Count: n}) })
			return all
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.warm {
		if w.question == q && w.state == state {
			return w.cells, nil
		}
	}
	w := warmed{q, state, heat.Sum(cells, spots())}
	s.warm = append([]warmed{w}, s.warm[:min(len(s.warm), warmMost-1)]...)
	return w.cells, nil
}

// spotsOf are the counts of a network's atoms, each at a point inside of its
// ground: where on it things happened is not kept.
func spotsOf(a *atlas.Atlas, q question, within *auth.Reach) []heat.Spot {
	k := slices.Index(a.CountKeys(), q.measure)
	if k < 0 {
		return nil
	}
	net := a.Net(q.network)
	topo, atoms, owner := net.Ground()
	all := make([]heat.Spot, 0, len(atoms))
	for f, atom := range atoms {
		var of gridmap.GridID
		if owner[f] != atlas.None {
			of = net.Grids[owner[f]].ID
		}
		if n := a.AtomCounts(atom)[k]; n > 0 && within.Grid(of) {
			all = append(all, heat.Spot{At: district.Inside(topo.FacePolygon(topology.FaceID(f))), Count: n})
		}
	}
	return all
}
