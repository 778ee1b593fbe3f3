package tiles

import (
	"maps"
	"slices"
	"sync"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Beyond so many arcs out of the index it is built again.
const movedMost = 4096

// Update prepares a topology edited from g's own: only arcs that changed and
// those around them are prepared again, all else is shared. The result cuts the
// same tiles as NewGeometry(t). Differences are found by comparing arcs of
// equal ids, so an unrelated topology costs as much as a new geometry.
func (g *Geometry) Update(t *topology.Topology) *Geometry {
	changed := g.differences(t)
	if len(changed) == 0 && t.NumArcs() == g.topo.NumArcs() {
		next := *g
		next.topo = t
		return &next
	}
	if len(changed) > movedMost/2 {
		return NewGeometry(t)
	}
	next := &Geometry{topo: t, index: g.index, moved: maps.Clone(g.moved)}
	if next.moved == nil {
		next.moved = map[int32]spatial.Box{}
	}
	var touched []spatial.Box
	for _, arc := range changed {
		was, is := arcBox(g.topo, arc), arcBox(t, arc)
		touched = append(touched, was, is)
		next.moved[arc] = is
	}
	if len(next.moved) > movedMost {
		next.reindex()
	} else {
		next.box = next.indexedBox()
	}
	again := map[int32]bool{}
	for _, arc := range changed {
		again[arc] = true
	}
	for _, b := range touched { // the ranks of these depend on what changed
		if !b.Empty() {
			next.search(b, func(arc int32) { again[arc] = true })
		}
	}
	next.rebuild(g, again)
	return next
}

// differences returns the ids of arcs that are not the same in t.
func (g *Geometry) differences(t *topology.Topology) (changed []int32) {
	for i := range max(t.NumArcs(), g.topo.NumArcs()) {
		var a, b topology.Arc
		if i < g.topo.NumArcs() {
			a = g.topo.Arc(topology.ArcID(i))
		}
		if i < t.NumArcs() {
			b = t.Arc(topology.ArcID(i))
		}
		same := a.Left == b.Left && a.Right == b.Right && len(a.Points) == len(b.Points)
		if same && len(a.Points) > 0 && &a.Points[0] != &b.Points[0] {
			same = slices.Equal(a.Points, b.Points)
		}
		if !same {
			changed = append(changed, int32(i))
		}
	}
	return changed
}

func arcBox(t *topology.Topology, arc int32) spatial.Box {
	if int(arc) >= t.NumArcs() {
		return spatial.EmptyBox()
	}
	return spatial.Ring(t.Arc(topology.ArcID(arc)).Points).Box()
}

func (g *Geometry) indexedBox() spatial.Box {
	box := spatial.EmptyBox()
	for i, arc := range g.index.items {
		if _, ok := g.moved[arc]; !ok {
			box = box.Union(g.index.levels[0][i])
		}
	}
	for _, b := range g.moved {
		box = box.Union(b)
	}
	return box
}

// rebuild fills g's blocks: anew where an arc is to be prepared again, else
// those of old.
func (g *Geometry) rebuild(old *Geometry, again map[int32]bool) {
	g.blocks = make([]*arcBlock, (g.topo.NumArcs()+blockSize-1)/blockSize)
	copy(g.blocks, old.blocks)
	todo := map[int]bool{}
	for arc := range again {
		todo[int(arc>>blockBits)] = true
	}
	for i := range g.blocks {
		if g.blocks[i] == nil {
			todo[i] = true
		}
	}
	var wg sync.WaitGroup
	for i := range todo {
		if i < len(g.blocks) {
			wg.Go(func() { g.blocks[i] = g.renewed(old, i, again) })
		}
	}
	wg.Wait()
}

// renewed makes one block, copying the arcs that are not to be prepared again.
func (g *Geometry) renewed(old *Geometry, block int, again map[int32]bool) *arcBlock {
	var p preparer
	b := &arcBlock{off: make([]uint32, 1, blockSize+1)}
	for i := block << blockBits; i < min((block+1)<<blockBits, g.topo.NumArcs()); i++ {
		if again[int32(i)] || i >= old.topo.NumArcs() {
			b.add(&p, g, topology.ArcID(i))
			continue
		}
		a := old.arc(int32(i))
		b.pts, b.rank = append(b.pts, a.pts...), append(b.rank, a.rank...)
		b.off = append(b.off, uint32(len(b.pts)))
		b.sides = append(b.sides, [2]int32{a.left, a.right})
	}
	return b
}

// Changed returns boxes outside which the tiles of two pyramids are the same:
// for Cache.Advance. now should be made from old: its geometry by Update, its
// faces numbered alike. Features are matched by level and id; a feature that
// differs in anything is in it whole, since its label may have moved.
func Changed(old, now *Pyramid) []spatial.Box {
	whole := []spatial.Box{old.src.Geometry.box, now.src.Geometry.box}
	if len(old.src.Levels) != len(now.src.Levels) || (old.src.Atoms == nil) != (now.src.Atoms == nil) || old.src.MaxZoom != now.src.MaxZoom {
		return whole
	}
	boxes, faces := changedArcs(old.src.Geometry, now.src.Geometry)
	if len(boxes) > changedMost {
		return whole
	}
	for i := range now.src.Levels {
		a := side{old.src.Geometry, &old.src.Levels[i], old.members[i]}
		b := side{now.src.Geometry, &now.src.Levels[i], now.members[i]}
		if !alike(a.level, b.level) {
			return whole
		}
		boxes = changedFeatures(boxes, a, b, faces)
	}
	if now.src.Atoms != nil {
		if !alike(old.src.Atoms, now.src.Atoms) {
			return whole
		}
		a := side{old.src.Geometry, old.src.Atoms, newMembers(old.src.Atoms)}
		b := side{now.src.Geometry, now.src.Atoms, newMembers(now.src.Atoms)}
		boxes = changedFeatures(boxes, a, b, faces)
	}
	if len(boxes) > changedMost {
		return whole
	}
	return boxes
}

// changedMost bounds the boxes that Changed names; beyond it they are two, the
// whole coverage before and after.
const changedMost = 1 << 15

// changedArcs returns the boxes of arcs that are drawn differently, and the
// faces beside them. Arcs are matched by id, and what is left by content, since
// a topology built again may number the same arcs otherwise.
func changedArcs(g, h *Geometry) (boxes []spatial.Box, faces map[int32]bool) {
	var was, is []int32
	for block := range max(len(g.blocks), len(h.blocks)) {
		if block < len(g.blocks) && block < len(h.blocks) && g.blocks[block] == h.blocks[block] {
			continue
		}
		for i := int32(block << blockBits); i < int32((block+1)<<blockBits); i++ {
			a, b := g.arcOrNone(i), h.arcOrNone(i)
			if !sameArc(a, b) {
				if len(a.pts) > 0 {
					was = append(was, i)
				}
				if len(b.pts) > 0 {
					is = append(is, i)
				}
			}
		}
	}
	byStart := map[worldPoint][]int32{}
	for _, i := range was {
		start := g.arc(i).pts[0]
		byStart[start] = append(byStart[start], i)
	}
	faces = map[int32]bool{}
	note := func(g *Geometry, i int32) {
		a := g.arc(i)
		boxes = append(boxes, arcBox(g.topo, i))
		faces[a.left], faces[a.right] = true, true
	}
	for _, i := range is {
		b := h.arc(i)
		candidates := byStart[b.pts[0]]
		if k := slices.IndexFunc(candidates, func(j int32) bool { return sameArc(g.arc(j), b) }); k >= 0 {
			byStart[b.pts[0]] = slices.Delete(candidates, k, k+1)
			continue
		}
		note(h, i)
	}
	for _, left := range byStart {
		for _, i := range left {
			note(g, i)
		}
	}
	return boxes, faces
}

func (g *Geometry) arcOrNone(i int32) world {
	if int(i) >= g.topo.NumArcs() {
		return world{}
	}
	return g.arc(i)
}

func sameArc(a, b world) bool {
	return slices.Equal(a.pts, b.pts) && slices.Equal(a.rank, b.rank) && (len(a.pts) == 0 || a.left == b.left && a.right == b.right)
}

// side is one level of one of two pyramids.
type side struct {
	g       *Geometry
	level   *Level
	members members
}

func (s *side) box(f int32) spatial.Box {
	b := spatial.EmptyBox()
	for _, face := range s.members.of(f) {
		b = b.Union(s.g.topo.FaceBox(topology.FaceID(face)))
	}
	return b
}

// alike tells whether two levels show the same attributes at the same zooms.
func alike(a, b *Level) bool {
	if (a.Codes == nil) != (b.Codes == nil) || (a.Names == nil) != (b.Names == nil) || (a.Types == nil) != (b.Types == nil) ||
		(a.Colours == nil) != (b.Colours == nil) || a.MinZoom != b.MinZoom || a.LabelZoom != b.LabelZoom {
		return false
	}
	return slices.EqualFunc(a.Columns, b.Columns, func(p, q Column) bool {
		return p.Name == q.Name && (p.Ints == nil) == (q.Ints == nil) && (p.Floats == nil) == (q.Floats == nil)
	})
}

func changedFeatures(boxes []spatial.Box, a, b side, faces map[int32]bool) []spatial.Box {
	var byID map[uint64]int32 // made when the order differs
	find := func(i int32) int32 {
		id := b.level.IDs[i]
		if int(i) < len(a.level.IDs) && a.level.IDs[i] == id {
			return i
		}
		if byID == nil {
			byID = make(map[uint64]int32, len(a.level.IDs))
			for j, id := range a.level.IDs {
				byID[id] = int32(j)
			}
		}
		if j, ok := byID[id]; ok {
			return j
		}
		return -1
	}
	kept := make([]bool, len(a.level.IDs))
	for i := range int32(len(b.level.IDs)) {
		j := find(i)
		if j >= 0 {
			kept[j] = true
			if sameFeature(&a, &b, j, i) && !slices.ContainsFunc(b.members.of(i), func(f int32) bool { return faces[f] }) {
				continue
			}
			boxes = append(boxes, a.box(j))
		}
		boxes = append(boxes, b.box(i))
	}
	for j, k := range kept {
		if !k {
			boxes = append(boxes, a.box(int32(j)))
		}
	}
	return slices.DeleteFunc(boxes, spatial.Box.Empty)
}

func sameFeature(a, b *side, j, i int32) bool {
	str := func(p, q []string) bool { return p == nil || p[j] == q[i] }
	if !str(a.level.Codes, b.level.Codes) || !str(a.level.Names, b.level.Names) || !str(a.level.Types, b.level.Types) ||
		a.level.Colours != nil && a.level.Colours[j] != b.level.Colours[i] ||
		!slices.Equal(a.members.of(j), b.members.of(i)) {
		return false
	}
	for c := range a.level.Columns {
		p, q := &a.level.Columns[c], &b.level.Columns[c]
		if p.Ints != nil && p.Ints[j] != q.Ints[i] || p.Floats != nil && p.Floats[j] != q.Floats[i] || !str(p.Strings, q.Strings) {
			return false
		}
	}
	return true
}
