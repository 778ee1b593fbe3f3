package topology

import (
	"fmt"
	"maps"
	"slices"

	"cloudgrid/spatial"
)

// Change says what an edit did, so that whatever is derived from a topology
// (tiles, location cells, adjacency) can follow without starting over.
type Change struct {
	Removed, Added, Changed []ArcID // ascending; Changed arcs have other points or faces
	Faces                   []FaceID
	NewFaces                []FaceID    // faces that did not exist before, among Faces
	Box                     spatial.Box // around all arcs concerned, before and after
}

// Reason says why an edit is refused.
type Reason string

// The reasons.
const (
	NoSuchThing  Reason = "no such thing"   // an id, vertex or node that is not there
	WouldCross   Reason = "would cross"     // a border would cross or touch another
	WouldPass    Reason = "would pass over" // a border would jump over another
	WouldVanish  Reason = "would vanish"    // a face would lose all its ground or turn inside out
	TooFewPoints Reason = "too few points"  // a closed border needs three
	NotDividing  Reason = "does not divide" // a cut that leaves the face in one piece
)

// EditError is a refused edit and the place to look at. The topology it was
// asked of is unchanged, as always.
type EditError struct {
	Reason Reason
	At     spatial.Point
	Arc    ArcID  // concerned, or -1
	Face   FaceID // concerned, or Outside
}

func (e *EditError) Error() string {
	s := fmt.Sprintf("edit at %v: %s", e.At, e.Reason)
	if e.Arc >= 0 {
		s += fmt.Sprintf(" (arc %d)", e.Arc)
	}
	if e.Face >= 0 {
		s += fmt.Sprintf(" (face %d)", e.Face)
	}
	return s
}

func refuse(r Reason, at spatial.Point, arc ArcID, face FaceID) error {
	return &EditError{Reason: r, At: at, Arc: arc, Face: face}
}

// patch is a set of arcs to put in place of others.
type patch struct {
	set   map[ArcID]parted // changed arcs; no points means deleted
	added []parted
	faces int // how many there are afterwards
}

// replace makes the patch that puts arcs in the place of old ones: an arc with
// the same points keeps its number and direction.
func (t *Topology) replace(old []ArcID, arcs []parted, faces int) patch {
	type ends [4]spatial.Point
	key := func(pts []spatial.Point) ends {
		n := len(pts)
		return ends{pts[0], pts[1], pts[n-2], pts[n-1]}
	}
	known := map[ends]ArcID{}
	p := patch{set: map[ArcID]parted{}, faces: faces}
	for _, id := range old {
		pts := t.Arc(id).Points
		known[key(pts)] = id
		known[key(reversedPoints(pts))] = id
		p.set[id] = parted{}
	}
	slices.SortFunc(arcs, func(a, b parted) int { return compareArcs(a.Arc, b.Arc) })
	for _, a := range arcs {
		id, ok := known[key(a.Points)]
		if !ok {
			p.added = append(p.added, a)
			continue
		}
		was := t.Arc(id)
		if !slices.Equal(was.Points, a.Points) {
			if a = a.reversed(); !slices.Equal(was.Points, a.Points) {
				p.added = append(p.added, a.reversed())
				continue
			}
		}
		p.set[id] = a
		if was.Left == a.Left && was.Right == a.Right && slices.Equal(t.Parts(id), a.parts) {
			delete(p.set, id)
		}
	}
	return p
}

// reversed returns the arc drawn from its other end.
func (a parted) reversed() parted {
	parts := slices.Clone(a.parts)
	slices.Reverse(parts)
	for i := range parts {
		parts[i].Backward = !parts[i].Backward
	}
	return parted{Arc{a.Right, a.Left, reversedPoints(a.Points)}, parts}
}

// apply returns the patched topology. Blocks without a patched arc or face are
// shared.
func (t *Topology) apply(p patch) (*Topology, Change) {
	n := &Topology{
		arcBlocks: slices.Clone(t.arcBlocks), faceBlocks: slices.Clone(t.faceBlocks),
		arcs: t.arcs + len(p.added), faces: max(t.faces, p.faces),
		index: t.index, extra: slices.Clone(t.extra),
	}
	c := Change{Box: spatial.EmptyBox()}
	lists := map[FaceID][]ArcID{}
	for f := t.faces; f < n.faces; f++ {
		lists[FaceID(f)] = nil
		c.NewFaces = append(c.NewFaces, FaceID(f))
	}
	blocks := map[int][]parted{}
	put := func(id ArcID, a parted) {
		k := int(id >> blockBits)
		if blocks[k] == nil {
			blocks[k] = n.unpack(k)
		}
		if i := int(id & blockMask); i < len(blocks[k]) {
			blocks[k][i] = a
		} else {
			blocks[k] = append(blocks[k], a)
		}
		n.extra = append(n.extra, id)
	}
	for _, id := range slices.Sorted(maps.Keys(p.set)) {
		old, a := t.Arc(id), p.set[id]
		if len(a.Points) == 0 {
			a = parted{Arc: Arc{Left: Outside, Right: Outside}}
			c.Removed = append(c.Removed, id)
		} else {
			c.Changed = append(c.Changed, id)
		}
		t.relist(lists, id, old, a.Arc)
		c.Box = c.Box.Union(boxOfPoints(old.Points)).Union(boxOfPoints(a.Points))
		put(id, a)
	}
	for i, a := range p.added {
		id := ArcID(t.arcs + i)
		c.Added = append(c.Added, id)
		t.relist(lists, id, Arc{Left: Outside, Right: Outside}, a.Arc)
		c.Box = c.Box.Union(boxOfPoints(a.Points))
		put(id, a)
	}
	n.putBlocks(blocks)
	n.putLists(lists)
	c.Faces = slices.Sorted(maps.Keys(lists))
	if len(n.extra) > maxExtra {
		n.index, n.extra = &arcIndex{blocks: n.arcBlocks}, nil
	}
	return n, c
}

// relist moves an arc between the arc lists of its old and new faces.
func (t *Topology) relist(lists map[FaceID][]ArcID, id ArcID, old, now Arc) {
	list := func(f FaceID) []ArcID {
		if l, ok := lists[f]; ok || int(f) >= t.faces {
			return l
		}
		return slices.Clone(t.FaceArcs(f))
	}
	for _, f := range [...]FaceID{old.Left, old.Right} {
		if f >= 0 {
			lists[f] = slices.DeleteFunc(list(f), func(a ArcID) bool { return a == id })
		}
	}
	for _, f := range [...]FaceID{now.Left, now.Right} {
		if f >= 0 {
			l := list(f)
			i, _ := slices.BinarySearch(l, id)
			lists[f] = slices.Insert(l, i, id)
		}
	}
}

// unpack returns the arcs of block k; none for a block beyond the last.
func (t *Topology) unpack(k int) []parted {
	arcs := make([]parted, 0, blockSize)
	if k < len(t.arcBlocks) {
		for i := range t.arcBlocks[k].left {
			arcs = append(arcs, parted{t.arcBlocks[k].arc(i), t.arcBlocks[k].arcParts(i)})
		}
	}
	return arcs
}

func (t *Topology) putBlocks(blocks map[int][]parted) {
	for _, k := range slices.Sorted(maps.Keys(blocks)) {
		if k < len(t.arcBlocks) {
			t.arcBlocks[k] = packArcs(blocks[k])
		} else {
			t.arcBlocks = append(t.arcBlocks, packArcs(blocks[k]))
		}
	}
}

// putLists stores the arc lists of the faces.
func (t *Topology) putLists(lists map[FaceID][]ArcID) {
	blocks := map[int][][]ArcID{}
	for _, f := range slices.Sorted(maps.Keys(lists)) {
		k, i := int(f>>blockBits), int(f&blockMask)
		if blocks[k] == nil {
			blocks[k] = make([][]ArcID, 0, blockSize)
			if k < len(t.faceBlocks) {
				b := t.faceBlocks[k]
				for j := 0; j+1 < len(b.off); j++ {
					blocks[k] = append(blocks[k], b.arcs[b.off[j]:b.off[j+1]])
				}
			}
		}
		for len(blocks[k]) <= i {
			blocks[k] = append(blocks[k], nil)
		}
		blocks[k][i] = lists[f]
	}
	for _, k := range slices.Sorted(maps.Keys(blocks)) {
		if k < len(t.faceBlocks) {
			t.faceBlocks[k] = packFaces(blocks[k])
		} else {
			t.faceBlocks = append(t.faceBlocks, packFaces(blocks[k]))
		}
	}
}
