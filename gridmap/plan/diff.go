package plan

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
)

// GridDiff is what became of one grid. A grid that is new has no figures
// before, one that is retired none after.
type GridDiff struct {
	ID                           gridmap.GridID
	Status                       string // "new", "retired", "changed"
	CodeBefore, Code             string
	NameBefore, Name             string
	TypeBefore, Type             gridmap.GridType
	Level                        int
	Renamed, Regrouped, Reshaped bool // code, name, type or attributes; atoms; the ground of its atoms
	AtomsBefore, Atoms           int
	HouseholdsBefore, Households int64
	LoadBefore, Load             float64
	AreaM2Before, AreaM2         float64
	PerimeterMBefore, PerimeterM float64
	Gained, Lost                 int64            // households
	Posts                        []gridmap.PostID // held at it
}

// Move is an atom that changes hands.
type Move struct {
	Atom       gridmap.AtomID
	From, To   gridmap.GridID // 0 is none
	Households int64
	AreaM2     float64
}

// Diff is how a draft differs from its base.
type Diff struct {
	Grids           []GridDiff // by level, then id; leaf grids and those above whose own figures differ
	Moved           []Move     // by atom
	AtomsMoved      int
	HouseholdsMoved int64
	AreaM2Moved     float64
	NewAtoms        []gridmap.AtomID
	Reshaped        []gridmap.AtomID // atoms whose ground differs, new ones not
}

// Diff compares the draft with its base.
func (b *Board) Diff() Diff {
	var d Diff
	movedCM2 := int64(0)
	gained, lost := map[int32]int64{}, map[int32]int64{}
	for f := range b.owner.len() {
		a := b.atom(f)
		if from, to := b.base.owner[a.of], b.owner.at(f); from != to {
			m := Move{Atom: a.id, Households: b.households(f), AreaM2: float64(a.areaCM2) / 1e4}
			if from != none {
				m.From = b.base.grids[from].id
				lost[from] += m.Households
			}
			if to != none {
				m.To = b.grids.at(to).id
				gained[to] += m.Households
			}
			d.Moved = append(d.Moved, m)
			d.HouseholdsMoved += m.Households
			movedCM2 += a.areaCM2
		}
		switch {
		case int(f) >= len(b.base.atoms):
			d.NewAtoms = append(d.NewAtoms, a.id)
		case b.reshaped[f]:
			d.Reshaped = append(d.Reshaped, a.id)
		}
	}
	d.AtomsMoved, d.AreaM2Moved = len(d.Moved), float64(movedCM2)/1e4
	slices.SortFunc(d.Moved, func(x, y Move) int { return cmp.Compare(x.Atom, y.Atom) })
	slices.Sort(d.NewAtoms)
	slices.Sort(d.Reshaped)
	for i := range b.grids.len() {
		if g := b.grids.at(i); b.changed(i) && !(g.fresh && g.retired) {
			d.Grids = append(d.Grids, b.gridDiff(i, gained[i], lost[i]))
		}
	}
	slices.SortFunc(d.Grids, func(x, y GridDiff) int { return cmp.Or(cmp.Compare(x.Level, y.Level), cmp.Compare(x.ID, y.ID)) })
	return d
}

func (b *Board) gridDiff(i int32, gained, lost int64) GridDiff {
	g := b.grids.at(i)
	d := GridDiff{ID: g.id, Status: "changed", Level: g.level, Gained: gained, Lost: lost}
	if was := g.base; was != nil {
		d.CodeBefore, d.NameBefore, d.TypeBefore = was.code, was.name, was.typ
		d.AtomsBefore, d.HouseholdsBefore = was.atoms, b.householdsOf(&was.sums)
		d.AreaM2Before, d.PerimeterMBefore = float64(was.areaCM2)/1e4, float64(was.perimeterMM)/1e3
		d.LoadBefore = b.original().measure(i).Load
		for _, p := range b.base.net.Grids[i].Posts {
			d.Posts = append(d.Posts, p.ID)
		}
		d.Renamed = b.renamed(i)
		d.Regrouped = b.regrouped(i)
	} else {
		d.Status = "new"
	}
	d.Reshaped = slices.ContainsFunc(b.facesOf(i), func(f int32) bool { return b.reshaped[f] })
	if g.retired {
		d.Status = "retired"
		return d
	}
	d.Code, d.Name, d.Type = g.code, g.name, g.typ
	d.Atoms, d.Households, d.Load = g.atoms, b.householdsOf(&g.sums), b.measure(i).Load
	d.AreaM2, d.PerimeterM = float64(g.areaCM2)/1e4, float64(g.perimeterMM)/1e3
	return d
}

// original is the board before the first operation.
func (b *Board) original() *Board {
	b.lazy.originalOnce.Do(func() {
		b.lazy.original = &Board{base: b.base, topo: b.base.topo, owner: newPages(b.base.owner), grids: newPages(b.base.grids), lazy: &lazy{}}
	})
	return b.lazy.original
}
