package rebalance

import (
	"cmp"
	"context"
	"slices"
)

// Candidate is one plan of a Pareto set, and how it was searched for.
type Candidate struct {
	*Result
	BorderPerM float64 // households worth moving to save a metre of border
	wants      Weights
}

// variant is one wish in a Pareto sweep. The search for it starts from the
// plan of an earlier one, which is close already.
type variant struct {
	width  float64 // of the allowed range
	border float64 // factor on the worth of border
	effort float64 // share of a full search
	heat   float64 // share of the full starting temperature
	from   int     // the earlier variant; -1 starts from the initial plan
	tally  float64 // factor on the worth of walking and of touched grids; 0 means 1
}

// sweep gives a first plan quickly, then narrows the ranges step by step, then
// trades moved households for border and back.
func sweep(w Weights) []variant {
	all := []variant{
		{1, 1, 0.12, 1, -1, 0},
		{1, 1, 0.3, 0.7, 0, 0},
		{0.85, 1, 0.115, 0.35, 1, 0},
		{0.7, 1, 0.115, 0.35, 2, 0},
		{0.55, 1, 0.115, 0.35, 3, 0},
		{0.4, 1, 0.115, 0.35, 4, 0},
		{0.3, 2, 0.115, 0.35, 5, 0},
		{1, 2, 0.115, 0.35, 1, 0},
		{1, 4, 0.115, 0.35, 7, 0},
		{1, 8, 0.115, 0.5, 8, 0},
		{0.7, 3, 0.115, 0.35, 3, 0},
		{0.55, 8, 0.115, 0.5, 4, 0},
		{1, 0.25, 0.115, 0.35, 1, 0},
	}
	if w.tallied() {
		all = append(all, variant{1, 1, 0.115, 0.5, 1, 0.25}, variant{1, 1, 0.115, 0.5, 1, 4}, variant{0.7, 1, 0.115, 0.35, len(all) + 1, 4})
	}
	return all
}

// Pareto searches for several feasible plans of which none is at least as
// good as another in moved households, worst deviation and border at once, and
// in walking and touched grids where these have a weight.
// Found, if not nil, is told of the first plan as soon as it is there, and of
// better ones on the way. The candidates come ordered by moved households, at
// most MostCandidates. When no plan is feasible the only candidate is the best
// that was found, with its obstacles. The goal must be Balance or Relieve.
func Pareto(ctx context.Context, p *Problem, goal Goal, opt Options, found func(Candidate)) ([]Candidate, error) {
	if err := checkAll(p, goal, opt); err != nil {
		return nil, err
	}
	if goal.Task != Balance && goal.Task != Relieve {
		return nil, bad("several candidates are given for balance and relieve only")
	}
	q, jobs := prepare(p, goal, opt)
	table := newQuantiles()
	walks := make([]*walk, len(jobs))
	for i, j := range jobs {
		walks[i] = &walk{job: j, table: table, lo: slices.Clone(j.lo), hi: slices.Clone(j.hi), seed: opt.Seed}
	}
	for i, v := range sweep(opt.Weights) {
		if i > 0 && ctx.Err() != nil {
			break
		}
		inParallel(opt.threads(), len(walks), func(k int) { walks[k].try(ctx, v) })
		if i < 2 && found != nil {
			found(blend{wants: opt.Weights}.candidate(p, q, goal, jobs, walks))
		}
	}
	var set []Candidate
	for _, b := range blends(walks, opt.Weights) {
		c := b.candidate(p, q, goal, jobs, walks)
		c.Interrupted = ctx.Err() != nil
		enter(&set, c)
	}
	slices.SortStableFunc(set, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(x.Metrics.MovedHouseholds, y.Metrics.MovedHouseholds), cmp.Compare(x.Metrics.BorderM, y.Metrics.BorderM))
	})
	return Spread(set, MostCandidates), nil
}

// MostCandidates is as many plans as a planner may want to compare.
const MostCandidates = 12

// Spread picks at most n > 1 of the candidates, evenly, the ends included.
func Spread(set []Candidate, n int) []Candidate {
	if len(set) <= n {
		return set
	}
	out := make([]Candidate, n)
	for i := range out {
		out[i] = set[i*(len(set)-1)/(n-1)]
	}
	return out
}

// enter adds c to the set unless a member is at least as good, and drops the
// members that c beats. An infeasible plan stays only until a better one comes.
func enter(set *[]Candidate, c Candidate) bool {
	for _, o := range *set {
		if o.beats(c) {
			return false
		}
	}
	*set = append(slices.DeleteFunc(*set, c.beats), c)
	return true
}

// beats says that c is at least as good as o in everything.
func (c Candidate) beats(o Candidate) bool {
	if c.Feasible != o.Feasible {
		return c.Feasible
	}
	m, n := c.Metrics, o.Metrics
	if !c.Feasible {
		return m.WorstDeviation < n.WorstDeviation ||
			(m.WorstDeviation == n.WorstDeviation && m.MovedHouseholds <= n.MovedHouseholds)
	}
	return m.MovedHouseholds <= n.MovedHouseholds && m.WorstDeviation <= n.WorstDeviation && m.BorderM <= n.BorderM &&
		(c.wants.WalkPerKm == 0 || m.WalkM <= n.WalkM) && (c.wants.TouchedGrid == 0 || m.Touched <= n.Touched)
}

// walk is one job going through the variants.
type walk struct {
	*job
	s      *search
	table  *quantiles
	seed   uint64
	lo, hi []int32 // the allowed ranges
	plans  []tried
}

// tried is one plan that a walk found, and its measures.
type tried struct {
	plan      []int32
	violation int64 // against the allowed ranges
	moved     float64
	border    float64
	deviation float64
	walkedM   float64 // household-metres, 0 where walking does not count
	touched   int     // grids, 0 where they do not count
}

func (w *walk) try(ctx context.Context, v variant) {
	j := w.job
	if w.s == nil && !j.open(w.seed, w.table, &w.s) {
		w.plans = append(w.plans, tried{plan: j.plan})
		return
	}
	if j.k() > 1 && len(j.movable) > 0 {
		w.walkTo(ctx, v)
	}
	w.plans = append(w.plans, w.measure(w.s.best))
}

// walkTo searches for variant v from the plan of an earlier one.
func (w *walk) walkTo(ctx context.Context, v variant) {
	s, j := w.s, w.job
	for g := range j.area.lo {
		j.area.lo[g], j.area.hi[g] = narrowed(w.lo[g], w.hi[g], v.width)
	}
	s.mu = j.mu * v.border
	if s.tally != nil {
		s.tally.factor = cmp.Or(v.tally, 1)
	}
	hot := j.heat()
	from := j.start
	if v.from >= 0 {
		from = w.plans[v.from].plan
	}
	s.forget()
	s.lambda = 2 * s.unit
	s.restart(from)
	sch := schedule{proposals: int(float64(j.proposals) * v.effort), hot: hot * v.heat, cold: hot * 0.07}
	s.anneal(ctx, sch)
	tries := 1
	if v.from <= 0 { // the others build on these
		tries = 4
		sch.proposals = max(sch.proposals, j.proposals*(v.from+1))
	}
	for ; tries > 0 && s.bestViolation > 0; tries-- { // stuck: from cold, limits before wishes
		if s.tally != nil {
			s.tally.factor = 0
		}
		s.restart(j.start)
		s.lambda = 4 * s.unit
		sch.hot = hot
		s.anneal(ctx, sch)
	}
}

// narrowed shrinks a range around its middle.
func narrowed(lo, hi int32, width float64) (int32, int32) {
	cut := int32(float64(hi-lo) * (1 - width) / 2)
	return lo + cut, hi - cut
}

func (w *walk) measure(plan []int32) tried {
	s := w.s
	copy(w.area.lo, w.lo)
	copy(w.area.hi, w.hi)
	t := tried{plan: slices.Clone(plan)}
	s.restart(plan)
	t.violation, t.moved, t.border = s.violation, s.moved, s.border
	if s.tally != nil {
		t.walkedM = s.tally.walkedM()
		if s.tally.touchWorth > 0 {
			t.touched = s.tally.touched
		}
	}
	used := 0
	for g := range s.mem {
		used += btoi(len(s.mem[g]) > 0)
	}
	mean := float64(w.totalLoad()) / float64(max(used, 1))
	for g, l := range s.sum {
		if len(s.mem[g]) > 0 && mean > 0 {
			t.deviation = max(t.deviation, abs(float64(l)/mean-1))
		}
	}
	return t
}
