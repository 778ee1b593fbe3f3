package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// RepairKind says how a problem can be put right.
type RepairKind string

// The kinds of repairs.
const (
	GiveTo    RepairKind = "give"   // the ground goes to face To
	CutMiddle RepairKind = "middle" // the ground is shared along its middle line between two faces
	GiveUp    RepairKind = "leave"  // the ground goes to nobody
)

// Repair is a proposal to put one problem right, to be accepted (Apply) or not.
// It is worth nothing for a topology in which the ground has changed since.
type Repair struct {
	Kind    RepairKind
	To      FaceID  // of GiveTo
	SharedM float64 // border that To shares with the ground already
	steps   []assignment
}

// assignment gives ground to a face.
type assignment struct {
	region spatial.MultiPolygon
	to     FaceID
}

// Proposals returns the repairs for a problem found in t (or by the Build that
// made t), the best first. A gap, hole, sliver or overlap can be given to any
// neighbour, best to the one with the longest shared border, or cut along its
// middle if it lies between two faces: for an overlap that comes first, as
// neither drawing is known to be right. Of a face in several parts, each but
// the largest can be given to its longest neighbour. Other kinds have none:
// what was drawn wrong is decided already, or needs a person.
func Proposals(t *Topology, p Problem) []Repair {
	region := p.Region
	switch p.Kind {
	case Disconnected:
		return t.strayParts(p.Faces[0])
	case Gap, Hole, Sliver, Overlap, Contained, Duplicate:
	default:
		return nil
	}
	if region == nil {
		return nil
	}
	edges := t.edgesAround(region)
	var out []Repair
	for f, sharedM := range edges.sharedM() {
		if f >= 0 && f != edges.inside {
			out = append(out, Repair{GiveTo, f, sharedM, []assignment{{region, f}}})
		}
	}
	if p.Kind == Overlap || p.Kind == Contained || p.Kind == Duplicate {
		out = slices.DeleteFunc(out, func(r Repair) bool { return !slices.Contains(p.Faces, r.To) })
	}
	slices.SortFunc(out, func(a, b Repair) int {
		if a.SharedM != b.SharedM {
			return cmp.Compare(b.SharedM, a.SharedM)
		}
		return cmp.Compare(a.To, b.To)
	})
	if cut, ok := edges.middle(region); ok {
		if p.Kind == Overlap {
			out = slices.Insert(out, 0, cut)
		} else {
			out = append(out, cut)
		}
	}
	if p.Kind == Overlap || p.Kind == Sliver {
		out = append(out, Repair{Kind: GiveUp, To: Outside, steps: []assignment{{region, Outside}}})
	}
	return out
}

// strayParts proposes to give every part of a face but the largest to the
// neighbour with the longest border, where it has one.
func (t *Topology) strayParts(f FaceID) []Repair {
	parts := t.FacePolygon(f)
	slices.SortStableFunc(parts, func(a, b spatial.Polygon) int {
		return cmp.Compare(measure.AreaM2(spatial.MultiPolygon{b}), measure.AreaM2(spatial.MultiPolygon{a}))
	})
	var out []Repair
	for i, poly := range parts {
		part := spatial.MultiPolygon{poly}
		best := Repair{Kind: GiveTo, To: Outside, steps: []assignment{{part, Outside}}}
		for g, sharedM := range t.edgesAround(part).sharedM() {
			if g >= 0 && g != f && (sharedM > best.SharedM || sharedM == best.SharedM && g < best.To) {
				best.To, best.SharedM, best.steps[0].to = g, sharedM, g
			}
		}
		if i > 0 && best.To >= 0 {
			out = append(out, best)
		}
	}
	return out
}

// Apply returns the topology with the repair made.
func (r Repair) Apply(t *Topology) (*Topology, Change, error) {
	all := Change{Box: spatial.EmptyBox()}
	for _, s := range r.steps {
		n, c, err := t.Assign(s.region, s.to)
		if err != nil {
			return nil, Change{}, err
		}
		t, all = n, all.then(c)
	}
	return t, all, nil
}

// then returns the change that both together make.
func (c Change) then(d Change) Change {
	without := func(a, b []ArcID) []ArcID {
		return slices.DeleteFunc(slices.Clone(a), func(id ArcID) bool { return slices.Contains(b, id) })
	}
	born := append(slices.Clone(c.Added), d.Added...)
	out := Change{
		Removed:  without(append(slices.Clone(c.Removed), d.Removed...), c.Added),
		Added:    without(born, d.Removed),
		Changed:  without(without(append(slices.Clone(c.Changed), d.Changed...), d.Removed), c.Added),
		Faces:    append(slices.Clone(c.Faces), d.Faces...),
		NewFaces: append(slices.Clone(c.NewFaces), d.NewFaces...),
		Box:      c.Box.Union(d.Box),
	}
	for _, ids := range []*[]ArcID{&out.Removed, &out.Added, &out.Changed} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
	slices.Sort(out.Faces)
	out.Faces = slices.Compact(out.Faces)
	return out
}

// rimEdge is an edge around a region, which is on its left, and the face that
// the topology has on its right.
type rimEdge struct {
	a, b   spatial.Point
	beyond FaceID
}

// rim is the outline of a region in a topology.
type rim struct {
	edges  []rimEdge // in order around each ring
	rings  []int     // where each ring ends in edges
	inside FaceID    // the face that has the region now
}

// edgesAround finds what lies around a region. Where no arc runs along its
// outline, the ground beyond belongs to the face that has the region.
func (t *Topology) edgesAround(region spatial.MultiPolygon) rim {
	type step struct{ a, b spatial.Point }
	left := map[step]FaceID{}
	for _, id := range t.ArcsIn(region.Box()) {
		arc := t.Arc(id)
		for i := 1; i < len(arc.Points); i++ {
			a, b := arc.Points[i-1], arc.Points[i]
			left[step{a, b}], left[step{b, a}] = arc.Left, arc.Right
		}
	}
	r := rim{inside: Outside}
	known := false
	for _, poly := range region {
		for _, ring := range poly {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				if f, ok := left[step{a, b}]; ok && !known {
					r.inside, known = f, true
				}
			}
		}
	}
	if !known && len(region) > 0 {
		r.inside = t.faceWestOf(pointWithin(region))
	}
	for _, poly := range region {
		for _, ring := range poly {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				beyond, ok := left[step{b, a}]
				if !ok {
					beyond = r.inside
				}
				r.edges = append(r.edges, rimEdge{a, b, beyond})
			}
			r.rings = append(r.rings, len(r.edges))
		}
	}
	return r
}

// sharedM returns how much of the outline runs along each face.
func (r rim) sharedM() map[FaceID]float64 {
	m := map[FaceID]float64{}
	for _, e := range r.edges {
		m[e.beyond] += measure.NearM(e.a, e.b)
	}
	return m
}

// middle proposes to share the region along its middle line: half way between
// the side of the one face and the side of the other, at equal shares of their
// lengths. It needs a region without holes between exactly two faces.
func (r rim) middle(region spatial.MultiPolygon) (Repair, bool) {
	if len(r.rings) != 1 || len(region) != 1 {
		return Repair{}, false
	}
	n := len(r.edges)
	start, changes := 0, 0
	for i := range n {
		if r.edges[i].beyond != r.edges[(i+n-1)%n].beyond {
			changes++
			start = i
		}
	}
	if changes != 2 {
		return Repair{}, false
	}
	first := []spatial.Point{r.edges[start].a}
	second := []spatial.Point{}
	f, g := r.edges[start].beyond, FaceID(0)
	for k := range n {
		e := r.edges[(start+k)%n]
		if e.beyond == f {
			first = append(first, e.b)
			continue
		}
		if len(second) == 0 {
			second = append(second, e.a)
		}
		g = e.beyond
		second = append(second, e.b)
	}
	if f < 0 || g < 0 {
		return Repair{}, false
	}
	line := middleLine(first, reversedPoints(second))
	half := func(side []spatial.Point) spatial.MultiPolygon {
		// The side runs from the line's one end to its other.
		back := reversedPoints(line)
		return spatial.MultiPolygon{{slices.Concat(side[:len(side)-1], back[:len(back)-1])}}
	}
	cut := Repair{Kind: CutMiddle, To: Outside}
	for _, s := range []assignment{{half(first), f}, {half(reversedPoints(second)), g}} {
		if s.to != r.inside {
			cut.steps = append(cut.steps, s)
		}
	}
	return cut, len(cut.steps) > 0
}

// middleLine returns the line half way between two lines with the same ends,
// with a point for every inner vertex of either.
func middleLine(p, q []spatial.Point) []spatial.Point {
	sp, sq := shares(p), shares(q)
	all := append(slices.Clone(sp), sq...)
	slices.Sort(all)
	all = slices.Compact(all)
	line := make([]spatial.Point, 0, len(all))
	for _, s := range all {
		ax, ay := along(p, sp, s)
		bx, by := along(q, sq, s)
		line = append(line, spatial.Point{X: int32((ax + bx) / 2), Y: int32((ay + by) / 2)})
	}
	line[0], line[len(line)-1] = p[0], p[len(p)-1]
	return slices.Compact(line)
}

// shares returns for each point how much of the line's length lies before it.
func shares(pts []spatial.Point) []float64 {
	out := make([]float64, len(pts))
	sum := 0.0
	for i := 1; i < len(pts); i++ {
		sum += measure.NearM(pts[i-1], pts[i])
		out[i] = sum
	}
	for i := range out {
		out[i] /= sum
	}
	out[len(out)-1] = 1
	return out
}

// along returns the position at the given share of the line.
func along(pts []spatial.Point, share []float64, s float64) (x, y float64) {
	i, _ := slices.BinarySearch(share, s)
	i = min(max(i, 1), len(pts)-1)
	t := 0.0
	if share[i] > share[i-1] {
		t = (s - share[i-1]) / (share[i] - share[i-1])
	}
	a, b := pts[i-1], pts[i]
	return float64(a.X) + t*(float64(b.X)-float64(a.X)), float64(a.Y) + t*(float64(b.Y)-float64(a.Y))
}
