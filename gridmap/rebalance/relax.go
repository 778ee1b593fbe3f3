package rebalance

import "math"

// relax proves what of the job's ranges cannot be met, records why, and
// widens exactly those ranges, so that the search still does its best.
func (j *job) relax(p *Problem, goal Goal) {
	if j.k() == 0 {
		j.obstacles = append(j.obstacles, Obstacle{
			Kind: NoGrid, Community: j.community, Grid: -1,
			Atom: j.units[0][0], Load: j.totalLoad(), Proven: true,
		})
		return
	}
	j.lo, j.hi = append([]int32(nil), j.lo...), append([]int32(nil), j.hi...)
	heavy := j.relaxHeavy()
	j.findTrapped()
	j.relaxTotal(p, goal, heavy)
}

// relaxHeavy lets a grid with an atom, or locked atoms, over the maximum
// hold just that. It returns the grids so widened.
func (j *job) relaxHeavy() map[int32]bool {
	heavy := map[int32]bool{}
	locked := make([]int64, j.k())
	for u := range j.units {
		if g := j.home[u]; g >= 0 && j.frozen[u] {
			locked[g] += int64(j.load[u])
		}
	}
	for u := range j.units {
		hi := j.wantHi[0]
		if j.load[u] <= hi {
			continue
		}
		g := j.home[u]
		o := Obstacle{
			Kind: HeavyAtom, Community: j.community, Grid: -1, Atom: j.units[u][0],
			Load: int64(j.load[u]), Limit: int64(hi), Proven: true,
		}
		if g >= 0 {
			o.Grid = j.grids[g]
			heavy[g] = true
			j.hi[g] = max(j.hi[g], j.load[u])
			j.freeze(int32(u))
		} else {
			for h := range j.hi { // any grid may have to take it
				j.hi[h] = max(j.hi[h], j.load[u])
			}
		}
		j.obstacles = append(j.obstacles, o)
	}
	for g, l := range locked {
		if l > int64(j.hi[g]) {
			j.obstacles = append(j.obstacles, Obstacle{
				Kind: HeavyLocks, Community: j.community,
				Grid: j.grids[g], Atom: -1, Load: l, Limit: int64(j.hi[g]), Proven: true,
			})
			heavy[int32(g)] = true
			j.hi[g] = int32(l)
		}
	}
	return heavy
}

// findTrapped proves of units that no grid within the range can hold them:
// every other unit v of a grid with u has load(u) + load(v) <= hi, so the grid
// lies in what u reaches over such units; if that is too light, u is trapped.
func (j *job) findTrapped() {
	lo, hi := j.wantLo[0], j.wantHi[0]
	seen := make([]int32, j.n())
	var queue []int32
	for u := range j.units {
		u := int32(u)
		if j.load[u] >= lo || j.frozen[u] {
			continue
		}
		queue = append(queue[:0], u)
		seen[u] = u + 1
		sum := int64(0)
		for i := 0; i < len(queue) && sum < int64(lo); i++ {
			sum += int64(j.load[queue[i]])
			for _, v := range j.nbr[j.off[queue[i]]:j.off[queue[i]+1]] {
				if seen[v] != u+1 && j.load[u]+j.load[v] <= hi {
					seen[v] = u + 1
					queue = append(queue, v)
				}
			}
		}
		if sum >= int64(lo) || len(queue) == j.n() { // all of a piece: relaxTotal says so
			continue
		}
		o := Obstacle{
			Kind: Trapped, Community: j.community, Grid: -1, Atom: j.units[u][0],
			Load: int64(j.load[u]), Limit: int64(lo), Proven: true,
		}
		if g := j.home[u]; g >= 0 {
			o.Grid = j.grids[g]
		}
		j.obstacles = append(j.obstacles, o)
	}
}

func (j *job) freeze(u int32) {
	if j.frozen[u] {
		return
	}
	j.frozen[u] = true
	keep := j.movable[:0]
	for _, v := range j.movable {
		if v != u {
			keep = append(keep, v)
		}
	}
	j.movable = keep
}

// relaxTotal looks whether the area's total load can be shared out at all;
// if not, the grids that are not heavy get a range around their own mean.
func (j *job) relaxTotal(p *Problem, goal Goal, heavy map[int32]bool) {
	total := j.totalLoad()
	lo, hi := j.wantLo[0], j.wantHi[0]
	kMin := j.k()
	if goal.Task == Relieve {
		kMin = 1
	}
	kMax := j.k()
	if goal.Task == Relieve {
		kMax = max(kMax, int(total/int64(max(lo, 1)))+1)
	}
	misfit := !fits(total, lo, hi, kMin, kMax)
	if !misfit && len(heavy) == 0 {
		return
	}
	rest, left := total, j.k()
	if goal.Task == Relieve {
		left = max(1, int(math.Round(float64(total)/(float64(lo)+float64(hi))*2)))
	}
	given := left
	for g := range heavy {
		if left > 1 {
			rest -= int64(j.hi[g])
			left--
		}
	}
	if misfit && len(heavy) == 0 {
		limit := int64(hi)
		if total < int64(lo)*int64(given) {
			limit = int64(lo)
		}
		j.obstacles = append(j.obstacles, Obstacle{
			Kind: PieceMisfit, Community: j.community,
			Grid: p.lockedBeside(j.area), Atom: j.units[0][0], Load: total, Limit: limit, Grids: given, Proven: true,
		})
	}
	mean := float64(rest) / float64(left)
	if mean >= float64(lo) && mean <= float64(hi) {
		return
	}
	tol := goal.tolerance()
	l, h := balanceRange(mean, tol)
	for g := range j.lo {
		if !heavy[int32(g)] {
			j.lo[g], j.hi[g] = l, h
		}
	}
}

// lockedBeside returns a locked grid of the community that the area touches,
// -1 when there is none.
func (p *Problem) lockedBeside(a *area) int32 {
	inside := map[int32]bool{}
	for _, atoms := range a.units {
		for _, i := range atoms {
			inside[i] = true
		}
	}
	for _, e := range p.Edges {
		if e.Barrier || inside[e.A] == inside[e.B] {
			continue
		}
		out := e.A
		if inside[e.A] {
			out = e.B
		}
		if p.Atoms[out].Community == a.community && p.inFixedGrid(out) {
			return p.Initial[out]
		}
	}
	return -1
}
