package rebalance

import (
	"cmp"
	"slices"

	"cloudgrid/spatial/disjoint"
)

// area is the part of one community that can be solved by itself: one
// connected piece of its free atoms. Pinned atoms are one unit. Everything is
// indexed locally: units 0..n-1, grids 0..k-1.
type area struct {
	community int32
	units     [][]int32 // the atoms of each unit
	grids     []int32   // global grid of each local grid; Unassigned for a spare slot

	// neighbours in compressed rows: those of unit u are nbr[off[u]:off[u+1]]
	off  []int32
	nbr  []int32
	cost []float32 // border cost between the two, metres (arterial discount applied)
	// touch[s] has bit j set when the neighbour in slot s and the neighbour
	// in slot j of the same unit touch each other; nil rows for units with
	// more than 64 neighbours.
	touch []uint64

	load, hh []int32
	xM, yM   []float64
	home     []int32 // local grid that holds the unit now; -1 when it must move anyway
	start    []int32 // a first assignment, contiguous; -1 only where no grid exists
	frozen   []bool
	movable  []int32

	lo, hi   []int32 // bounds on the load of each grid
	mayEmpty []bool  // the grid may be left without atoms (closed), spare slots too
	seed     uint64
}

func (a *area) n() int { return len(a.units) }
func (a *area) k() int { return len(a.grids) }

func (a *area) totalLoad() (sum int64) {
	for _, l := range a.load {
		sum += int64(l)
	}
	return sum
}

// areas cuts the problem into independent areas, in order of their smallest
// atom. Bounds, spare slots and starts are set later, by the task.
func (p *Problem) areas(arterialFactor float32) []*area {
	units := p.atomUnits()
	pieces := disjoint.New(len(p.Atoms))
	for i := range p.Atoms {
		pieces.Join(int32(i), units.Find(int32(i)))
	}
	for _, e := range p.Edges {
		if p.contact(e, units) && !p.inFixedGrid(e.A) && !p.inFixedGrid(e.B) {
			pieces.Join(e.A, e.B)
		}
	}
	var areas []*area
	areaOf := make([]int32, len(p.Atoms)) // by atom; -1 in fixed grids
	unitOf := make([]int32, len(p.Atoms)) // local unit by atom
	for i := range p.Atoms {
		i := int32(i)
		areaOf[i] = -1
		if p.inFixedGrid(i) {
			continue
		}
		root := pieces.Find(i)
		if root == i {
			areaOf[i] = int32(len(areas))
			areas = append(areas, &area{community: p.Atoms[i].Community})
		}
		areaOf[i] = areaOf[root]
		a := areas[areaOf[i]]
		if r := units.Find(i); r == i {
			unitOf[i] = int32(len(a.units))
			a.units = append(a.units, []int32{i})
		} else {
			unitOf[i] = unitOf[r]
			a.units[unitOf[r]] = append(a.units[unitOf[r]], i)
		}
	}
	p.linkAreas(areas, areaOf, unitOf, units, arterialFactor)
	p.placeGrids(areas)
	return areas
}

type link struct {
	a, b int32
	cost float32
}

func (p *Problem) linkAreas(areas []*area, areaOf, unitOf []int32, units disjoint.Sets, arterialFactor float32) {
	links := make([][]link, len(areas))
	for _, e := range p.Edges {
		ar := areaOf[e.A]
		if ar < 0 || ar != areaOf[e.B] || unitOf[e.A] == unitOf[e.B] || !p.contact(e, units) {
			continue
		}
		c := e.LengthM
		if e.Arterial {
			c *= arterialFactor
		}
		links[ar] = append(links[ar], link{unitOf[e.A], unitOf[e.B], c}, link{unitOf[e.B], unitOf[e.A], c})
	}
	for i, a := range areas {
		a.setLinks(links[i])
		a.setUnits(p)
	}
}

// setLinks builds the compressed rows; parallel links add up.
func (a *area) setLinks(links []link) {
	slices.SortFunc(links, func(x, y link) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	a.off = make([]int32, a.n()+1)
	a.nbr = make([]int32, 0, len(links))
	a.cost = make([]float32, 0, len(links))
	for i, l := range links {
		if i > 0 && links[i-1].a == l.a && links[i-1].b == l.b {
			a.cost[len(a.cost)-1] += l.cost
			continue
		}
		a.nbr = append(a.nbr, l.b)
		a.cost = append(a.cost, l.cost)
		a.off[l.a+1]++
	}
	for u := 0; u < a.n(); u++ {
		a.off[u+1] += a.off[u]
	}
	a.setTouch()
}

func (a *area) setTouch() {
	a.touch = make([]uint64, len(a.nbr))
	slot := make([]int32, a.n())
	for i := range slot {
		slot[i] = -1
	}
	for u := 0; u < a.n(); u++ {
		row := a.nbr[a.off[u]:a.off[u+1]]
		if len(row) > 64 {
			continue
		}
		for j, v := range row {
			slot[v] = int32(j)
		}
		for j, v := range row {
			m := uint64(1) << j
			for _, w := range a.nbr[a.off[v]:a.off[v+1]] {
				if slot[w] >= 0 {
					m |= 1 << slot[w]
				}
			}
			a.touch[a.off[u]+int32(j)] = m
		}
		for _, v := range row {
			slot[v] = -1
		}
	}
}

func (a *area) setUnits(p *Problem) {
	n := a.n()
	a.load, a.hh = make([]int32, n), make([]int32, n)
	a.xM, a.yM = make([]float64, n), make([]float64, n)
	a.frozen = make([]bool, n)
	for u, atoms := range a.units {
		for _, i := range atoms {
			at := p.Atoms[i]
			a.load[u] += at.Load
			a.hh[u] += at.Households
			a.xM[u] += at.XM / float64(len(atoms))
			a.yM[u] += at.YM / float64(len(atoms))
			a.frozen[u] = a.frozen[u] || at.Locked
		}
		if !a.frozen[u] {
			a.movable = append(a.movable, int32(u))
		}
	}
}
