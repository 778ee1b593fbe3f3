package topology

import (
	"math"
	"math/bits"

	"cloudgrid/spatial"
)

// RankAlways is the rank of a vertex that no drawing may leave out.
const RankAlways = 255

// Simplifier ranks the vertices of arcs by how much they matter. The zero
// value is ready; it keeps scratch between calls and serves one goroutine.
type Simplifier struct {
	all        []spatial.Point // the arc, then what is near
	prev, next []int32
	area       []float64
	heap       []int32
	at         []int32 // place in heap; -1 when not in it
	grid       pointGrid
	perCos     float64
}

// Ranks appends one rank for each point of an arc and returns the extended
// slice. Drawing only the points with rank ≥ r, for any r, gives a line that
// keeps its ends, crosses neither itself nor any other arc of the coverage,
// however much those are simplified in turn, and passes no vertex of theirs.
//
// A point's rank is 1 + floor(log2 a), or 0 when a < 1, where a is its
// effective area (Visvalingam and Whyatt 1993): the area of the triangle that
// vanishes when the point is left out, in square lattice steps of longitude on
// the Mercator plane, never less than that of points left out before it. A
// zoom whose finest visible area is A therefore draws ranks from 1+floor(log2 A).
//
// near must hold every vertex of every other arc within the arc's box; others
// do no harm. A point is left out only if its triangle holds none of them, nor
// a remaining point of the arc itself. That near are the others' original
// vertices makes arcs independent: each can be ranked, or ranked again after an
// edit, alone. keep is how many inner points are always kept: 2 for a closed
// arc, so that it stays a ring; 1 when another arc joins the same two nodes, so
// that what is between them stays a face; else 0.
//
// Points must run as the caller will draw them; the ranks of the reversed arc
// are the reverse.
func (s *Simplifier) Ranks(dst []uint8, arc, near []spatial.Point, keep int) []uint8 {
	n := len(arc)
	from := len(dst)
	for range arc {
		dst = append(dst, RankAlways)
	}
	if n-2 <= keep {
		return dst
	}
	ranks := dst[from:]
	s.begin(arc, near)
	least := 0.0
	for left := n - 2; left > keep && len(s.heap) > 0; {
		v := s.pop()
		p, q := s.prev[v], s.next[v]
		if s.blocked(p, v, q, n) {
			continue // until a neighbour goes and the triangle is another
		}
		least = max(least, s.area[v])
		ranks[v] = rankOf(least)
		s.next[p], s.prev[q] = q, p
		s.prev[v] = -1 // gone
		left--
		for _, u := range [2]int32{p, q} {
			if u > 0 && int(u) < n-1 {
				s.place(u)
			}
		}
	}
	return dst
}

func rankOf(area float64) uint8 {
	return uint8(min(bits.Len64(uint64(min(area, math.MaxInt64))), RankAlways-1))
}

func (s *Simplifier) begin(arc, near []spatial.Point) {
	n := len(arc)
	s.all = append(append(s.all[:0], arc...), near...)
	s.prev, s.next, s.at = s.prev[:0], s.next[:0], s.at[:0]
	s.area, s.heap = s.area[:0], s.heap[:0]
	box := spatial.Ring(arc).Box()
	_, south := box.Min.LonLat()
	_, north := box.Max.LonLat()
	s.perCos = 1 / max(math.Cos((south+north)/2*math.Pi/180), 0.01)
	for i := range int32(n) {
		s.prev, s.next, s.at = append(s.prev, i-1), append(s.next, i+1), append(s.at, -1)
		s.area = append(s.area, 0)
	}
	s.prev[0] = 0
	s.grid.fill(box, s.all)
	for i := int32(1); int(i) < n-1; i++ {
		s.place(i)
	}
}

// blocked tells whether leaving out v would sweep over a vertex.
func (s *Simplifier) blocked(p, v, q int32, n int) bool {
	a, b, c := s.all[p], s.all[v], s.all[q]
	if a == c {
		return true // a line there and back
	}
	o := spatial.Orient(a, b, c)
	if o == 0 {
		return false // v is on the line already
	}
	if o < 0 {
		a, c = c, a
	}
	box := spatial.EmptyBox().Extend(a).Extend(b).Extend(c)
	return s.grid.any(box, func(i int32) bool {
		if i == v || int(i) < n && i > 0 && s.prev[i] < 0 {
			return false
		}
		x := s.all[i]
		return x != a && x != c && box.Contains(x) &&
			spatial.Orient(a, b, x) >= 0 && spatial.Orient(b, c, x) >= 0 && spatial.Orient(c, a, x) >= 0
	})
}

// triangle is the area that goes with v, in the unit that Ranks documents.
func (s *Simplifier) triangle(v int32) float64 {
	a, b, c := s.all[s.prev[v]], s.all[v], s.all[s.next[v]]
	abx, aby := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	acx, acy := float64(c.X)-float64(a.X), float64(c.Y)-float64(a.Y)
	return math.Abs(float64(abx*acy)-float64(aby*acx)) / 2 * s.perCos
}

// place computes v's area and puts it where it belongs in the heap.
func (s *Simplifier) place(v int32) {
	s.area[v] = s.triangle(v)
	i := int(s.at[v])
	if i < 0 {
		i = len(s.heap)
		s.heap = append(s.heap, v)
		s.at[v] = int32(i)
	}
	s.down(s.up(i))
}

// before orders by area; equal areas by place on the map, so that the result
// does not depend on the arc's direction.
func (s *Simplifier) before(u, v int32) bool {
	if s.area[u] != s.area[v] {
		return s.area[u] < s.area[v]
	}
	return s.all[u].Less(s.all[v])
}

func (s *Simplifier) swap(i, j int) {
	s.heap[i], s.heap[j] = s.heap[j], s.heap[i]
	s.at[s.heap[i]], s.at[s.heap[j]] = int32(i), int32(j)
}

func (s *Simplifier) up(i int) int {
	for i > 0 && s.before(s.heap[i], s.heap[(i-1)/2]) {
		s.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	return i
}

func (s *Simplifier) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(s.heap); c++ {
			if s.before(s.heap[c], s.heap[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		s.swap(i, least)
		i = least
	}
}

func (s *Simplifier) pop() int32 {
	v := s.heap[0]
	last := len(s.heap) - 1
	s.swap(0, last)
	s.heap = s.heap[:last]
	s.at[v] = -1
	if last > 0 {
		s.down(0)
	}
	return v
}
