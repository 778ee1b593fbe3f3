package rebalance

import (
	"cmp"
	"context"
	"slices"
)

// Candidate is one plan of a Pareto set, and how it was searched for.
type Candidate struct {
	*Result
	Width      float64 // width of the ranges that were aimed at, as a share of the allowed
	BorderPerM float64 // households worth moving to save a metre of border
}

// variant is one wish in a Pareto sweep. The search for it starts from the
// plan of an earlier one, which is close already.
type variant struct {
	width  float64 // of the allowed range
	border float64 // factor on the worth of border
	effort float64 // share of a full search
	heat   float64 // share of the full starting temperature
	from   int     // the earlier variant; -1 starts from the initial plan
}

// sweep gives a first plan quickly, then narrows the ranges step by step, then
// trades moved households for border and back.
func sweep() []variant {
	return []variant{
		{1, 1, 0.12, 1, -1},
		{1, 1, 0.35, 0.7, 0},
		{0.85, 1, 0.14, 0.35, 1},
		{0.7, 1, 0.14, 0.35, 2},
		{0.55, 1, 0.14, 0.35, 3},
		{0.4, 1, 0.14, 0.35, 4},
		{0.3, 2, 0.14, 0.35, 5},
		{1, 2, 0.14, 0.35, 1},
		{1, 4, 0.14, 0.35, 7},
		{1, 8, 0.14, 0.5, 8},
		{0.7, 3, 0.14, 0.35, 3},
		{0.55, 8, 0.14, 0.5, 4},
		{1, 0.25, 0.14, 0.35, 1},
	}
}

// Pareto searches for several feasible plans of which none is at least as
// good as another in moved households, worst deviation and border at once.
// Found, if not nil, is told of every plan that no earlier one beats, as soon
// as it is there; a later plan may still beat it. The candidates come ordered
// by moved households. When no plan is feasible the only candidate is the
// best that was found, with its obstacles. The goal must be Balance or Relieve.
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
	var set []Candidate
	for i, v := range sweep() {
		if i > 0 && ctx.Err() != nil {
			break
		}
		inParallel(opt.threads(), len(walks), func(k int) { walks[k].try(ctx, v) })
		c := Candidate{Result: assemble(p, q, goal, jobs), Width: v.width, BorderPerM: v.border * opt.Weights.borderPerM()}
		c.Interrupted = ctx.Err() != nil
		if !enter(&set, c) {
			continue
		}
		if found != nil {
			found(c)
		}
	}
	slices.SortStableFunc(set, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(x.Metrics.MovedHouseholds, y.Metrics.MovedHouseholds), cmp.Compare(x.Metrics.BorderM, y.Metrics.BorderM))
	})
	return set, nil
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
	return m.MovedHouseholds <= n.MovedHouseholds && m.WorstDeviation <= n.WorstDeviation && m.BorderM <= n.BorderM
}

// walk is one job going through the variants.
type walk struct {
	*job
	s      *search
	table  *quantiles
	seed   uint64
	lo, hi []int32 // the allowed ranges
	plans  [][]int32
}

func (w *walk) try(ctx context.Context, v variant) {
	j := w.job
	if w.s == nil && !j.open(w.seed, w.table, &w.s) {
		w.plans = append(w.plans, j.plan)
		return
	}
	s := w.s
	if j.k() == 1 || len(j.movable) == 0 {
		j.plan, j.violation = s.best, s.bestViolation
		w.plans = append(w.plans, j.plan)
		return
	}
	for g := range j.area.lo {
		j.area.lo[g], j.area.hi[g] = narrowed(w.lo[g], w.hi[g], v.width)
	}
	s.mu = j.mu * v.border
	hot := j.heat()
	from := j.start
	if v.from >= 0 {
		from = w.plans[v.from]
	}
	s.forget()
	s.lambda = 2 * s.unit
	s.restart(from)
	sch := schedule{proposals: int(float64(j.proposals) * v.effort), hot: hot * v.heat, cold: hot * 0.07}
	s.anneal(ctx, sch)
	if s.bestViolation > 0 { // stuck: once more, from cold
		s.restart(j.start)
		s.lambda = 4 * s.unit
		sch.hot = hot
		s.anneal(ctx, sch)
	}
	j.plan, j.violation = slices.Clone(s.best), s.bestViolation
	w.plans = append(w.plans, j.plan)
}

// narrowed shrinks a range around its middle.
func narrowed(lo, hi int32, width float64) (int32, int32) {
	cut := int32(float64(hi-lo) * (1 - width) / 2)
	return lo + cut, hi - cut
}
