package locate

import (
	"sync/atomic"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// ahead is how many points a batch looks up side by side: enough to overlap
// the waits for memory, few enough to stay in the first cache.
const ahead = 32

// LocateAll sets out[i] to Locate(points[i]); out must be as long as points.
// The points may come in any order; those near each other in the list and on
// the ground are answered fastest. It allocates nothing.
func (ix *Index) LocateAll(points []spatial.Point, out []topology.FaceID) {
	out = out[:len(points)]
	for len(points) > 0 {
		n := min(ahead, len(points))
		ix.locateFew(points[:n], out[:n])
		points, out = points[n:], out[n:]
	}
}

// locateFew asks for the memory of all, then answers what the strips tell, both
// without a branch that depends on where a point is, and then the rest.
func (ix *Index) locateFew(points []spatial.Point, out []topology.FaceID) {
	var all [ahead]struct {
		l        *line
		x, y, at uint32
	}
	for i, p := range points {
		a := &all[i%ahead]
		a.l, a.x, a.y, a.at = ix.cellAt(p)
		touch(&a.l[0])
	}
	var rest [ahead + 1]uint32
	n := 0
	for i := range points {
		a := &all[i%ahead]
		face, between := a.l.beside(a.x, a.y)
		out[i] = face
		rest[n%(ahead+1)] = uint32(i)
		one := 0
		if between {
			one = 1
		}
		n += one
	}
	for _, i := range rest[:n] {
		a := &all[i%ahead]
		w, e := ix.wordsOf(a.l, a.at)
		lookAhead(w, e)
	}
	for _, i := range rest[:n] {
		a := &all[i%ahead]
		out[i] = ix.between(points[i], a.l, a.at)
	}
}

// touch asks for memory before it is needed. Atomic loads are plain ones that
// the compiler may not drop.
func touch(w *uint32) { atomic.LoadUint32(w) }
