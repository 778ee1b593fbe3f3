package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// MoveVertex moves vertex i of an arc, which is not one of its ends, to a new
// place; both neighbours' borders move. Ends move by MoveNode.
func (t *Topology) MoveVertex(id ArcID, i int, to spatial.Point) (*Topology, Change, error) {
	pts, err := t.inner(id, i)
	if err != nil {
		return nil, Change{}, err
	}
	pts[i] = to
	return t.reshape(map[ArcID][]spatial.Point{id: pts})
}

// InsertVertex puts a vertex between vertices i and i+1 of an arc.
func (t *Topology) InsertVertex(id ArcID, i int, at spatial.Point) (*Topology, Change, error) {
	if !t.has(id) || i < 0 || i+1 >= len(t.Arc(id).Points) {
		return nil, Change{}, refuse(NoSuchThing, at, id, Outside)
	}
	return t.reshape(map[ArcID][]spatial.Point{id: slices.Insert(slices.Clone(t.Arc(id).Points), i+1, at)})
}

// DeleteVertex removes vertex i of an arc, which is not one of its ends.
func (t *Topology) DeleteVertex(id ArcID, i int) (*Topology, Change, error) {
	pts, err := t.inner(id, i)
	if err != nil {
		return nil, Change{}, err
	}
	return t.reshape(map[ArcID][]spatial.Point{id: slices.Delete(pts, i, i+1)})
}

// MoveNode moves the point where arcs end, and with it the ends of all of
// them. A closed border that meets no other moves its first point.
func (t *Topology) MoveNode(from, to spatial.Point) (*Topology, Change, error) {
	shapes := map[ArcID][]spatial.Point{}
	for _, id := range t.arcsAt(from) {
		pts := slices.Clone(t.Arc(id).Points)
		if pts[0] == from {
			pts[0] = to
		}
		if pts[len(pts)-1] == from {
			pts[len(pts)-1] = to
		}
		shapes[id] = pts
	}
	if len(shapes) == 0 {
		return nil, Change{}, refuse(NoSuchThing, from, -1, Outside)
	}
	return t.reshape(shapes)
}

// ReshapeArc draws an arc anew between the same ends. A closed border that
// meets no other may be drawn anywhere; its first and last points must agree.
func (t *Topology) ReshapeArc(id ArcID, points []spatial.Point) (*Topology, Change, error) {
	if !t.has(id) || len(points) < 2 {
		return nil, Change{}, refuse(NoSuchThing, spatial.Point{}, id, Outside)
	}
	old := t.Arc(id).Points
	first, last := points[0], points[len(points)-1]
	if first != old[0] || last != old[len(old)-1] {
		if free := old[0] == old[len(old)-1] && len(t.arcsAt(old[0])) == 1; !free || first != last {
			return nil, Change{}, refuse(NoSuchThing, first, id, Outside)
		}
	}
	return t.reshape(map[ArcID][]spatial.Point{id: slices.Clone(points)})
}

func (t *Topology) has(id ArcID) bool {
	return id >= 0 && int(id) < t.arcs && len(t.Arc(id).Points) > 0
}

// inner returns a copy of an arc's points if i is a vertex between its ends.
func (t *Topology) inner(id ArcID, i int) ([]spatial.Point, error) {
	if !t.has(id) {
		return nil, refuse(NoSuchThing, spatial.Point{}, id, Outside)
	}
	pts := t.Arc(id).Points
	if i < 1 || i > len(pts)-2 {
		return nil, refuse(NoSuchThing, pts[0], id, Outside)
	}
	return slices.Clone(pts), nil
}

// reshape gives arcs new points, if everything stays where it was: no border
// meets another anew, none is jumped over, no face turns inside out.
func (t *Topology) reshape(shapes map[ArcID][]spatial.Point) (*Topology, Change, error) {
	p := patch{set: map[ArcID]Arc{}}
	for id, pts := range shapes {
		old := t.Arc(id)
		pts = slices.Compact(pts)
		if len(pts) < 2 || len(pts) < 4 && pts[0] == pts[len(pts)-1] {
			return nil, Change{}, refuse(TooFewPoints, old.Points[0], id, Outside)
		}
		p.set[id] = Arc{old.Left, old.Right, pts}
	}
	n, c := t.apply(p)
	for _, id := range c.Changed {
		if err := n.clear(id, t.Arc(id).Points, t); err != nil {
			return nil, Change{}, err
		}
	}
	for _, f := range c.Faces {
		if a, b := countRings(t.FacePolygon(f)), countRings(n.FacePolygon(f)); a != b {
			return nil, Change{}, refuse(WouldVanish, n.FaceBox(f).Min, -1, f)
		}
	}
	return n, c, nil
}

func countRings(m spatial.MultiPolygon) [2]int {
	holes := 0
	for _, p := range m {
		holes += len(p) - 1
	}
	return [2]int{len(m), holes}
}

// clear checks an arc with new points against all arcs around it: it may meet
// them at common ends only, and nothing may lie in the ground it swept over.
func (t *Topology) clear(id ArcID, old []spatial.Point, before *Topology) error {
	pts := t.Arc(id).Points
	box := boxOfPoints(pts).Union(boxOfPoints(old))
	swept := spatial.Ring(slices.Concat(old, reversedPoints(pts)))
	for _, other := range t.ArcsIn(box) {
		if at, ok := t.meet(id, other); ok {
			return refuse(WouldCross, at, other, Outside)
		}
		if other == id {
			continue
		}
		q, was := t.Arc(other).Points, before.Arc(other).Points
		for k, v := range q {
			if len(q) == len(was) && q[k] != was[k] {
				continue // a moving node: its other lines are swept themselves
			}
			if box.Contains(v) && v != pts[0] && v != pts[len(pts)-1] && ringSide(swept, v) >= 0 {
				return refuse(WouldPass, v, other, Outside)
			}
		}
	}
	return nil
}

func reversedPoints(pts []spatial.Point) []spatial.Point {
	r := slices.Clone(pts)
	slices.Reverse(r)
	return r
}

// meet returns a place where two arcs (or one with itself) meet other than at
// ends of both.
func (t *Topology) meet(a, b ArcID) (spatial.Point, bool) {
	p, q := t.Arc(a).Points, t.Arc(b).Points
	g := &graph{verts: newVertices(len(p) + len(q))}
	inside := map[uint32]bool{}
	add := func(pts []spatial.Point) (at spatial.Point, bad bool) {
		for i, v := range pts {
			k := g.verts.number(v)
			end := i == 0 || i == len(pts)-1
			if seen, ok := inside[k]; ok && (seen || !end) {
				return v, true
			}
			inside[k] = !end
			if i > 0 {
				prev := g.verts.number(pts[i-1])
				g.edges = append(g.edges, edge{min(prev, k), max(prev, k), noRings})
			}
		}
		return at, false
	}
	if at, bad := add(p); bad {
		return at, true
	}
	fresh := len(g.edges)
	if a != b {
		if at, bad := add(q); bad {
			return at, true
		}
		if len(p) == 2 && len(q) == 2 && g.edges[0] == g.edges[1] {
			return p[0], true
		}
	} else {
		fresh = 0
	}
	ms := g.findMeetings(fresh, true)
	if len(ms) == 0 {
		return spatial.Point{}, false
	}
	return ms[0].at, true
}
