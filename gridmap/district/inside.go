package district

import (
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// Inside returns a point in the ground of m: on a level line through the
// middle of its largest polygon, in the middle of the longest stretch of it.
// The zero point for no ground.
func Inside(m spatial.MultiPolygon) spatial.Point {
	largest := largestOf(m)
	if largest == nil {
		return spatial.Point{}
	}
	box := largest[0].Box()
	y := float64(centre(box).Y) + 0.5 // between lattice points: no vertex is on the line
	var xs []float64
	for _, r := range largest {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (float64(a.Y) < y) != (float64(b.Y) < y) {
				t := (y - float64(a.Y)) / (float64(b.Y) - float64(a.Y))
				xs = append(xs, float64(a.X)+t*(float64(b.X)-float64(a.X)))
			}
		}
	}
	slices.Sort(xs)
	best, width := float64(centre(box).X), -1.0
	for i := 0; i+1 < len(xs); i += 2 {
		if w := xs[i+1] - xs[i]; w > width {
			best, width = (xs[i]+xs[i+1])/2, w
		}
	}
	return spatial.Point{X: int32(best), Y: int32(y)}
}

func largestOf(m spatial.MultiPolygon) (largest spatial.Polygon) {
	if len(m) == 1 && len(m[0]) > 0 {
		return m[0] // as nearly always, without measuring
	}
	most := 0.0
	for _, p := range m {
		if len(p) == 0 {
			continue
		}
		if a := measure.AreaM2(spatial.MultiPolygon{p}); largest == nil || a > most {
			largest, most = p, a
		}
	}
	return largest
}
