package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// Border is all that two faces share.
type Border struct {
	A, B    FaceID  // A < B; A is Outside for an outer border
	Arcs    []ArcID // ascending
	LengthM float64
}

// Adjacency returns every pair of faces that share a border line, ordered by A
// then B, with the shared length by the given measure of one edge in metres.
// Faces that only touch at points are not neighbours. Borders with Outside are
// included when outer is set.
func (t *Topology) Adjacency(lengthM func(a, b spatial.Point) float64, outer bool) []Border {
	type side struct {
		a, b FaceID
		arc  ArcID
	}
	var sides []side
	for id := range ArcID(t.arcs) {
		arc := t.Arc(id)
		a, b := min(arc.Left, arc.Right), max(arc.Left, arc.Right)
		if len(arc.Points) > 0 && (outer || a >= 0) {
			sides = append(sides, side{a, b, id})
		}
	}
	slices.SortStableFunc(sides, func(x, y side) int {
		if x.a != y.a {
			return cmp.Compare(x.a, y.a)
		}
		return cmp.Compare(x.b, y.b)
	})
	var out []Border
	for _, s := range sides {
		if n := len(out); n == 0 || out[n-1].A != s.a || out[n-1].B != s.b {
			out = append(out, Border{A: s.a, B: s.b})
		}
		last := &out[len(out)-1]
		last.Arcs = append(last.Arcs, s.arc)
		last.LengthM += lineLength(t.Arc(s.arc).Points, lengthM)
	}
	return out
}

// Neighbours returns the faces that share a border line with f, ascending;
// Outside is among them for a face at the rim.
func (t *Topology) Neighbours(f FaceID) []FaceID {
	var out []FaceID
	for _, id := range t.FaceArcs(f) {
		a := t.Arc(id)
		out = append(out, a.Left+a.Right-f)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func lineLength(pts []spatial.Point, lengthM func(a, b spatial.Point) float64) float64 {
	sum := 0.0
	for i := 1; i < len(pts); i++ {
		sum += lengthM(pts[i-1], pts[i])
	}
	return sum
}
