package importers

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// sortRings makes polygons of the rings of one record: a ring inside an even
// number of others is an exterior, inside an odd number a hole of the smallest
// ring around it. The direction of the rings, which should say the same, is not
// asked, because too many programs write it wrong.
func sortRings(rings []orb.Ring) orb.Geometry {
	if len(rings) == 1 {
		return orb.Polygon{rings[0]}
	}
	order := make([]measuredRing, len(rings))
	for i, r := range rings {
		order[i] = measuredRing{ring: r, box: r.Bound(), area: math.Abs(ringArea(r)), at: i}
	}
	slices.SortStableFunc(order, func(a, b measuredRing) int { return cmp.Compare(b.area, a.area) })
	for i := range order {
		order[i].around(order[:i])
	}
	// Exteriors keep the order of the file, each with its holes behind it.
	slices.SortStableFunc(order, func(a, b measuredRing) int { return cmp.Compare(a.at, b.at) })
	var polys orb.MultiPolygon
	index := map[int]int{} // position in the file -> polygon
	for _, r := range order {
		if r.depth%2 == 0 {
			index[r.at] = len(polys)
			polys = append(polys, orb.Polygon{r.ring})
		}
	}
	for _, r := range order {
		if r.depth%2 == 1 {
			p := index[r.parent]
			polys[p] = append(polys[p], r.ring)
		}
	}
	if len(polys) == 1 {
		return polys[0]
	}
	return polys
}

type measuredRing struct {
	ring   orb.Ring
	box    orb.Bound
	area   float64 // square units of the file
	at     int     // position in the file
	depth  int     // how many rings lie around it
	parent int     // position of the smallest of those
}

// around counts the rings that hold this one. larger is sorted from large to
// small, so the last that holds it is the smallest.
func (m *measuredRing) around(larger []measuredRing) {
	for i := range larger {
		l := &larger[i]
		if boxHolds(l.box, m.box) && ringHolds(l.ring, m.ring) {
			m.depth, m.parent = l.depth+1, l.at
		}
	}
}

func boxHolds(outer, inner orb.Bound) bool {
	return outer.Min[0] <= inner.Min[0] && outer.Min[1] <= inner.Min[1] &&
		outer.Max[0] >= inner.Max[0] && outer.Max[1] >= inner.Max[1]
}

// ringHolds tells whether inner lies in outer, for rings that do not cross:
// the first vertex, or else middle of an edge, that is not on the outer line
// decides. Rings that run along each other all the way do not hold each other.
func ringHolds(outer, inner orb.Ring) bool {
	for _, p := range inner {
		if s := sideOf(outer, p); s != 0 {
			return s > 0
		}
	}
	for i := 1; i < len(inner); i++ {
		mid := orb.Point{(inner[i-1][0] + inner[i][0]) / 2, (inner[i-1][1] + inner[i][1]) / 2}
		if s := sideOf(outer, mid); s != 0 {
			return s > 0
		}
	}
	return false
}

// sideOf is +1 for a point inside the ring, -1 outside, 0 on its line.
func sideOf(r orb.Ring, p orb.Point) int {
	in := false
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		a, b := r[i], r[j]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if cross == 0 && between(a[0], p[0], b[0]) && between(a[1], p[1], b[1]) {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && (cross > 0) == (b[1] > a[1]) {
			in = !in
		}
	}
	if in {
		return 1
	}
	return -1
}

func between(a, v, b float64) bool { return min(a, b) <= v && v <= max(a, b) }

// ringArea is the signed planar area in square units of the file, taken from
// the first vertex so that large coordinates do not eat the digits.
func ringArea(r orb.Ring) float64 {
	var sum float64
	for i := 1; i+1 < len(r); i++ {
		sum += (r[i][0]-r[0][0])*(r[i+1][1]-r[0][1]) - (r[i+1][0]-r[0][0])*(r[i][1]-r[0][1])
	}
	return sum / 2
}
