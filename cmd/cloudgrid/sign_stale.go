package main

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/plan"
	"cloudgrid/gridmap/sign"
)

// staleSigns lists the signs in use that a draft would make wrong: their place
// comes into another grid, or their grid is called otherwise. A place belongs to
// its atom; where the draft moves the atom's own border it is taken to stay.
func staleSigns(b *plan.Board) []plan.Finding {
	a, n := b.Base()
	signs, _ := sign.Read(a.Records(gridmap.SignRecord)) // what cannot be read, a check tells
	var found []plan.Finding
	for _, e := range signs {
		if e.Status != sign.Active || e.Network != n.Network.Code && (e.Network != "" || !n.Network.Main) {
			continue
		}
		p := a.Place(e.Place)
		if p == nil {
			continue
		}
		was := n.OfPlace(a, p)
		now, known := b.Owner(atomOf(a, n, p))
		if was == atlas.None || !known {
			continue
		}
		g := &n.Grids[was]
		next, _ := b.Grid(now)
		if now == g.ID && next.Name == g.Name && next.Code == g.Code {
			continue
		}
		f := plan.Finding{Kind: plan.SignFinding, Severity: plan.Warning, Grids: []gridmap.GridID{g.ID}}
		if p.HasPoint {
			at := p.Point
			f.At = &at
		}
		f.Message = fmt.Sprintf("公示牌 %s（%s）印的网格「%s」将改为「%s」，发布后须重印 (a sign to print again)", sign.Grouped(e.Code), p.Name, g.Name, next.Name)
		if now != g.ID && now != 0 {
			f.Grids = append(f.Grids, now)
		}
		found = append(found, f)
	}
	return found
}

// atomOf is the atom that a place belongs to; 0 for none.
func atomOf(a *atlas.Atlas, n *atlas.Net, p *gridmap.Place) gridmap.AtomID {
	if p.Atom != 0 {
		return p.Atom
	}
	if !p.HasPoint {
		return 0
	}
	if i := n.Resolve(atlas.Ask{Point: p.Point, Level: -1}).Atom; i != atlas.None {
		return a.Atom(i).ID
	}
	return 0
}
