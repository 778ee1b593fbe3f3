package rebalance

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Options steer the search without changing the question.
type Options struct {
	Seed     uint64
	Threads  int     // 0 means one per processor; the plan does not depend on it
	Effort   float64 // 0 means 1; the number of tries grows with it
	Weights  Weights
	Progress func(Progress) // called from one goroutine at a time; may be nil
}

// Progress is told after each solved area.
type Progress struct {
	Done, Total int // units of work
	Unsolved    int // areas that are still out of bounds
}

func (o Options) effort() float64 {
	if o.Effort > 0 {
		return o.Effort
	}
	return 1
}

func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// Solve searches for the best plan. When ctx ends early it returns the best
// plan so far (a whole and contiguous one), with Interrupted set; only then
// can the answer differ between runs. The error says what is wrong with the
// question; a goal that cannot be met is no error: see Result.Feasible.
func Solve(ctx context.Context, p *Problem, goal Goal, opt Options) (*Result, error) {
	if err := checkAll(p, goal, opt); err != nil {
		return nil, err
	}
	q, jobs := prepare(p, goal, opt)
	runJobs(ctx, jobs, opt)
	r := assemble(p, q, goal, jobs)
	r.Interrupted = ctx.Err() != nil
	return r, nil
}

func checkAll(p *Problem, goal Goal, opt Options) error {
	if err := p.Check(); err != nil {
		return err
	}
	if err := goal.check(p); err != nil {
		return err
	}
	if err := restrict(p, goal).checkPins(); err != nil {
		return err
	}
	if !finite(opt.Effort) || opt.Effort < 0 {
		return bad("effort %v is not a number from 0", opt.Effort)
	}
	return opt.Weights.check()
}

// runJobs solves all jobs, the largest first. Each job and replica has its own
// stream of random numbers, so neither order nor number of threads matters.
func runJobs(ctx context.Context, jobs []*job, opt Options) {
	units := 0
	for _, j := range jobs {
		units += j.n()
	}
	copies := replicas(units)
	var order []*job
	for _, j := range jobs {
		order = append(order, j)
		for c := 1; c < copies; c++ {
			order = append(order, j.replica(uint64(c)))
		}
	}
	runAll(ctx, slices.Clone(order), opt)
	for i, j := range jobs {
		for _, r := range order[i*copies+1 : (i+1)*copies] {
			if r.violation < j.violation || (r.violation == j.violation && r.score < j.score) {
				j.plan, j.violation, j.score = r.plan, r.violation, r.score
			}
		}
	}
}

func runAll(ctx context.Context, order []*job, opt Options) {
	slices.SortStableFunc(order, func(x, y *job) int { return cmp.Compare(y.proposals, x.proposals) })
	table := newQuantiles()
	var mu sync.Mutex
	var now Progress
	for _, j := range order {
		now.Total += j.n()
	}
	inParallel(opt.threads(), len(order), func(i int) {
		j := order[i]
		j.run(ctx, opt.Seed, table)
		mu.Lock()
		defer mu.Unlock()
		now.Done += j.n()
		if j.violation > 0 {
			now.Unsolved++
		}
		if opt.Progress != nil {
			opt.Progress(now)
		}
	})
}

// inParallel calls do for 0..n-1 on the given number of goroutines.
func inParallel(threads, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// run finds the job's plan.
func (j *job) run(ctx context.Context, seed uint64, table *quantiles) {
	var s *search
	if !j.open(seed, table, &s) {
		return
	}
	if j.k() > 1 && len(j.movable) > 0 && !j.settled(s) {
		j.search(ctx, s)
	}
	j.plan, j.violation, j.score = s.best, s.bestViolation, s.bestScore
}

// settled says that everything is in bounds at home: nobody needs to move.
func (j *job) settled(s *search) bool {
	return (j.mode == Balance || j.mode == Relieve) && j.balance == 0 && s.violation == 0 && s.moved == 0
}

// open sets up the search from the job's first assignment; false when there
// is no grid to search with, and then the plan is set.
func (j *job) open(seed uint64, table *quantiles, into **search) bool {
	if j.k() == 0 {
		j.plan = slices.Clone(j.home)
		return false
	}
	r := newRNG(seed, j.seed)
	if j.mode == Split || j.fresh() {
		j.startFresh(&r)
	} else {
		j.startFromHome()
	}
	s := newSearch(j.area, r, table)
	s.mu, s.balance = j.mu, j.balance
	s.setMoveCost(j.mode == ShortestBorder)
	s.canOpen = j.mode == Relieve
	s.unit = j.heat() / max(float64(j.totalLoad())/float64(j.n()), 1e-9)
	s.lambda = 2 * s.unit
	s.restart(j.start)
	*into = s
	return true
}

func (j *job) search(ctx context.Context, s *search) {
	hot := j.heat()
	sch := schedule{proposals: j.proposals, hot: hot * j.heating, cold: hot * 0.07, reheats: 1}
	switch {
	case j.mode == MostBalanced:
		j.tighten(ctx, s, sch)
		return
	case j.fresh():
		j.retry(ctx, s, sch)
		return
	}
	if s.canOpen { // first with the grids there are, then with all that is allowed
		first := sch
		first.proposals, first.reheats = sch.proposals/2, 0
		s.canOpen = false
		s.anneal(ctx, first)
		s.canOpen = true
		sch.proposals -= first.proposals
		sch.reheats = 0
		s.restart(s.best)
	}
	s.anneal(ctx, sch)
	// a stubborn area gets more time, from its best, grown anew, and from home
	for try := 0; try < 6 && s.bestViolation > 0; try++ {
		from := s.best
		switch try % 3 {
		case 1:
			from = j.regrown()
		case 2:
			from = j.start
		}
		s.restart(from)
		s.lambda = float64(int(4)<<try) * s.unit
		s.anneal(ctx, sch)
	}
}

// freshTries is how often a cut that heeds no home starts anew: the first
// seeds decide much. Small areas get at least freshLeast proposals each time.
const (
	freshTries = 48
	freshLeast = 15000
)

// retry anneals from several fresh starts.
func (j *job) retry(ctx context.Context, s *search, sch schedule) {
	sch.proposals = max(sch.proposals*2/freshTries, min(freshLeast, 2000*j.n()))
	for try := range freshTries {
		if try > 0 {
			j.startFresh(&s.rng)
			s.restart(j.start)
			s.lambda = 2 * s.unit
		}
		s.anneal(ctx, sch)
	}
}

// heat is the temperature at which a unit of average weight moves freely.
func (j *job) heat() float64 {
	var sum float64
	for u := range j.hh {
		sum += float64(j.hh[u])
	}
	hot := sum / float64(j.n())
	if j.mode == ShortestBorder || j.fresh() {
		var border float64
		for _, c := range j.cost {
			border += float64(c)
		}
		hot = j.mu * border / float64(max(len(j.cost), 1)) * 2
	}
	return max(hot, 1e-3)
}

// tighten searches with ever smaller ranges around the mean: well inside the
// worst deviation after a success, closer to it after a failure.
func (j *job) tighten(ctx context.Context, s *search, sch schedule) {
	const rounds = 40
	sch.proposals = max(sch.proposals*2/rounds, min(freshLeast, 2000*j.n()))
	best := slices.Clone(s.best)
	reached := j.worst(s)
	target := reached * 0.7
	for i := 0; i < rounds && ctx.Err() == nil && reached >= 1; i++ {
		j.setTarget(target)
		s.forget()
		if i%2 == 1 && j.fresh() {
			j.startFresh(&s.rng)
			s.restart(j.start)
		} else {
			s.restart(best)
		}
		s.lambda = 2 * s.unit
		s.anneal(ctx, sch)
		s.restart(s.best)
		if w := j.worst(s); w < reached {
			copy(best, s.best)
			reached = w
			target = reached * 0.7
		} else {
			target += (reached - target) * 0.5
		}
	}
	copy(s.best, best)
	s.bestViolation, s.bestScore = 0, reached
}

// setTarget lets every grid deviate from the mean by less than off.
func (j *job) setTarget(off float64) {
	mean := float64(j.totalLoad()) / float64(j.k())
	lo, hi := balanceRange(mean, (off-1e-6)/mean)
	for g := range j.lo {
		j.lo[g], j.hi[g] = lo, max(lo, hi)
	}
}

// worst is the largest distance of a grid's load from the mean.
func (j *job) worst(s *search) (worst float64) {
	mean := float64(j.totalLoad()) / float64(j.k())
	for _, l := range s.sum {
		worst = max(worst, abs(float64(l)-mean))
	}
	return worst
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
