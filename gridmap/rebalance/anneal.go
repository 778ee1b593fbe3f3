package rebalance

import (
	"context"
	"math"
)

// schedule says how one annealing run goes.
type schedule struct {
	proposals int     // in all
	hot, cold float64 // temperature in households at the start and at the end
	reheats   int     // how often it starts again from the best, less hot
}

// anneal runs the schedule; it stops early only when ctx is done.
func (s *search) anneal(ctx context.Context, sch schedule) {
	const stride = 256
	rounds := sch.reheats + 1
	per := max(1, sch.proposals/rounds/stride)
	hot := sch.hot
	// weighing costs a look at every unit and every pair of grids
	hopsEvery := 16 + (6*s.a.n()+s.a.k()*s.a.k())/stride
	swing := max(1, per/100) // the penalty must have time to rise far
	for r := 0; r < rounds; r++ {
		if r > 0 {
			s.restart(s.best)
		}
		ratio := math.Pow(sch.cold/hot, 1/float64(per))
		s.temp = hot
		for i := 0; i < per; i++ {
			if i%hopsEvery == 0 {
				s.hops()
			}
			if i&15 == 0 && ctx.Err() != nil {
				return
			}
			for j := 0; j < stride; j++ {
				s.propose()
			}
			s.temp *= ratio
			if i%swing == swing-1 {
				s.oscillate()
			}
		}
		hot = sch.cold + (sch.hot-sch.cold)*0.4
	}
}

// oscillate keeps the penalty near the border between feasible and not,
// where the best plans are.
func (s *search) oscillate() {
	if s.feasibleSeen {
		s.lambda = max(s.lambda*0.93, 0.5*s.unit)
	} else {
		s.lambda = min(s.lambda*1.08, 200*s.unit)
	}
	s.feasibleSeen = s.violation == 0
}
