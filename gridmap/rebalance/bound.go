package rebalance

import (
	"math"
	"slices"
)

// bound is lowerBound, worked out once.
func (j *job) bound() int64 {
	if !j.bounded {
		j.leastMoved, j.bounded = j.lowerBound(), true
	}
	return j.leastMoved
}

// lowerBound returns a number of households that every plan within the wanted
// ranges must move in this area. It is a certificate, not an estimate:
//
//   - each grid over its maximum must lose atoms of at least the excess: the
//     cheapest such set is a covering knapsack, and the sets are disjoint;
//
//   - each grid under its minimum must gain atoms of at least the deficit, or
//     be closed where that is allowed; the gained sets are disjoint, the closed
//     grids are too, but what a closed grid gives up another may gain.
//
//   - where the grids there are cannot hold the total, new ones must open, and
//     each is filled up to the minimum with moved atoms.
//
// A moved atom may serve several of these at once, so the largest counts.
func (j *job) lowerBound() int64 {
	members := make([][]int32, j.k())
	sum := make([]int64, j.k())
	var stray int64
	for u, g := range j.home {
		if g < 0 {
			stray += int64(j.load[u])
			continue
		}
		members[g] = append(members[g], int32(u))
		sum[g] += int64(j.load[u])
	}
	var shed int64
	var gain, closing []int64
	for g, units := range members {
		if len(units) == 0 && j.mode != Balance { // a balance has to fill it
			continue
		}
		lo, hi := int64(j.wantLo[g]), int64(j.wantHi[g])
		switch {
		case sum[g] > hi:
			shed += j.cover(units, sum[g]-hi)
		case sum[g] < lo && stray < lo-sum[g]:
			gain = append(gain, j.cover(j.outside(int32(g)), lo-sum[g]-stray))
			all := int64(math.MaxInt64 / 64)
			if j.mayEmpty[g] {
				all = 0
				for _, u := range units {
					all += int64(j.hh[u])
				}
			}
			closing = append(closing, all)
		}
	}
	return max(shed, leastToRaise(gain, closing), j.mustOpen(members, stray))
}

// mustOpen is the cost of filling the grids that have to be opened.
func (j *job) mustOpen(members [][]int32, stray int64) int64 {
	if j.mode != Relieve || j.wantHi[0] <= 0 {
		return 0
	}
	old := int64(0)
	for _, units := range members {
		old += int64(btoi(len(units) > 0))
	}
	hi := int64(j.wantHi[0])
	fresh := (j.totalLoad()+hi-1)/hi - old
	need := int64(j.wantLo[0])*fresh - stray
	if fresh <= 0 || need <= 0 {
		return 0
	}
	return j.cover(j.outside(-1), need)
}

// leastToRaise chooses which grids are closed and which gain, at least cost.
func leastToRaise(gain, closing []int64) int64 {
	if len(gain) > 14 {
		var half int64
		for i := range gain {
			half += min(gain[i], closing[i])
		}
		return (half + 1) / 2
	}
	best := int64(math.MaxInt64)
	for set := uint(0); set < 1<<len(gain); set++ {
		var g, c int64
		for i := range gain {
			if set>>i&1 == 1 {
				c += closing[i]
			} else {
				g += gain[i]
			}
		}
		best = min(best, max(g, c))
	}
	return best
}

// outside lists the units that grid g could gain: movable, with a home elsewhere.
func (j *job) outside(g int32) []int32 {
	var units []int32
	for _, u := range j.movable {
		if h := j.home[u]; h >= 0 && h != g {
			units = append(units, u)
		}
	}
	return units
}

// cover returns the fewest households in a subset of units with a load of at
// least need: the covering knapsack, exact up to 4,096 units of load, and
// rounded so that it stays a lower bound above that.
func (j *job) cover(units []int32, need int64) int64 {
	const most = 4096
	scale := (need + most - 1) / most
	n := int((need + scale - 1) / scale)
	cost := make([]int64, n+1)
	for i := 1; i <= n; i++ {
		cost[i] = math.MaxInt64 / 2
	}
	loads := slices.Clone(units)
	loads = slices.DeleteFunc(loads, func(u int32) bool { return j.frozen[u] || j.load[u] == 0 })
	for _, u := range loads {
		w := int((int64(j.load[u]) + scale - 1) / scale)
		h := int64(j.hh[u])
		for i := n; i >= 1; i-- {
			cost[i] = min(cost[i], cost[max(i-w, 0)]+h)
		}
	}
	if cost[n] >= math.MaxInt64/2 {
		return 0 // no plan at all; the obstacle says so
	}
	return cost[n]
}
