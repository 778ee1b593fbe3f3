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
	return (j.mode == Balance || j.mode == Relieve) && j.balance == 0 && j.weights.WalkPerKm == 0 && s.violation == 0 && s.moved == 0
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
		if j.mode == Balance {
			j.seedEmpty(j.start)
		}
	}
	s := newSearch(j.area, r, table)
	s.tally = j.newTally()
	s.mu, s.balance = j.mu, j.balance
	s.setMoveCost(j.mode == ShortestBorder)
	s.canOpen = j.mode == Relieve
	s.unit = j.heat() / max(float64(j.totalLoad())/float64(j.n()), 1e-9)
	s.lambda = 2 * s.unit
	s.restart(j.start)
	*into = s
	return true
}
