package rebalance

import "math"

// bounds gives each local grid of an area its range of load, and says what
// makes the ranges impossible.

// balanceRange is the range of loads within tol of the mean; the epsilon
// keeps a load exactly on the border inside.
func balanceRange(mean, tol float64) (lo, hi int32) {
	return int32(math.Ceil(mean*(1-tol) - 1e-9)), int32(math.Floor(mean*(1+tol) + 1e-9))
}

// meanLoads returns each community's mean load over its grids that hold atoms
// and are not dedicated.
func (p *Problem) meanLoads(plan []int32, gridCommunity func(g int32) (c int32, dedicated bool)) map[int32]float64 {
	sum := map[int32]int64{}
	grids := map[int32]map[int32]bool{}
	for i, g := range plan {
		if g < 0 {
			continue
		}
		c, dedicated := gridCommunity(g)
		if dedicated {
			continue
		}
		sum[c] += int64(p.Atoms[i].Load)
		if grids[c] == nil {
			grids[c] = map[int32]bool{}
		}
		grids[c][g] = true
	}
	mean := map[int32]float64{}
	for c, s := range sum {
		mean[c] = float64(s) / float64(len(grids[c]))
	}
	return mean
}

func (a *area) setRange(lo, hi int32) {
	a.lo, a.hi = make([]int32, a.k()), make([]int32, a.k())
	a.mayEmpty = make([]bool, a.k())
	for g := range a.lo {
		a.lo[g], a.hi[g] = lo, hi
	}
}

// addSpare appends count empty slots for grids that may be opened.
func (a *area) addSpare(count int) {
	for range count {
		a.grids = append(a.grids, Unassigned)
	}
}

// fits says whether some number of grids from kMin to kMax can share total
// load when each takes lo to hi.
func fits(total int64, lo, hi int32, kMin, kMax int) bool {
	for k := kMin; k <= kMax; k++ {
		if int64(k)*int64(lo) <= total && total <= int64(k)*int64(hi) {
			return true
		}
	}
	return false
}
