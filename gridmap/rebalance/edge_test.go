package rebalance

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

type plainNames struct{}

func (plainNames) CommunityName(c int32) string { return nameAt(nil, c) }
func (plainNames) GridName(g int32) string      { return nameAt(nil, g) }
func (plainNames) AtomName(a int32) string      { return nameAt(nil, a) }

func wantObstacle(t *testing.T, r *Result, kind Hindrance, proven bool) Obstacle {
	t.Helper()
	for _, o := range r.Obstacles {
		if o.Kind == kind && o.Proven == proven {
			if o.Say(plainNames{}) == "" {
				t.Fatal("the obstacle has no words")
			}
			return o
		}
	}
	t.Fatalf("no obstacle of kind %d (proven %v) among %+v", kind, proven, r.Obstacles)
	return Obstacle{}
}

func TestABalancedPlanMovesNobody(t *testing.T) {
	p := lattice(6, 4, 3, flat(10))
	r := solve(t, p, Goal{})
	if !r.Feasible || r.Metrics.MovedHouseholds != 0 || r.Gap != 0 || !slices.Equal(r.Plan, p.Initial) {
		t.Fatalf("%+v", r)
	}
}

func TestAnAtomLargerThanTheMaximumIsNamedAndTheOthersAreStillBalanced(t *testing.T) {
	p := lattice(8, 4, 4, func(x, y int) int32 {
		if x == 0 && y == 0 {
			return 400
		}
		return 10 + int32(x)
	})
	r := solve(t, p, Goal{})
	wantValid(t, p, r)
	o := wantObstacle(t, r, HeavyAtom, true)
	if r.Feasible || o.Atom != 0 || o.Grid != 0 || o.Load != 400 {
		t.Fatalf("feasible %v, obstacle %+v", r.Feasible, o)
	}
	load := map[int32]float64{}
	for i, g := range r.Plan {
		if g != r.Plan[0] {
			load[g] += float64(p.Atoms[i].Load)
		}
	}
	mean := (load[1] + load[2] + load[3]) / 3
	for g, l := range load {
		if math.Abs(l/mean-1) > 0.2 {
			t.Errorf("grid %d holds %v, the mean of the others is %v", g, l, mean)
		}
	}
}

func TestAnAtomTrappedBehindHeavyOnesIsNamed(t *testing.T) {
	p := lattice(6, 1, 2, flat(50))
	p.Atoms[0].Load, p.Atoms[1].Load = 30, 140 // 370 in all: 30 + 140 is a grid within 10 %
	if r := solve(t, p, Goal{Tolerance: 0.1}); !r.Feasible {
		t.Fatalf("%+v", r)
	}
	p.Atoms[1].Load = 200 // 430 in all, at most 225 a grid
	r := solve(t, p, Goal{})
	if o := wantObstacle(t, r, Trapped, true); o.Atom != 0 || r.Feasible {
		t.Fatalf("%+v", r)
	}
}

func TestAnIslandThatItsGridCannotServeIsNamed(t *testing.T) {
	p := lattice(9, 3, 3, flat(10))
	for i := range p.Edges { // a river between columns 5 and 6, and 30 households more beyond it
		a, b := p.Edges[i].A%9, p.Edges[i].B%9
		p.Edges[i].Barrier = a == 5 && b == 6
	}
	for i := range p.Atoms {
		if i%9 >= 6 {
			p.Atoms[i].Load, p.Atoms[i].Households = 20, 20
		}
	}
	r := solve(t, p, Goal{})
	wantValid(t, p, r)
	if o := wantObstacle(t, r, PieceMisfit, true); r.Feasible || o.Community != 0 {
		t.Fatalf("feasible %v, %+v", r.Feasible, o)
	}
	if r = solve(t, p, Goal{Task: Relieve, Min: 40, Max: 120}); !r.Feasible || len(r.NewGrids) == 0 {
		t.Fatalf("a grid can be opened on the island, got %+v", r)
	}
	wantValid(t, p, r)
}

func TestALockedGridInTheWayIsNamed(t *testing.T) {
	p := lattice(9, 2, 3, func(x, _ int) int32 {
		if x < 3 {
			return 20
		}
		return 10
	})
	p.Grids[1].Locked = true
	r := solve(t, p, Goal{})
	wantValid(t, p, r)
	if o := wantObstacle(t, r, PieceMisfit, true); r.Feasible || o.Grid != 1 {
		t.Fatalf("feasible %v, obstacle %+v", r.Feasible, o)
	}
}

func TestWithEverythingLockedNothingMovesAndTheLocksAreNamed(t *testing.T) {
	p := lattice(4, 2, 2, func(x, _ int) int32 { return int32(10 + 10*x) })
	for g := range p.Grids {
		p.Grids[g].Locked = true
	}
	r := solve(t, p, Goal{})
	wantObstacle(t, r, LockedOut, true)
	if r.Feasible || !slices.Equal(r.Plan, p.Initial) {
		t.Fatalf("%+v", r)
	}
	p = lattice(4, 2, 2, func(x, _ int) int32 { return int32(10 + 10*x) })
	for i := range p.Atoms {
		p.Atoms[i].Locked = true
	}
	r = solve(t, p, Goal{})
	wantObstacle(t, r, HeavyLocks, true)
	if r.Feasible || !slices.Equal(r.Plan, p.Initial) {
		t.Fatalf("%+v", r)
	}
}

func TestGroundWithoutAnyLoadIsCalledThat(t *testing.T) {
	p := lattice(6, 2, 2, flat(0))
	r := solve(t, p, Goal{Task: Relieve, Min: 40, Max: 120})
	o := wantObstacle(t, r, PieceMisfit, true)
	if words := o.Say(plainNames{}); r.Feasible || strings.Contains(words, "不相连") || !strings.Contains(words, "没有任何负荷") {
		t.Fatalf("feasible %v, %q", r.Feasible, words)
	}
	if r.LowerBound != 0 || r.Gap != 1 {
		t.Fatalf("bound %d, gap %v of a goal that cannot be met", r.LowerBound, r.Gap)
	}
}

func TestADedicatedGridIsLeftAloneAndNotJudged(t *testing.T) {
	p := lattice(9, 2, 3, func(x, _ int) int32 {
		if x >= 6 {
			return 100
		}
		return 10
	})
	p.Grids[2].Dedicated = true
	if r := solve(t, p, Goal{}); !r.Feasible || r.Metrics.MovedHouseholds != 0 || r.Metrics.WorstDeviation != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestACommunityWithOneGridIsBalancedAsItIs(t *testing.T) {
	p := lattice(5, 1, 1, flat(30))
	if r := solve(t, p, Goal{}); !r.Feasible || r.Metrics.MovedHouseholds != 0 {
		t.Fatalf("%+v", r)
	}
	r := solve(t, p, Goal{Task: Relieve, Min: 50, Max: 100})
	if !r.Feasible || r.Metrics.Grids != 2 {
		t.Fatalf("150 in 50..100 needs a second grid: %+v", r)
	}
}

func TestZeroLoadAtomsAreCarriedAlongAndStayAtHomeOtherwise(t *testing.T) {
	p := lattice(6, 3, 2, func(x, y int) int32 {
		if y == 1 {
			return 0
		}
		return int32(10 + x)
	})
	r := solve(t, p, Goal{Tolerance: 0.1})
	wantValid(t, p, r)
	if !r.Feasible {
		t.Fatalf("%+v", r)
	}
	p = lattice(4, 4, 2, flat(0))
	if r = solve(t, p, Goal{}); !slices.Equal(r.Plan, p.Initial) || !r.Feasible {
		t.Fatalf("nobody lives here, nothing should change: %+v", r)
	}
}

func TestAFirstPlanCutsACommunityIntoCompactBalancedGrids(t *testing.T) {
	p := lattice(12, 8, 1, flat(10))
	p.Grids = nil
	for i := range p.Initial {
		p.Initial[i] = Unassigned
	}
	r := solve(t, p, Goal{Task: FirstPlan, Norm: 240})
	wantValid(t, p, r)
	if !r.Feasible || len(r.NewGrids) != 4 || r.Metrics.WorstDeviation > 0.05 {
		t.Fatalf("%+v", r.Metrics)
	}
	if r.Metrics.BorderM > 30*24 { // four 6 x 4 blocks have 20 edges of 30 m between them
		t.Errorf("border of %v m is not compact", r.Metrics.BorderM)
	}
}

func TestSplitLeavesTheRestAndTheLargestPartKeepsTheGrid(t *testing.T) {
	p := lattice(10, 2, 2, flat(10))
	r := solve(t, p, Goal{Task: Split, Grid: 1, Tolerance: 0.25})
	wantValid(t, p, r)
	kept, left := 0, 0
	for i, g := range r.Plan {
		if p.Initial[i] == 0 && g != 0 {
			t.Fatal("the other grid changed")
		}
		kept += btoi(g == 1)
		left += btoi(g == 2)
	}
	if !r.Feasible || kept < left || kept+left != 10 || left == 0 {
		t.Fatalf("kept %d, left %d, %+v", kept, left, r)
	}
}

func TestDissolveHandsTheGridToItsNeighbours(t *testing.T) {
	p := lattice(9, 4, 3, flat(10))
	r := solve(t, p, Goal{Task: Dissolve, Grid: 1})
	wantValid(t, p, r)
	if !r.Feasible || slices.Contains(r.Plan, 1) || r.Metrics.Grids != 2 || r.Metrics.Closed != 1 {
		t.Fatalf("%+v", r)
	}
}

func TestPinnedCompoundsStayWholeEvenAcrossABarrier(t *testing.T) {
	p := lattice(6, 2, 2, func(x, _ int) int32 { return int32(10 + 10*(x/3)) })
	p.Atoms[2].Pin, p.Atoms[3].Pin = 5, 5
	p.Edges[slices.IndexFunc(p.Edges, func(e Edge) bool { return e.A == 2 && e.B == 3 })].Barrier = true
	r := solve(t, p, Goal{Tolerance: 0.3})
	if r.Plan[2] != r.Plan[3] {
		t.Fatalf("pinned atoms in grids %d and %d", r.Plan[2], r.Plan[3])
	}
}

func TestBadQuestionsAreRefusedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(p *Problem, g *Goal)
		words string
	}{
		"edge":       {func(p *Problem, _ *Goal) { p.Edges[3].B = 99 }, "edge 3"},
		"loop":       {func(p *Problem, _ *Goal) { p.Edges[2].B = p.Edges[2].A }, "edge 2"},
		"length":     {func(p *Problem, _ *Goal) { p.Edges[1].LengthM = float32(math.NaN()) }, "edge 1"},
		"grid":       {func(p *Problem, _ *Goal) { p.Initial[4] = 7 }, "atom 4"},
		"community":  {func(p *Problem, _ *Goal) { p.Atoms[5].Community = -1 }, "atom 5"},
		"foreign":    {func(p *Problem, _ *Goal) { p.Atoms[5].Community = 1 }, "atom 5"},
		"load":       {func(p *Problem, _ *Goal) { p.Atoms[6].Load = -3 }, "atom 6"},
		"huge":       {func(p *Problem, _ *Goal) { p.Atoms[6].Load = math.MaxInt32 }, "load in all"},
		"apart":      {func(p *Problem, _ *Goal) { p.Atoms[0].Pin, p.Atoms[7].Pin = 1, 1 }, "do not touch"},
		"short":      {func(p *Problem, _ *Goal) { p.Initial = p.Initial[:3] }, "initial"},
		"tolerance":  {func(_ *Problem, g *Goal) { g.Tolerance = 2 }, "tolerance"},
		"range":      {func(_ *Problem, g *Goal) { g.Task, g.Min, g.Max = Relieve, 9, 3 }, "9..3"},
		"no maximum": {func(_ *Problem, g *Goal) { g.Task = Relieve }, "maximum"},
		"no such":    {func(_ *Problem, g *Goal) { g.Task, g.Grid = Split, 9 }, "grid 9"},
	} {
		p, g := lattice(4, 2, 2, flat(10)), Goal{}
		c.spoil(p, &g)
		_, err := Solve(context.Background(), p, g, Options{})
		if !errors.Is(err, ErrProblem) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v, want words %q", name, err, c.words)
		}
	}
}

func TestACancelledSearchStillGivesAWholePlan(t *testing.T) {
	p := lattice(20, 10, 4, func(x, y int) int32 { return int32(5 + x) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := Solve(ctx, p, Goal{}, Options{Seed: 1})
	if err != nil || !r.Interrupted {
		t.Fatalf("%v, %+v", err, r)
	}
	wantValid(t, p, r)
}

func TestProgressCountsEveryUnitOnce(t *testing.T) {
	p := lattice(6, 3, 3, flat(7))
	var last Progress
	_, err := Solve(context.Background(), p, Goal{}, Options{Threads: 2, Effort: 0.01, Progress: func(now Progress) { last = now }})
	if err != nil || last.Done != last.Total || last.Total == 0 {
		t.Fatalf("%v, %+v", err, last)
	}
}
