package layers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/backdrop"
	"cloudgrid/tiles"
	"cloudgrid/web/maptiles"
	"cloudgrid/web/problem"
)

// tilesOf is the template of a layer's tiles; v only makes the address new when
// the layer is.
func tilesOf(l *backdrop.Layer) string {
	return fmt.Sprintf("/tiles/layers/%s/{z}/{x}/{y}.mvt?v=%d", l.Name, l.Seq)
}

// tile answers /tiles/layers/{name}/{z}/{x}/{y}.mvt: one layer in it, called as
// the reference layer is.
func (s *Service) tile(c echo.Context) error {
	l, err := s.Layers.Layer(c.Param("name"))
	if err != nil {
		return problem.Write(c, err)
	}
	t, ok := maptiles.ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
	if !ok || t.Z > tiles.ShapesMaxZoom || t.Z < backdrop.MinZoom(l.Kind) {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有瓦片 %s：图层 %s 有 %d 至 %d 级 (no such tile)",
			c.Request().URL.Path, l.Name, backdrop.MinZoom(l.Kind), tiles.ShapesMaxZoom))
	}
	f, err := l.Features(c.Request().Context())
	if err != nil {
		return problem.Write(c, err)
	}
	key := tiles.Key{Edition: fmt.Sprintf("layers@%d", l.Seq), Set: l.Name, Tile: t}
	return maptiles.Send(c, s.cache, key, func() []byte { return f.Shapes.Tile(l.Name, t) })
}

// tileJSON answers /tiles/layers/{name}.json.
func (s *Service) tileJSON(c echo.Context) error {
	name, ok := strings.CutSuffix(c.Param("file"), ".json")
	if !ok {
		return echo.ErrNotFound
	}
	l, err := s.Layers.Layer(name)
	if err != nil {
		return problem.Write(c, err)
	}
	f, err := l.Features(c.Request().Context())
	if err != nil {
		return problem.Write(c, err)
	}
	j := f.Shapes.TileJSON(l.Name, l.Title, c.Scheme()+"://"+c.Request().Host+tilesOf(l), backdrop.MinZoom(l.Kind))
	j.Name, j.Attribution, j.Version = l.Title, l.Source, fmt.Sprintf("0.0.%d", l.Seq)
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.JSON(http.StatusOK, j)
}
