package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// Build makes the topology of a coverage; face i is faces[i]. Rings may run
// either way and repeat points. Whatever is drawn gives a sound topology, and
// whatever had to be decided on the way is reported: ground that two polygons
// claim goes to the smaller one, ground in between that none claims is Outside,
// rings that cross themselves are read by the even-odd rule, borders closer to
// a vertex than the lattice can tell pass through it. Parts of one polygon that
// overlap count once.
//
// The result depends only on the input, not on the number of cores.
func Build(faces []spatial.MultiPolygon) (*Topology, []Problem) {
	g := newGraph(faces)
	g.node()
	p := newPlane(g)
	l := labelCells(g, p)
	l.assign(faces)
	found := drawnProblems(g, p, l)
	t := joinFaces(p, l.face, len(faces))
	found = append(found, Inspect(t)...)
	sortProblems(found)
	return t, found
}

// joinFaces keeps the lines that part two faces and joins them into arcs.
func joinFaces(p *plane, faceOf []FaceID, faces int) *Topology {
	var kept []uint32
	for i := range p.lines {
		if faceOf[p.cell[2*i]] != faceOf[p.cell[2*i+1]] {
			kept = append(kept, uint32(i))
		}
	}
	c := joinLines(len(kept), p.nodes, func(i int) (uint32, uint32) { return p.ends(int(kept[i])) }, nil)
	arcs := make([]Arc, c.len())
	for i := range arcs {
		run := c.run(i)
		d := dart(kept[run[0].item()]<<1) | run[0]&1
		arcs[i] = canonical(Arc{
			Left: faceOf[p.cell[d]], Right: faceOf[p.cell[d.twin()]],
			Points: p.joinPoints(run, kept),
		}, c.free[i])
	}
	order := arcOrder(len(arcs), func(i int) Arc { return arcs[i] })
	return newTopology(len(arcs), faces, func(i int) parted { return parted{Arc: arcs[order[i]]} })
}

// joinPoints strings the points of a chain of kept lines together.
func (p *plane) joinPoints(run []dart, kept []uint32) []spatial.Point {
	if len(run) == 1 && !run[0].backward() {
		return p.points(int(kept[run[0].item()]))
	}
	n := 1
	for _, d := range run {
		n += len(p.points(int(kept[d.item()]))) - 1
	}
	pts := make([]spatial.Point, 0, n)
	for k, d := range run {
		w := walk{p.points(int(kept[d.item()])), d.backward()}
		if k == 0 {
			pts = append(pts, w.first())
		}
		for j := 1; j < len(w.pts); j++ {
			pts = append(pts, w.at(j))
		}
	}
	return pts
}

// canonical turns an arc so that the same border always reads the same: from
// the lesser end; for a loop towards the lesser neighbour; a free loop begins
// at its least point.
func canonical(a Arc, free bool) Arc {
	pts := a.Points
	if free {
		ring := slices.Clone(pts[:len(pts)-1])
		ring = fromLowest(ring)
		pts = append(ring, ring[0])
		a.Points = pts
	}
	first, last := pts[0], pts[len(pts)-1]
	if first == last {
		first, last = pts[1], pts[len(pts)-2]
	}
	if last.Less(first) {
		pts = slices.Clone(pts)
		slices.Reverse(pts)
		a = Arc{a.Right, a.Left, pts}
	}
	return a
}

// arcOrder returns the order of canonical arcs along the Z-curve of their first
// points: the same coverage always has the same arc ids, and near arcs near ids.
func arcOrder(n int, arc func(i int) Arc) []uint32 {
	type keyed struct {
		key uint64
		arc uint32
	}
	keys := make([]keyed, n)
	for i := range keys {
		keys[i] = keyed{zKey(arc(i).Points[0]), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return compareArcs(arc(int(a.arc)), arc(int(b.arc)))
	})
	order := make([]uint32, n)
	for i, k := range keys {
		order[i] = k.arc
	}
	return order
}

func compareArcs(a, b Arc) int {
	if a.Points[0] != b.Points[0] {
		return cmp.Compare(zKey(a.Points[0]), zKey(b.Points[0]))
	}
	return comparePoints(a.Points[1], b.Points[1])
}
