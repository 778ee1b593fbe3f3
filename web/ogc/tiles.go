package ogc

import (
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/problem"
)

// webMercatorQuad is the tile matrix set that the map is cut in.
const webMercatorQuad = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"

func (s *Service) tilesets(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{
		"tilesets": []any{s.tilesetItem(c)},
		"links":    []any{map[string]string{"href": s.root(c) + "/tiles", "rel": "self", "type": "application/json"}},
	})
}

func (s *Service) tilesetItem(c echo.Context) map[string]any {
	root := s.root(c)
	l := func(href, rel, kind string) map[string]string {
		return map[string]string{"href": href, "rel": rel, "type": kind}
	}
	item := map[string]any{
		"title": s.Maps.Current().Settings().Title, "dataType": "vector", "crs": epsgURI(3857), "tileMatrixSetURI": webMercatorQuad,
		"links": []any{
			l(root+"/tiles/WebMercatorQuad", "self", "application/json"),
			l(root+"/tileMatrixSets/WebMercatorQuad", "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json"),
			map[string]any{"href": root + "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", "rel": "item", "type": mvt, "templated": true},
		},
	}
	if b := s.Maps.Current().Bounds(); !b.Empty() {
		west, south := b.Min.LonLat()
		east, north := b.Max.LonLat()
		item["boundingBox"] = map[string]any{"lowerLeft": []float64{west, south}, "upperRight": []float64{east, north}, "crs": crs84}
	}
	return item
}

func (s *Service) tileset(c echo.Context) error { return c.JSON(http.StatusOK, s.tilesetItem(c)) }

// tile sends to the tile itself: the standard counts row before column.
func (s *Service) tile(c echo.Context) error {
	for _, p := range []string{"tileMatrix", "tileRow", "tileCol"} {
		if _, err := strconv.ParseUint(c.Param(p), 10, 32); err != nil {
			return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有这块瓦片 (no such tile)"))
		}
	}
	return c.Redirect(http.StatusSeeOther, "/tiles/grids/"+url.PathEscape(c.Param("tileMatrix"))+"/"+url.PathEscape(c.Param("tileCol"))+"/"+url.PathEscape(c.Param("tileRow"))+".mvt")
}

func (s *Service) matrixSets(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"tileMatrixSets": []any{map[string]any{
		"id": "WebMercatorQuad", "uri": webMercatorQuad,
		"links": []any{map[string]string{"href": s.root(c) + "/tileMatrixSets/WebMercatorQuad", "rel": "self", "type": "application/json"}},
	}}})
}

// matrixSet describes WebMercatorQuad (OGC 17-083r4, annex D.1).
func (s *Service) matrixSet(c echo.Context) error {
	const half, most = 20037508.342789244, 24
	var matrices []any
	for z := range most + 1 {
		cell := 2 * half / 256 / math.Exp2(float64(z))
		matrices = append(matrices, map[string]any{
			"id": strconv.Itoa(z), "scaleDenominator": cell / 0.00028, "cellSize": cell, "pointOfOrigin": []float64{-half, half},
			"tileWidth": 256, "tileHeight": 256, "matrixWidth": 1 << z, "matrixHeight": 1 << z,
		})
	}
	return c.JSON(http.StatusOK, map[string]any{
		"id": "WebMercatorQuad", "uri": webMercatorQuad, "crs": epsgURI(3857), "orderedAxes": []string{"X", "Y"}, "tileMatrices": matrices,
	})
}
