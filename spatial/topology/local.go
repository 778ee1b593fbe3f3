package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// local is the neighbourhood of an edit taken apart: all arcs of some faces,
// with drawn lines across them, noded and cut into cells. Each edge carries
// numbers as an input ring would: of the faces that its arc parts, of the arc
// itself, and of the drawn lines.
type local struct {
	t     *Topology
	faces []FaceID // ascending; number i
	arcs  []ArcID  // ascending; number len(faces)+i
	lines int      // drawn; numbers from len(faces)+len(arcs)
	g     *graph
	p     *plane
	bits  [][]int32              // per line of p: its numbers
	base  []FaceID               // per cell: the face before the edit, or elsewhere
	drawn []ringSet              // per cell: numbers of the drawn rings around it
	outer map[spatial.Point]bool // nodes at which other arcs end too
}

// elsewhere marks cells that belong to none of the faces taken apart.
const elsewhere FaceID = -2

// takeApart cuts the faces by the drawn lines. Lines that close are rings.
func (t *Topology) takeApart(faces []FaceID, drawn [][]spatial.Point) *local {
	l := &local{t: t, faces: slices.Clone(faces), lines: len(drawn)}
	slices.Sort(l.faces)
	l.faces = slices.Compact(l.faces)
	for _, f := range l.faces {
		l.arcs = append(l.arcs, t.FaceArcs(f)...)
	}
	slices.Sort(l.arcs)
	l.arcs = slices.Compact(l.arcs)

	l.g = &graph{verts: newVertices(256)}
	for i, id := range l.arcs {
		a := t.Arc(id)
		var bits []int32
		for _, f := range [...]FaceID{min(a.Left, a.Right), max(a.Left, a.Right)} {
			if k, ok := slices.BinarySearch(l.faces, f); ok {
				bits = append(bits, int32(k))
			}
		}
		l.addLine(a.Points, l.g.sets.of(append(bits, int32(len(l.faces)+i))))
	}
	for i, pts := range drawn {
		l.addLine(pts, oneRing(int32(len(l.faces)+len(l.arcs)+i)))
	}
	l.mergeEdges()
	l.g.node()
	l.outer = t.outerNodes(l.arcs)
	l.p = joinEdges(l.g, func(v uint32) bool { return l.outer[l.g.verts.pts[v]] })
	l.p.findCells(l.p.nextDarts())
	l.labelCells()
	return l
}

func (l *local) addLine(pts []spatial.Point, bits ringSet) {
	for i := 1; i < len(pts); i++ {
		u, v := l.g.verts.number(pts[i-1]), l.g.verts.number(pts[i])
		if u != v {
			l.g.edges = append(l.g.edges, edge{min(u, v), max(u, v), bits})
		}
	}
}

// mergeEdges unites edges that lie on each other from the start.
func (l *local) mergeEdges() {
	at := make(map[[2]uint32]int, len(l.g.edges))
	kept := l.g.edges[:0]
	for _, e := range l.g.edges {
		key := [2]uint32{e.u, e.v}
		if i, ok := at[key]; ok {
			kept[i].rings = l.g.sets.xor(kept[i].rings, e.rings)
			continue
		}
		at[key] = len(kept)
		kept = append(kept, e)
	}
	l.g.edges = slices.DeleteFunc(kept, func(e edge) bool { return e.rings == noRings })
}

// labelCells finds for every cell the face it was part of and the drawn rings
// it is in, crossing lines from the unbounded cell inwards.
func (l *local) labelCells() {
	sets := &l.g.sets
	rings := make([]ringSet, l.p.cells)
	seen := make([]bool, l.p.cells)
	rings[0], seen[0] = noRings, true
	l.bits = make([][]int32, len(l.p.lines))
	keep := make([]ringSet, len(l.p.lines))
	for i, line := range l.p.lines {
		l.bits[i] = sets.members(line.rings, nil)
		l.bits[i] = slices.Clone(l.bits[i])
		slices.Sort(l.bits[i])
		keep[i] = sets.of(slices.DeleteFunc(slices.Clone(l.bits[i]), func(b int32) bool { return l.isArc(b) }))
	}
	start, darts := l.p.dartsByCell()
	for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
		c := queue[0]
		for _, d := range darts[start[c]:start[c+1]] {
			if n := l.p.cell[d.twin()]; !seen[n] {
				seen[n] = true
				rings[n] = sets.xor(rings[c], keep[d.item()])
				queue = append(queue, n)
			}
		}
	}
	l.base = make([]FaceID, l.p.cells)
	l.drawn = make([]ringSet, l.p.cells)
	for c, set := range rings {
		m := sets.members(set, nil)
		l.base[c] = elsewhere
		if len(m) > 0 && int(m[0]) < len(l.faces) {
			l.base[c] = l.faces[m[0]]
		}
		l.drawn[c] = sets.of(slices.DeleteFunc(slices.Clone(m), func(b int32) bool { return int(b) < len(l.faces) }))
	}
}

func (l *local) isArc(bit int32) bool {
	k := int(bit) - len(l.faces)
	return k >= 0 && k < len(l.arcs)
}

// arcOf returns the arc that line i of the plane runs along.
func (l *local) arcOf(i int) (ArcID, bool) {
	for _, b := range l.bits[i] {
		if l.isArc(b) {
			return l.arcs[int(b)-len(l.faces)], true
		}
	}
	return -1, false
}

// beyond returns the face on the side of line i that is elsewhere: the face of
// its arc that was not taken apart.
func (l *local) beyond(i int) FaceID {
	id, ok := l.arcOf(i)
	if !ok {
		return Outside
	}
	a := l.t.Arc(id)
	if _, in := slices.BinarySearch(l.faces, a.Left); in {
		return a.Right
	}
	return a.Left
}

// put builds the topology in which cell c belongs to faceOf[c]; cells marked
// elsewhere keep what they were. Faces in mayVanish may end without ground.
func (l *local) put(faceOf []FaceID, faces int, mayVanish []FaceID) (*Topology, Change, error) {
	if at, bad := l.collapsed(); bad {
		return nil, Change{}, refuse(WouldCross, at, -1, Outside)
	}
	side := func(d dart) FaceID {
		if f := faceOf[l.p.cell[d]]; f != elsewhere {
			return f
		}
		return l.beyond(d.item())
	}
	var kept []uint32
	for i := range l.p.lines {
		d := dart(2 * i)
		_, isArc := l.arcOf(i)
		inside := faceOf[l.p.cell[d]] != elsewhere || faceOf[l.p.cell[d.twin()]] != elsewhere
		if (isArc || inside) && side(d) != side(d.twin()) {
			kept = append(kept, uint32(i))
		}
	}
	fixed := make([]bool, l.p.nodes)
	for i, line := range l.p.lines {
		pts := l.p.points(i)
		fixed[line.from] = l.outer[pts[0]]
		fixed[line.to] = l.outer[pts[len(pts)-1]]
	}
	c := joinLines(len(kept), l.p.nodes,
		func(i int) (uint32, uint32) { return l.p.ends(int(kept[i])) },
		func(v uint32) bool { return fixed[v] })
	arcs := make([]parted, c.len())
	for i := range arcs {
		run := c.run(i)
		d := dart(kept[run[0].item()]<<1) | run[0]&1
		arcs[i].Arc = canonical(Arc{side(d), side(d.twin()), l.p.joinPoints(run, kept)}, c.free[i])
	}
	n, ch := l.t.apply(l.t.replace(l.arcs, arcs, faces))
	return l.verify(n, ch, mayVanish)
}

// collapsed tells whether the drawn lines pulled two arcs onto each other.
func (l *local) collapsed() (at spatial.Point, bad bool) {
	if l.g.warped {
		return l.p.points(0)[0], true
	}
	for i, bits := range l.bits {
		arcs := 0
		for _, b := range bits {
			if l.isArc(b) {
				arcs++
			}
		}
		if arcs > 1 {
			return l.p.points(i)[0], true
		}
	}
	return at, false
}

// verify refuses a result in which new borders meet old ones or a face is lost.
func (l *local) verify(n *Topology, c Change, mayVanish []FaceID) (*Topology, Change, error) {
	for _, id := range c.Added {
		for _, other := range n.ArcsIn(boxOfPoints(n.Arc(id).Points)) {
			if at, bad := n.meet(id, other); bad {
				return nil, Change{}, refuse(WouldCross, at, other, Outside)
			}
		}
	}
	for _, f := range c.Faces {
		if len(n.FaceArcs(f)) == 0 && int(f) < l.t.faces && len(l.t.FaceArcs(f)) > 0 && !slices.Contains(mayVanish, f) {
			return nil, Change{}, refuse(WouldVanish, l.t.FaceBox(f).Min, -1, f)
		}
	}
	return n, c, nil
}
