package topology

import (
	"fmt"
	"slices"

	"cloudgrid/spatial"
)

// Check returns every breach of the invariants of Topology, each of kind
// Broken and with its place; nil means that t is sound. It costs about as much
// as building t again.
func Check(t *Topology) []Problem {
	c := checker{t: t}
	c.arcs()
	if len(c.found) == 0 {
		c.meetings()
	}
	if len(c.found) == 0 {
		c.sides()
		c.lists()
	}
	return c.found
}

type checker struct {
	t     *Topology
	found []Problem
}

func (c *checker) report(at spatial.Point, format string, args ...any) {
	c.found = append(c.found, Problem{
		Kind: Broken, At: at, Box: spatial.Box{Min: at, Max: at}, Detail: fmt.Sprintf(format, args...),
	})
}

// each calls do for every arc that is not deleted.
func (c *checker) each(do func(id ArcID, a Arc)) {
	for id := range ArcID(c.t.arcs) {
		if a := c.t.Arc(id); len(a.Points) > 0 {
			do(id, a)
		}
	}
}

// arcs checks each arc by itself.
func (c *checker) arcs() {
	faces := FaceID(c.t.faces)
	c.each(func(id ArcID, a Arc) {
		at := a.Points[0]
		if len(a.Points) < 2 || len(a.Points) < 4 && at == a.Points[len(a.Points)-1] {
			c.report(at, "arc %d has only %d points", id, len(a.Points))
		}
		if a.Left == a.Right {
			c.report(at, "arc %d has face %d on both sides", id, a.Left)
		}
		if a.Left < Outside || a.Left >= faces || a.Right < Outside || a.Right >= faces {
			c.report(at, "arc %d lies between faces %d and %d of %d", id, a.Left, a.Right, faces)
		}
		for i := 1; i < len(a.Points); i++ {
			if a.Points[i] == a.Points[i-1] {
				c.report(a.Points[i], "arc %d repeats a point", id)
			}
		}
	})
}

// meetings checks that arcs meet at their ends only.
func (c *checker) meetings() {
	g := &graph{verts: newVertices(64)}
	var arcOf []ArcID
	const inner, end = 1, 2
	role := []uint8{} // of each vertex
	short := map[[2]uint32]ArcID{}
	c.each(func(id ArcID, a Arc) {
		var prev uint32
		for i, p := range a.Points {
			v := g.verts.number(p)
			if int(v) == len(role) {
				role = append(role, 0)
			}
			now := uint8(inner)
			if i == 0 || i == len(a.Points)-1 {
				now = end
			}
			if role[v] == inner || role[v] != 0 && now == inner {
				c.report(p, "arc %d meets an arc at a point that is inside one of them", id)
			}
			role[v] = now
			if i > 0 {
				g.edges = append(g.edges, edge{min(prev, v), max(prev, v), noRings})
				arcOf = append(arcOf, id)
			}
			prev = v
		}
		if len(a.Points) == 2 { // others that run along each other share an inner point
			key := [2]uint32{g.edges[len(g.edges)-1].u, g.edges[len(g.edges)-1].v}
			if other, ok := short[key]; ok {
				c.report(a.Points[0], "arcs %d and %d run along the same edge", other, id)
			}
			short[key] = id
		}
	})
	for _, m := range g.findMeetings(0, false) {
		c.report(m.at, "arc %d meets arc %d away from a node", arcOf[m.e], arcOf[m.f])
	}
}

// sides checks that the ground between arcs has one face wherever it is seen
// from.
func (c *checker) sides() {
	p, ids := c.t.plane()
	p.findCells(p.nextDarts())
	const unseen = FaceID(-2)
	face := make([]FaceID, p.cells)
	for i := range face {
		face[i] = unseen
	}
	face[0] = Outside
	for d, cell := range p.cell {
		a := c.t.Arc(ids[d>>1])
		f := a.Left
		if dart(d).backward() {
			f = a.Right
		}
		if face[cell] == unseen {
			face[cell] = f
		}
		if face[cell] != f {
			c.report(p.dartPoint(dart(d), 0), "arc %d sees face %d where face %d is", ids[d>>1], f, face[cell])
		}
	}
}

// plane returns the arcs that are not deleted as the lines of a plane whose
// cells are yet to be found.
func (t *Topology) plane() (*plane, []ArcID) {
	p := &plane{}
	nodes := newVertices(t.arcs + 16)
	var ids []ArcID
	for id := range ArcID(t.arcs) {
		pts := t.Arc(id).Points
		if len(pts) == 0 {
			continue
		}
		p.lines = append(p.lines, line{
			pts: pts, from: nodes.number(pts[0]), to: nodes.number(pts[len(pts)-1]), rings: noRings,
		})
		ids = append(ids, id)
	}
	p.nodes = len(nodes.pts)
	return p, ids
}

// lists checks the faces' arc lists against the arcs.
func (c *checker) lists() {
	var want Topology
	want.arcBlocks, want.arcs, want.faces = c.t.arcBlocks, c.t.arcs, c.t.faces
	want.listFaces()
	for f := range FaceID(c.t.faces) {
		if !slices.Equal(want.FaceArcs(f), c.t.FaceArcs(f)) {
			c.report(c.t.FaceBox(f).Min, "face %d lists arcs %v, its borders are %v", f, c.t.FaceArcs(f), want.FaceArcs(f))
		}
	}
}
