package rebalance

import (
	"maps"
	"math"
	"slices"

	"cloudgrid/spatial/disjoint"
)

// Result is a plan and what is known about it.
type Result struct {
	Plan        []int32 // per atom a grid: of the problem, or len(Grids)+i for NewGrids[i]
	NewGrids    []Grid
	Metrics     Metrics
	LowerBound  int64   // households that any plan for this goal must move; 0 when nothing is known or not feasible
	Gap         float64 // (moved - bound) / moved; 0 proves the plan best in moved households; 1 when not feasible
	Feasible    bool    // the goal is met everywhere
	Interrupted bool
	Obstacles   []Obstacle // why not, and what was given up on; proven ones first
}

// Metrics measure a plan against the initial one.
type Metrics struct {
	MovedHouseholds int64
	MovedShare      float64
	WorstDeviation  float64 // largest |load / mean of its community - 1| of a grid
	BorderM         float64 // metres of border between grids of one community
	CutEdges        int
	Grids           int // grids that hold atoms
	Opened, Closed  int
	Touched         int     // grids that lost or gained an atom
	WalkM           float64 // mean distance of the households to the middle of their grid, metres (see walkM)
}

// Measure computes the metrics of any plan of p; fresh are the grids that
// the plan numbers from len(p.Grids) on.
func (p *Problem) Measure(plan []int32, fresh []Grid) Metrics {
	grids := append(append([]Grid(nil), p.Grids...), fresh...)
	var m Metrics
	var households int64
	load := make([]int64, len(grids))
	used, before, touched := make([]bool, len(grids)), make([]bool, len(grids)), make([]bool, len(grids))
	for i, g := range plan {
		households += int64(p.Atoms[i].Households)
		old := p.Initial[i]
		if old >= 0 {
			before[old] = true
		}
		if g >= 0 {
			used[g] = true
			load[g] += int64(p.Atoms[i].Load)
		}
		if g == old {
			continue
		}
		if old >= 0 {
			m.MovedHouseholds += int64(p.Atoms[i].Households)
			touched[old] = true
		}
		if g >= 0 {
			touched[g] = true
		}
	}
	if households > 0 {
		m.MovedShare = float64(m.MovedHouseholds) / float64(households)
	}
	m.WalkM = p.walkM(plan, len(grids))
	mean := p.meanLoads(plan, func(g int32) (int32, bool) { return grids[g].Community, grids[g].Dedicated })
	for g := range grids {
		if used[g] {
			m.Grids++
			if mu := mean[grids[g].Community]; mu > 0 && !grids[g].Dedicated {
				m.WorstDeviation = math.Max(m.WorstDeviation, math.Abs(float64(load[g])/mu-1))
			}
		}
		m.Opened += btoi(used[g] && !before[g])
		m.Closed += btoi(before[g] && !used[g])
		m.Touched += btoi(touched[g])
	}
	for _, e := range p.Edges {
		if p.Atoms[e.A].Community == p.Atoms[e.B].Community && plan[e.A] != plan[e.B] {
			m.BorderM += float64(e.LengthM)
			m.CutEdges++
		}
	}
	return m
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// assemble joins the jobs' plans. Units that got no grid keep their atoms'
// initial ones.
func assemble(p, q *Problem, goal Goal, jobs []*job) *Result {
	r := &Result{Plan: append([]int32(nil), q.Initial...), Feasible: true}
	for _, j := range jobs {
		r.add(p, j)
	}
	if goal.Task == Dissolve {
		for i, g := range p.Initial {
			if g == goal.Grid {
				r.LowerBound += int64(p.Atoms[i].Households)
				r.Feasible = r.Feasible && r.Plan[i] >= 0
				if r.Plan[i] < 0 {
					r.Plan[i] = g
				}
			}
		}
	}
	if goal.Task == Balance {
		r.addEmpty(q, jobs)
	}
	r.addLocked(q, goal)
	r.addParted(p)
	r.Metrics = p.Measure(r.Plan, r.NewGrids)
	r.Gap = 1
	if m := r.Metrics.MovedHouseholds; r.Feasible && m > 0 {
		r.Gap = math.Max(0, float64(m-r.LowerBound)/float64(m))
	} else if r.Feasible {
		r.Gap = 0
	}
	if !r.Feasible { // what plans that are none would have to move says nothing
		r.LowerBound = 0
	}
	return r
}

// add enters one job's plan, bound and obstacles.
func (r *Result) add(p *Problem, j *job) {
	r.Obstacles = append(r.Obstacles, j.obstacles...)
	if j.k() == 0 {
		r.Feasible = false
		return
	}
	j.keepWhole()
	global := make([]int32, j.k())
	copy(global, j.grids)
	count := make([]int, j.k())
	sum := make([]int64, j.k())
	for u, g := range j.plan {
		if g >= 0 {
			count[g]++
			sum[g] += int64(j.load[u])
		}
	}
	if j.mode == Split {
		j.keepLargest(global)
	}
	for g := range global {
		if global[g] < 0 && count[g] > 0 {
			global[g] = int32(len(p.Grids) + len(r.NewGrids))
			r.NewGrids = append(r.NewGrids, Grid{Community: j.community})
		}
	}
	for u, g := range j.plan {
		if g < 0 {
			continue
		}
		for _, i := range j.units[u] {
			r.Plan[i] = global[g]
		}
	}
	if j.mode != Split && j.mode != ShortestBorder && j.mode != FirstPlan && !j.mixed(p) {
		r.LowerBound += j.bound()
	}
	r.judge(j, global, count, sum)
}

// judge compares the plan with what was wanted. What was proven impossible
// is explained already; other grids out of range get an obstacle of their own.
func (r *Result) judge(j *job, global []int32, count []int, sum []int64) {
	if j.mode == MostBalanced {
		return
	}
	explained := map[int32]bool{} // global grids that hold an atom of an obstacle
	for _, o := range j.obstacles {
		if o.Atom >= 0 {
			explained[r.Plan[o.Atom]] = true
		}
	}
	for g := range global {
		if count[g] == 0 && j.mayEmpty[g] {
			continue
		}
		lo, hi := j.wantLo[g], j.wantHi[g]
		if sum[g] >= int64(lo) && sum[g] <= int64(hi) && count[g] > 0 {
			continue
		}
		r.Feasible = false
		widened := sum[g] >= int64(j.lo[g]) && sum[g] <= int64(j.hi[g]) && count[g] > 0
		if widened || explained[global[g]] {
			continue
		}
		kind := NotFound
		if count[g] == 0 && global[g] >= 0 {
			kind = EmptyGrid
		}
		r.Obstacles = append(r.Obstacles, Obstacle{
			Kind: kind, Community: j.community, Grid: global[g],
			Atom: -1, Load: sum[g], Limit: beyond(sum[g], lo, hi),
		})
	}
}

// keepLargest gives the split grid's index to the part with most households.
func (j *job) keepLargest(global []int32) {
	hh := make([]int64, j.k())
	for u, g := range j.plan {
		hh[g] += int64(j.hh[u])
	}
	best, old := 0, 0
	for g := range hh {
		if hh[g] > hh[best] {
			best = g
		}
		if global[g] >= 0 {
			old = g
		}
	}
	global[best], global[old] = global[old], global[best]
}

// addLocked names the locked grids that are themselves out of bounds.
func (r *Result) addLocked(q *Problem, goal Goal) {
	if goal.Task != Balance && goal.Task != Relieve {
		return
	}
	sum := make([]int64, len(q.Grids))
	for i, g := range q.Initial {
		if g >= 0 {
			sum[g] += int64(q.Atoms[i].Load)
		}
	}
	mean := q.meanLoads(q.Initial, q.community)
	for g, grid := range q.Grids {
		if !grid.Locked || grid.Dedicated || sum[g] == 0 {
			continue
		}
		lo, hi := goal.Min, goal.Max
		if goal.Task == Balance {
			lo, hi = balanceRange(mean[grid.Community], goal.tolerance())
		}
		if sum[g] < int64(lo) || sum[g] > int64(hi) {
			r.Feasible = false
			r.Obstacles = append(r.Obstacles, Obstacle{
				Kind: LockedOut, Community: grid.Community, Grid: int32(g),
				Atom: -1, Load: sum[g], Limit: beyond(sum[g], lo, hi), Proven: true,
			})
		}
	}
}

// mixed tells whether some pinned atoms come from several grids. What the unit
// costs then depends on where it goes, and the bound knows only one cost.
func (j *job) mixed(p *Problem) bool {
	for _, atoms := range j.units {
		for _, i := range atoms[1:] {
			if p.Initial[i] != p.Initial[atoms[0]] {
				return true
			}
		}
	}
	return false
}

// addParted names the grids that lie in more pieces than before. The search
// never does that by itself; pins and locks together can.
func (r *Result) addParted(p *Problem) {
	before, after := p.pieces(p.Initial), p.pieces(r.Plan)
	for _, g := range slices.Sorted(maps.Keys(after)) {
		if g >= 0 && after[g] > max(before[g], 1) {
			r.Feasible = false
			r.Obstacles = append(r.Obstacles, Obstacle{Kind: Parted, Community: p.communityOf(g, r), Grid: g})
		}
	}
}

func (p *Problem) communityOf(g int32, r *Result) int32 {
	if int(g) < len(p.Grids) {
		return p.Grids[g].Community
	}
	return r.NewGrids[int(g)-len(p.Grids)].Community
}

// pieces counts the connected pieces of each grid of a plan.
func (p *Problem) pieces(plan []int32) map[int32]int {
	join, units := disjoint.New(len(plan)), p.atomUnits()
	for _, e := range p.Edges {
		if plan[e.A] == plan[e.B] && p.contact(e, units) {
			join.Join(e.A, e.B)
		}
	}
	n := map[int32]int{}
	for i, g := range plan {
		if join.Find(int32(i)) == int32(i) {
			n[g]++
		}
	}
	return n
}
