package rebalance

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// counted is what a tally should say of an assignment, counted the plain way:
// the walking of a grid from the distances between all pairs of its atoms.
func counted(s *search, p *Problem, t *tally) (walked int64, touched int) {
	changed := map[int32]bool{}
	for u, g := range s.asg {
		if h := s.a.home[u]; h != g {
			changed[h], changed[g] = true, true
		}
	}
	delete(changed, -1)
	for g := range s.mem {
		var atoms []int32
		for _, u := range s.mem[g] {
			atoms = append(atoms, s.a.units[u]...)
		}
		var pairs float64 // in steps squared, atoms on whole steps
		for i, a := range atoms {
			for _, b := range atoms[i+1:] {
				x, y := p.Atoms[a], p.Atoms[b]
				d := math.Hypot(x.XM-y.XM, x.YM-y.YM) / t.stepM
				pairs += float64(x.Households) * float64(y.Households) * d * d
			}
		}
		walked += int64(math.Sqrt(pairs) + 0.5)
	}
	return walked, len(changed)
}

func TestTheTallyIsWhatCountingAnewGivesAfterAnyMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomProblem(t)
		w := Weights{WalkPerKm: rapid.Float64Range(0.1, 50).Draw(t, "walk"), TouchedGrid: rapid.Float64Range(1, 100).Draw(t, "touched")}
		if p.Check() != nil {
			return
		}
		_, jobs := prepare(p, Goal{Task: Relieve, Max: 100}, Options{Weights: w})
		for _, j := range jobs {
			var s *search
			if j.k() < 2 || j.fresh() || !j.open(1, newQuantiles(), &s) || s.tally == nil || slices.Contains(s.asg, -1) {
				continue
			}
			for range rapid.IntRange(1, 30).Draw(t, "moves") {
				u := int32(rapid.IntRange(0, j.n()-1).Draw(t, "unit"))
				to := int32(rapid.IntRange(0, j.k()-1).Draw(t, "to"))
				if s.asg[u] == to {
					continue
				}
				group := []int32{u}
				for _, v := range s.mem[s.asg[u]] {
					if v != u && rapid.IntRange(0, 3).Draw(t, "too") == 0 {
						group = append(group, v)
					}
				}
				m := shift{u: u, g: s.asg[u], t: to}
				s.tally.gather(group, m.g, to)
				said, before := s.tally.gain(&m, len(group)), s.tally.worth()
				for _, v := range group {
					s.move(v, to)
				}
				if is := s.tally.worth() - before; math.Abs(is-said) > 1e-6*(1+s.tally.worth()) {
					t.Fatalf("%d units from %d to %d: said to cost %v, cost %v", len(group), m.g, to, said, is)
				}
				walked, touched := counted(s, p, s.tally)
				// the middle of an area can lie between two steps
				if off := walked - s.tally.walked; off > int64(j.k()) || off < -int64(j.k()) || touched != s.tally.touched {
					t.Fatalf("tallied %d steps and %d grids, counted %d and %d", s.tally.walked, s.tally.touched, walked, touched)
				}
				anew := j.newTally()
				anew.load(s.asg)
				if !slices.Equal(anew.groups, s.tally.groups) || !slices.Equal(anew.walk, s.tally.walk) || !slices.Equal(anew.changes, s.tally.changes) ||
					anew.walked != s.tally.walked || anew.touched != s.tally.touched {
					t.Fatalf("after moves %+v, counted anew %+v", s.tally, anew)
				}
			}
		}
	})
}

func TestATryThatIsTakenBackLeavesTheTallyAsItWas(t *testing.T) {
	p := lattice(12, 8, 4, func(x, y int) int32 { return 5 + int32(x*y%7) })
	p.Atoms[0].Load, p.Atoms[0].Households = 40, 40
	w := Weights{WalkPerKm: 5, TouchedGrid: 30}
	_, jobs := prepare(p, Goal{}, Options{Weights: w, Effort: 0.05})
	var s *search
	jobs[0].open(3, newQuantiles(), &s)
	s.anneal(context.Background(), schedule{proposals: 40000, hot: 20, cold: 1})
	anew := jobs[0].newTally()
	anew.load(s.asg)
	if anew.walked != s.tally.walked || anew.touched != s.tally.touched || !slices.Equal(anew.changes, s.tally.changes) || s.tally.touched == 0 {
		t.Fatalf("after annealing %d steps, %d grids; counted anew %d, %d", s.tally.walked, s.tally.touched, anew.walked, anew.touched)
	}
}

func TestTheWayToTheMiddleOfAGridIsMeasuredInMetres(t *testing.T) {
	p := &Problem{
		Atoms: []Atom{
			{XM: 5e6, YM: 3e6, Households: 3}, {XM: 5e6 + 40, YM: 3e6, Households: 1}, // middle at 10 m: 3 walk 10 m, 1 walks 30 m
			{XM: 0, YM: 0, Households: 2}, {XM: 0, YM: 0, Households: 0}, {XM: 900, YM: 0, Households: 50},
		},
		Grids:   []Grid{{}, {}, {}},
		Initial: []int32{0, 0, 1, 2, Unassigned},
	}
	if m := p.Measure(p.Initial, nil); math.Abs(m.WalkM-60.0/6) > 1e-6 {
		t.Errorf("households walk %v m, want 10", m.WalkM)
	}
	if m := p.Measure([]int32{Unassigned, Unassigned, Unassigned, 2, Unassigned}, nil); m.WalkM != 0 {
		t.Errorf("nobody walks %v m", m.WalkM)
	}
	p.Initial = []int32{0, 0, Unassigned, Unassigned, Unassigned}
	a := &area{units: [][]int32{{0}, {1}}, hh: []int32{3, 1}}
	points, step := p.clusters(a)
	both := points[0]
	both.add(points[1], 1)
	if m := float64(both.walk()) * step; step != 0.1 || math.Abs(m-4*math.Sqrt(300)) > 0.1 { // mean square (3*100+900)/4 = 300
		t.Errorf("standard distance of 4 households: %v household-metres in steps of %v", m, step)
	}
}

func TestSumsOverTheLargestGroundKeepTheirDigits(t *testing.T) {
	p := &Problem{
		Atoms:   []Atom{{XM: -1e9, YM: -1e9, Households: math.MaxInt32 / 8}, {XM: 1e9, YM: 1e9, Households: math.MaxInt32 / 8}},
		Grids:   []Grid{{}},
		Initial: []int32{0, 0}, Edges: []Edge{{A: 0, B: 1}},
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	points, step := p.clusters(&area{units: [][]int32{{0}, {1}}, hh: []int32{math.MaxInt32 / 8, math.MaxInt32 / 8}})
	both := points[0]
	both.add(points[1], 1)
	want := 2 * float64(math.MaxInt32/8) * math.Sqrt2 * 1e9
	if got := float64(both.walk()) * step; math.Abs(got/want-1) > 1e-3 {
		t.Errorf("walking %v, want %v", got, want)
	}
}

// crooked is a community whose two grids, alike in load, lie as combs into
// each other.
func crooked() *Problem {
	p := lattice(12, 10, 2, flat(10))
	for i := range p.Initial {
		x, y := i%12, i/12
		p.Initial[i] = int32(btoi(x == 11 || x > 0 && y%2 == 1))
	}
	return p
}

func TestAWeightOnWalkingMovesHouseholdsToShortenTheWay(t *testing.T) {
	p := crooked()
	opt := Options{Seed: 1, Effort: 0.3}
	without, err := Solve(context.Background(), p, Goal{}, opt)
	if err != nil || without.Metrics.MovedHouseholds != 0 {
		t.Fatalf("%+v %v", without.Metrics, err)
	}
	opt.Weights.WalkPerKm = 50
	with, err := Solve(context.Background(), p, Goal{}, opt)
	if err != nil {
		t.Fatal(err)
	}
	wantValid(t, p, with)
	if !with.Feasible || with.Metrics.WalkM > 0.85*without.Metrics.WalkM || with.Metrics.MovedHouseholds <= without.Metrics.MovedHouseholds {
		t.Errorf("with the weight %+v, without %+v", with.Metrics, without.Metrics)
	}
	if r, err := Solve(context.Background(), lattice(4, 4, 2, flat(10)), Goal{}, opt); err != nil || r.Metrics.MovedHouseholds != 0 {
		t.Errorf("two compact grids are redrawn: %+v %v", r, err)
	}
}

// shedding has a grid of 97 between two of 50, where 76 is the most: it can
// lose 10 to the one and 12 to the other, or 25 to the first alone.
func shedding() *Problem {
	p := &Problem{Grids: []Grid{{}, {}, {}}, Initial: []int32{0, 1, 1, 1, 2, 1}}
	for _, l := range []int32{50, 10, 50, 12, 50, 25} {
		p.Atoms = append(p.Atoms, Atom{Households: l, Load: l})
	}
	for _, e := range [][2]int32{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {2, 5}, {0, 5}} {
		p.Edges = append(p.Edges, Edge{A: e[0], B: e[1]})
	}
	return p
}

func TestAWeightOnTouchedGridsLeavesMoreGridsAsTheyAre(t *testing.T) {
	for weight, want := range map[float64]Metrics{0: {MovedHouseholds: 22, Touched: 3}, 1: {MovedHouseholds: 22, Touched: 3}, 10: {MovedHouseholds: 25, Touched: 2}} {
		r, err := Solve(context.Background(), shedding(), Goal{Task: Relieve, Min: 40, Max: 76}, Options{Seed: 1, Weights: Weights{TouchedGrid: weight}})
		if err != nil || !r.Feasible || r.Metrics.MovedHouseholds != want.MovedHouseholds || r.Metrics.Touched != want.Touched {
			t.Errorf("weight %v: %+v %v, want %+v", weight, r, err, want)
		}
	}
}

func TestAReturnUndoesAllThatAGridLostAndGained(t *testing.T) {
	p := lattice(12, 4, 4, flat(10))
	_, jobs := prepare(p, Goal{}, Options{Weights: Weights{TouchedGrid: 30}})
	var s *search
	jobs[0].open(1, newQuantiles(), &s)
	s.move(2, 1)  // two of grid 0 go to grid 1,
	s.move(14, 1) //
	s.move(5, 2)  // and one of grid 1 to grid 2
	s.restart(slices.Clone(s.asg))
	if s.tally.touched != 3 {
		t.Fatalf("%d grids touched, want 3", s.tally.touched)
	}
	for range 4000 {
		s.proposeReturn()
	}
	if s.tally.touched != 0 || s.moved != 0 || !slices.Equal(s.asg, s.a.home) {
		t.Errorf("%d grids still touched, %v households away", s.tally.touched, s.moved)
	}
}

func TestWithoutTheNewWeightsPlansAreByteForByteWhatTheyWere(t *testing.T) {
	for _, c := range []struct {
		file, task string
		sum        uint64
	}{
		{"tiny-1", "A", 0x67e6d8fe7dd10ad5},
		{"tiny-2", "B", 0x4871ba99b9b9d5cc},
		{"edge-hole", "B", 0xe95638a6322526f6},
		{"edge-dumbbell", "B", 0x3573dff3e0e80646},
		{"edge-split", "A", 0x4ae98d8fd022848f},
		{"edge-split", "B", 0x76f628238816d255},
	} {
		k := readCase(t, c.file)
		r, err := Solve(context.Background(), &k.Problem, k.Goals[c.task], Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		for _, g := range r.Plan {
			h.Write([]byte{byte(g), byte(g >> 8)})
		}
		if h.Sum64() != c.sum {
			t.Errorf("%s task %s: sum %#x", c.file, c.task, h.Sum64())
		}
	}
}

func readCase(t *testing.T, name string) *Case {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseCase(data)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestABadWeightIsRefusedByName(t *testing.T) {
	for name, w := range map[string]Weights{
		"border per metre: -1": {BorderPerM: -1},
		"arterial: NaN":        {Arterial: float32(math.NaN())},
		"balance: +Inf":        {Balance: math.Inf(1)},
		"walk per km: -0.5":    {WalkPerKm: -0.5},
		"walk per km: NaN":     {WalkPerKm: math.NaN()},
		"walk per km: 1000.5":  {WalkPerKm: 1000.5},
		"touched grid: -3":     {TouchedGrid: -3},
		"touched grid: +Inf":   {TouchedGrid: math.Inf(1)},
		"touched grid: 200000": {TouchedGrid: 2e5},
	} {
		_, err := Solve(context.Background(), lattice(4, 2, 2, flat(10)), Goal{}, Options{Weights: w})
		if !errors.Is(err, ErrProblem) || !strings.Contains(err.Error(), "weight "+name) {
			t.Errorf("%+v: %v, want it to say %q", w, err, name)
		}
	}
}

func TestWhatIsImpossibleIsStillNamedWhenWalkingAndTouchedGridsCount(t *testing.T) {
	p := lattice(8, 4, 4, func(x, y int) int32 {
		if x == 0 && y == 0 {
			return 400
		}
		return 10 + int32(x)
	})
	p.Grids[3].Locked = true
	r, err := Solve(context.Background(), p, Goal{}, Options{Seed: 1, Effort: 0.2, Weights: Weights{WalkPerKm: 20, TouchedGrid: 50}})
	if err != nil {
		t.Fatal(err)
	}
	wantValid(t, p, r)
	if o := wantObstacle(t, r, HeavyAtom, true); r.Feasible || o.Atom != 0 || o.Load != 400 {
		t.Errorf("feasible %v, obstacle %+v", r.Feasible, o)
	}
	wantObstacle(t, r, LockedOut, true)
	pinned := lattice(6, 2, 3, flat(10))
	for i := range pinned.Atoms {
		pinned.Atoms[i].Locked = true
	}
	all, err := Solve(context.Background(), pinned, Goal{}, Options{Weights: Weights{WalkPerKm: 1000, TouchedGrid: MaxTouchedGrid}})
	if err != nil || all.Metrics.MovedHouseholds != 0 {
		t.Errorf("locked atoms move: %+v %v", all, err)
	}
}

func TestCandidatesTradeWalkingAndTouchedGridsWhereTheyCount(t *testing.T) {
	p := lattice(24, 10, 6, func(x, y int) int32 { return 4 + int32((x*7+y*3)%9) + int32(x/6) })
	opt := Options{Seed: 1, Effort: 0.2, Weights: Weights{WalkPerKm: 10, TouchedGrid: 20}}
	set, err := Pareto(context.Background(), p, Goal{Tolerance: 0.1}, opt, nil)
	if err != nil || len(set) < 3 {
		t.Fatalf("%d candidates, %v", len(set), err)
	}
	for i, c := range set {
		wantValid(t, p, c.Result)
		for j, o := range set {
			if i != j && o.beats(c) {
				t.Errorf("candidate %d %+v is beaten by %d %+v", i, c.Metrics, j, o.Metrics)
			}
		}
	}
	opt.Weights = Weights{}
	plain, err := Pareto(context.Background(), p, Goal{Tolerance: 0.1}, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if nearest(set) >= nearest(plain) {
		t.Errorf("the shortest way is %v m with a weight, %v m without", nearest(set), nearest(plain))
	}
}

func TestACandidateThatIsBetterInWhatHasAWeightIsNotBeaten(t *testing.T) {
	of := func(w Weights, walkM float64, touched int) Candidate {
		return Candidate{Result: &Result{Feasible: true, Metrics: Metrics{MovedHouseholds: 5, WalkM: walkM, Touched: touched}}, wants: w}
	}
	for name, c := range map[string]struct {
		wants   Weights
		walkM   float64
		touched int
		beaten  bool
	}{
		"nearer, and it counts":       {Weights{WalkPerKm: 1}, 80, 3, false},
		"nearer, and it does not":     {Weights{}, 80, 3, true},
		"fewer grids, and they count": {Weights{TouchedGrid: 1}, 90, 2, false},
		"fewer grids, for nothing":    {Weights{WalkPerKm: 1}, 90, 2, true},
	} {
		if of(c.wants, 90, 3).beats(of(c.wants, c.walkM, c.touched)) != c.beaten {
			t.Errorf("%s: beaten %v", name, !c.beaten)
		}
	}
}

func nearest(set []Candidate) float64 {
	least := math.Inf(1)
	for _, c := range set {
		least = min(least, c.Metrics.WalkM)
	}
	return least
}

func TestLimitsComeBeforeWishes(t *testing.T) {
	p := lattice(24, 10, 6, func(x, y int) int32 { return 4 + int32((x*7+y*3)%9) + int32(x/4) })
	for name, w := range map[string]Weights{
		"nothing":  {},
		"walking":  {WalkPerKm: MaxWalkPerKm},
		"touching": {TouchedGrid: MaxTouchedGrid},
		"both":     {WalkPerKm: MaxWalkPerKm, TouchedGrid: MaxTouchedGrid},
	} {
		for _, goal := range []Goal{{}, {Task: Relieve, Min: 300, Max: 400}} {
			opt := Options{Seed: 1, Effort: 0.1, Weights: w}
			r, err := Solve(context.Background(), p, goal, opt)
			if err != nil || !r.Feasible {
				t.Errorf("%s, task %d: %+v %v", name, goal.Task, r, err)
				continue
			}
			wantValid(t, p, r)
			if set, err := Pareto(context.Background(), p, goal, opt, nil); err != nil || !set[0].Feasible {
				t.Errorf("%s, task %d: candidates %+v %v", name, goal.Task, set[0], err)
			}
		}
	}
}
