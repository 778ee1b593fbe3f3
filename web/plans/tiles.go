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

// pyramid returns the plan that a request names, as it is now.
func (s *Service) pyramid(c echo.Context, id string) (plan.View, *tiles.Pyramid, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return plan.View{}, nil, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", id)
	}
	ctx := c.Request().Context()
	var d *atlas.Drawing
	v, d, err := s.desk.Drawing(ctx, actor(ctx), gridmap.PlanID(n))
	if err != nil {
		return v, nil, err
	}
	p, err := d.Pyramid()
	return v, p, err
}

// tile answers /tiles/plans/{id}/{z}/{x}/{y}.mvt with the draft as it is now,
// whatever ?rev= says: that only makes the address a new one.
func (s *Service) tile(c echo.Context) error {
	t, ok := maptiles.ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
	v, p, err := s.pyramid(c, c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	if !ok {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有瓦片 %s (no such tile)", c.Request().URL.Path))
	}
	return s.tiles.Draft(c, fmt.Sprintf("plans/%d", v.Plan.ID), strconv.FormatInt(v.Plan.Rev, 10), p, tileSet, t)
}

// tileJSON answers /tiles/plans/{id}.json.
func (s *Service) tileJSON(c echo.Context) error {
	id, ok := strings.CutSuffix(c.Param("file"), ".json")
	if !ok {
		return echo.ErrNotFound
	}
	v, p, err := s.pyramid(c, id)
	if err != nil {
		return problem.Write(c, err)
	}
	j := p.TileJSON(tileSet, c.Scheme()+"://"+c.Request().Host+"/tiles/plans/"+id+"/{z}/{x}/{y}.mvt?rev="+strconv.FormatInt(v.Plan.Rev, 10))
	j.Name = v.Plan.Name
	j.Version = fmt.Sprintf("0.0.%d", v.Plan.Rev)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, j)
}
