package intake

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/spatial/crs"
)

// Bounds of a sketch: enough to see where a file would lie, small enough to be
// drawn at once.
const (
	sketchRows     = 2000
	sketchVertices = 120_000
)

// Sketch returns the first rows of a file as they would lie on the map (degrees,
// WGS84) if its frame were this one, "" for the one it declares. Rows that
// cannot be read or placed are left out.
func Sketch(path string, c Choice, how How, frame string) (*geojson.FeatureCollection, error) {
	src, err := open(path, c, how.Limits)
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // only read from
	info := src.Info()
	var system crs.CRS
	if frame != "" {
		system, err = crs.Parse(frame)
	} else {
		system, err = ingest.DeclaredCRS(info)
	}
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "坐标系 %q 不能用 (this frame cannot be used)：%w", frame, err)
	}
	out := geojson.NewFeatureCollection()
	vertices := 0
	for f, err := range src.Features() {
		if len(out.Features) == sketchRows || vertices > sketchVertices {
			break
		}
		if err != nil || f.Geometry == nil {
			continue
		}
		g := orb.Clone(f.Geometry)
		n, ok := turnInto(system, g)
		if !ok {
			continue
		}
		if p, single := g.(orb.Point); single { // a value, not changed in place
			lon, lat, _ := system.ToWGS84(p[0], p[1])
			g = orb.Point{lon, lat}
		}
		vertices += n
		feature := geojson.NewFeature(g)
		feature.Properties["row"] = f.Row
		out.Append(feature)
	}
	return out, nil
}

// turnInto transforms a shape to WGS84 in place, all but a single point, which
// it only tries, and counts its vertices; false where a vertex has no place on
// earth.
func turnInto(c crs.CRS, g orb.Geometry) (int, bool) {
	switch g := g.(type) {
	case orb.Point:
		_, _, err := c.ToWGS84(g[0], g[1])
		return 1, err == nil
	case orb.MultiPoint:
		return turnPoints(c, g)
	case orb.LineString:
		return turnPoints(c, g)
	case orb.Ring:
		return turnPoints(c, g)
	case orb.MultiLineString:
		return turnParts(c, g)
	case orb.Polygon:
		return turnParts(c, g)
	case orb.MultiPolygon:
		return turnParts(c, g)
	}
	return 0, false
}

func turnPoints[T ~[]orb.Point](c crs.CRS, points T) (int, bool) {
	for i, p := range points {
		lon, lat, err := c.ToWGS84(p[0], p[1])
		if err != nil {
			return 0, false
		}
		points[i] = orb.Point{lon, lat}
	}
	return len(points), true
}

func turnParts[T ~[]G, G orb.Geometry](c crs.CRS, parts T) (int, bool) {
	total := 0
	for _, g := range parts {
		n, ok := turnInto(c, g)
		if !ok {
			return 0, false
		}
		total += n
	}
	return total, true
}
