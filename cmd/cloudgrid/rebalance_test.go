package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const rebalanceCases = "../../gridmap/rebalance/testdata/"

func rebalanceRun(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(append([]string{"rebalance"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestRebalanceSolvesACaseAndWritesThePlan(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.json")
	code, out, errOut := rebalanceRun(t, "--case", rebalanceCases+"tiny-1.json", "--task", "A", "--seed", "1", "--out", plan, "--json")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	var rep rebalanceReport
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if !rep.Feasible || rep.MovedHouseholds != 132 || rep.LowerBound <= 0 || rep.LowerBound > 132 {
		t.Errorf("%+v", rep)
	}
	data, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	var grids []int
	if err := json.Unmarshal(data, &grids); err != nil || len(grids) != 34 {
		t.Errorf("%v, %d atoms in the plan", err, len(grids))
	}
}

func TestRebalanceExitsWith1AndTheReasonsWhenTheGoalCannotBeMet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heavy.json")
	heavy := `{"format":"gridplan-case/1","name":"heavy","norm":100,"task":{"A":{"kind":"balance","tol":0.05}},
"grids":[{"id":"甲","community":0},{"id":"乙","community":0}],
"atoms":[{"id":"楼1","community":0,"hh":500,"load":500},{"id":"楼2","community":0,"hh":50,"load":50},{"id":"楼3","community":0,"hh":50,"load":50}],
"edges":[[0,1,10,0],[1,2,10,0]],"initial":[0,1,1]}`
	if err := os.WriteFile(file, []byte(heavy), 0o644); err != nil {
		t.Fatal(err)
	}
	plan := filepath.Join(t.TempDir(), "plan.json")
	code, out, _ := rebalanceRun(t, "--case", file, "--out", plan)
	if code != exitWanted || !strings.Contains(out, "楼1") || !strings.Contains(out, "甲") {
		t.Errorf("exit %d, said %q", code, out)
	}
	if strings.Contains(out, "下界") || strings.Contains(out, "差距") {
		t.Errorf("a bound of a goal that cannot be met says nothing: %q", out)
	}
	_, out, _ = rebalanceRun(t, "--case", file, "--json")
	var rep rebalanceReport
	if err := json.Unmarshal([]byte(out), &rep); err != nil || rep.LowerBound != 0 || rep.Gap != 1 {
		t.Errorf("%v, bound %d, gap %v, want 0 and 1", err, rep.LowerBound, rep.Gap)
	}
	if _, out, _ = rebalanceRun(t, "--case", file, "--pareto"); strings.Contains(out, "100.0%") {
		t.Errorf("the candidates say a gap: %q", out)
	}
	if data, err := os.ReadFile(plan); err != nil || !strings.HasPrefix(string(data), "[0,1,1]") {
		t.Errorf("the best plan there is must be written anyway: %q, %v", data, err)
	}
}

func TestRebalanceRefusesBadInputWith2(t *testing.T) {
	for name, args := range map[string][]string{
		"no case":      {},
		"no such file": {"--case", "nowhere.json"},
		"no such task": {"--case", rebalanceCases + "tiny-1.json", "--task", "Z"},
		"bad walk":     {"--case", rebalanceCases + "tiny-1.json", "--walk", "NaN"},
		"far too few":  {"--case", rebalanceCases + "tiny-1.json", "--touched", "1e9"},
		"bad effort":   {"--case", rebalanceCases + "tiny-1.json", "--effort", "-1"},
	} {
		if code, _, errOut := rebalanceRun(t, args...); code != exitBad || errOut == "" {
			t.Errorf("%s: exit %d, said %q", name, code, errOut)
		}
	}
}

func TestRebalanceGivesSeveralCandidatesOfWhichNoneBeatsAnother(t *testing.T) {
	plans := filepath.Join(t.TempDir(), "plans.json")
	code, out, errOut := rebalanceRun(t, "--case", rebalanceCases+"tiny-2.json", "--pareto", "--out", plans, "--json")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	var rep rebalanceReport
	if err := json.Unmarshal([]byte(out), &rep); err != nil || len(rep.Candidates) == 0 {
		t.Fatalf("%v, %+v", err, rep)
	}
	for i, a := range rep.Candidates {
		for j, b := range rep.Candidates {
			if i != j && a.MovedHouseholds <= b.MovedHouseholds && a.WorstDeviation <= b.WorstDeviation && a.BorderM <= b.BorderM {
				t.Errorf("candidate %d is at least as good as %d in everything: %+v %+v", i, j, a, b)
			}
		}
	}
	var file paretoFile
	data, err := os.ReadFile(plans)
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil || len(file.Plan) != 44 || len(file.Candidates) != len(rep.Candidates) || len(file.Candidates[0].Plan) != 44 {
		t.Errorf("%v, %d candidates in the file", err, len(file.Candidates))
	}
}
