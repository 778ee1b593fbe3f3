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

// inPolygon counts the edges that a ray to the east crosses, over all rings: in
// the exterior and not in a hole is odd.
func inPolygon(p spatial.Point, poly spatial.Polygon) bool {
	odd := false
	for _, ring := range poly {
		for i, b := range ring {
			a := ring[(i+len(ring)-1)%len(ring)]
			if onEdge(p, a, b) {
				return true
			}
			if (a.Y > p.Y) == (b.Y > p.Y) {
				continue
			}
			low, high := a, b
			if low.Y > high.Y {
				low, high = high, low
			}
			if spatial.Orient(low, high, p) > 0 {
				odd = !odd
			}
		}
	}
	return odd
}

// onEdge tells whether p lies on the closed edge a–b.
func onEdge(p, a, b spatial.Point) bool {
	return min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) && min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y) && spatial.Orient(a, b, p) == 0
}

// EdgesMeet tells whether two closed edges share a point.
func EdgesMeet(a, b, c, d spatial.Point) bool {
	o1, o2 := spatial.Orient(a, b, c), spatial.Orient(a, b, d)
	o3, o4 := spatial.Orient(c, d, a), spatial.Orient(c, d, b)
	if o1*o2 < 0 && o3*o4 < 0 {
		return true
	}
	return onEdge(c, a, b) || onEdge(d, a, b) || onEdge(a, c, d) || onEdge(b, c, d)
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
	box := spatial.EmptyBox().Extend(a).Extend(b)
	for _, poly := range m {
		for _, ring := range poly {
			for i, d := range ring {
				c := ring[(i+len(ring)-1)%len(ring)]
				if spatial.EmptyBox().Extend(c).Extend(d).Intersects(box) && EdgesMeet(a, b, c, d) {
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
