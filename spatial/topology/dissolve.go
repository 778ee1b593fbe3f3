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

// Dissolve returns the coverage of groups: face f becomes part of face
// group[f], or of Outside when that is negative. There are n groups. Arcs
// within a group vanish and the rest join where only two are left, so every
// point of a dissolved arc is a point of a base arc; Parts tells which.
func (t *Topology) Dissolve(group []int32, n int) *Topology {
	var kept []ArcID
	for id := range ArcID(t.arcs) {
		if a := t.Arc(id); len(a.Points) > 0 && groupOf(group, a.Left) != groupOf(group, a.Right) {
			kept = append(kept, id)
		}
	}
	arcs := t.dissolveArcs(kept, group, nil)
	order := arcOrder(len(arcs), func(i int) Arc { return arcs[i].Arc })
	return newTopology(len(arcs), n, func(i int) parted { return arcs[order[i]] })
}

func groupOf(group []int32, f FaceID) FaceID {
	if f < 0 || group[f] < 0 {
		return Outside
	}
	return FaceID(group[f])
}

// Parts returns the arcs of the base topology that make up an arc of a
// dissolved one, in the arc's direction (a closed arc may begin within its
// first part); nil for an arc of a topology that was not dissolved. Read-only.
func (t *Topology) Parts(id ArcID) []Part {
	return t.arcBlocks[id>>blockBits].arcParts(int(id & blockMask))
}

// Redissolve brings a dissolved topology up to date and shares what stays: up
// is the dissolve of an earlier state of t (or of t itself) by the groups
// before, and the result has the ground of t.Dissolve(after, n), with the ids
// of arcs that stay. faces are all faces of t that changed their group or
// ground since. It costs as much as the groups concerned are large.
func (t *Topology) Redissolve(up *Topology, before, after []int32, n int, faces []FaceID) (*Topology, Change) {
	touched := map[FaceID]bool{}
	touch := func(f FaceID) {
		for _, group := range [...][]int32{before, after} {
			if int(f) < len(group) && groupOf(group, f) >= 0 {
				touched[groupOf(group, f)] = true
			}
		}
	}
	for _, f := range faces {
		touch(f)
		for _, nb := range t.Neighbours(f) {
			touch(nb)
		}
	}
	var old, kept []ArcID
	for g := range touched {
		if int(g) < up.faces {
			old = append(old, up.FaceArcs(g)...)
		}
	}
	for f := range after {
		if !touched[groupOf(after, FaceID(f))] {
			continue
		}
		for _, id := range t.FaceArcs(FaceID(f)) {
			if a := t.Arc(id); groupOf(after, a.Left) != groupOf(after, a.Right) {
				kept = append(kept, id)
			}
		}
	}
	old, kept = distinct(old), distinct(kept)
	outer := up.outerNodes(old)
	arcs := t.dissolveArcs(kept, after, func(p spatial.Point) bool { return outer[p] })
	return up.apply(up.replace(old, arcs, n))
}

// outerNodes returns the ends of the arcs (ascending) at which other arcs end
// too. These must stay nodes whatever becomes of the arcs.
func (t *Topology) outerNodes(arcs []ArcID) map[spatial.Point]bool {
	outer := map[spatial.Point]bool{}
	for _, id := range arcs {
		pts := t.Arc(id).Points
		for _, at := range [...]spatial.Point{pts[0], pts[len(pts)-1]} {
			if _, known := outer[at]; known {
				continue
			}
			outer[at] = slices.ContainsFunc(t.arcsAt(at), func(o ArcID) bool {
				_, mine := slices.BinarySearch(arcs, o)
				return !mine
			})
		}
	}
	return outer
}

func distinct(ids []ArcID) []ArcID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// dissolveArcs joins the kept arcs, between groups, wherever two meet that is
// not a fixed point.
func (t *Topology) dissolveArcs(kept []ArcID, group []int32, fixed func(p spatial.Point) bool) []parted {
	nodes := newVertices(len(kept) + 16)
	ends := make([][2]uint32, len(kept))
	for i, id := range kept {
		pts := t.Arc(id).Points
		ends[i] = [2]uint32{nodes.number(pts[0]), nodes.number(pts[len(pts)-1])}
	}
	var stays func(v uint32) bool
	if fixed != nil {
		stays = func(v uint32) bool { return fixed(nodes.pts[v]) }
	}
	c := joinLines(len(kept), len(nodes.pts), func(i int) (uint32, uint32) { return ends[i][0], ends[i][1] }, stays)
	arcs := make([]parted, c.len())
	for i := range arcs {
		arcs[i] = t.joinArcs(c.run(i), kept, c.free[i])
		arcs[i].Left, arcs[i].Right = groupOf(group, arcs[i].Left), groupOf(group, arcs[i].Right)
	}
	return arcs
}

// joinArcs strings a chain of kept arcs into one canonical arc with the faces
// of its first.
func (t *Topology) joinArcs(run []dart, kept []ArcID, free bool) parted {
	parts := make([]Part, len(run))
	n := 1
	for _, d := range run {
		n += len(t.Arc(kept[d.item()]).Points) - 1
	}
	pts := make([]spatial.Point, 0, n)
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
		low := lowest(pts)
		for !slices.Contains(t.Arc(parts[0].Arc).Points, low) {
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
	return parted{turned, parts}
}
