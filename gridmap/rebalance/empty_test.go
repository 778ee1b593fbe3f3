package rebalance

import (
	"context"
	"math"
	"testing"
)

func TestBalanceFillsTheGridsThatHoldNothing(t *testing.T) {
	oneHoldsAll := lattice(12, 8, 1, flat(10))
	for range 5 {
		oneHoldsAll.Grids = append(oneHoldsAll.Grids, Grid{})
	}
	oneMore := lattice(12, 6, 3, func(x, y int) int32 { return int32(5 + (x*7+y*3)%9) })
	oneMore.Grids = append(oneMore.Grids, Grid{})
	beyondTheRiver := lattice(9, 6, 3, flat(10)) // the last column's grid spans it; the far bank has room for one more
	beyondTheRiver.Grids = append(beyondTheRiver.Grids, Grid{}, Grid{Dedicated: true})
	for i := range beyondTheRiver.Initial {
		if beyondTheRiver.Initial[i] == 1 {
			beyondTheRiver.Initial[i] = 0
		}
	}
	loose := lattice(8, 4, 2, flat(10))
	loose.Grids = append(loose.Grids, Grid{}, Grid{})
	for i, g := range loose.Initial {
		if g == 1 {
			loose.Initial[i] = Unassigned
		}
	}
	for name, c := range map[string]struct {
		p    *Problem
		want int // grids with atoms
		tol  float64
	}{
		"one grid holds all":  {oneHoldsAll, 6, 0.1},
		"one more grid":       {oneMore, 4, 0.1},
		"two without":         {beyondTheRiver, 4, 0.15},
		"ground without grid": {loose, 4, 0.05},
	} {
		t.Run(name, func(t *testing.T) {
			r := solve(t, c.p, Goal{Tolerance: c.tol})
			wantValid(t, c.p, r)
			if !r.Feasible || r.Metrics.Grids != c.want || r.Metrics.WorstDeviation > c.tol+1e-9 || r.Metrics.MovedHouseholds < r.LowerBound {
				t.Fatalf("feasible %v, %d grids of %d, worst %.3f, moved %d, bound %d, %+v", r.Feasible, r.Metrics.Grids, c.want,
					r.Metrics.WorstDeviation, r.Metrics.MovedHouseholds, r.LowerBound, r.Obstacles)
			}
			set, err := Pareto(context.Background(), c.p, Goal{Tolerance: c.tol}, Options{Seed: 1, Effort: 0.2}, nil)
			if err != nil || !set[0].Feasible || set[0].Metrics.Grids != c.want {
				t.Fatalf("candidates: %v, %+v", err, set)
			}
		})
	}
}

func TestAnEmptyGridThatNothingCanFillIsNamed(t *testing.T) {
	p := lattice(3, 1, 3, flat(10))
	p.Grids = append(p.Grids, Grid{}, Grid{Locked: true}, Grid{Community: 1})
	r := solve(t, p, Goal{})
	if o := wantObstacle(t, r, EmptyGrid, true); r.Feasible || o.Grid != 3 || len(r.Obstacles) != 2 || r.Obstacles[1].Grid != 5 {
		t.Fatalf("feasible %v, %+v", r.Feasible, r.Obstacles)
	}
	if r.Metrics.MovedHouseholds != 0 || math.Abs(r.Metrics.WorstDeviation) > 1e-9 {
		t.Fatalf("%+v", r.Metrics)
	}
}
