package rebalance

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

const smallCase = `{"format":"gridplan-case/1","name":"small","norm":40,
"task":{"A":{"kind":"balance","tol":0.05},"B":{"kind":"relieve","upper":48.0,"lower":24.0}},
"communities":["红旗"],"grids":[{"id":"G1","community":0},{"id":"G2","community":0}],
"atoms":[{"id":0,"x":0,"y":0,"community":0,"hh":20,"load":20},{"id":"b","x":30,"y":0,"community":0,"hh":20,"load":20},
{"id":2,"x":60,"y":0,"community":0,"hh":20,"load":20},{"id":3,"x":90,"y":0,"community":0,"hh":20,"load":20}],
"edges":[[0,1,30.0,0],[1,2,30,1],[2,3,30]],"initial":[0,0,0,1]}`

func TestACaseIsReadWithItsGoalsAndNames(t *testing.T) {
	c, err := ParseCase([]byte(smallCase))
	if err != nil {
		t.Fatal(err)
	}
	if g := c.Goals["B"]; g.Task != Relieve || g.Min != 24 || g.Max != 48 || g.Norm != 40 {
		t.Errorf("goal B is %+v", g)
	}
	if c.AtomName(1) != "b" || c.AtomName(0) != "0" || c.GridName(1) != "G2" || c.GridName(2) != "新1" || c.CommunityName(0) != "红旗" {
		t.Errorf("names %s %s %s %s", c.AtomName(1), c.AtomName(0), c.GridName(1), c.GridName(2))
	}
	if !c.Problem.Edges[1].Arterial || c.Problem.Edges[2].Arterial {
		t.Error("arterial roads are not read")
	}
	r, err := Solve(context.Background(), &c.Problem, c.Goals["A"], Options{})
	if err != nil || !r.Feasible || r.Metrics.MovedHouseholds != 20 || r.LowerBound != 20 {
		t.Fatalf("%v, %+v", err, r)
	}
}

func TestABadCaseIsRefusedWithTheReason(t *testing.T) {
	for name, c := range map[string]struct{ old, new, words string }{
		"format":  {"gridplan-case/1", "other/2", "format"},
		"kind":    {`"relieve"`, `"guess"`, "guess"},
		"edge":    {"[0,1,30.0,0]", "[0,1]", "edge"},
		"index":   {"[0,1,30.0,0]", "[0.5,1,30]", "0.5"},
		"missing": {"[2,3,30]", "[2,9,30]", "edge 2"},
		"initial": {"[0,0,0,1]", "[0,0,0,5]", "atom 3"},
		"json":    {`"norm":40`, `"norm":`, "case file"},
		"bounds":  {`"upper":48.0`, `"upper":-1`, "-1"},
	} {
		_, err := ParseCase([]byte(strings.Replace(smallCase, c.old, c.new, 1)))
		if !errors.Is(err, ErrProblem) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v, want words %q", name, err, c.words)
		}
	}
}

func TestGeneratedCasesReachTheirKnownValues(t *testing.T) {
	for _, c := range []struct {
		file, task string
		moved      int64
	}{
		{"tiny-1", "A", 132},
		{"tiny-2", "A", 192},
		{"tiny-3", "A", 62},
		{"tiny-1", "B", 136},
		{"tiny-2", "B", 141},
		{"tiny-3", "B", 35},
		{"edge-dumbbell", "A", 305},
		{"edge-hole", "A", 70},
		{"edge-split", "B", 454},
	} {
		data, err := os.ReadFile("testdata/" + c.file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		k, err := ParseCase(data)
		if err != nil {
			t.Fatal(err)
		}
		for seed := uint64(1); seed <= 3; seed++ {
			r, err := Solve(context.Background(), &k.Problem, k.Goals[c.task], Options{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			wantValid(t, &k.Problem, r)
			if !r.Feasible || r.Metrics.MovedHouseholds != c.moved {
				t.Errorf("%s task %s seed %d: feasible %v, moved %d, want %d", c.file, c.task, seed, r.Feasible, r.Metrics.MovedHouseholds, c.moved)
			}
		}
	}
}

func FuzzParseCase(f *testing.F) {
	f.Add([]byte(smallCase))
	f.Add([]byte(`{"format":"gridplan-case/1","atoms":[{}],"edges":[[0,0,1]]}`))
	f.Add([]byte(`{"format":"gridplan-case/1","atoms":[{"load":5},{}],"edges":[[0,1,1e400]],"task":{"A":{"kind":"first","count":1}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCase(data)
		if err != nil {
			return
		}
		if len(c.Problem.Atoms) > 50 {
			return
		}
		for _, g := range c.Goals {
			r, err := Solve(context.Background(), &c.Problem, g, Options{Effort: 0.001, Threads: 1})
			if err == nil && len(r.Plan) != len(c.Problem.Atoms) {
				t.Fatal("the plan does not name a grid for every atom")
			}
		}
	})
}
