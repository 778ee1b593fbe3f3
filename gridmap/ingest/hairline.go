package ingest

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// The two sorts of hairline; package topology tells them as one.
const (
	KindHairOverlap = "hairline-overlap"
	KindHairGap     = "hairline-gap"
)

// hairline tells whether a hairline is contested or unclaimed ground, by the
// number of drawn shapes that hold a point within it; where that point cannot
// be found, plain "hairline".
func hairline(p topology.Problem, faces []face) string {
	x, y, ok := withinHair(p.Region)
	if !ok {
		return p.Kind.String()
	}
	holders := 0
	for _, f := range p.Faces {
		if f >= 0 && holds(faces[f].shape, x, y) {
			holders++
		}
	}
	switch holders {
	case 0:
		return KindHairGap
	case 1:
		return p.Kind.String()
	}
	return KindHairOverlap
}

// withinHair returns a point, in lattice steps, half the mean width inward of
// the longest edge.
func withinHair(m spatial.MultiPolygon) (x, y float64, ok bool) {
	if len(m) == 0 || len(m[0]) == 0 {
		return 0, 0, false
	}
	r := m[0][0] // counter-clockwise: the inside is on the left
	var ax, ay, bx, by, longest, area float64
	for i, p := range r {
		q := r[(i+1)%len(r)]
		dx, dy := float64(q.X)-float64(p.X), float64(q.Y)-float64(p.Y)
		area += (float64(p.X)-float64(r[0].X))*dy - (float64(p.Y)-float64(r[0].Y))*dx
		if l := math.Hypot(dx, dy); l > longest {
			longest, ax, ay, bx, by = l, float64(p.X), float64(p.Y), float64(q.X), float64(q.Y)
		}
	}
	if longest == 0 || area <= 0 {
		return 0, 0, false
	}
	inward := area / 2 / longest / 2
	return (ax+bx)/2 - (by-ay)/longest*inward, (ay+by)/2 + (bx-ax)/longest*inward, true
}

// holds tells whether a shape holds a point given in lattice steps, by the
// even-odd rule.
func holds(m spatial.MultiPolygon, x, y float64) bool {
	in := false
	for _, poly := range m {
		for _, r := range poly {
			for i, p := range r {
				q := r[(i+1)%len(r)]
				px, py, qx, qy := float64(p.X), float64(p.Y), float64(q.X), float64(q.Y)
				if (py > y) != (qy > y) && x < px+(y-py)/(qy-py)*(qx-px) {
					in = !in
				}
			}
		}
	}
	return in
}
