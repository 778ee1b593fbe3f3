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
