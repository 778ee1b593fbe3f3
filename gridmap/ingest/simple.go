package ingest

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// simple tells whether no two edges of the shape share more than an end. Exact.
// Rounding to the lattice can make a ring cross itself where it came within a
// centimetre of itself before.
func simple(m spatial.MultiPolygon) bool {
	edges := make([]edge, 0, m.NumPoints())
	for _, poly := range m {
		for _, r := range poly {
			for i, p := range r {
				edges = append(edges, edge{p, r[(i+1)%len(r)]}.eastward())
			}
		}
	}
	slices.SortFunc(edges, func(e, f edge) int { return cmp.Compare(e.a.X, f.a.X) })
	var open []edge // edges that may reach this far east
	for _, e := range edges {
		still := open[:0]
		for _, o := range open {
			if o.b.X < e.a.X {
				continue
			}
			if o.meets(e) {
				return false
			}
			still = append(still, o)
		}
		open = append(still, e)
	}
	return true
}

// edge runs from its western end to its eastern one.
type edge struct{ a, b spatial.Point }

func (e edge) eastward() edge {
	if e.b.Less(e.a) {
		return edge{e.b, e.a}
	}
	return e
}

// meets tells whether two edges share more than one end.
func (e edge) meets(f edge) bool {
	if !spatial.SegmentsCross(e.a, e.b, f.a, f.b) {
		return false
	}
	switch {
	case e == f:
		return true
	case e.a == f.a:
		return spatial.OnSegment(e.a, e.b, f.b) || spatial.OnSegment(f.a, f.b, e.b)
	case e.b == f.b:
		return spatial.OnSegment(e.a, e.b, f.a) || spatial.OnSegment(f.a, f.b, e.a)
	case e.a == f.b || e.b == f.a: // they lie on either side of the common end
		return false
	}
	return true
}
