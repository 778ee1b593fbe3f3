package plan

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
)

// District returns the draft as package district asks about it: without the
// grids that the plan retired. locked are those of its grids that a proposal
// must leave alone, for being locked or out of the plan's scope, pinned its
// faces that must stay.
func (b *Board) District(marks []district.Mark) (m district.Map, locked, pinned []int32) {
	at := make([]int32, b.grids.len()) // by grid of the board: that of the map
	for i := range b.grids.len() {
		at[i] = district.None
		g := b.grids.at(i)
		if g.retired {
			continue
		}
		at[i] = int32(len(m.Grids))
		parent := district.None
		if g.parent != none {
			parent = at[g.parent]
		}
		if g.lock.closed() || !b.inScope(i) {
			locked = append(locked, at[i])
		}
		m.Grids = append(m.Grids, district.Grid{ID: g.id, Level: g.level, Parent: parent, Code: g.code, Name: g.name, Type: g.typ})
	}
	n := b.owner.len()
	m.Ground, m.CountKeys, m.Levels, m.Marks = b.topo, b.base.keys, len(b.base.net.Levels), marks
	m.Atoms, m.Owner, m.Counts = make([]district.Atom, n), make([]int32, n), make([][]int64, n)
	for f := range n {
		a := b.atom(f)
		m.Atoms[f], m.Counts[f], m.Owner[f] = district.Atom{ID: a.id, Code: a.code, Name: a.name}, a.counts, district.None
		if g := b.owner.at(f); g != none {
			m.Owner[f] = at[g]
		}
		if _, is := b.pins[f]; is {
			pinned = append(pinned, f)
		}
	}
	return m, locked, pinned
}

// sizingOf is how big the lowest grids should be.
func (b *Board) sizingOf() gridmap.SizingProfile {
	p, _ := b.base.sizing.Profile(b.base.net.Network.ID, len(b.base.net.Levels)-1, gridmap.General)
	return p
}

// barriers reads which borders between atoms of the base cannot be crossed.
func barriers(marks []district.Mark, b *Board) func(x, y gridmap.AtomID) bool {
	closed := map[[2]int32]bool{}
	for _, m := range marks {
		if m.Barrier {
			closed[[2]int32{min(m.A, m.B), max(m.A, m.B)}] = true
		}
	}
	if len(closed) == 0 {
		return nil
	}
	of := func(id gridmap.AtomID) int32 {
		f, _ := slicesFind(b.base.faceOf, id)
		return f
	}
	return func(x, y gridmap.AtomID) bool {
		f, g := of(x), of(y)
		return closed[[2]int32{min(f, g), max(f, g)}]
	}
}

// within finds grids by their identities, in the numbering of a map.
func within(m *district.Map, ids []gridmap.GridID) ([]int32, error) {
	at := map[gridmap.GridID]int32{}
	for i, g := range m.Grids {
		at[g.ID] = int32(i)
	}
	var list []int32
	for _, id := range ids {
		i, ok := at[id]
		if !ok {
			return nil, gridmap.Errorf(gridmap.Invalid, "方案中没有网格 %d，或它已在本方案中撤销 (no such grid)", id)
		}
		list = append(list, i)
	}
	return list, nil
}
