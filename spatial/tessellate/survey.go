package tessellate

import (
	"cmp"
	"encoding/binary"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/disjoint"
)

// cover is what covers a triangle.
type cover struct {
	inside    bool
	buildings []int32
	compounds []int32
}

// survey is the mesh with what covers and owns each part of it. An owner is a
// building, a compound (numbered after the buildings) or open ground (after
// those); joined owners stand for each other.
type survey struct {
	*drawing
	covers []cover
	of     []int32 // triangle → cover
	owners disjoint.Sets
	corner []int32 // 3·triangle+i → owner, once shareGround has run
	vertex []int32 // vertex → a building that it is on, or none
	notes  []Note
}

// survey finds what covers each triangle, walking in from the outside and
// switching polygons on and off at their lines.
func (d *drawing) survey() *survey {
	s := &survey{drawing: d, of: make([]int32, len(d.mesh.tris))}
	for t := range s.of {
		s.of[t] = none
	}
	in := coverSets{index: map[string]int32{"": 0}, sets: [][]int32{nil}}
	start := d.mesh.at[len(d.mesh.pts)-4]
	s.of[start] = 0
	queue := []int32{start}
	for len(queue) > 0 {
		t := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for i, n := range d.mesh.tris[t].across {
			if n < 0 || s.of[n] >= 0 {
				continue
			}
			s.of[n] = s.of[t]
			if p := d.mesh.tris[t].piece[i]; p != none {
				s.of[n] = in.toggled(s.of[t], d.pieces[p].Of, int32(len(d.areas)))
			}
			queue = append(queue, n)
		}
	}
	s.covers = make([]cover, len(in.sets))
	for i, set := range in.sets {
		s.covers[i] = d.coverOf(set)
	}
	return s
}

func (d *drawing) coverOf(set []int32) cover {
	var c cover
	for _, a := range set {
		switch item := d.areas[a].item; d.areas[a].kind {
		case within:
			c.inside = true
		case building:
			c.buildings = append(c.buildings, item)
		case compound:
			c.compounds = append(c.compounds, item)
		}
	}
	c.buildings, c.compounds = slices.Compact(c.buildings), slices.Compact(c.compounds)
	return c
}

// coverSets numbers sets of areas.
type coverSets struct {
	index map[string]int32
	sets  [][]int32
}

// toggled numbers the set with the areas of a line, those under limit,
// switched.
func (c *coverSets) toggled(set int32, line []int32, limit int32) int32 {
	var key []byte
	var out []int32
	a, b := c.sets[set], line
	for len(a) > 0 || len(b) > 0 && b[0] < limit {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			a, b = a[1:], b[1:]
			continue
		case len(b) == 0 || b[0] >= limit || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		default:
			out, b = append(out, b[0]), b[1:]
		}
		key = binary.LittleEndian.AppendUint32(key, uint32(out[len(out)-1]))
	}
	n, ok := c.index[string(key)]
	if !ok {
		n = int32(len(c.sets))
		c.index[string(key)] = n
		c.sets = append(c.sets, out)
	}
	return n
}

func (s *survey) cover(t int32) *cover { return &s.covers[s.of[t]] }

func (s *survey) anyGround() bool {
	for t := range s.of {
		if s.cover(int32(t)).inside {
			return true
		}
	}
	return false
}

// joinBuildings joins buildings that overlap or touch, and gives each to the
// compound that most of it stands in.
func (s *survey) joinBuildings() {
	nb := int32(len(s.buildings))
	s.owners = disjoint.New(int(nb) + len(s.compounds))
	s.vertex = make([]int32, len(s.mesh.pts))
	for v := range s.vertex {
		s.vertex[v] = none
	}
	seen := make([]bool, nb)
	touch := func(v, b int32) {
		seen[b] = true
		if o := s.vertex[v]; o == none {
			s.vertex[v] = b
		} else if s.owners.Join(o, b) {
			s.note(BuildingsJoined, s.buildings[max(o, b)], s.buildings[min(o, b)], s.mesh.pts[v])
		}
	}
	over := map[int32]spatial.Point{}
	for t := range s.mesh.tris {
		c := s.cover(int32(t))
		for _, b := range c.buildings {
			for _, v := range s.mesh.tris[t].corner {
				if c.inside {
					touch(v, b)
				} else {
					over[b] = s.mesh.pts[v]
				}
			}
		}
	}
	s.touchStubs(touch)
	for b := range nb {
		at, isOver := over[b]
		if !isOver {
			at = s.in.Buildings[s.buildings[b]].box().Min
		}
		switch {
		case !seen[b]:
			s.note(BuildingOutside, s.buildings[b], none, at)
		case isOver:
			s.note(BuildingOnOutline, s.buildings[b], none, at)
		}
	}
	s.noteLeftOut()
	s.joinCompounds()
}

// touchStubs finds the ground of point buildings.
func (s *survey) touchStubs(touch func(v, b int32)) {
	for t := range s.mesh.tris {
		if !s.cover(int32(t)).inside {
			continue
		}
		for i, p := range s.mesh.tris[t].piece {
			if p == none {
				continue
			}
			for _, of := range s.pieces[p].Of {
				if of >= s.firstStub {
					touch(s.mesh.tris[t].corner[next(i)], s.stubs[of-s.firstStub])
					touch(s.mesh.tris[t].corner[prev(i)], s.stubs[of-s.firstStub])
				}
			}
		}
	}
}

// noteLeftOut notes what is so far out that it was not even drawn.
func (s *survey) noteLeftOut() {
	kept := make([]bool, len(s.in.Buildings))
	for _, i := range s.buildings {
		kept[i] = true
	}
	for i, k := range kept {
		if !k {
			s.note(BuildingOutside, int32(i), none, s.in.Buildings[i].box().Min)
		}
	}
}

func (s *survey) note(k NoteKind, item, other int32, at spatial.Point) {
	s.notes = append(s.notes, Note{k, item, other, at})
}

// joinCompounds gives every compound the buildings that stand in it by more
// than half of their ground.
func (s *survey) joinCompounds() {
	if s.opt.SplitCompounds {
		return
	}
	nb := int32(len(s.buildings))
	whole := map[int32]int64{}   // joined buildings → twice their area
	part := map[[2]int32]int64{} // with a compound → twice the area within it
	place := map[int32]spatial.Point{}
	for t := range s.mesh.tris {
		c := s.cover(int32(t))
		if !c.inside || len(c.buildings) == 0 {
			continue
		}
		b := s.owners.Find(c.buildings[0])
		a := s.area2(int32(t))
		whole[b] += a
		place[b] = s.mesh.pts[s.mesh.tris[t].corner[0]]
		if len(c.compounds) > 0 {
			part[[2]int32{b, c.compounds[0]}] += a
		}
	}
	s.stubsInCompounds(whole, part)
	type stake struct{ b, c int32 }
	var in []stake
	for k, a := range part {
		if 2*a > whole[k[0]] {
			in = append(in, stake{k[0], k[1]})
		}
		if a < whole[k[0]] {
			s.note(CompoundCut, s.buildings[k[0]], s.compounds[k[1]], place[k[0]])
		}
	}
	slices.SortFunc(in, func(a, b stake) int { return cmp.Or(cmp.Compare(a.b, b.b), cmp.Compare(a.c, b.c)) })
	for _, k := range in {
		s.owners.Join(k.b, nb+k.c)
	}
}

// stubsInCompounds counts point buildings as an area of one.
func (s *survey) stubsInCompounds(whole map[int32]int64, part map[[2]int32]int64) {
	done := map[int32]bool{}
	for t := range s.mesh.tris {
		c := s.cover(int32(t))
		if !c.inside || len(c.compounds) == 0 {
			continue
		}
		for _, v := range s.mesh.tris[t].corner {
			b := s.vertex[v]
			if b == none || done[b] || s.in.Buildings[s.buildings[b]].Shape != nil {
				continue
			}
			done[b] = true
			if b = s.owners.Find(b); whole[b] == 0 {
				whole[b] = 1
				part[[2]int32{b, c.compounds[0]}] = 1
			}
		}
	}
}

func (s *survey) area2(t int32) int64 {
	c := s.mesh.tris[t].corner
	a, b, d := s.mesh.pts[c[0]], s.mesh.pts[c[1]], s.mesh.pts[c[2]]
	return (int64(b.X)-int64(a.X))*(int64(d.Y)-int64(a.Y)) - (int64(b.Y)-int64(a.Y))*(int64(d.X)-int64(a.X))
}
