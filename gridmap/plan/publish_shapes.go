package plan

import (
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

func faceID(f int32) topology.FaceID { return topology.FaceID(f) }

// tree is who owns which face, before and after, with the grids above.
type tree struct {
	before, after   []int32 // by face
	parent          func(i int32) int32
	level           func(i int32) int
	id              func(i int32) gridmap.GridID
	grids           int32
	candidates      map[int32]bool // grids whose outline may differ
	topoWas, topoIs *topology.Topology
}

// draw finds the outlines that differ from those of the base.
func (p *publisher) draw() error {
	b := p.b
	mine := tree{
		before: b.base.owner, after: make([]int32, b.owner.len()), grids: b.grids.len(),
		parent: func(i int32) int32 { return b.grids.at(i).parent },
		level:  func(i int32) int { return b.grids.at(i).level },
		id:     func(i int32) gridmap.GridID { return b.grids.at(i).id },
	}
	for f := range mine.after {
		mine.after[f] = b.owner.at(int32(f))
	}
	p.outlines(mine)
	if len(b.reshaped)+len(b.atomAt) == 0 {
		return nil
	}
	for _, n := range b.base.sharing() {
		_, _, owner := n.Ground()
		after := slices.Clone(owner)
		for f := int32(len(owner)); f < b.owner.len(); f++ {
			after = append(after, owner[b.atom(f).of])
		}
		p.outlines(tree{
			before: owner, after: after, grids: int32(len(n.Grids)),
			parent: func(i int32) int32 { return n.Grids[i].Parent },
			level:  func(i int32) int { return n.Grids[i].Level },
			id:     func(i int32) gridmap.GridID { return n.Grids[i].ID },
		})
	}
	return nil
}

// outlines compares the outlines of all grids whose ground may differ.
func (p *publisher) outlines(t tree) {
	t.topoWas, t.topoIs = p.b.base.topo, p.b.topo
	t.candidates = map[int32]bool{}
	for f, now := range t.after {
		old := int(p.b.atom(int32(f)).of)
		if was := t.before[old]; was != now || f != old || p.b.reshaped[int32(f)] {
			for _, i := range [2]int32{was, now} {
				for ; i != none && !t.candidates[i]; i = t.parent(i) {
					t.candidates[i] = true
				}
			}
		}
	}
	levels := map[int][]int32{}
	for i := range t.grids {
		if t.candidates[i] && !p.partial(t.id(i)) {
			levels[t.level(i)] = append(levels[t.level(i)], i)
		}
	}
	for _, grids := range levels {
		was, now := t.dissolve(t.topoWas, t.before, grids), t.dissolve(t.topoIs, t.after, grids)
		for k, i := range grids {
			if !samePolygons(was[k], now[k]) {
				p.shapes[t.id(i)] = now[k]
			}
		}
	}
}

// partial tells whether only part of a grid's ground is known here, so that no
// outline may be written of it: a server of a scope changes no border there.
func (p *publisher) partial(id gridmap.GridID) bool {
	a := p.b.base.atlas
	for _, n := range a.Nets() {
		if i := n.Index(id); i != atlas.None {
			return a.Partial(n, i)
		}
	}
	return false
}

// dissolve returns the outlines of some grids of one level.
func (t *tree) dissolve(topo *topology.Topology, owner []int32, grids []int32) []spatial.MultiPolygon {
	number := make([]int32, t.grids)
	for i := range number {
		number[i] = -1
	}
	for k, i := range grids {
		number[i] = int32(k)
	}
	level := t.level(grids[0])
	group := make([]int32, len(owner))
	for f, i := range owner {
		for i != none && t.level(i) > level {
			i = t.parent(i)
		}
		if group[f] = -1; i != none {
			group[f] = number[i]
		}
	}
	up := topo.Dissolve(group, len(grids))
	out := make([]spatial.MultiPolygon, len(grids))
	for k := range out {
		out[k] = up.FacePolygon(topology.FaceID(k))
	}
	return out
}

// sharing lists the other networks over exactly the same atoms.
func (bs *base) sharing() []*atlas.Net {
	_, atoms, _ := bs.net.Ground()
	var out []*atlas.Net
	for _, n := range bs.atlas.Nets() {
		if _, theirs, _ := n.Ground(); n != bs.net && slices.Equal(atoms, theirs) {
			out = append(out, n)
		}
	}
	return out
}
