package ingest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// existing is what the store holds of the network at the time from which the
// file is true. The zero value is an empty store.
type existing struct {
	at       time.Time
	edition  int64 // the newest of the store
	networks []gridmap.Network
	network  gridmap.Network // ID 0 when there is none of the code yet
	levels   []gridmap.Level // of the network, by rank

	grids   map[gridmap.GridID]gridmap.Grid // valid at the time
	gridOf  map[string]gridmap.GridID       // by every code a grid has ever had
	atoms   map[gridmap.AtomID]gridmap.Atom // valid at the time, of all networks
	atomOf  map[string]gridmap.AtomID       // by every code
	members map[gridmap.AtomID]gridmap.GridID
	holds   map[gridmap.GridID][]gridmap.AtomID
	below   map[gridmap.GridID][]gridmap.GridID
}

// readExisting reads the network's grids and, with ground, its atoms.
func readExisting(ctx context.Context, s gridmap.Store, code string, at time.Time) (*existing, error) {
	ex := &existing{
		at: at, grids: map[gridmap.GridID]gridmap.Grid{}, gridOf: map[string]gridmap.GridID{},
		atoms: map[gridmap.AtomID]gridmap.Atom{}, atomOf: map[string]gridmap.AtomID{},
		members: map[gridmap.AtomID]gridmap.GridID{}, holds: map[gridmap.GridID][]gridmap.AtomID{}, below: map[gridmap.GridID][]gridmap.GridID{},
	}
	if s == nil {
		return ex, nil
	}
	return ex, s.View(ctx, func(r gridmap.Reader) error { return ex.read(ctx, r, code) })
}

func (ex *existing) read(ctx context.Context, r gridmap.Reader, code string) error {
	head, err := r.Head(ctx)
	if err != nil {
		return err
	}
	ex.edition = head.Edition
	if ex.networks, err = r.Networks(ctx); err != nil {
		return err
	}
	for _, n := range ex.networks {
		if n.Code == code {
			ex.network = n
		}
	}
	levels, err := r.Levels(ctx)
	if err != nil {
		return err
	}
	for _, l := range levels {
		if l.Network == ex.network.ID {
			ex.levels = append(ex.levels, l)
		}
	}
	for _, step := range []func(context.Context, gridmap.Reader) error{ex.readGrids, ex.readAtoms, ex.readMembers} {
		if err := step(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (ex *existing) readGrids(ctx context.Context, r gridmap.Reader) error {
	for g, err := range r.Grids(ctx, gridmap.Query{}) {
		if err != nil {
			return err
		}
		if g.Network != ex.network.ID {
			continue
		}
		ex.gridOf[g.Code] = g.ID
		if g.ValidAt(ex.at) {
			ex.grids[g.ID] = g
		}
	}
	for id, g := range ex.grids {
		if g.Parent != 0 {
			ex.below[g.Parent] = append(ex.below[g.Parent], id)
		}
	}
	for _, ids := range ex.below {
		slices.Sort(ids)
	}
	return nil
}

func (ex *existing) readAtoms(ctx context.Context, r gridmap.Reader) error {
	for a, err := range r.Atoms(ctx, gridmap.Query{}) {
		if err != nil {
			return err
		}
		ex.atomOf[a.Code] = a.ID
		if a.ValidAt(ex.at) {
			ex.atoms[a.ID] = a
		}
	}
	return nil
}

func (ex *existing) readMembers(ctx context.Context, r gridmap.Reader) error {
	for m, err := range r.Memberships(ctx, gridmap.Query{At: ex.at}) {
		if err != nil {
			return err
		}
		if m.Network == ex.network.ID {
			ex.members[m.Atom] = m.Grid
			ex.holds[m.Grid] = append(ex.holds[m.Grid], m.Atom)
		}
	}
	return nil
}

// level finds a level by code or name.
func (ex *existing) level(name string) (gridmap.Level, bool) {
	i := slices.IndexFunc(ex.levels, func(l gridmap.Level) bool { return l.Code == name || l.Name == name })
	if i < 0 {
		return gridmap.Level{}, false
	}
	return ex.levels[i], true
}

// atLevel returns the grids of a level, by code.
func (ex *existing) atLevel(rank int) []gridmap.Grid {
	var out []gridmap.Grid
	for _, g := range ex.grids {
		if g.Level == rank {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b gridmap.Grid) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// leaves returns the grids that may own ground: those without children.
func (ex *existing) leaves() []gridmap.Grid {
	var out []gridmap.Grid
	for id, g := range ex.grids {
		if len(ex.below[id]) == 0 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b gridmap.Grid) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// shapes returns the ground of each grid: its kept shape, or where none is kept
// the union of the atoms of it and all below it.
func (ex *existing) shapes(grids []gridmap.Grid) []spatial.MultiPolygon {
	out := make([]spatial.MultiPolygon, len(grids))
	var pieces []spatial.MultiPolygon
	var groupOf []int32
	for i, g := range grids {
		if len(g.Shape) > 0 {
			out[i] = g.Shape
			continue
		}
		for _, a := range ex.groundOf(g.ID) {
			pieces = append(pieces, ex.atoms[a].Shape)
			groupOf = append(groupOf, int32(i))
		}
	}
	if len(pieces) == 0 {
		return out
	}
	for i, s := range union(pieces, groupOf, len(grids)) {
		if len(grids[i].Shape) == 0 {
			out[i] = s
		}
	}
	return out
}

// groundOf lists the atoms of a grid and of all below it.
func (ex *existing) groundOf(id gridmap.GridID) []gridmap.AtomID {
	atoms := slices.Clone(ex.holds[id])
	for _, c := range ex.below[id] {
		atoms = append(atoms, ex.groundOf(c)...)
	}
	return atoms
}

// ownAtom is the code of the one atom that stands for a grid of which nothing
// but the polygon is known.
func ownAtom(network, grid string) string { return "grid:" + network + ":" + grid }

const kindOwnAtom = "grid"
