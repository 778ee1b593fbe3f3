package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// Part is one base arc of a dissolved arc.
type Part struct {
	Arc      ArcID
	Backward bool // the dissolved arc runs against it
}

// arcParts holds the base arcs of all arcs of a dissolved topology.
type arcParts struct {
	off   []uint32
	parts []Part
}

// Dissolve returns the coverage of groups: face f becomes part of face
// group[f], or of Outside when that is negative. There are n groups. Arcs
// within a group vanish and the rest join where only two are left, so every
// point of a dissolved arc is a point of a base arc; Parts tells which.
func (t *Topology) Dissolve(group []int32, n int) *Topology {
	to := func(f FaceID) FaceID {
		if f < 0 || group[f] < 0 {
			return Outside
		}
		return FaceID(group[f])
	}
	var kept []ArcID
	for id := range ArcID(t.arcs) {
		if a := t.Arc(id); len(a.Points) > 0 && to(a.Left) != to(a.Right) {
			kept = append(kept, id)
		}
	}
	nodes := newVertices(len(kept) + 16)
	ends := make([][2]uint32, len(kept))
	for i, id := range kept {
		pts := t.Arc(id).Points
		ends[i] = [2]uint32{nodes.number(pts[0]), nodes.number(pts[len(pts)-1])}
	}
	c := joinLines(len(kept), len(nodes.pts), func(i int) (uint32, uint32) { return ends[i][0], ends[i][1] }, nil)
	type joined struct {
		Arc
		parts []Part
	}
	arcs := make([]joined, c.len())
	for i := range arcs {
		arcs[i].Arc, arcs[i].parts = t.joinArcs(c.run(i), kept, c.free[i])
		arcs[i].Left, arcs[i].Right = to(arcs[i].Left), to(arcs[i].Right)
	}
	slices.SortFunc(arcs, func(a, b joined) int { return compareArcs(a.Arc, b.Arc) })
	d := newTopology(len(arcs), n, func(i int) Arc { return arcs[i].Arc })
	d.parts = &arcParts{off: make([]uint32, 1, len(arcs)+1)}
	for _, a := range arcs {
		d.parts.parts = append(d.parts.parts, a.parts...)
		d.parts.off = append(d.parts.off, uint32(len(d.parts.parts)))
	}
	return d
}

// Parts returns the arcs of the base topology that make up an arc of a
// dissolved one, in the arc's direction (a closed arc may begin within its
// first part); nil for an arc of a topology that was not dissolved. Read-only.
func (t *Topology) Parts(id ArcID) []Part {
	if t.parts == nil {
		return nil
	}
	return t.parts.parts[t.parts.off[id]:t.parts.off[id+1]]
}

// joinArcs strings a chain of kept arcs into one canonical arc with the faces
// of its first.
func (t *Topology) joinArcs(run []dart, kept []ArcID, free bool) (Arc, []Part) {
	parts := make([]Part, len(run))
	var pts []spatial.Point
	for k, d := range run {
		id := kept[d.item()]
		parts[k] = Part{id, d.backward()}
		w := walk{t.Arc(id).Points, d.backward()}
		if k == 0 {
			pts = append(pts, w.first())
		}
		for j := 1; j < len(w.pts); j++ {
			pts = append(pts, w.at(j))
		}
	}
	base := t.Arc(parts[0].Arc)
	arc := Arc{base.Left, base.Right, pts}
	if parts[0].Backward {
		arc.Left, arc.Right = arc.Right, arc.Left
	}
	if free {
		low := pts[0]
		for _, p := range pts {
			if p.Less(low) {
				low = p
			}
		}
		for !t.partHolds(parts[0], low) {
			parts = append(parts[1:], parts[0])
		}
	}
	turned := canonical(arc, free)
	if turned.Left != arc.Left {
		slices.Reverse(parts)
		for k := range parts {
			parts[k].Backward = !parts[k].Backward
		}
	}
	return turned, parts
}

func (t *Topology) partHolds(p Part, at spatial.Point) bool {
	return slices.Contains(t.Arc(p.Arc).Points, at)
}
