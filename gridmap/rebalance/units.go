package rebalance

// unionFind joins atoms into units.
type unionFind []int32

func newUnionFind(n int) unionFind {
	u := make(unionFind, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

func (u unionFind) find(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

// join keeps the smaller index as the root, so that roots are deterministic.
func (u unionFind) join(i, j int32) {
	i, j = u.find(i), u.find(j)
	if i == j {
		return
	}
	if i > j {
		i, j = j, i
	}
	u[j] = i
}

// atomUnits joins pinned atoms that touch; a pin overrules barriers inside it.
func (p *Problem) atomUnits() unionFind {
	u := newUnionFind(len(p.Atoms))
	for _, e := range p.Edges {
		if pin := p.Atoms[e.A].Pin; pin > 0 && pin == p.Atoms[e.B].Pin {
			u.join(e.A, e.B)
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
func (p *Problem) contact(e Edge, units unionFind) bool {
	if p.Atoms[e.A].Community != p.Atoms[e.B].Community {
		return false
	}
	return !e.Barrier || units.find(e.A) == units.find(e.B)
}
