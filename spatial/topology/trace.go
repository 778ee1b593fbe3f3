package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// walk is a line with the direction that has the ground of interest on its
// left.
type walk struct {
	pts      []spatial.Point
	backward bool
}

func (w walk) at(k int) spatial.Point {
	if w.backward {
		return w.pts[len(w.pts)-1-k]
	}
	return w.pts[k]
}

func (w walk) first() spatial.Point { return w.at(0) }
func (w walk) last() spatial.Point  { return w.at(len(w.pts) - 1) }

// tracePolygons joins the walks around some ground into its polygons.
func tracePolygons(walks []walk) spatial.MultiPolygon {
	order := make([]int, len(walks))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return comparePoints(walks[a].first(), walks[b].first()) })
	t := tracer{walks: walks, order: order, done: make([]bool, len(walks))}
	for _, i := range order {
		if !t.done[i] {
			t.trace(i)
		}
	}
	return assemble(t.outer, t.holes)
}

type tracer struct {
	walks []walk
	order []int // by first point
	done  []bool
	outer []spatial.Ring
	holes []spatial.Ring
}

// trace walks around one connected border of the ground. Where it comes back
// to a node it has passed, the loop since then is a ring of its own.
func (t *tracer) trace(i int) {
	var stack []int
	for i >= 0 && !t.done[i] {
		t.done[i] = true
		stack = append(stack, i)
		end := t.walks[i].last()
		for k := len(stack) - 1; k >= 0; k-- {
			if t.walks[stack[k]].first() == end {
				t.addRing(stack[k:])
				stack = stack[:k]
				break
			}
		}
		i = t.next(i)
	}
}

// next returns the walk that goes on where walk i ends: the first one
// clockwise from it. It returns -1 at a dead end, which no coverage has.
func (t *tracer) next(i int) int {
	w := t.walks[i]
	o, back := w.last(), w.at(len(w.pts)-2)
	k, _ := slices.BinarySearchFunc(t.order, o, func(j int, p spatial.Point) int {
		return comparePoints(t.walks[j].first(), p)
	})
	best := -1
	for ; k < len(t.order) && t.walks[t.order[k]].first() == o; k++ {
		j := t.order[k]
		if best < 0 || clockwiseFirst(o, back, t.walks[j].at(1), t.walks[best].at(1)) {
			best = j
		}
	}
	return best
}

// clockwiseFirst tells whether p is met before q when turning clockwise around
// o from the direction of back.
func clockwiseFirst(o, back, p, q spatial.Point) bool {
	before := func(x spatial.Point) bool { return byAngle(o, x, back) < 0 }
	if before(p) != before(q) {
		return before(p)
	}
	return byAngle(o, p, q) > 0
}

func (t *tracer) addRing(loop []int) {
	n := 0
	for _, i := range loop {
		n += len(t.walks[i].pts) - 1
	}
	r := make(spatial.Ring, 0, n)
	for _, i := range loop {
		for k := range len(t.walks[i].pts) - 1 {
			r = append(r, t.walks[i].at(k))
		}
	}
	r = fromLowest(r)
	if r.CCW() {
		t.outer = append(t.outer, r)
	} else {
		t.holes = append(t.holes, r)
	}
}

// fromLowest turns the ring so that it begins at its westernmost point.
func fromLowest(r spatial.Ring) spatial.Ring {
	low := 0
	for i, p := range r {
		if p.Less(r[low]) {
			low = i
		}
	}
	return append(r[low:len(r):len(r)], r[:low]...)
}

// assemble puts every hole into the smallest exterior around it.
func assemble(outer, holes []spatial.Ring) spatial.MultiPolygon {
	byFirst := func(a, b spatial.Ring) int {
		if a[0] != b[0] {
			return comparePoints(a[0], b[0])
		}
		return comparePoints(a[1], b[1])
	}
	slices.SortStableFunc(outer, byFirst)
	slices.SortStableFunc(holes, byFirst)
	return spatial.Nest(outer, holes)
}
