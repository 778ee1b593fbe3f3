package rebalance

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// lattice makes a community of w x h atoms side by side, 30 m apart, split
// into k grids by columns.
func lattice(w, h, k int, load func(x, y int) int32) *Problem {
	p := &Problem{}
	for y := range h {
		for x := range w {
			i := int32(len(p.Atoms))
			l := load(x, y)
			p.Atoms = append(p.Atoms, Atom{XM: float64(x) * 30, YM: float64(y) * 30, Households: l, Load: l})
			p.Initial = append(p.Initial, int32(x*k/w))
			if x > 0 {
				p.Edges = append(p.Edges, Edge{A: i - 1, B: i, LengthM: 30})
			}
			if y > 0 {
				p.Edges = append(p.Edges, Edge{A: i - int32(w), B: i, LengthM: 30})
			}
		}
	}
	for range k {
		p.Grids = append(p.Grids, Grid{})
	}
	return p
}

func flat(l int32) func(x, y int) int32 { return func(int, int) int32 { return l } }

func solve(t testing.TB, p *Problem, goal Goal) *Result {
	t.Helper()
	r, err := Solve(context.Background(), p, goal, Options{Seed: 1, Effort: 0.2, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// wantValid checks a result against the rules, in the plainest way: whole
// grids, in their community, fixed grids and locked atoms untouched, pins kept.
// Grids that were in pieces because of barriers may stay so.
func wantValid(t failer, p *Problem, r *Result) {
	t.Helper()
	grids := append(slices.Clone(p.Grids), r.NewGrids...)
	pinned := map[int32]int32{}
	moved := map[int32]bool{} // pins of which an atom moved; the others may lie apart from the first
	for i, g := range r.Plan {
		moved[p.Atoms[i].Pin] = moved[p.Atoms[i].Pin] || g != p.Initial[i]
	}
	for i, g := range r.Plan {
		a := p.Atoms[i]
		if g < 0 || int(g) >= len(grids) {
			t.Fatalf("atom %d: grid %d is not there", i, g)
		}
		if grids[g].Community != a.Community {
			t.Fatalf("atom %d: grid %d lies in another community", i, g)
		}
		fixed := g < int32(len(p.Grids)) && p.Grids[g].fixed()
		if (fixed || a.Locked || p.inFixedGrid(int32(i))) && g != p.Initial[i] {
			t.Fatalf("atom %d: locked but moved from %d to %d", i, p.Initial[i], g)
		}
		if a.Pin > 0 && moved[a.Pin] {
			if h, ok := pinned[a.Pin]; ok && h != g {
				t.Fatalf("pin %d: in grids %d and %d", a.Pin, h, g)
			}
			pinned[a.Pin] = g
		}
	}
	before, after := p.pieces(p.Initial), p.pieces(r.Plan)
	parted := map[int32]bool{} // pins and locks can contradict each other; then the result says so
	for _, o := range r.Obstacles {
		parted[o.Grid] = parted[o.Grid] || o.Kind == Parted
		if o.Kind == Parted && (r.Feasible || len(pinned) == 0) {
			t.Fatalf("grid %d comes apart, feasible %v, pins %v", o.Grid, r.Feasible, pinned)
		}
	}
	for g, n := range after {
		if n > 1 && n > before[g] && !parted[g] {
			t.Fatalf("grid %d: %d pieces, %d before", g, n, before[g])
		}
	}
}

// randomProblem draws communities side by side, with gaps, barriers, pins,
// locks, empty buildings and heavy ones.
func randomProblem(t *rapid.T) *Problem {
	w, h := rapid.IntRange(2, 9).Draw(t, "w"), rapid.IntRange(1, 6).Draw(t, "h")
	loads := rapid.SliceOfN(rapid.Int32Range(0, 40), w*h, w*h).Draw(t, "loads")
	k := rapid.IntRange(1, min(w, 4)).Draw(t, "k")
	p := lattice(w, h, k, func(x, y int) int32 { return loads[y*w+x] })
	split := rapid.IntRange(0, w).Draw(t, "split") // a second community from this column on
	second := map[int32]int32{}
	for i := range p.Atoms {
		if i%w < split {
			continue
		}
		p.Atoms[i].Community = 1
		g := p.Initial[i]
		if _, ok := second[g]; !ok {
			second[g] = int32(len(p.Grids))
			p.Grids = append(p.Grids, Grid{Community: 1})
		}
		p.Initial[i] = second[g]
	}
	for i := range p.Edges {
		p.Edges[i].Barrier = rapid.IntRange(0, 9).Draw(t, "barrier") == 0
		p.Edges[i].Arterial = rapid.Bool().Draw(t, "arterial")
	}
	for g := range p.Grids {
		p.Grids[g].Locked = rapid.IntRange(0, 7).Draw(t, "locked") == 0
		p.Grids[g].Dedicated = rapid.IntRange(0, 9).Draw(t, "dedicated") == 0
	}
	for range rapid.IntRange(0, 2).Draw(t, "empty") {
		p.Grids = append(p.Grids, Grid{Community: p.Atoms[0].Community})
	}
	for i := range p.Atoms {
		p.Atoms[i].Locked = rapid.IntRange(0, 14).Draw(t, "lock") == 0
	}
	if rapid.Bool().Draw(t, "pin") && len(p.Edges) > 0 {
		e := p.Edges[rapid.IntRange(0, len(p.Edges)-1).Draw(t, "pinned")]
		p.Atoms[e.A].Pin, p.Atoms[e.B].Pin = 7, 7
	}
	return p
}

func randomGoal(t *rapid.T, p *Problem) Goal {
	lo := rapid.Int32Range(0, 150).Draw(t, "min")
	return Goal{
		Task:      Task(rapid.IntRange(0, int(ShortestBorder)).Draw(t, "task")),
		Tolerance: rapid.Float64Range(0, 0.5).Draw(t, "tol"),
		Min:       lo, Max: lo + rapid.Int32Range(0, 200).Draw(t, "width"),
		Norm:  rapid.Int32Range(0, 100).Draw(t, "norm"),
		Count: rapid.IntRange(0, 4).Draw(t, "count"),
		Grid:  int32(rapid.IntRange(0, len(p.Grids)-1).Draw(t, "grid")),
	}
}

func TestEveryPlanKeepsGridsWholeInsideTheirCommunityAndLocksUntouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomProblem(t)
		goal := randomGoal(t, p)
		opt := Options{Seed: rapid.Uint64().Draw(t, "seed"), Effort: 0.02, Threads: 1}
		if rapid.Bool().Draw(t, "wishes") {
			opt.Weights = Weights{WalkPerKm: rapid.Float64Range(0, 60).Draw(t, "walk"), TouchedGrid: rapid.Float64Range(0, 200).Draw(t, "touched")}
		}
		one, err := Solve(context.Background(), p, goal, opt)
		if err != nil {
			return // the question was bad, and said so
		}
		wantValid(t, p, one)
		opt.Threads = 2
		two, err := Solve(context.Background(), p, goal, opt)
		if err != nil || !slices.Equal(one.Plan, two.Plan) {
			t.Fatalf("the plan differs between one thread and two")
		}
		if one.Feasible && goal.Task == Balance && one.Metrics.MovedHouseholds < one.LowerBound {
			t.Fatalf("moved %d, less than the bound %d", one.Metrics.MovedHouseholds, one.LowerBound)
		}
		if one.Feasible && goal.Task == Relieve && one.Metrics.MovedHouseholds < one.LowerBound {
			t.Fatalf("moved %d, less than the bound %d", one.Metrics.MovedHouseholds, one.LowerBound)
		}
		if !one.Feasible && len(one.Obstacles) == 0 {
			t.Fatalf("not feasible, and no word why: %+v %+v %+v", goal, p, one)
		}
	})
}

// cheapest tries every assignment of a small problem and returns the fewest
// moved households of a valid one within the tolerance, or -1.
func cheapest(p *Problem, lo, hi int32) int64 {
	n, k := len(p.Atoms), len(p.Grids)
	plan := make([]int32, n)
	best := int64(-1)
	var walk func(i int)
	walk = func(i int) {
		if i < n {
			for g := range k {
				plan[i] = int32(g)
				walk(i + 1)
			}
			return
		}
		sum := make([]int32, k)
		moved := int64(0)
		for i, g := range plan {
			sum[g] += p.Atoms[i].Load
			if g != p.Initial[i] {
				moved += int64(p.Atoms[i].Households)
			}
		}
		if best >= 0 && moved >= best {
			return
		}
		for _, l := range sum {
			if l < lo || l > hi {
				return
			}
		}
		for g, m := range p.pieces(plan) {
			if m > 1 || g < 0 {
				return
			}
		}
		best = moved
	}
	walk(0)
	return best
}

func TestSmallProblemsReachTheEnumeratedOptimumAndTheBoundHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loads := rapid.SliceOfN(rapid.Int32Range(1, 20), 8, 8).Draw(t, "loads")
		p := lattice(4, 2, 2, func(x, y int) int32 { return loads[y*4+x] })
		goal := Goal{Tolerance: rapid.Float64Range(0.05, 0.4).Draw(t, "tol")}
		r, err := Solve(context.Background(), p, goal, Options{Seed: 1, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		var total int32
		for _, l := range loads {
			total += l
		}
		lo, hi := balanceRange(float64(total)/2, goal.Tolerance)
		want := cheapest(p, lo, hi)
		if want < 0 {
			if r.Feasible {
				t.Fatalf("called feasible, but no assignment is")
			}
			return
		}
		if !r.Feasible || r.Metrics.MovedHouseholds != want {
			t.Fatalf("feasible %v, moved %d, the optimum is %d", r.Feasible, r.Metrics.MovedHouseholds, want)
		}
		if r.LowerBound > want {
			t.Fatalf("bound %d above the optimum %d", r.LowerBound, want)
		}
	})
}
