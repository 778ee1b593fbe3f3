package rebalance

import "cloudgrid/spatial/disjoint"

// atomUnits joins pinned atoms that touch; a pin overrules barriers inside it.
func (p *Problem) atomUnits() disjoint.Sets {
	u := disjoint.New(len(p.Atoms))
	for _, e := range p.Edges {
		if pin := p.Atoms[e.A].Pin; pin > 0 && pin == p.Atoms[e.B].Pin {
			u.Join(e.A, e.B)
		}
	}
	return u
}

// inFixedGrid says that atom i lies in a grid that nothing may leave or enter.
func (p *Problem) inFixedGrid(i int32) bool {
	g := p.Initial[i]
	return g >= 0 && p.Grids[g].fixed()
}

func (g Grid) fixed() bool { return g.Locked || g.Dedicated }

// contact says whether a grid may run across e.
func (p *Problem) contact(e Edge, units disjoint.Sets) bool {
	if p.Atoms[e.A].Community != p.Atoms[e.B].Community {
		return false
	}
	return !e.Barrier || units.Find(e.A) == units.Find(e.B)
}
