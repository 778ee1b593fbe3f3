package layers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/export"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/web/problem"
)

const geoJSON = "application/geo+json"

// mostFeatures bounds one answer.
const mostFeatures = 20000

// features answers GET /v1/layers/{name}/features: a GeoJSON collection in
// exact coordinates, which tiles do not have. "more" says that the box holds
// more than were sent.
func (s *Service) features(c echo.Context) error {
	l, err := s.Layers.Layer(c.Param("name"))
	if err != nil {
		return problem.Write(c, err)
	}
	box, err := boxOf(c.QueryParam("bbox"))
	if err != nil {
		return problem.Write(c, err)
	}
	most, err := limitOf(c.QueryParam("limit"))
	if err != nil {
		return problem.Write(c, err)
	}
	f, err := l.Features(c.Request().Context())
	if err != nil {
		return problem.Write(c, err)
	}
	found, more := f.Within(box, most)
	b := []byte(`{"type":"FeatureCollection","name":"` + l.Name + `","kind":"` + string(l.Kind) + `","more":` + strconv.FormatBool(more) + `,"features":[`)
	for i := range found {
		b = appendFeature(jsontext.Comma(b, i), &found[i])
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, geoJSON, append(b, "]}"...))
}

func limitOf(text string) (int, error) {
	if text == "" {
		return mostFeatures, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostFeatures {
		return 0, gridmap.Errorf(gridmap.Invalid, "limit=%q 应为 1 至 %d (want 1 to %d)", text, mostFeatures, mostFeatures)
	}
	return n, nil
}

// boxOf reads west,south,east,north in degrees.
func boxOf(text string) (b spatial.Box, err error) {
	parts := strings.Split(text, ",")
	var v [4]float64
	for i, part := range parts {
		if i < 4 && err == nil {
			v[i], err = strconv.ParseFloat(strings.TrimSpace(part), 64)
		}
	}
	if err == nil && len(parts) == 4 && v[0] <= v[2] && v[1] <= v[3] {
		var low, high spatial.Point
		if low, err = spatial.FromLonLat(v[0], v[1]); err == nil {
			high, err = spatial.FromLonLat(v[2], v[3])
		}
		if err == nil {
			return spatial.Box{Min: low, Max: high}, nil
		}
	}
	return b, gridmap.Errorf(gridmap.Invalid, "bbox=%q 应为 西,南,东,北，WGS84 度 (want west,south,east,north in WGS84 degrees)", text)
}

func appendFeature(b []byte, f *gridmap.LayerFeature) []byte {
	b = strconv.AppendInt(append(b, `{"type":"Feature","id":`...), f.N, 10)
	b = jsontext.Key(b, `,"properties":{"name":`, f.Name)
	if len(f.Lines) > 0 {
		b = append(b, `},"geometry":{"type":"MultiLineString","coordinates":[`...)
		for i, l := range f.Lines {
			b = appendLine(jsontext.Comma(b, i), l, false)
		}
		return append(b, "]}}"...)
	}
	b = append(b, `},"geometry":{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range f.Areas {
		b = append(jsontext.Comma(b, i), '[')
		for j, r := range p {
			b = appendLine(jsontext.Comma(b, j), r, true)
		}
		b = append(b, ']')
	}
	return append(b, "]}}"...)
}

func appendLine(b []byte, points []spatial.Point, closed bool) []byte {
	n := len(points)
	if closed {
		n++
	}
	b = append(b, '[')
	for k := range n {
		p := points[k%len(points)]
		b = append(export.AppendDegrees(append(jsontext.Comma(b, k), '['), p.X), ',')
		b = append(export.AppendDegrees(b, p.Y), ']')
	}
	return append(b, ']')
}
