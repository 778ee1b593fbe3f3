package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func bundReport(t *testing.T, wantCode int, args ...string) areaReport {
	t.Helper()
	code, out, errs := rebalanceRun(t, append(args, "--json")...)
	if code != wantCode {
		t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	var rep areaReport
	if err := json.Unmarshal([]byte(lastLine(out)), &rep); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return rep
}

func TestAnOverloadedStreetOfTheBundIsRelievedAndTheMapStaysAsItIs(t *testing.T) {
	s, where := bundStore(t)
	before, err := headOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	picture, geo, plan := filepath.Join(dir, "p.svg"), filepath.Join(dir, "p.geojson"), filepath.Join(dir, "p.json")
	rep := bundReport(t, exitOK, "--store", where, "--area", "310101901", "--picture", picture, "--geojson", geo, "--out", plan)
	if rep.OverBefore == 0 || rep.OverAfter != 0 || rep.UnderAfter != 0 || rep.MovedHouseholds == 0 || rep.Task != "relieve" || rep.Unit != "户" {
		t.Errorf("%+v", rep.rebalanceReport)
	}
	var was, is float64
	for _, r := range rep.Rows {
		was, is = was+r.LoadBefore, is+r.LoadAfter
		if math.Abs(float64(r.GainedHouseholds-r.LostHouseholds)-(r.LoadAfter-r.LoadBefore)) > 0.01 {
			t.Errorf("gains and losses do not explain %+v", r)
		}
	}
	if was != is {
		t.Errorf("%v before, %v after", was, is)
	}
	text, err := os.ReadFile(picture)
	if err != nil || !strings.Contains(string(text), "外滩街道（示例）") || !strings.Contains(string(text), "▲") {
		t.Errorf("the picture: %v, %d bytes", err, len(text))
	}
	checkPlanFiles(t, rep, geo, plan)
	if after, err := headOf(t.Context(), s); err != nil || after.Seq != before.Seq {
		t.Errorf("the store moved from %v to %v, %v", before, after, err)
	}
}

func checkPlanFiles(t *testing.T, rep areaReport, geo, plan string) {
	t.Helper()
	var doc struct {
		Features []struct {
			Properties struct {
				Layer, Code, From, To string
				LoadAfter             float64 `json:"load_after"`
			}
			Geometry struct{ Type string }
		}
	}
	text, err := os.ReadFile(geo)
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	moved, grids := 0, 0
	for _, f := range doc.Features {
		switch f.Properties.Layer {
		case "moved":
			moved++
		case "grid":
			grids++
			i := slices.IndexFunc(rep.Rows, func(r gridRow) bool { return r.Grid == f.Properties.Code })
			if i < 0 || rep.Rows[i].LoadAfter != f.Properties.LoadAfter {
				t.Errorf("%+v", f.Properties)
			}
		}
	}
	var list []movedAtom
	text, err = os.ReadFile(plan)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || moved != rep.MovedAtoms || len(list) != moved || grids != rep.Grids || list[0].From == list[0].To {
		t.Errorf("%v: %d moved atoms, %d in the plan, %d grids; %+v", err, moved, len(list), grids, rep.rebalanceReport)
	}
}

func TestALockedGridKeepsWhatItHasAndIsNamedWhenItIsOver(t *testing.T) {
	_, where := bundStore(t)
	free := bundReport(t, exitOK, "--store", where, "--area", "310101901001")
	i := slices.IndexFunc(free.Rows, func(r gridRow) bool { return r.was == "over" || r.LoadBefore > 500 })
	if i < 0 {
		t.Fatal("no overloaded grid")
	}
	code := free.Rows[i].Grid
	held := bundReport(t, exitWanted, "--store", where, "--area", "310101901001", "--lock", code)
	if r := held.Rows[i]; !r.Locked || r.LoadAfter != r.LoadBefore || r.GainedHouseholds != 0 {
		t.Errorf("%+v", r)
	}
	if len(held.Obstacles) == 0 || !strings.Contains(held.Obstacles[0].Message, code) {
		t.Errorf("%+v", held.Obstacles)
	}
}

func TestGridsOfTheBundAreBalancedSplitDissolvedAndCompared(t *testing.T) {
	_, where := bundStore(t)
	rep := bundReport(t, exitOK, "--store", where, "--area", "310101901001", "--task", "balance", "--tolerance", "0.15", "--pareto", "--choose", "2")
	if rep.WorstDeviation > 0.15+1e-9 || len(rep.Candidates) < 2 {
		t.Errorf("deviation %v, %d candidates", rep.WorstDeviation, len(rep.Candidates))
	}
	rep = bundReport(t, exitOK, "--store", where, "--area", "31010190100101", "--task", "split", "--tolerance", "0.4")
	if rep.Opened != 1 || len(rep.Rows) != 2 || rep.Rows[1].Grid != "新1" || rep.Rows[1].LoadAfter == 0 {
		t.Errorf("%+v", rep.Rows)
	}
	rep = bundReport(t, exitOK, "--store", where, "--area", "31010190100101", "--task", "dissolve", "--max", "900", "--min", "100")
	if rep.Closed != 1 || !rep.Rows[0].Closed || rep.Rows[0].LoadAfter != 0 {
		t.Errorf("%+v", rep.Rows)
	}
}

func TestAWishForShortWaysOrFewTouchedGridsIsHeededOnTheBund(t *testing.T) {
	_, where := bundStore(t)
	ask := func(args ...string) areaReport {
		return bundReport(t, exitOK, append([]string{"--store", where, "--area", "310115901"}, args...)...)
	}
	plain, walk, few := ask(), ask("--walk", "10"), ask("--touched", "100")
	if plain.WalkBeforeM <= 0 || plain.WalkBeforeM != walk.WalkBeforeM || walk.WalkM > 0.9*plain.WalkM || walk.MovedHouseholds <= plain.MovedHouseholds {
		t.Errorf("--walk 10: %+v, without %+v", walk.rebalanceReport, plain.rebalanceReport)
	}
	if few.Touched >= plain.Touched {
		t.Errorf("--touched 100 touches %d grids, %d without", few.Touched, plain.Touched)
	}
	for _, rep := range []areaReport{walk, few} {
		if rep.OverAfter != 0 || rep.UnderAfter != 0 {
			t.Errorf("%+v", rep.rebalanceReport)
		}
	}
}

func TestWhatCannotBeMetIsSaidWithExit1(t *testing.T) {
	_, where := bundStore(t)
	rep := bundReport(t, exitWanted, "--store", where, "--area", "310101901002", "--min", "499", "--max", "500")
	if rep.Feasible || len(rep.Obstacles) == 0 {
		t.Errorf("%+v", rep.rebalanceReport)
	}
}

func TestAQuestionAboutNothingIsRefused(t *testing.T) {
	_, where := bundStore(t)
	for name, args := range map[string][]string{
		"no such grid":       {"--area", "999"},
		"no such task":       {"--area", "310101901", "--task", "fly"},
		"split a street":     {"--area", "310101901", "--task", "split"},
		"no such lock":       {"--area", "310101901", "--lock", "x"},
		"no such network":    {"--area", "310101901", "--network", "party"},
		"a picture as PNG":   {"--area", "310101901", "--picture", "p.png"},
		"bounds no range":    {"--area", "310101901", "--min", "600"},
		"no such candidate":  {"--area", "310101901001", "--pareto", "--choose", "99"},
		"an area and a case": {"--area", "310101901", "--case", "x.json"},
	} {
		code, _, errs := rebalanceRun(t, append(args, "--store", where)...)
		if code != exitBad || errs == "" {
			t.Errorf("%s: exit %d, said %q", name, code, errs)
		}
	}
}

func TestProfilesByWeightsDecideWhatAGridBears(t *testing.T) {
	s, where := bundStore(t)
	err := update(t, s, func(w gridmap.Writer) error {
		return w.PutProfile(t.Context(), gridmap.SizingProfile{
			Network: 1, Level: 2, Unit: "households", Min: 300, Target: 480, Max: 700, Weights: map[string]float64{"households": 1, "shops": 1.5},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	rep := bundReport(t, exitOK, "--store", where, "--area", "310101901001")
	if rep.Unit != "负荷" || rep.Rows[0].LoadBefore <= float64(rep.Rows[0].HouseholdsBefore) {
		t.Errorf("%+v", rep.Rows[0])
	}
}
