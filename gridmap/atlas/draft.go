package atlas

import (
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// Draft says how a network would look after a plan. Everything is told against
// the snapshot's network, not against an earlier draft; what is left out is as
// it is there.
type Draft struct {
	// Ground is the network's ground (see Net.Ground) after the plan's edits,
	// faces that these added behind the others; nil is the ground itself.
	Ground *topology.Topology
	// Owner is, by face of that ground, the index of the grid that has it, or
	// None.
	Owner []int32
	// Grids that are said something else of or are new, by index; new ones are
	// numbered on from len(Net.Grids). Of them ID, Level, Parent, Code, Name and
	// Type are drawn. A grid's level stays what it was. What a plan makes may have
	// negative ids (see FeatureID).
	Grids map[int32]Grid
	// Atoms that are said something else of or are new, by face.
	Atoms map[int32]Atom
	// Colours, by grid, of those that are not to keep the published colour; a new
	// grid has colour 0 unless one is given.
	Colours map[int32]uint8
}

// FeatureID is the id of a grid's or an atom's feature in tiles: its own or,
// for one of a plan with an id under zero, that distance beyond 2^52, which
// JavaScript still counts exactly.
func FeatureID[T ~int64](id T) uint64 {
	if id < 0 {
		return 1<<52 + uint64(-id)
	}
	return uint64(id)
}

// Draft draws a plan over the network. last is a drawing of the network or of
// an earlier state of the plan over the same snapshot, to share with; nil is the
// network's own. Levels show and are labelled at the zooms of the published
// map. The time depends on the length of the slices, some nanoseconds a face
// and level, and on what the plan reshapes; label points of grids that stay are
// taken over.
func (n *Net) Draft(a *Atlas, plan Draft, last *Drawing) (*Drawing, error) {
	published := n.Drawing(a)
	if published.err != nil {
		return nil, published.err
	}
	if last == nil || last.ground != n.ground {
		last = published
	}
	geometry := last.pyramid.Geometry()
	if plan.Ground != nil {
		geometry = geometry.Update(plan.Ground)
	} else if geometry != n.ground.drawn() {
		geometry = n.ground.drawn()
	}
	t, err := newDraftTree(n, &plan)
	if err != nil {
		return nil, err
	}
	d := &Drawing{ground: n.ground, colours: t.colours(published.colours), first: published.first}
	for rank := range n.Levels {
		l := t.level(rank, &published.levels[rank])
		l.Of = shared(featuresOf(plan.Owner, t.feature[rank]), last.levels[rank].Of, published.levels[rank].Of)
		d.levels = append(d.levels, l)
	}
	d.pyramid, err = last.pyramid.Next(tiles.Source{
		Geometry: geometry, Levels: d.levels, Atoms: t.atoms(d.colours, last.pyramid.Atoms(), published.pyramid.Atoms()),
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// shared returns the one of some earlier slices that is the same as s, or s.
func shared(s []int32, earlier ...[]int32) []int32 {
	for _, e := range earlier {
		if slices.Equal(s, e) {
			return e
		}
	}
	return s
}

// draftTree is a network's tree with a plan's changes.
type draftTree struct {
	n       *Net
	plan    *Draft
	total   int32
	first   []int32   // by level: its first grid in the network
	fresh   []int32   // new grids, ascending
	parent  []int32   // by grid
	rank    []int     // by grid: its level
	feature [][]int32 // by level, grid: the feature that it is or lies in
}

func newDraftTree(n *Net, plan *Draft) (*draftTree, error) {
	t := &draftTree{n: n, plan: plan, total: int32(len(n.Grids)), first: n.firstOfLevels()}
	for _, i := range slices.Sorted(maps.Keys(plan.Grids)) {
		if g := plan.Grids[i]; i < 0 || i > t.total || g.Level < 0 || g.Level >= len(n.Levels) ||
			int(i) < len(n.Grids) && n.Grids[i].Level != g.Level {
			return nil, gridmap.Errorf(gridmap.Invalid, "方案中的网格 %s 编号或层级不对 (grid %d of the draft has a wrong number or level)", g.Code, i)
		}
		if int(i) >= len(n.Grids) {
			t.fresh = append(t.fresh, i)
			t.total++
		}
	}
	for i := range t.total {
		g := t.grid(i)
		t.parent, t.rank = append(t.parent, g.Parent), append(t.rank, g.Level)
	}
	for f, g := range plan.Owner {
		if g < None || g >= t.total {
			return nil, gridmap.Errorf(gridmap.Invalid, "方案中单元 %d 归属的网格不存在 (face %d of the draft belongs to a grid that is not there)", f, f)
		}
	}
	for rank := range n.Levels {
		t.feature = append(t.feature, t.featureAt(rank))
	}
	return t, nil
}

func (t *draftTree) grid(i int32) *Grid {
	if len(t.plan.Grids) > 0 {
		if g, ok := t.plan.Grids[i]; ok {
			return &g
		}
	}
	return &t.n.Grids[i]
}

// featureAt is featureAt for the changed tree, in which a parent may come after
// its children.
func (t *draftTree) featureAt(rank int) []int32 {
	at := make([]int32, t.total)
	number := t.first[rank+1] - t.first[rank]
	behind := map[int32]int32{} // of the new grids
	for _, i := range t.fresh {
		if t.rank[i] == rank {
			behind[i] = number
			number++
		}
	}
	for i := range at {
		j := int32(i)
		for steps := 0; j >= 0 && j < t.total && t.rank[j] > rank && steps < len(t.n.Levels); steps++ {
			j = t.parent[j]
		}
		at[i] = None
		if j >= 0 && j < t.total && t.rank[j] == rank {
			if at[i] = j - t.first[rank]; int(j) >= len(t.n.Grids) {
				at[i] = behind[j]
			}
		}
	}
	return at
}

// level is the published level with what the plan says of its grids.
func (t *draftTree) level(rank int, was *tiles.Level) tiles.Level {
	l := *was
	owned := false
	put := func(f int32, i int32) {
		if !owned {
			owned = true
			l.IDs, l.Codes, l.Names = slices.Clone(l.IDs), slices.Clone(l.Codes), slices.Clone(l.Names)
			l.Types, l.Colours = slices.Clone(l.Types), slices.Clone(l.Colours)
		}
		for int(f) >= len(l.IDs) {
			l.IDs, l.Codes, l.Names = append(l.IDs, 0), append(l.Codes, ""), append(l.Names, "")
			l.Types, l.Colours = append(l.Types, ""), append(l.Colours, 0)
		}
		g := t.grid(i)
		l.IDs[f], l.Codes[f], l.Names[f], l.Types[f] = FeatureID(g.ID), g.Code, g.Name, string(g.Type)
		if c, ok := t.plan.Colours[i]; ok {
			l.Colours[f] = c
		}
	}
	for i, g := range t.plan.Grids {
		if g.Level == rank {
			put(t.feature[rank][i], i)
		}
	}
	for i := range t.plan.Colours {
		if i >= 0 && i < t.total && t.rank[i] == rank {
			put(t.feature[rank][i], i)
		}
	}
	return l
}

func (t *draftTree) colours(published []uint8) []uint8 {
	c := make([]uint8, t.total)
	copy(c, published)
	for i, v := range t.plan.Colours {
		if i >= 0 && i < t.total {
			c[i] = v
		}
	}
	return c
}

// atoms is the published atoms layer with the owners of the plan and the atoms
// that it changed.
func (t *draftTree) atoms(colours []uint8, last, published *tiles.Level) *tiles.Level {
	if published == nil {
		return nil
	}
	faces := len(t.plan.Owner)
	l := *published
	if faces != len(published.Of) || len(t.plan.Atoms) > 0 {
		l.Of, l.IDs, l.Codes = make([]int32, faces), make([]uint64, faces), make([]string, faces)
		copy(l.IDs, published.IDs)
		copy(l.Codes, published.Codes)
		for f := range l.Of {
			l.Of[f] = int32(f)
		}
		for f, a := range t.plan.Atoms {
			if f >= 0 && int(f) < faces {
				l.IDs[f], l.Codes[f] = FeatureID(a.ID), a.Code
			}
		}
		l.Of = shared(l.Of, last.Of)
	}
	ids := make([]int64, t.total)
	for i := range ids {
		ids[i] = int64(t.grid(int32(i)).ID)
		if ids[i] < 0 {
			ids[i] = int64(FeatureID(ids[i]))
		}
	}
	owner, colour := make([]int64, faces), make([]uint8, faces)
	for f, g := range t.plan.Owner {
		if g != None {
			owner[f], colour[f] = ids[g], colours[g]
		}
	}
	l.Columns, l.Colours = []tiles.Column{{Name: "grid", Ints: owner}}, colour
	return &l
}
