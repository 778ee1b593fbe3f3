package plans

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
	"cloudgrid/web/problem"
)

// PlanInput names the plan that a request is about. It is exported for the
// OpenAPI library, which does not look into embedded types that are not.
type PlanInput struct {
	ID int64 `path:"id"`
}

func (in PlanInput) plan() gridmap.PlanID { return gridmap.PlanID(in.ID) }

// planNextItem is what undo or redo would do.
type planNextItem struct {
	Can     bool   `json:"can"`
	Kind    string `json:"kind,omitempty"`
	OpID    string `json:"op_id,omitempty"`
	Summary string `json:"summary,omitempty"`
}

func planNextItemOf(b *plan.Board, op *gridmap.PlanOp) planNextItem {
	if op == nil {
		return planNextItem{}
	}
	return planNextItem{Can: true, Kind: op.Kind, OpID: op.ID, Summary: b.Summary(*op)}
}

// boardItem is a whole draft.
type boardItem struct {
	Plan      PlanItem        `json:"plan"`
	Rev       int64           `json:"rev"`
	Bounds    []float64       `json:"bounds"`
	CountKeys []string        `json:"count_keys"`
	Levels    []planLevelItem `json:"levels"`
	Grids     []planGridItem  `json:"grids"`
	Atoms     planAtomsItem   `json:"atoms"`
	Undo      planNextItem    `json:"undo"`
	Redo      planNextItem    `json:"redo"`
}

type planLevelItem struct {
	Rank int    `json:"rank"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// board is a plain handler: the answer is large, and made of columns.
func (s *Service) board(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", c.Param("id")))
	}
	v, rev, err := s.view(ctx, gridmap.PlanID(id), c.QueryParam("rev"))
	if err != nil {
		return problem.Write(c, err)
	}
	next, err := s.desk.Next(ctx, actor(ctx), gridmap.PlanID(id))
	if err != nil {
		return problem.Write(c, err)
	}
	within := s.sight(ctx)
	item := boardItem{
		Plan: s.planItem(v.Plan), Rev: rev, Bounds: boxItem(v.Board.Bounds()), CountKeys: orEmpty(v.Board.CountKeys()),
		Grids: []planGridItem{}, Atoms: within.atomsItem(v.Board.Atoms()), Undo: planNextItemOf(v.Board, next.Undo), Redo: planNextItemOf(v.Board, next.Redo),
	}
	_, net := v.Board.Base()
	for _, l := range net.Levels {
		item.Levels = append(item.Levels, planLevelItem{l.Rank, l.Code, l.Name})
	}
	for _, g := range v.Board.Grids() {
		item.Grids = append(item.Grids, within.gridItem(g))
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, item)
}

type problemsOutput struct {
	Body struct {
		Rev      int64             `json:"rev"`
		Problems []planFindingItem `json:"problems"`
	}
}

func (s *Service) problems(ctx context.Context, in *RevInput) (*problemsOutput, error) {
	v, rev, err := s.view(ctx, in.plan(), in.Rev)
	if err != nil {
		return nil, err
	}
	out := &problemsOutput{}
	found := s.sight(ctx).findings(s.desk.Validate(v.Board))
	out.Body.Rev, out.Body.Problems = rev, planFindingItems(found)
	for i, f := range found {
		if out.Body.Problems[i].Fix, err = planFixItemOf(v.Board.Fix(f)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// planDiffGrid is what becomes of a grid.
type planDiffGrid struct {
	ID               int64   `json:"id"`
	Status           string  `json:"status" enum:"new,retired,changed"`
	Level            int     `json:"level"`
	CodeBefore       string  `json:"code_before,omitempty"`
	Code             string  `json:"code,omitempty"`
	NameBefore       string  `json:"name_before,omitempty"`
	Name             string  `json:"name,omitempty"`
	Renamed          bool    `json:"renamed" doc:"code, name, type or attributes differ"`
	Regrouped        bool    `json:"regrouped" doc:"its atoms are others"`
	Reshaped         bool    `json:"reshaped" doc:"the ground of its atoms differs"`
	AtomsBefore      int     `json:"atoms_before"`
	Atoms            int     `json:"atoms_after"`
	HouseholdsBefore int64   `json:"households_before"`
	Households       int64   `json:"households_after"`
	LoadBefore       float64 `json:"load_before"`
	Load             float64 `json:"load_after"`
	AreaM2Before     float64 `json:"area_m2_before"`
	AreaM2           float64 `json:"area_m2_after"`
	Gained           int64   `json:"households_gained"`
	Lost             int64   `json:"households_lost"`
}

type planMovedItem struct {
	Atom       int64 `json:"atom"`
	From       int64 `json:"from"`
	To         int64 `json:"to"`
	Households int64 `json:"households"`
}

type planPostItem struct {
	Post int64 `json:"post"`
	Grid int64 `json:"grid"`
}

type planDescentItem struct {
	From       int64   `json:"from"`
	To         int64   `json:"to"`
	Share      float64 `json:"share"`
	Households int64   `json:"households"`
}

type diffOutput struct {
	Body struct {
		Rev             int64             `json:"rev"`
		Grids           []planDiffGrid    `json:"grids"`
		AtomsMoved      int               `json:"atoms_moved"`
		HouseholdsMoved int64             `json:"households_moved"`
		AreaM2Moved     float64           `json:"area_m2_moved"`
		Moved           []planMovedItem   `json:"moved"`
		NewAtoms        []int64           `json:"new_atoms"`
		Reshaped        []int64           `json:"reshaped_atoms"`
		Posts           []planPostItem    `json:"posts" doc:"held at grids that change"`
		Lineage         []planDescentItem `json:"lineage" doc:"by households, by area where a grid has none"`
	}
}

func (s *Service) diff(ctx context.Context, in *RevInput) (*diffOutput, error) {
	v, rev, err := s.view(ctx, in.plan(), in.Rev)
	if err != nil {
		return nil, err
	}
	d, out, within := v.Board.Diff(), &diffOutput{}, s.sight(ctx)
	b := &out.Body
	b.Rev, b.AtomsMoved, b.HouseholdsMoved, b.AreaM2Moved = rev, d.AtomsMoved, d.HouseholdsMoved, rounded(d.AreaM2Moved, 1)
	b.Grids, b.Moved, b.Posts, b.Lineage = []planDiffGrid{}, []planMovedItem{}, []planPostItem{}, []planDescentItem{}
	b.NewAtoms, b.Reshaped = numbers(d.NewAtoms), numbers(d.Reshaped)
	for _, g := range d.Grids {
		if !within.grid(g.ID) {
			g.HouseholdsBefore, g.Households, g.LoadBefore, g.Load, g.Posts = 0, 0, 0, 0, nil
		}
		b.Grids = append(b.Grids, planDiffGrid{
			ID: int64(g.ID), Status: g.Status, Level: g.Level, CodeBefore: g.CodeBefore, Code: g.Code, NameBefore: g.NameBefore, Name: g.Name,
			Renamed: g.Renamed, Regrouped: g.Regrouped, Reshaped: g.Reshaped, AtomsBefore: g.AtomsBefore, Atoms: g.Atoms,
			HouseholdsBefore: g.HouseholdsBefore, Households: g.Households, LoadBefore: rounded(g.LoadBefore, 100), Load: rounded(g.Load, 100),
			AreaM2Before: rounded(g.AreaM2Before, 1), AreaM2: rounded(g.AreaM2, 1), Gained: g.Gained, Lost: g.Lost,
		})
		for _, p := range g.Posts {
			b.Posts = append(b.Posts, planPostItem{int64(p), int64(g.ID)})
		}
	}
	for _, m := range d.Moved {
		b.Moved = append(b.Moved, planMovedItem{int64(m.Atom), int64(m.From), int64(m.To), m.Households})
	}
	for _, l := range v.Board.Lineage() {
		b.Lineage = append(b.Lineage, planDescentItem{int64(l.From), int64(l.To), rounded(l.Share, 1e6), l.Households})
	}
	return out, nil
}

func numbers[T ~int64](ids []T) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

type arcInput struct {
	PlanInput
	At        string  `query:"at" required:"true" doc:"lon,lat"`
	CRS       string  `query:"crs" required:"true" doc:"wgs84 or cgcs2000"`
	Tolerance float64 `query:"tolerance_m" minimum:"0" maximum:"500" default:"15"`
}

type arcOutput struct {
	Body struct {
		Rev       int64       `json:"rev"`
		Kind      string      `json:"kind" enum:"vertex,node,edge"`
		At        []float64   `json:"at"`
		Edge      [][]float64 `json:"edge,omitempty"`
		Arc       [][]float64 `json:"arc"`
		Left      int64       `json:"left" doc:"atom on the left of arc; 0 is outside"`
		Right     int64       `json:"right"`
		LeftGrid  int64       `json:"left_grid"`
		RightGrid int64       `json:"right_grid"`
		DistanceM float64     `json:"distance_m"`
	}
}

func (s *Service) arc(ctx context.Context, in *arcInput) (*arcOutput, error) {
	p, err := pointOf(in.At, in.CRS)
	if err != nil {
		return nil, err
	}
	v, err := s.desk.View(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	h, found := v.Board.Near(p, in.Tolerance)
	if !found {
		return nil, gridmap.Errorf(gridmap.NotFound, "%.0f 米内没有边界 (no border within the tolerance)", in.Tolerance)
	}
	out := &arcOutput{}
	b := &out.Body
	b.Rev, b.Kind, b.At, b.Arc, b.DistanceM = v.Plan.Rev, h.Kind, pointItem(h.At), lineItem(h.Arc), rounded(h.DistanceM, 100)
	b.Left, b.Right, b.LeftGrid, b.RightGrid = int64(h.Left), int64(h.Right), int64(h.LeftGrid), int64(h.RightGrid)
	if h.Kind == "edge" {
		b.Edge = lineItem(h.Edge[:])
	}
	return out, nil
}

// pointOf reads "lon,lat" in a frame that needs no shift: a plan's lines are
// matched to the centimetre.
func pointOf(at, frame string) (spatial.Point, error) {
	if err := checkFrame(frame); err != nil {
		return spatial.Point{}, err
	}
	var lon, lat float64
	if n, err := fmt.Sscanf(strings.ReplaceAll(at, ",", " "), "%g %g", &lon, &lat); n != 2 || err != nil {
		return spatial.Point{}, gridmap.Errorf(gridmap.Invalid, "at=%q 应为 经度,纬度 (want lon,lat)", at)
	}
	p, err := spatial.FromLonLat(lon, lat)
	if err != nil {
		return p, gridmap.Errorf(gridmap.Invalid, "at=%q：%w", at, err)
	}
	return p, nil
}

// checkFrame wants a frame in which coordinates are kept as they are.
func checkFrame(name string) error {
	c, err := crs.Parse(name)
	if err != nil || c.EPSG() != 4326 && c.EPSG() != 4490 {
		return gridmap.Errorf(gridmap.Invalid, "方案中的坐标须注明 crs，且只能是 wgs84 或 cgcs2000（收到 %q）："+
			"边界按厘米对齐，GCJ-02、BD-09 或投影坐标换算后对不上原有的点 (coordinates of a plan need crs: wgs84 or cgcs2000; others cannot be matched exactly to existing vertices)", name)
	}
	return nil
}

type atomInput struct {
	RevInput
	Atom int64 `path:"atom"`
}

type planPlaceItem struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	At      []float64 `json:"at,omitempty"`
}

type atomOutput struct {
	Body struct {
		Rev      int64            `json:"rev"`
		ID       int64            `json:"id"`
		Code     string           `json:"code"`
		Name     string           `json:"name"`
		Kind     string           `json:"kind"`
		Owner    int64            `json:"owner"`
		Base     int64            `json:"base"`
		Pinned   bool             `json:"pinned"`
		Counts   map[string]int64 `json:"counts"`
		Load     float64          `json:"load"`
		Places   []planPlaceItem  `json:"places" doc:"at most 50"`
		Geometry map[string]any   `json:"geometry" doc:"a GeoJSON MultiPolygon"`
	}
}

const mostPlaces = 50

func (s *Service) atom(ctx context.Context, in *atomInput) (*atomOutput, error) {
	v, rev, err := s.view(ctx, in.plan(), in.Rev)
	if err != nil {
		return nil, err
	}
	d, ok := v.Board.AtomDetail(gridmap.AtomID(in.Atom))
	if !ok {
		return nil, gridmap.Errorf(gridmap.NotFound, "方案中没有单元 %d (no such atom)", in.Atom)
	}
	t := v.Board.AtomsBy(gridmap.AtomID(in.Atom))
	out := &atomOutput{}
	b := &out.Body
	b.Rev, b.ID, b.Code, b.Name, b.Kind = rev, in.Atom, t.Code[0], t.Name[0], t.Kind[0]
	b.Owner, b.Base, b.Pinned, b.Counts = int64(t.Owner[0]), int64(t.Base[0]), t.Pinned[0], map[string]int64{}
	if s.sight(ctx).grid(t.Owner[0]) {
		b.Load, b.Counts = t.Load[0], d.Counts
	}
	b.Places = []planPlaceItem{}
	for _, p := range d.Places {
		if len(b.Places) == mostPlaces {
			break
		}
		item := planPlaceItem{ID: int64(p.ID), Name: p.Name, Address: p.Address.String()}
		if p.HasPoint {
			item.At = pointItem(p.Point)
		}
		b.Places = append(b.Places, item)
	}
	b.Geometry = multiPolygon(d.Shape)
	return out, nil
}

// multiPolygon is GeoJSON: rings are closed there.
func multiPolygon(m spatial.MultiPolygon) map[string]any {
	polygons := make([][][][]float64, len(m))
	for i, p := range m {
		polygons[i] = make([][][]float64, len(p))
		for k, ring := range p {
			line := lineItem(ring)
			if len(line) > 0 {
				line = append(line, line[0])
			}
			polygons[i][k] = line
		}
	}
	return map[string]any{"type": "MultiPolygon", "coordinates": polygons}
}
