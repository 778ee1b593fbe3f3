package district

import (
	"context"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

const side = 10000 // lattice steps, about 95 × 111 m

// squares is two communities side by side, each three columns and two rows of
// square atoms; the grids of the first are A (five atoms) and B (one), of the
// second C (all).
func squares(t testing.TB) *Map {
	t.Helper()
	m := &Map{CountKeys: []string{"households", "shops"}, Levels: 2, Grids: []Grid{
		{ID: 1, Parent: None, Code: "S1", Name: "甲社区"},
		{ID: 2, Parent: None, Code: "S2", Name: "乙社区"},
		{ID: 3, Level: 1, Parent: 0, Code: "A", Name: "一"},
		{ID: 4, Level: 1, Parent: 0, Code: "B", Name: "二"},
		{ID: 5, Level: 1, Parent: 1, Code: "C", Name: "三"},
	}}
	var shapes []spatial.MultiPolygon
	for y := range int32(2) {
		for x := range int32(6) {
			o := spatial.Point{X: 1200000000 + x*side, Y: 310000000 + y*side}
			shapes = append(shapes, spatial.MultiPolygon{{{o, {X: o.X + side, Y: o.Y}, {X: o.X + side, Y: o.Y + side}, {X: o.X, Y: o.Y + side}}}})
			m.Atoms = append(m.Atoms, Atom{ID: gridmap.AtomID(100 + len(m.Atoms)), Code: string(rune('a' + len(m.Atoms)))})
			m.Counts = append(m.Counts, []int64{10, int64(x)})
			owner := int32(2)
			switch {
			case x >= 3:
				owner = 4
			case x == 2 && y == 1:
				owner = 3
			}
			m.Owner = append(m.Owner, owner)
		}
	}
	ground, problems := topology.Build(shapes)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m.Ground = ground
	return m
}

func area(t testing.TB, m *Map, opt Options) *Area {
	t.Helper()
	x, err := New(m, opt)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestACommunityBecomesAProblemWithItsAtomsNeighboursAndLoads(t *testing.T) {
	x := area(t, squares(t), Options{Within: []int32{0}})
	p := x.Problem
	if len(p.Atoms) != 6 || len(p.Grids) != 2 || len(p.Edges) != 7 || len(x.Communities) != 1 {
		t.Fatalf("%d atoms, %d grids, %d edges, %d communities", len(p.Atoms), len(p.Grids), len(p.Edges), len(x.Communities))
	}
	for _, e := range p.Edges {
		if e.LengthM < 90 || e.LengthM > 115 {
			t.Errorf("a side of %v m", e.LengthM)
		}
	}
	for i, a := range p.Atoms {
		if a.Households != 10 || a.Load != 10 || abs(a.XM) > 150 || abs(a.YM) > 120 {
			t.Errorf("atom %d: %+v", i, a)
		}
	}
	if d := p.Atoms[1].XM - p.Atoms[0].XM; d < 90 || d > 100 {
		t.Errorf("middles %v m apart", d)
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestAPlanComesBackAsMovesOfAtomsBetweenGridsOfTheMap(t *testing.T) {
	m := squares(t)
	x := area(t, m, Options{Within: []int32{0, 1}, LockedGrids: []int32{4}})
	if !x.Problem.Grids[2].Locked {
		t.Fatal("the lock is lost")
	}
	r, err := rebalance.Solve(context.Background(), &x.Problem, x.DefaultGoal(), rebalance.Options{Seed: 1})
	if err != nil || !r.Feasible {
		t.Fatal(err, r)
	}
	moves := x.Moves(r.Plan)
	if len(moves) != 2 {
		t.Fatalf("%+v", moves)
	}
	for _, k := range moves {
		if k.From != 2 || k.To != 3 || k.New != 0 || m.Atoms[k.Face].ID != k.Atom {
			t.Errorf("%+v", k)
		}
	}
}

func TestGridsOverTheMaximumOpenNewOnesWhichTheAnswerNumbers(t *testing.T) {
	x := area(t, squares(t), Options{Within: []int32{4}, Profile: gridmap.SizingProfile{Unit: "households", Min: 15, Target: 20, Max: 25}})
	goal := x.DefaultGoal()
	if goal.Task != rebalance.Relieve || goal.Min != 15 || goal.Max != 25 {
		t.Fatalf("%+v", goal)
	}
	r, err := rebalance.Solve(context.Background(), &x.Problem, goal, rebalance.Options{Seed: 1})
	if err != nil || !r.Feasible || len(r.NewGrids) != 2 {
		t.Fatalf("%v %+v", err, r)
	}
	seen := map[int]bool{}
	for _, k := range x.Moves(r.Plan) {
		seen[k.New] = true
		if k.To != None || x.ParentOf(r.NewGrids[k.New-1]) != 1 {
			t.Errorf("%+v", k)
		}
	}
	if !seen[1] || !seen[2] || x.GridName(int32(len(x.Grids))) != "新1" {
		t.Error(seen)
	}
}

func TestGroundOfACommunityWithoutGridsGetsAFirstPlan(t *testing.T) {
	m := squares(t)
	for f, g := range m.Owner {
		if g == 4 {
			m.Owner[f] = 1
		}
	}
	m.Grids = m.Grids[:4]
	x := area(t, m, Options{Within: []int32{1}, Profile: gridmap.SizingProfile{Target: 30}})
	goal := x.DefaultGoal()
	if goal.Task != rebalance.FirstPlan || goal.Norm != 30 || x.Problem.Initial[0] != rebalance.Unassigned {
		t.Fatalf("%+v %v", goal, x.Problem.Initial)
	}
	r, err := rebalance.Solve(context.Background(), &x.Problem, goal, rebalance.Options{Seed: 1})
	if err != nil || !r.Feasible || len(r.NewGrids) != 2 {
		t.Fatalf("%v %+v", err, r)
	}
	if got := x.Moves(r.Plan); len(got) != 6 || got[0].From != None {
		t.Errorf("%+v", got)
	}
}

func TestGroundThatACommunityHoldsBesideItsGridsIsTakenOnlyWhenAsked(t *testing.T) {
	m := squares(t)
	m.Owner[0] = 0
	if x := area(t, m, Options{Within: []int32{0}}); len(x.Faces) != 5 {
		t.Errorf("%d atoms", len(x.Faces))
	}
	if x := area(t, m, Options{Within: []int32{0}, Loose: true}); len(x.Faces) != 6 || x.Problem.Initial[0] != rebalance.Unassigned {
		t.Errorf("%d atoms", len(x.Faces))
	}
}

func TestFractionsOfWeightsAreScaledToWholeLoads(t *testing.T) {
	m := squares(t)
	x := area(t, m, Options{Within: []int32{0}, Staff: 2, Profile: gridmap.SizingProfile{
		Weights: map[string]float64{"households": 1, "shops": 0.25}, Min: 10.001, Max: 20, PerStaff: true,
	}})
	if x.Scale != 100 || x.Problem.Atoms[2].Load != 1050 || x.Load(1050) != 10.5 {
		t.Errorf("scale %d, %+v", x.Scale, x.Problem.Atoms[2])
	}
	if least, _, most := x.Bounds(); least != 2001 || most != 4000 {
		t.Error(least, most)
	}
}

func TestDedicatedAndWaterborneGridsAreNotTouched(t *testing.T) {
	m := squares(t)
	m.Grids[3].Type, m.Grids[4].Type = gridmap.Dedicated, gridmap.Waterborne
	x := area(t, m, Options{Within: []int32{0, 1}})
	if g := x.Problem.Grids; g[0].Dedicated || !g[1].Dedicated || !g[2].Dedicated {
		t.Errorf("%+v", g)
	}
}

func TestBordersAlongAMarkedLineAreBarriers(t *testing.T) {
	m := squares(t)
	at := func(x, y int32) spatial.Point {
		return spatial.Point{X: 1200000000 + x*side, Y: 310000000 + y*side}
	}
	m.Marks = MarksAlong(m.Ground, []Line{
		{Points: []spatial.Point{at(1, 0), at(1, 2)}, Barrier: true},
		{Points: []spatial.Point{at(1, 1), at(3, 1)}, Arterial: true},
		{Points: []spatial.Point{at(0, 0), at(6, 2)}, Barrier: true}, // crosses, runs along nothing
	}, 0)
	x := area(t, m, Options{Within: []int32{0}})
	barriers, arterials := 0, 0
	for _, e := range x.Problem.Edges {
		if e.Barrier {
			barriers++
			if x.Faces[e.A]%6 != 0 || x.Faces[e.B]%6 != 1 {
				t.Errorf("barrier between %d and %d", x.Faces[e.A], x.Faces[e.B])
			}
		}
		if e.Arterial {
			arterials++
		}
	}
	if barriers != 2 || arterials != 2 {
		t.Errorf("%d barriers, %d arterials", barriers, arterials)
	}
}

func TestPinsAndLockedAtomsReachTheProblem(t *testing.T) {
	x := area(t, squares(t), Options{Within: []int32{0}, Pins: [][]int32{{0, 1, 11}}, LockedAtoms: []int32{2, 11}})
	a := x.Problem.Atoms
	if a[0].Pin != 1 || a[1].Pin != 1 || a[2].Pin != 0 || !a[2].Locked || a[1].Locked {
		t.Errorf("%+v", a)
	}
	if _, err := New(squares(t), Options{Within: []int32{0}, Pins: [][]int32{{0, 1}, {1, 2}}}); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Error("an atom pinned twice: ", err)
	}
}

func TestAPointOfEachAtomLiesInIt(t *testing.T) {
	o := spatial.Point{X: 1200000000, Y: 310000000}
	at := func(x, y int32) spatial.Point { return spatial.Point{X: o.X + x, Y: o.Y + y} }
	ring := spatial.Ring{at(0, 0), at(900, 0), at(900, 900), at(0, 900)}
	hole := spatial.Ring{at(100, 100), at(100, 800), at(700, 800), at(700, 100)}
	if p := Inside(spatial.MultiPolygon{{ring, hole}}); p.X <= at(700, 0).X || p.X >= at(900, 0).X {
		t.Error(p)
	}
	island := spatial.Ring{at(2000, 0), at(2100, 0), at(2100, 100), at(2000, 100)}
	if p := Inside(spatial.MultiPolygon{{island}, {ring, hole}}); p.X >= at(900, 0).X {
		t.Error("not in the largest part: ", p)
	}
	if p := Inside(nil); p != (spatial.Point{}) {
		t.Error(p)
	}
	if measure.AreaM2(spatial.MultiPolygon{{ring}}) <= 0 {
		t.Error("the ring runs the wrong way")
	}
}

func TestWhatDoesNotFitTogetherIsRefusedInWords(t *testing.T) {
	for name, spoil := range map[string]func(*Map, *Options){
		"nothing chosen":      func(_ *Map, o *Options) { o.Within = nil },
		"no such grid":        func(_ *Map, o *Options) { o.Within = []int32{99} },
		"no ground":           func(m *Map, _ *Options) { m.Ground = nil },
		"owner out of range":  func(m *Map, _ *Options) { m.Owner[0] = 77 },
		"no counts":           func(m *Map, _ *Options) { m.Counts[0] = nil },
		"no such count":       func(_ *Map, o *Options) { o.Profile.Unit = "ships" },
		"no such weight":      func(_ *Map, o *Options) { o.Profile.Weights = map[string]float64{"ships": 2} },
		"negative weight":     func(_ *Map, o *Options) { o.Profile.Weights = map[string]float64{"shops": -2} },
		"negative count":      func(m *Map, _ *Options) { m.Counts[0][0] = -1 },
		"child before parent": func(m *Map, _ *Options) { m.Grids[0].Parent = 3 },
		"mark of no atom":     func(m *Map, _ *Options) { m.Marks = []Mark{{A: 1, B: 99}} },
	} {
		m, opt := squares(t), Options{Within: []int32{0}}
		spoil(m, &opt)
		if _, err := New(m, opt); err == nil || gridmap.CodeOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGridsAreFoundByCodeThenById(t *testing.T) {
	m := squares(t)
	m.Grids[1].Code = "3"
	for text, want := range map[string]int32{"A": 2, " S1 ": 0, "3": 1, "4": 3} {
		if got, err := m.Find(text); err != nil || got != want {
			t.Errorf("%q: %d %v", text, got, err)
		}
	}
	if _, err := m.Find("nowhere"); gridmap.CodeOf(err) != gridmap.NotFound || !strings.Contains(err.Error(), "nowhere") {
		t.Error(err)
	}
}
