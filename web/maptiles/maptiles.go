package maptiles

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/tiles"
	"cloudgrid/web/problem"
)

type Service struct{ maps *atlas.Keeper }

func New(maps *atlas.Keeper, _ int64) (*Service, error) { return &Service{maps}, nil }

func (s *Service) Register(e *echo.Echo) { e.GET("/tiles/:set/:z/:x/:y", s.tile) }

func (s *Service) tile(c echo.Context) error {
	set := map[string]tiles.Set{"grids": "grids+borders+labels", "atoms": "atoms"}[c.Param("set")]
	y, ok := strings.CutSuffix(c.Param("y"), ".mvt")
	z64, e1 := strconv.ParseUint(c.Param("z"), 10, 8)
	x64, e2 := strconv.ParseUint(c.Param("x"), 10, 32)
	y64, e3 := strconv.ParseUint(y, 10, 32)
	t := tiles.Tile{Z: uint8(z64), X: uint32(x64), Y: uint32(y64)}
	if !ok || set == "" || e1 != nil || e2 != nil || e3 != nil || !t.Valid() {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有这样的瓦片 (no such tile)"))
	}
	a := s.maps.Current()
	n := a.Main()
	if n == nil {
		return c.NoContent(http.StatusNoContent)
	}
	p, err := n.Pyramid(a)
	if err != nil {
		return err
	}
	body := p.Tile(set, uint32(t.Z), t.X, t.Y)
	if body == nil {
		return c.NoContent(http.StatusNoContent)
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, 1)
	_, _ = w.Write(body)
	_ = w.Close()
	c.Response().Header().Set("Content-Encoding", "gzip")
	return c.Blob(200, "application/vnd.mapbox-vector-tile", b.Bytes())
}
