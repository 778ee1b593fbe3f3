package api

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/web/problem"
)

const geoJSON = "application/geo+json"

// gridGeoJSON answers with one grid.
func (s *Service) gridGeoJSON(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "网格编号 %q 不是数字 (not a number)", c.Param("id")))
	}
	a := s.maps.Current()
	n, i, err := findGrid(a, id)
	if err != nil {
		return problem.Write(c, err)
	}
	w := newCollection(a)
	w.grids(n, n.Grids[i].Level, func(k int32) bool { return k == i })
	return c.Blob(http.StatusOK, geoJSON, w.close())
}

// gridsGeoJSON answers with the grids of a level (the leaves when none is
// named), of a subtree, or with their atoms.
func (s *Service) gridsGeoJSON(c echo.Context) error {
	a := s.maps.Current()
	q := ask{network: c.QueryParam("network"), level: c.QueryParam("level")}
	q.Level = -1
	n, err := q.settle(a)
	if err != nil {
		return problem.Write(c, err)
	}
	root := atlas.None
	if text := c.QueryParam("subtree"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err == nil {
			root = n.Index(gridmap.GridID(id))
		}
		if root == atlas.None {
			return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "网 %s 没有编号为 %q 的网格 (no such grid)", n.Network.Code, text))
		}
	}
	wanted := func(k int32) bool { return root == atlas.None || n.Ancestor(k, n.Grids[root].Level) == root }
	w := newCollection(a)
	switch {
	case c.QueryParam("atoms") == "1":
		w.atoms(n, wanted)
	case root != atlas.None && q.level == "":
		for rank := n.Grids[root].Level; rank < len(n.Levels); rank++ {
			w.grids(n, rank, func(k int32) bool { return n.Grids[k].Level == rank && wanted(k) })
		}
	default:
		// A grid above the level that owns ground itself stands in for it in a
		// layer; whoever asks for a level wants that level.
		w.grids(n, q.Level, func(k int32) bool { return wanted(k) && (q.level == "" || n.Grids[k].Level == q.Level) })
	}
	return c.Blob(http.StatusOK, geoJSON, w.close())
}

// collection is a FeatureCollection (RFC 7946) being written.
type collection struct {
	atlas *atlas.Atlas
	buf   []byte
	n     int
}

func newCollection(a *atlas.Atlas) *collection {
	return &collection{atlas: a, buf: []byte(`{"type":"FeatureCollection","features":[`)}
}

func (w *collection) close() []byte { return append(w.buf, "]}\n"...) }

func (w *collection) begin(id int64, shape spatial.MultiPolygon) {
	if w.n > 0 {
		w.buf = append(w.buf, ",\n"...)
	}
	w.n++
	w.buf = strconv.AppendInt(append(w.buf, `{"type":"Feature","id":`...), id, 10)
	w.buf = appendGeometry(append(w.buf, `,"geometry":`...), shape)
}

// grids writes the wanted grids of a level that have ground.
func (w *collection) grids(n *atlas.Net, level int, wanted func(int32) bool) {
	topo, grids := n.Layer(level)
	for f, k := range grids {
		if !wanted(k) {
			continue
		}
		g := &n.Grids[k]
		w.begin(int64(g.ID), topo.FacePolygon(topology.FaceID(f)))
		w.buf = appendKey(w.buf, `,"properties":{"code":`, g.Code)
		w.buf = appendKey(w.buf, `,"name":`, g.Name)
		w.buf = appendKey(w.buf, `,"network":`, n.Network.Code)
		w.buf = strconv.AppendInt(append(w.buf, `,"level":`...), int64(g.Level), 10)
		w.buf = appendKey(w.buf, `,"level_name":`, levelItem(n, g.Level).Name)
		w.buf = appendKey(w.buf, `,"type":`, string(typeOf(g.Type)))
		if g.Parent != atlas.None {
			w.buf = appendKey(w.buf, `,"parent":`, n.Grids[g.Parent].Code)
		}
		w.buf = strconv.AppendInt(append(w.buf, `,"atoms":`...), int64(g.Atoms), 10)
		w.buf = append(appendCounts(w.buf, w.atlas.CountKeys(), g.Counts), `}}`...)
	}
}

// atoms writes the atoms of the wanted grids.
func (w *collection) atoms(n *atlas.Net, wanted func(int32) bool) {
	topo, atoms, owner := n.Ground()
	for f, i := range atoms {
		if !wanted(owner[f]) {
			continue
		}
		a := w.atlas.Atom(i)
		w.begin(int64(a.ID), topo.FacePolygon(topology.FaceID(f)))
		w.buf = appendKey(w.buf, `,"properties":{"code":`, a.Code)
		w.buf = appendKey(w.buf, `,"name":`, a.Name)
		w.buf = appendKey(w.buf, `,"kind":`, a.Kind)
		w.buf = appendKey(w.buf, `,"grid":`, n.Grids[owner[f]].Code)
		w.buf = append(appendCounts(w.buf, w.atlas.CountKeys(), w.atlas.AtomCounts(i)), `}}`...)
	}
}

func appendCounts(b []byte, keys []string, counts []int64) []byte {
	for k, key := range keys {
		b = appendString(append(b, ','), key)
		b = append(b, ':')
		if c := tellCount(counts[k]); c != nil {
			b = strconv.AppendInt(b, *c, 10)
		} else {
			b = append(b, `null`...)
		}
	}
	return b
}

func appendGeometry(b []byte, m spatial.MultiPolygon) []byte {
	if len(m) == 0 {
		return append(b, `null`...)
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range m {
		b = append(comma(b, i), '[')
		for j, r := range p {
			b = append(comma(b, j), '[')
			for k := 0; k <= len(r); k++ { // the first point again at the end
				b = appendPosition(comma(b, k), r[k%len(r)])
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, `]}`...)
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

func appendPosition(b []byte, p spatial.Point) []byte {
	b = appendDegrees(append(b, '['), p.X)
	b = appendDegrees(append(b, ','), p.Y)
	return append(b, ']')
}

// appendDegrees writes lattice steps as degrees exactly.
func appendDegrees(b []byte, v int32) []byte {
	u := int64(v)
	if u < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendInt(b, u/spatial.Scale, 10)
	frac := u % spatial.Scale
	b = append(b, '.')
	for div := int64(spatial.Scale / 10); div > 0; div /= 10 {
		b = append(b, byte('0'+frac/div%10))
	}
	return b
}
