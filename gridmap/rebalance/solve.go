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
	if !finite(opt.Effort) || opt.Effort < 0 {
		return bad("effort %v is not a number from 0", opt.Effort)
	}
	return opt.Weights.check()
}

// runJobs solves all jobs, the largest first. Each job has its own stream of
// random numbers, so neither order nor number of threads matters.
func runJobs(ctx context.Context, jobs []*job, opt Options) {
	order := slices.Clone(jobs)
	slices.SortStableFunc(order, func(x, y *job) int { return cmp.Compare(y.proposals, x.proposals) })
	table := newQuantiles()
	var (
		next atomic.Int64
		mu   sync.Mutex
		now  Progress
		wg   sync.WaitGroup
	)
	for _, j := range jobs {
		now.Total += j.n()
	}
	for range min(opt.threads(), len(jobs)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(order) {
					return
				}
				j := order[i]
				j.run(ctx, newRNG(opt.Seed, j.seed), table)
				mu.Lock()
				now.Done += j.n()
				if j.violation > 0 {
					now.Unsolved++
				}
				if opt.Progress != nil {
					opt.Progress(now)
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

// run finds the job's plan.
func (j *job) run(ctx context.Context, r rng, table *quantiles) {
	if j.k() == 0 {
		j.plan = slices.Clone(j.home)
		return
	}
	if j.mode == Split || j.fresh() {
		j.startFresh(&r)
	} else {
		j.startFromHome()
	}
	s := newSearch(j.area, r, table)
	s.mu, s.balance, s.homeless = j.mu, j.balance, j.mode == ShortestBorder
	s.canOpen = j.mode == Relieve
	s.restart(j.start)
	if j.k() > 1 && len(j.movable) > 0 {
		j.search(ctx, s)
	}
	j.plan, j.violation = s.best, s.bestViolation
}

func (j *job) search(ctx context.Context, s *search) {
	hot := j.heat()
	sch := schedule{proposals: j.proposals, hot: hot, cold: hot * 0.03, reheats: 1}
	switch j.mode {
	case MostBalanced:
		j.tighten(ctx, s, sch)
		return
	case ShortestBorder, FirstPlan:
		sch.reheats = 7
	}
	s.anneal(ctx, sch)
	// a stubborn area gets more time, from its best and from its start
	for try := 0; try < 6 && s.bestViolation > 0; try++ {
		from := s.best
		if try%2 == 1 {
			from = j.start
		}
		s.restart(from)
		s.lambda = 4
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

// tighten narrows the range to what was just reached, again and again.
func (j *job) tighten(ctx context.Context, s *search, sch schedule) {
	const rounds = 24
	sch.proposals = max(sch.proposals/rounds, 512)
	best := slices.Clone(s.best)
	for i := 0; i < rounds && ctx.Err() == nil; i++ {
		s.anneal(ctx, sch)
		if s.bestViolation > 0 {
			if i%4 == 3 {
				s.restart(j.start)
			}
			continue
		}
		copy(best, s.best)
		s.restart(best)
		if !j.narrow(s) {
			break
		}
		s.forget()
		s.restart(best)
	}
	copy(s.best, best)
	s.bestViolation = 0
}

// narrow sets every range just inside the worst deviation of s; false when
// no grid can come closer to the mean.
func (j *job) narrow(s *search) bool {
	mean := float64(j.totalLoad()) / float64(j.k())
	worst := 0.0
	for _, l := range s.sum {
		worst = max(worst, abs(float64(l)-mean))
	}
	if worst < 1 {
		return false
	}
	lo, hi := balanceRange(mean, (worst-1e-6)/mean)
	for g := range j.lo {
		j.lo[g], j.hi[g] = lo, hi
	}
	return true
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
