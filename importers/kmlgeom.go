package importers

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

type kmlShapes struct {
	Points   []kmlLine    `xml:"Point"`
	Lines    []kmlLine    `xml:"LineString"`
	Polygons []kmlPolygon `xml:"Polygon"`
	Multi    []kmlShapes  `xml:"MultiGeometry"`
}

type kmlLine struct {
	Coordinates string `xml:"coordinates"`
}

type kmlPolygon struct {
	Outer []kmlLine `xml:"outerBoundaryIs>LinearRing"`
	Inner []kmlLine `xml:"innerBoundaryIs>LinearRing"`
}

// gather flattens MultiGeometry of any depth.
func (s kmlShapes) gather(into *orb.Collection, depth int) error {
	if depth <= 0 {
		return errors.New("MultiGeometry 嵌套太深")
	}
	for _, l := range s.Points {
		pts, err := l.points()
		if err != nil || len(pts) != 1 {
			return errors.Join(errKMLCoordinates, err)
		}
		*into = append(*into, pts[0])
	}
	for _, l := range s.Lines {
		pts, err := l.points()
		if err != nil {
			return err
		}
		*into = append(*into, orb.LineString(pts))
	}
	for _, p := range s.Polygons {
		var poly orb.Polygon
		for _, l := range append(append([]kmlLine(nil), p.Outer...), p.Inner...) {
			pts, err := l.points()
			if err != nil {
				return err
			}
			poly = append(poly, pts)
		}
		*into = append(*into, poly)
	}
	for _, m := range s.Multi {
		if err := m.gather(into, depth-1); err != nil {
			return err
		}
	}
	return nil
}

var errKMLCoordinates = errors.New("coordinates 读不懂")

func (l kmlLine) points() ([]orb.Point, error) {
	var pts []orb.Point
	for _, tuple := range strings.Fields(l.Coordinates) {
		xy := strings.Split(tuple, ",")
		if len(xy) < 2 {
			return nil, errKMLCoordinates
		}
		x, err1 := strconv.ParseFloat(xy[0], 64)
		y, err2 := strconv.ParseFloat(xy[1], 64)
		if err1 != nil || err2 != nil || math.IsInf(x+y, 0) || math.IsNaN(x+y) {
			return nil, errKMLCoordinates
		}
		pts = append(pts, orb.Point{x, y})
	}
	return pts, nil
}

// simplest gives nil for nothing, the shape itself for one, a MultiPolygon for
// polygons only, else the collection.
func simplest(parts orb.Collection) orb.Geometry {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	polys := make(orb.MultiPolygon, 0, len(parts))
	for _, p := range parts {
		poly, ok := p.(orb.Polygon)
		if !ok {
			return parts
		}
		polys = append(polys, poly)
	}
	return polys
}
