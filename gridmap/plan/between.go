package plan

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Delta is what differs between two boards of one plan. All lists ascend.
type Delta struct {
	All      bool             // their bases differ: anything may
	Grids    []gridmap.GridID // whose state differs, or which are new
	Removed  []gridmap.GridID // retired, or not there any more
	Atoms    []gridmap.AtomID // whose grid, counts or pin differ; new ones as well
	NewAtoms []gridmap.AtomID
	Gone     []gridmap.AtomID // not there any more: an undone split
	Ground   []gridmap.AtomID // whose shape differs
	Box      spatial.Box      // around Ground, and around Atoms, before and after; may be empty
}

// Between returns what leads from one board of a plan to another.
func Between(was, now *Board) Delta {
	d := Delta{Box: spatial.EmptyBox()}
	if was == now {
		return d
	}
	if was == nil || was.base != now.base {
		d.All = true
		return d
	}
	d.atoms(was, now)
	d.grids(was, now)
	return d
}

func (d *Delta) atoms(was, now *Board) {
	base := int32(len(now.base.atoms))
	for p := range now.owner.list {
		lo := int32(p) << pageBits
		if p < len(was.owner.list) && was.owner.list[p] == now.owner.list[p] {
			continue
		}
		for f := lo; f < min(lo+pageSize, base); f++ {
			if !sameGrid(was, now, f, f) {
				d.atom(was, now, f, f)
			}
		}
	}
	for f := range merged(was.edited, now.edited) {
		if f < base && was.edited[f] != now.edited[f] {
			d.atom(was, now, f, f)
			d.Ground = append(d.Ground, now.atom(f).id)
		}
	}
	for f := range merged(was.pins, now.pins) {
		if f < base && was.pins[f] != now.pins[f] {
			d.atom(was, now, f, f)
		}
	}
	d.pieces(was, now)
	for _, list := range []*[]gridmap.AtomID{&d.Atoms, &d.NewAtoms, &d.Gone, &d.Ground} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

// pieces compares the atoms that the plan made.
func (d *Delta) pieces(was, now *Board) {
	for id, f := range now.atomAt {
		old, there := was.atomAt[id]
		switch {
		case !there:
			d.NewAtoms = append(d.NewAtoms, id)
			d.Ground = append(d.Ground, id)
			d.Atoms = append(d.Atoms, id)
			d.Box = d.Box.Union(now.atom(f).box)
		case was.atom(old) != now.atom(f):
			d.Ground = append(d.Ground, id)
			d.atom(was, now, old, f)
		case !sameGrid(was, now, old, f) || was.pins[old] != now.pins[f]:
			d.atom(was, now, old, f)
		}
	}
	for id, f := range was.atomAt {
		if _, there := now.atomAt[id]; !there {
			d.Gone = append(d.Gone, id)
			d.Box = d.Box.Union(was.atom(f).box)
		}
	}
}

// atom notes an atom that differs: face f of was, g of now.
func (d *Delta) atom(was, now *Board, f, g int32) {
	d.Atoms = append(d.Atoms, now.atom(g).id)
	d.Box = d.Box.Union(was.atom(f).box).Union(now.atom(g).box)
}

// sameGrid tells whether face f of was and face g of now belong to the same
// grid: new grids can have other indices after an undo.
func sameGrid(was, now *Board, f, g int32) bool {
	a, b := was.owner.at(f), now.owner.at(g)
	if base := int32(len(now.base.grids)); a < base || b < base { // none as well
		return a == b
	}
	return was.grids.at(a).id == now.grids.at(b).id
}

func (d *Delta) grids(was, now *Board) {
	base := int32(len(now.base.grids))
	differ := map[int32]bool{} // indices in now
	for i := range now.grids.len() {
		old := i
		if i >= base {
			var there bool
			if old, there = was.gridAt[now.grids.at(i).id]; !there {
				differ[i] = true
				continue
			}
		}
		differ[i] = was.grids.at(old) != now.grids.at(i) || was.colour(old) != now.colour(i) || was.deviation(old) != now.deviation(i)
	}
	for i, is := range differ {
		if !is {
			continue
		}
		if g := now.grids.at(i); g.retired {
			d.Removed = append(d.Removed, g.id)
		} else {
			d.Grids = append(d.Grids, g.id)
		}
	}
	for id := range was.gridAt {
		if _, there := now.gridAt[id]; !there {
			d.Removed = append(d.Removed, id)
		}
	}
	slices.SortFunc(d.Grids, cmp.Compare)
	slices.SortFunc(d.Removed, cmp.Compare)
}

// merged is the keys of both maps.
func merged[V any](a, b map[int32]V) map[int32]bool {
	keys := make(map[int32]bool, len(a)+len(b))
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}
