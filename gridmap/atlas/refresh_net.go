package atlas

import (
	"slices"

	"cloudgrid/gridmap"
)

func (f *refresher) deriveNets() error {
	networks, err := f.networks()
	if err != nil {
		return err
	}
	if len(networks) != len(f.old.nets) {
		return errReload
	}
	f.a.stray = f.old.stray
	for i, old := range f.old.nets {
		if networks[i] != old.Network || !slices.Equal(f.levelsOf(old.Network.ID), old.Levels) {
			return errReload
		}
		n, err := f.deriveNet(old)
		if err != nil {
			return err
		}
		f.a.nets = append(f.a.nets, n)
	}
	return nil
}

// deriveNet makes a network of its earlier state; the posts are left as they
// were.
func (f *refresher) deriveNet(old *Net) (*Net, error) {
	n := &Net{
		Network: old.Network, Levels: old.Levels, Grids: old.Grids, byID: old.byID, byCode: old.byCode,
		ground: old.ground, leafOf: old.leafOf, leaf: old.leaf,
	}
	replanted, err := f.deriveGrids(n, old)
	if err != nil {
		return nil, err
	}
	f.replanted = append(f.replanted, replanted)
	moved, err := f.deriveMembers(n, old, replanted)
	if err != nil {
		return nil, err
	}
	n.layers = make([]lazyLayer, len(n.Levels))
	if replanted || moved {
		n.deriveLayers(old)
	} else {
		for i := range n.layers {
			n.layers[i].made.Store(old.layers[i].made.Load())
		}
	}
	if replanted || moved || !f.atoms.empty() {
		n.ownGrids(old)
		n.sumUp(f.a)
	}
	n.drawing.base.Store(old.drawing.newest())
	return n, nil
}

// deriveGrids changes what is said of grids. It plants the tree again where
// grids came, went, or moved in it.
func (f *refresher) deriveGrids(n, old *Net) (replanted bool, err error) {
	mine := func(g gridmap.Grid, has bool) bool { return has && g.Network == n.Network.ID }
	var edits []Grid
	gone := map[gridmap.GridID]bool{}
	for _, id := range f.grids.keys() {
		was, before := f.grids.gone[id]
		now, after := f.grids.now[id]
		before, after = mine(was, before), mine(now, after)
		i := old.Index(id)
		if before != (i != None) && (before || after) {
			return false, errReload // two versions of one time, or a missing one
		}
		if before {
			gone[id] = true
		}
		if after {
			edit := gridOf(&now)
			edit.Foreign = foreign(f.q.Scope, &now)
			edits = append(edits, edit)
		}
		replanted = replanted || before != after ||
			before && (old.Grids[i].Level != now.Level || old.Grids[i].parentID != now.Parent || old.Grids[i].Code != now.Code)
	}
	switch {
	case replanted:
		return true, n.replant(old, gone, edits)
	case len(edits) > 0:
		n.Grids = slices.Clone(old.Grids)
		for _, e := range edits {
			g := &n.Grids[n.Index(e.ID)]
			g.Name, g.Type, g.Attrs = e.Name, e.Type, e.Attrs
		}
	}
	return false, nil
}

func (n *Net) replant(old *Net, gone map[gridmap.GridID]bool, edits []Grid) error {
	n.Grids = make([]Grid, 0, len(old.Grids)+len(edits))
	for i := range old.Grids {
		g := &old.Grids[i]
		if !gone[g.ID] {
			n.Grids = append(n.Grids, Grid{ID: g.ID, Level: g.Level, parentID: g.parentID, Code: g.Code, Name: g.Name, Type: g.Type, Attrs: g.Attrs, Foreign: g.Foreign})
		}
	}
	n.Grids = append(n.Grids, edits...)
	if len(n.Grids) == 0 || n.plantTree() != nil {
		return errReload // a load says what is wrong
	}
	return nil
}

// deriveMembers gives atoms to their new grids. The atoms that belong to the
// network must be the same, since they are its ground.
func (f *refresher) deriveMembers(n, old *Net, replanted bool) (moved bool, err error) {
	if replanted {
		n.leafOf = make([]int32, len(old.leafOf))
		for face, g := range old.leafOf {
			n.leafOf[face] = n.Index(old.Grids[g].ID)
		}
	}
	for _, key := range f.members.keys() {
		if key.network != n.Network.ID {
			continue
		}
		_, before := f.members.gone[key]
		now, after := f.members.now[key]
		atom, known := f.old.atomIndex[key.atom]
		if !before || !after || !known {
			return false, errReload
		}
		face, owned := n.ground.faceOf(atom)
		grid := n.Index(now.Grid)
		if !owned || grid == None {
			return false, errReload
		}
		if n.leafOf[face] == grid {
			continue
		}
		if !moved && !replanted {
			n.leafOf = slices.Clone(old.leafOf)
		}
		moved = true
		n.leafOf[face] = grid
	}
	if slices.Contains(n.leafOf, None) {
		return false, errReload // a grid went that still owns ground
	}
	return moved, nil
}

// deriveLayers divides the ground anew where it was divided before.
func (n *Net) deriveLayers(old *Net) {
	leaf, changed := n.redissolve(old.leaf, old, old.leafOf, n.leafOf)
	n.leaf = leaf
	switch {
	case changed == nil && leaf.topo != old.leaf.topo, len(leaf.grid) != len(old.leaf.grid):
		leaf.measure(nil, nil)
	default:
		leaf.measure(old.leaf, changed)
	}
	for i := range n.layers {
		up := old.layers[i].made.Load()
		if up == nil {
			continue
		}
		after := n.ownersAt(i)
		switch {
		case slices.Equal(after, n.leafOf):
			n.layers[i].made.Store(n.leaf)
		case up != old.leaf:
			ly, _ := n.redissolve(up, old, old.ownersAt(i), after)
			n.layers[i].made.Store(ly)
		}
	}
}
