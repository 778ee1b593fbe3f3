package rebalance

import "slices"

// job is the plan of work on one area: its ranges, its first assignment and
// what is known to stand in the way.
type job struct {
	*area
	mode      Task
	obstacles []Obstacle
	// wantLo and wantHi are the ranges asked for; lo and hi may be wider where
	// the wish is proven impossible, so that the rest still comes out well.
	wantLo, wantHi []int32
	proposals      int
	mu, balance    float64
	plan           []int32
	violation      int64
	score          float64
	heating        float64 // factor on the starting temperature
	leastMoved     int64
	bounded        bool
}

// replicas says how often each job is solved, with other random numbers, when
// there are few jobs: small questions deserve it, and other processors would
// stand idle. It must not depend on the number of processors.
func replicas(units int) int {
	switch {
	case units <= 150:
		return 4
	case units <= 1000:
		return 3
	}
	return 1
}

// replica returns a copy of j that can be solved beside it, hotter: the
// smaller a problem, the higher its hills.
func (j *job) replica(stream uint64) *job {
	c := *j
	a := *j.area
	c.area = &a
	a.lo, a.hi = slices.Clone(j.lo), slices.Clone(j.hi)
	a.seed += stream << 32
	c.heating = j.heating * float64(1+stream%4)
	return &c
}

// prepare cuts p into jobs for the goal. The problem it returns is p with
// what the goal does not concern locked.
func prepare(p *Problem, goal Goal, opt Options) (*Problem, []*job) {
	q := restrict(p, goal)
	areas := q.areas(opt.Weights.arterial())
	units := 0
	for _, a := range areas {
		units += a.n()
	}
	per := proposalsPerUnit(units, opt.effort())
	mean := q.meanLoads(q.Initial, q.community)
	if goal.Task == Dissolve {
		mean = q.meansWithout(mean)
	}
	grids := q.freshGrids(areas, goal)
	var jobs []*job
	for i, a := range areas {
		j := &job{area: a, mode: goal.Task, mu: opt.Weights.borderPerM(), balance: opt.Weights.Balance, heating: 1}
		a.seed = uint64(i)
		if !q.concerns(a, goal) {
			continue
		}
		j.proposals = int(per * float64(a.n()))
		j.addGrids(q, goal, grids[i])
		j.setRanges(q, goal, mean[a.community])
		j.wantLo, j.wantHi = a.lo, a.hi
		j.relax(q, goal)
		jobs = append(jobs, j)
	}
	return q, jobs
}

func (p *Problem) community(g int32) (int32, bool) {
	return p.Grids[g].Community, p.Grids[g].Dedicated
}

// restrict locks what Split and Dissolve must not change, and sets the atoms
// of a dissolved grid free.
func restrict(p *Problem, goal Goal) *Problem {
	if goal.Task != Split && goal.Task != Dissolve {
		return p
	}
	q := *p
	q.Grids = append([]Grid(nil), p.Grids...)
	c := p.Grids[goal.Grid].Community
	for g := range q.Grids {
		other := q.Grids[g].Community != c
		if other || (goal.Task == Split && g != int(goal.Grid)) {
			q.Grids[g].Locked = true
		}
	}
	if goal.Task == Dissolve {
		q.Initial = append([]int32(nil), p.Initial...)
		for i, g := range q.Initial {
			if g == goal.Grid {
				q.Initial[i] = Unassigned
			}
		}
	}
	return &q
}

// meansWithout recomputes the means of a problem whose unassigned atoms will
// go to the grids that are left.
func (p *Problem) meansWithout(mean map[int32]float64) map[int32]float64 {
	loose := map[int32]int64{}
	for i, g := range p.Initial {
		if g < 0 {
			loose[p.Atoms[i].Community] += int64(p.Atoms[i].Load)
		}
	}
	grids := map[int32]int{}
	seen := map[int32]bool{}
	for _, g := range p.Initial {
		if g >= 0 && !seen[g] && !p.Grids[g].Dedicated {
			seen[g] = true
			grids[p.Grids[g].Community]++
		}
	}
	for c, l := range loose {
		if grids[c] > 0 {
			mean[c] += float64(l) / float64(grids[c])
		}
	}
	return mean
}

// concerns says whether the goal wants anything of area a.
func (p *Problem) concerns(a *area, goal Goal) bool {
	switch goal.Task {
	case FirstPlan:
		return a.k() == 0
	case Split:
		return a.k() > 0
	case Dissolve:
		return p.Grids[goal.Grid].Community == a.community
	}
	return true
}

// fresh says that no unit has a home.
func (j *job) fresh() bool {
	for _, h := range j.home {
		if h >= 0 {
			return false
		}
	}
	return true
}

// freshGrids says how many grids each area without any is to be cut into:
// the community's count shared by load, at least one each.
func (p *Problem) freshGrids(areas []*area, goal Goal) []int {
	counts := make([]int, len(areas))
	byCommunity := map[int32][]int{}
	var order []int32
	for i, a := range areas {
		if a.k() > 0 {
			continue
		}
		if byCommunity[a.community] == nil {
			order = append(order, a.community)
		}
		byCommunity[a.community] = append(byCommunity[a.community], i)
	}
	for _, c := range order {
		var total int64
		for _, i := range byCommunity[c] {
			total += areas[i].totalLoad()
		}
		count := goal.Count
		if count == 0 && goal.Norm > 0 {
			count = int((total + int64(goal.Norm)/2) / int64(goal.Norm))
		}
		share(areas, byCommunity[c], count, counts)
	}
	return counts
}

// share hands out count grids to the areas one by one, always to the one
// whose grids would be heaviest (Jefferson's divisor rule), after one each.
func share(areas []*area, members []int, count int, counts []int) {
	if count <= 0 {
		return
	}
	for _, i := range members {
		counts[i] = 1
		count--
	}
	for ; count > 0; count-- {
		best := -1
		for _, i := range members {
			if counts[i] < areas[i].n() && (best < 0 ||
				areas[i].totalLoad()*int64(counts[best]) > areas[best].totalLoad()*int64(counts[i])) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		counts[best]++
	}
}

// addGrids appends the slots of grids that the job opens or may open.
func (j *job) addGrids(p *Problem, goal Goal, fresh int) {
	switch goal.Task {
	case Split:
		parts := max(goal.Count, 2)
		j.addSpare(min(parts, j.n()) - 1)
	case Relieve:
		sum := make([]int64, j.k())
		stray := int64(0)
		for u, g := range j.home {
			if g >= 0 {
				sum[g] += int64(j.load[u])
			} else {
				stray += int64(j.load[u])
			}
		}
		spare := 1 + int(stray/int64(goal.Max))
		for _, l := range sum {
			if l > int64(goal.Max) {
				spare += int((l - 1) / int64(goal.Max))
			}
		}
		j.addSpare(min(spare, j.n()))
	case FirstPlan, MostBalanced, ShortestBorder:
		if j.k() == 0 {
			j.addSpare(fresh)
		}
	}
}

// setRanges sets the range of every grid of the area as the goal asks.
func (j *job) setRanges(p *Problem, goal Goal, mean float64) {
	own := float64(j.totalLoad()) / float64(max(j.k(), 1))
	var lo, hi int32
	switch {
	case goal.Task == FirstPlan || goal.Task == Split || goal.Task == MostBalanced:
		lo, hi = balanceRange(own, goal.tolerance())
	case goal.Max > 0:
		lo, hi = goal.Min, goal.Max
	case j.fresh():
		lo, hi = balanceRange(own, goal.tolerance())
	default:
		lo, hi = balanceRange(mean, goal.tolerance())
	}
	j.setRange(lo, hi)
	for g := range j.mayEmpty {
		j.mayEmpty[g] = goal.Task == Relieve
	}
}
