package plans

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/plan"
	"cloudgrid/tiles"
	"cloudgrid/web/maptiles"
	"cloudgrid/web/problem"
)

// tileSet is every layer of the published map in one tile, and the lines
// between atoms, which the editor draws by the grids beside them.
const tileSet = tiles.SetGrids + "+" + tiles.SetBorders + "+" + tiles.SetLabels + "+" + tiles.SetAtoms + "+" + tiles.SetAtomEdges

// tileBytes bounds the cache of draft tiles: those on a few planners' screens.
const tileBytes = 32 << 20

// drawn is a draft for tiles: as it is now or, with ?at_rev=, as it was.
type drawn struct {
	plan    gridmap.Plan
	of      string // what the cache calls it
	rev     int64
	pyramid *tiles.Pyramid
}

// drawing finds the plan that a request names.
func (s *Service) drawing(c echo.Context, id string) (w drawn, err error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return w, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", id)
	}
	ctx := c.Request().Context()
	var v plan.View
	var d *atlas.Drawing
	if at := c.QueryParam("at_rev"); at != "" {
		if w.rev, err = parseRev("at_rev", at); err != nil {
			return w, err
		}
		w.of = fmt.Sprintf("plans/%d/replay", n)
		v, d, err = s.desk.DrawingAt(ctx, actor(ctx), gridmap.PlanID(n), w.rev)
	} else {
		w.of = fmt.Sprintf("plans/%d", n)
		v, d, err = s.desk.Drawing(ctx, actor(ctx), gridmap.PlanID(n))
		w.rev = v.Plan.Rev
	}
	if err != nil {
		return w, err
	}
	w.plan = v.Plan
	w.pyramid, err = d.Pyramid()
	return w, err
}

// tile answers /tiles/plans/{id}/{z}/{x}/{y}.mvt with the draft as it is now,
// whatever ?rev= says: that only makes the address a new one. ?at_rev= asks for
// the draft as it was.
func (s *Service) tile(c echo.Context) error {
	t, ok := maptiles.ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
	w, err := s.drawing(c, c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	if !ok {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有瓦片 %s (no such tile)", c.Request().URL.Path))
	}
	return s.tiles.Draft(c, w.of, strconv.FormatInt(w.rev, 10), w.pyramid, tileSet, t)
}

// tileJSON answers /tiles/plans/{id}.json.
func (s *Service) tileJSON(c echo.Context) error {
	id, ok := strings.CutSuffix(c.Param("file"), ".json")
	if !ok {
		return echo.ErrNotFound
	}
	w, err := s.drawing(c, id)
	if err != nil {
		return problem.Write(c, err)
	}
	query := "?rev="
	if c.QueryParam("at_rev") != "" {
		query = "?at_rev="
	}
	j := w.pyramid.TileJSON(tileSet, c.Scheme()+"://"+c.Request().Host+"/tiles/plans/"+id+"/{z}/{x}/{y}.mvt"+query+strconv.FormatInt(w.rev, 10))
	j.Name = w.plan.Name
	j.Version = fmt.Sprintf("0.0.%d", w.rev)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, j)
}
