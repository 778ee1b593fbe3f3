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
	weights        Weights
	points         []cluster // where each unit's households live, if walking counts,
	stepM          float64   // in steps of so many metres
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
	if goal.Task == Balance {
		q.placeEmpty(areas, mean)
	}
	grids := q.freshGrids(areas, goal)
	var jobs []*job
	for i, a := range areas {
		j := &job{area: a, mode: goal.Task, mu: opt.Weights.borderPerM(), balance: opt.Weights.Balance, weights: opt.Weights, heating: 1}
		a.seed = uint64(i)
		if !q.concerns(a, goal) {
			continue
		}
		j.proposals = int(per * float64(a.n()))
		j.addGrids(goal, grids[i])
		j.setRanges(goal, mean[a.community])
		j.wantLo, j.wantHi = a.lo, a.hi
		j.relax(q, goal)
		if opt.Weights.WalkPerKm > 0 {
			j.points, j.stepM = q.clusters(a)
		}
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
	default:
		return true
	}
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
