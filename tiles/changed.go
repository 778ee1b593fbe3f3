package tiles

import (
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Changed returns boxes outside which the tiles of two pyramids are the same:
// for Cache.Advance. now should be made from old: its geometry by Update, its
// faces numbered alike. Features are matched by level and id; a feature that
// differs in anything is in it whole, since its label may have moved.
func Changed(old, now *Pyramid) []spatial.Box {
	whole := []spatial.Box{old.src.Geometry.box, now.src.Geometry.box}
	if len(old.src.Levels) != len(now.src.Levels) || (old.src.Atoms == nil) != (now.src.Atoms == nil) || old.src.MaxZoom != now.src.MaxZoom {
		return whole
	}
	boxes, beside := changedArcs(old.src.Geometry, now.src.Geometry)
	if len(boxes) > changedMost {
		return whole
	}
	for i := range now.src.Levels {
		a := side{old.src.Geometry, &old.src.Levels[i], old.members[i]}
		b := side{now.src.Geometry, &now.src.Levels[i], now.members[i]}
		if !alike(a.level, b.level) {
			return whole
		}
		boxes = changedFeatures(boxes, a, b, beside)
	}
	if now.src.Atoms != nil {
		if !alike(old.src.Atoms, now.src.Atoms) {
			return whole
		}
		a := side{old.src.Geometry, old.src.Atoms, newMembers(old.src.Atoms)}
		b := side{now.src.Geometry, now.src.Atoms, newMembers(now.src.Atoms)}
		boxes = changedFeatures(boxes, a, b, beside)
	}
	if len(boxes) > changedMost {
		return whole
	}
	return boxes
}

// changedMost bounds the boxes that Changed names; beyond it they are two, the
// whole coverage before and after.
const changedMost = 1 << 15

// changedArcs returns the boxes of arcs that are drawn differently, and between
// which faces they are. Arcs are matched by id, and what is left by content, since
// a topology built again may number the same arcs otherwise.
func changedArcs(g, h *Geometry) (boxes []spatial.Box, beside [][2]int32) {
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
	note := func(g *Geometry, i int32) {
		a := g.arc(i)
		boxes = append(boxes, arcBox(g.topo, i))
		beside = append(beside, [2]int32{a.left, a.right})
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
	return boxes, beside
}

// bordering returns the features of a level that have one of the arcs between
// such faces on their border, not inside.
func bordering(l *Level, beside [][2]int32) map[int32]bool {
	var touched map[int32]bool
	of := func(face int32) int32 {
		if face < 0 || int(face) >= len(l.Of) {
			return -1
		}
		return l.Of[face]
	}
	for _, s := range beside {
		if a, b := of(s[0]), of(s[1]); a != b {
			if touched == nil {
				touched = map[int32]bool{}
			}
			touched[a], touched[b] = true, true
		}
	}
	return touched
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
	members *members
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

func changedFeatures(boxes []spatial.Box, a, b side, beside [][2]int32) []spatial.Box {
	was, is := bordering(a.level, beside), bordering(b.level, beside)
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
			if sameFeature(&a, &b, j, i) && !was[j] && !is[i] {
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
