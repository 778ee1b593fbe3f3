// Package relate tells whether shapes on the lattice share a point. Exact:
// borders and corners count.
package relate

import "cloudgrid/spatial"

// PointIn tells whether a point lies in a multipolygon or on its border.
func PointIn(p spatial.Point, m spatial.MultiPolygon) bool {
	for _, poly := range m {
		if inPolygon(p, poly) {
			return true
		}
	}
	return false
}

// inPolygon tells whether p is inside an odd number of rings (in the exterior
// and in no hole), or on one.
func inPolygon(p spatial.Point, poly spatial.Polygon) bool {
	odd := false
	for _, ring := range poly {
		switch ring.Side(p) {
		case 0:
			return true
		case 1:
			odd = !odd
		}
	}
	return odd
}

// LineMeets tells whether a line shares a point with a multipolygon.
func LineMeets(line []spatial.Point, m spatial.MultiPolygon) bool {
	for i, p := range line {
		if PointIn(p, m) {
			return true
		}
		if i > 0 && edgeMeets(line[i-1], p, m) {
			return true
		}
	}
	return false
}

func edgeMeets(a, b spatial.Point, m spatial.MultiPolygon) bool {
	for _, poly := range m {
		for _, ring := range poly {
			for i, d := range ring {
				c := ring[(i+len(ring)-1)%len(ring)]
				if spatial.SegmentsCross(a, b, c, d) {
					return true
				}
			}
		}
	}
	return false
}

// Intersects tells whether two multipolygons share a point.
func Intersects(a, b spatial.MultiPolygon) bool {
	if !a.Box().Intersects(b.Box()) {
		return false
	}
	for _, poly := range a {
		if len(poly) == 0 || len(poly[0]) == 0 {
			continue
		}
		if PointIn(poly[0][0], b) {
			return true
		}
		for _, ring := range poly {
			for i, q := range ring {
				if edgeMeets(ring[(i+len(ring)-1)%len(ring)], q, b) {
					return true
				}
			}
		}
	}
	for _, poly := range b { // b within a, touching no border
		if len(poly) > 0 && len(poly[0]) > 0 && PointIn(poly[0][0], a) {
			return true
		}
	}
	return false
}
