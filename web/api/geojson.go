package api

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
	"cloudgrid/web/problem"
)

const geoJSON = "application/geo+json"

// gridGeoJSON answers with one grid.
func (s *Service) gridGeoJSON(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "网格编号 %q 不是数字 (not a number)", c.Param("id")))
	}
	a, err := s.atlas(c.Request().Context(), c.QueryParam("at"))
	if err != nil {
		return problem.Write(c, err)
	}
	n, i, err := findGrid(a, id)
	if err != nil {
		return problem.Write(c, err)
	}
	w := export.NewGeoJSON(a, export.TellPublic)
	w.Grids(n, n.Grids[i].Level, func(k int32) bool { return k == i })
	return c.Blob(http.StatusOK, geoJSON, w.Close())
}

// gridsGeoJSON answers with the grids of a level (the leaves when none is
// named), of a subtree, or with their atoms.
func (s *Service) gridsGeoJSON(c echo.Context) error {
	a, err := s.atlas(c.Request().Context(), c.QueryParam("at"))
	if err != nil {
		return problem.Write(c, err)
	}
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
	w := export.NewGeoJSON(a, export.TellPublic)
	switch {
	case c.QueryParam("atoms") == "1":
		w.Atoms(n, wanted)
	case root != atlas.None && q.level == "":
		for rank := n.Grids[root].Level; rank < len(n.Levels); rank++ {
			w.Grids(n, rank, func(k int32) bool { return n.Grids[k].Level == rank && wanted(k) })
		}
	default:
		// A grid above the level that owns ground itself stands in for it in a
		// layer; whoever asks for a level wants that level.
		w.Grids(n, q.Level, func(k int32) bool { return wanted(k) && (q.level == "" || n.Grids[k].Level == q.Level) })
	}
	return c.Blob(http.StatusOK, geoJSON, w.Close())
}
