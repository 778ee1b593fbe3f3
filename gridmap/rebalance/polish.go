package rebalance

import (
	"context"
	"math"
	"slices"
)

// search looks for the job's plan. Limits come before wishes: where what the
// tally counts kept the area out of bounds, it is searched as if that did not
// count, and what was found is then made better in it.
func (j *job) search(ctx context.Context, s *search) {
	j.look(ctx, s)
	if s.tally == nil || s.bestViolation == 0 {
		return
	}
	s.tally.factor = 0
	s.restart(j.start)
	s.lambda = 2 * s.unit
	j.look(ctx, s)
	s.tally.factor = 1
	s.bestScore = math.Inf(1) // of the same plan, with what counts again
	s.restart(s.best)
	hot := j.heat()
	s.anneal(ctx, schedule{proposals: j.proposals, hot: hot * 0.35, cold: hot * 0.07})
}

// look anneals as the task asks.
func (j *job) look(ctx context.Context, s *search) {
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
	for try := 0; try < 6 && s.bestViolation > 0 && !s.tally.counts(); try++ {
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

// freshTries is how often a cut of up to 100 units that heeds no home starts
// anew: the first seeds decide much there, less so in larger areas. Small
// areas get at least freshLeast proposals each time.
const (
	freshTries = 48
	freshLeast = 15000
)

// retry anneals from several fresh starts.
func (j *job) retry(ctx context.Context, s *search, sch schedule) {
	tries := max(2, freshTries*100/max(100, j.n()))
	sch.proposals = max(sch.proposals*2/tries, min(freshLeast, 2000*j.n()))
	for try := range tries {
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
	// one unit brought some 150 m nearer must not freeze at once either
	hot = max(hot, j.weights.WalkPerKm/1000*150*sum/float64(j.n()))
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
