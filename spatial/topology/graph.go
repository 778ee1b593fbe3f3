package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// edge is a straight piece of border between two vertices, u < v, and the
// input rings that run along it an odd number of times.
type edge struct {
	u, v  uint32
	rings ringSet
}

// graph is the input as a set of distinct edges. Each ring passes each vertex
// an even number of times, so inside and outside of a ring is a matter of how
// many of its edges one crosses, and which way it was drawn does not matter.
type graph struct {
	verts    *vertices
	edges    []edge
	sets     ringSets
	ringPoly []int32 // ring → polygon
	polyRing []int32 // polygon → its first ring, the exterior
	polyFace []int32 // polygon → face
	spikes   []spike
	bad      []badRing
	touches  []badRing
	crosses  []cross
	warped   bool // noding gave up before every pair was clean
}

// spike is an edge that one ring runs along there and back.
type spike struct {
	a, b spatial.Point
	ring int32
}

// badRing is a ring with a place where it is wrong: in bad, it has fewer than
// three distinct points; in touches, it comes back to a point.
type badRing struct {
	ring int32
	at   spatial.Point
}

// cross is where rings crossed themselves.
type cross struct {
	at    spatial.Point
	rings ringSet
}

// newGraph takes the rings of all faces apart.
func newGraph(faces []spatial.MultiPolygon) *graph {
	points := 0
	for _, f := range faces {
		points += f.NumPoints()
	}
	g := &graph{verts: newVertices(points/2 + 16)}
	steps := make([]uint32, 0, points)
	ends := []int{0}
	for f, m := range faces {
		for _, poly := range m {
			if len(poly) == 0 {
				continue
			}
			g.polyRing = append(g.polyRing, int32(len(g.ringPoly)))
			g.polyFace = append(g.polyFace, int32(f))
			for _, r := range poly {
				steps = g.addRing(steps, r)
				ends = append(ends, len(steps))
				g.ringPoly = append(g.ringPoly, int32(len(g.polyRing)-1))
			}
		}
	}
	g.findTouches(steps, ends)
	g.collectEdges(steps, ends)
	return g
}

// findTouches notes where a ring comes back to one of its points.
func (g *graph) findTouches(steps []uint32, ends []int) {
	last := make([]int32, len(g.verts.pts)) // the last ring seen there, plus one
	for r := 0; r+1 < len(ends); r++ {
		for _, v := range steps[ends[r]:ends[r+1]] {
			if last[v] == int32(r+1) {
				g.touches = append(g.touches, badRing{int32(r), g.verts.pts[v]})
			}
			last[v] = int32(r + 1)
		}
	}
}

// addRing appends the ring's vertex numbers without repeats.
func (g *graph) addRing(steps []uint32, r spatial.Ring) []uint32 {
	from := len(steps)
	for _, p := range r {
		v := g.verts.number(p)
		if len(steps) == from || steps[len(steps)-1] != v {
			steps = append(steps, v)
		}
	}
	for len(steps) > from+1 && steps[len(steps)-1] == steps[from] {
		steps = steps[:len(steps)-1]
	}
	if len(steps)-from < 3 {
		at := spatial.Point{}
		if len(r) > 0 {
			at = r[0]
		}
		g.bad = append(g.bad, badRing{int32(len(g.ringPoly)), at})
	}
	return steps
}

// use is one passage of a ring along an edge, filed under the edge's lower end.
type use struct {
	v    uint32
	ring int32
}

// collectEdges files every passage under its lower vertex and merges each file.
func (g *graph) collectEdges(steps []uint32, ends []int) {
	start := make([]uint32, len(g.verts.pts)+1)
	eachStep(steps, ends, func(_ int, u, _ uint32) { start[u]++ })
	sum := uint32(0)
	for i, k := range start {
		sum += k
		start[i] = sum
	}
	uses := make([]use, sum)
	eachStep(steps, ends, func(r int, u, v uint32) {
		start[u]--
		uses[start[u]] = use{v, int32(r)}
	})
	g.edges = make([]edge, 0, len(uses)/2+16)
	for u := range g.verts.pts {
		file := uses[start[u]:start[u+1]]
		slices.SortFunc(file, func(a, b use) int {
			if a.v != b.v {
				return cmp.Compare(a.v, b.v)
			}
			return cmp.Compare(a.ring, b.ring)
		})
		g.mergeUses(uint32(u), file)
	}
}

// eachStep calls do for every step of every ring, lower vertex first.
func eachStep(steps []uint32, ends []int, do func(ring int, u, v uint32)) {
	for r := 0; r+1 < len(ends); r++ {
		ring := steps[ends[r]:ends[r+1]]
		if len(ring) < 2 {
			continue
		}
		prev := ring[len(ring)-1]
		for _, v := range ring {
			do(r, min(prev, v), max(prev, v))
			prev = v
		}
	}
}

// mergeUses makes one edge of all passages between the same two vertices.
// Passages of one ring cancel in pairs.
func (g *graph) mergeUses(u uint32, file []use) {
	var buf [8]int32
	for len(file) > 0 {
		n := 1
		for n < len(file) && file[n].v == file[0].v {
			n++
		}
		odd := buf[:0]
		for i := 0; i < n; i++ {
			if i+1 < n && file[i].ring == file[i+1].ring {
				g.spikes = append(g.spikes, spike{g.verts.pts[u], g.verts.pts[file[i].v], file[i].ring})
				i++
				continue
			}
			odd = append(odd, file[i].ring)
		}
		if len(odd) > 0 {
			g.edges = append(g.edges, edge{u, file[0].v, g.sets.of(odd)})
		}
		file = file[n:]
	}
}

func (g *graph) faceOf(ring int32) FaceID { return FaceID(g.polyFace[g.ringPoly[ring]]) }
