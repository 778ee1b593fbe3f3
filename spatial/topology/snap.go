package topology

import (
	"cmp"
	"math"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// SnapWithin returns the faces with borders that were drawn within toleranceM
// metres of each other drawn as one: a vertex moves to the westernmost (then
// southernmost) vertex within the tolerance that has not itself moved, and an
// edge is bent through the vertices that it passes within the tolerance.
// moved tells how many points did. Build then finds no overlap or gap that was
// narrower. Detail finer than the tolerance is lost: a tolerance above half
// the width of the narrowest grid damages it. The input is not changed.
func SnapWithin(faces []spatial.MultiPolygon, toleranceM float64) (snapped []spatial.MultiPolygon, moved int) {
	if !(toleranceM > 0) {
		return faces, 0
	}
	s := newSnapper(faces, toleranceM)
	snapped = make([]spatial.MultiPolygon, len(faces))
	for f, m := range faces {
		for _, poly := range m {
			var p spatial.Polygon
			for _, r := range poly {
				p = append(p, s.ring(r))
			}
			snapped[f] = append(snapped[f], p)
		}
	}
	return snapped, s.moved
}

type snapper struct {
	toleranceM float64
	to         map[spatial.Point]spatial.Point
	tree       *boxTree // of the points that stay
	stay       []spatial.Point
	moved      int
}

func newSnapper(faces []spatial.MultiPolygon, toleranceM float64) *snapper {
	var pts []spatial.Point
	for _, m := range faces {
		for _, poly := range m {
			for _, r := range poly {
				pts = append(pts, r...)
			}
		}
	}
	slices.SortFunc(pts, comparePoints)
	pts = slices.Compact(pts)
	s := &snapper{toleranceM: toleranceM, to: make(map[spatial.Point]spatial.Point, len(pts))}
	near := newBoxTree(len(pts), func(i int) spatial.Box { return spatial.Box{Min: pts[i], Max: pts[i]} })
	for _, p := range pts {
		if _, taken := s.to[p]; taken {
			continue
		}
		s.to[p] = p
		s.stay = append(s.stay, p)
		near.visit(s.around(spatial.Box{Min: p, Max: p}).Intersects, func(i uint32) {
			if _, taken := s.to[pts[i]]; !taken && measure.NearM(p, pts[i]) <= toleranceM {
				s.to[pts[i]] = p
				s.moved++
			}
		})
	}
	s.tree = newBoxTree(len(s.stay), func(i int) spatial.Box { return spatial.Box{Min: s.stay[i], Max: s.stay[i]} })
	return s
}

// around widens a box by the tolerance.
func (s *snapper) around(b spatial.Box) spatial.Box {
	widest := b.Max
	if -b.Min.Y > b.Max.Y {
		widest = b.Min
	}
	fr := measure.FrameAt(widest) // a degree of longitude is shortest there
	dx, dy := s.toleranceM/math.Max(fr.EastM, 1e-9)+1, s.toleranceM/fr.NorthM+1
	clamp := func(v float64) int32 { return int32(math.Max(math.MinInt32, math.Min(math.MaxInt32, v))) }
	return spatial.Box{
		Min: spatial.Point{X: clamp(float64(b.Min.X) - dx), Y: clamp(float64(b.Min.Y) - dy)},
		Max: spatial.Point{X: clamp(float64(b.Max.X) + dx), Y: clamp(float64(b.Max.Y) + dy)},
	}
}

// ring returns the ring with its points moved and its edges bent.
func (s *snapper) ring(r spatial.Ring) spatial.Ring {
	var out spatial.Ring
	for i, p := range r {
		a, b := s.to[p], s.to[r[(i+1)%len(r)]]
		if len(out) == 0 || out[len(out)-1] != a {
			out = append(out, a)
		}
		if a != b {
			out = append(out, s.passed(a, b)...)
		}
	}
	return out
}

// passed returns the points that the edge passes within the tolerance, in the
// order along it; the same for both directions.
func (s *snapper) passed(a, b spatial.Point) []spatial.Point {
	type stop struct {
		at   spatial.Point
		from float64
	}
	var stops []stop
	s.tree.visit(s.around(boxOf2(a, b)).Intersects, func(i uint32) {
		p := s.stay[i]
		if p == a || p == b {
			return
		}
		if d, foot := measure.PointSegmentM(p, a, b); d <= s.toleranceM && foot != a && foot != b {
			stops = append(stops, stop{p, measure.NearM(a, foot)})
		}
	})
	slices.SortFunc(stops, func(x, y stop) int {
		if x.from != y.from {
			return cmp.Compare(x.from, y.from)
		}
		return comparePoints(x.at, y.at)
	})
	pts := make([]spatial.Point, len(stops))
	for i, st := range stops {
		pts[i] = st.at
	}
	return pts
}
