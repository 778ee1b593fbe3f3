package rebalance

import (
	"maps"
	"slices"
)

// placeGrids gives each unlocked grid to the area that holds most of its
// households, and each unit its home. An area that holds locked atoms of a
// grid shares it.
func (p *Problem) placeGrids(areas []*area) {
	type claim struct{ weight, area int64 }
	best := make([]claim, len(p.Grids))
	for i := range best {
		best[i].area = -1
	}
	held := make([]map[int32]int64, len(areas))
	for ai, a := range areas {
		held[ai] = map[int32]int64{}
		for _, atoms := range a.units {
			for _, i := range atoms {
				if g := p.Initial[i]; g >= 0 {
					held[ai][g] += p.claimOf(i)
				}
			}
		}
		for g, w := range held[ai] {
			if w > best[g].weight {
				best[g] = claim{w, int64(ai)}
			}
		}
	}
	for ai, a := range areas {
		local := map[int32]int32{}
		for _, g := range slices.Sorted(maps.Keys(held[ai])) {
			if best[g].area == int64(ai) || held[ai][g] >= lockedClaim {
				local[g] = int32(a.k())
				a.grids = append(a.grids, g)
			}
		}
		a.home = make([]int32, a.n())
		for u := range a.units {
			a.home[u] = -1
			if l, ok := local[p.majority(a, u)]; ok {
				a.home[u] = l
			}
		}
	}
}

// lockedClaim is what a locked atom adds to a claim: more than all others.
const lockedClaim = 1 << 42

// claimOf is how much atom i speaks for its grid: an atom counts even when
// nobody lives in it, and a locked one above all.
func (p *Problem) claimOf(i int32) int64 {
	w := 1 + 1000*int64(p.Atoms[i].Households)
	if p.Atoms[i].Locked {
		w += lockedClaim
	}
	return w
}

// majority returns the grid that holds most households of a unit's atoms; a
// locked atom decides.
func (p *Problem) majority(a *area, u int) int32 {
	if atoms := a.units[u]; len(atoms) == 1 {
		return p.Initial[atoms[0]]
	}
	g, most := Unassigned, int64(-1)
	held := map[int32]int64{}
	for _, i := range a.units[u] {
		if p.Initial[i] < 0 {
			continue
		}
		held[p.Initial[i]] += p.claimOf(i)
		if h := held[p.Initial[i]]; h > most {
			g, most = p.Initial[i], h
		}
	}
	return g
}
