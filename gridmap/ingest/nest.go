package ingest

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// nesting says how much ground of each lower shape lies in which upper shape.
type nesting struct {
	areaM2 []float64         // of each lower shape, as drawn
	shared []map[int]float64 // by lower shape: m² by upper shape
	topo   *topology.Topology
	lower  int
}

// nest lays lower shapes over upper ones. Contested ground goes to the smaller
// shape, so that the ground an upper face keeps is what no lower one covers.
func nest(lower, upper []spatial.MultiPolygon) *nesting {
	shapes := make([]spatial.MultiPolygon, 0, len(lower)+len(upper))
	shapes = append(append(shapes, lower...), upper...)
	t, problems := topology.Build(shapes)
	n := &nesting{areaM2: make([]float64, len(lower)), shared: make([]map[int]float64, len(lower)), topo: t, lower: len(lower)}
	whole := map[[2]int]bool{}
	for i, s := range lower {
		n.areaM2[i] = measure.AreaM2(s)
		n.shared[i] = map[int]float64{}
	}
	for _, p := range problems {
		if p.Kind != topology.Contained && p.Kind != topology.Duplicate {
			continue
		}
		a, b := int(p.Faces[0]), int(p.Faces[1])
		if p.Kind == topology.Duplicate && a >= n.lower {
			a, b = b, a
		}
		if a < n.lower && b >= n.lower {
			whole[[2]int{a, b}] = true
			n.shared[a][b-n.lower] = n.areaM2[a]
		}
	}
	for _, p := range problems {
		if p.Kind == topology.Overlap || p.Kind == topology.Hairline {
			n.addPiece(p, whole)
		}
	}
	return n
}

// addPiece adds a piece of ground that several shapes claim.
func (n *nesting) addPiece(p topology.Problem, whole map[[2]int]bool) {
	for _, a := range p.Faces {
		for _, b := range p.Faces {
			if int(a) < n.lower && int(b) >= n.lower && !whole[[2]int{int(a), int(b)}] {
				n.shared[a][int(b)-n.lower] += p.AreaM2
			}
		}
	}
}

// most returns the upper shape that holds most of a lower one; -1 when none
// holds any. Ties go to the lesser index.
func (n *nesting) most(lower int) (upper int, areaM2 float64) {
	upper = -1
	for u, a := range n.shared[lower] {
		if a > areaM2 || a == areaM2 && u < upper {
			upper, areaM2 = u, a
		}
	}
	return upper, areaM2
}

// kept returns the ground that no lower shape covers of an upper one.
func (n *nesting) kept(upper int) spatial.MultiPolygon {
	return n.topo.FacePolygon(topology.FaceID(n.lower + upper))
}

// union returns the ground of each group of lower shapes; groupOf is -1 for a
// shape that is in none.
func union(shapes []spatial.MultiPolygon, groupOf []int32, groups int) []spatial.MultiPolygon {
	t, _ := topology.Build(shapes)
	d := t.Dissolve(groupOf, groups)
	out := make([]spatial.MultiPolygon, groups)
	for g := range out {
		out[g] = d.FacePolygon(topology.FaceID(g))
	}
	return out
}
