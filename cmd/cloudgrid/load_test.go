package main

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

type loadAnswer struct {
	Grids []struct {
		ID                     int64
		Code, Status           string
		Load, Min, Target, Max float64
		Ratio, Deviation       float64
		Community              struct{ Mean float64 }
	}
	Triggers []struct {
		Kind, Message string
		Grid          int64
		Atoms         []int64
		Load          float64
	}
}

func askLoad(t *testing.T, base, query string) loadAnswer {
	t.Helper()
	status, body, _ := fetch(t, base+"/v1/load"+query)
	if status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	var a loadAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryGridIsMeasuredAgainstItsProfileAndItsCommunity(t *testing.T) {
	s, path := demoStore(t)
	base, _ := boot(t, s)
	a := askLoad(t, base, "")
	if len(a.Grids) != 108 {
		t.Fatalf("%d grids, the demo has 108 leaves", len(a.Grids))
	}
	households := map[int64]float64{} // as the store has them
	if err := s.View(t.Context(), func(r gridmap.Reader) error {
		counts := map[gridmap.AtomID]int64{}
		for atom, err := range r.Atoms(t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			counts[atom.ID] = atom.Counts["households"]
		}
		for m, err := range r.Memberships(t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			households[int64(m.Grid)] += float64(counts[m.Atom])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	over := 0
	for _, g := range a.Grids {
		want := "ok"
		switch {
		case households[g.ID] > 3000:
			want = "over"
			over++
		case households[g.ID] < 1000:
			want = "under"
		}
		if g.Load != households[g.ID] || g.Status != want || g.Ratio != g.Load/2000 {
			t.Errorf("grid %s: load %v status %s, want %v %s", g.Code, g.Load, g.Status, households[g.ID], want)
		}
		if d := g.Load/g.Community.Mean - 1; d-g.Deviation > 1e-9 || g.Deviation-d > 1e-9 {
			t.Errorf("grid %s deviates by %v, want %v", g.Code, g.Deviation, d)
		}
	}
	if got := askLoad(t, base, "?status=over"); len(got.Grids) != over {
		t.Errorf("%d grids over when asked for, %d in the whole list", len(got.Grids), over)
	}
	code, out, _ := runCLI(t, "load", "--store", "gpkg:"+path, "--json")
	var report loadSummary
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitWanted {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if report.ByWord["over"] != over || report.Grids != len(a.Grids) {
		t.Errorf("the command counts %+v, the server %d over", report.ByWord, over)
	}
}

func TestANewCompoundAndADemolitionAreToldOf(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	before := time.Now()
	var gone, grown gridmap.Atom
	if err := s.View(t.Context(), func(r gridmap.Reader) error {
		for a, err := range r.Atoms(t.Context(), gridmap.Query{At: before}) {
			if err != nil {
				return err
			}
			switch n := a.Counts["households"]; {
			case gone.ID == 0 && n > 60:
				gone = a
			case grown.ID == 0 && n == 0:
				grown = a
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if gone.ID == 0 || grown.ID == 0 {
		t.Fatal("the demo has no such atoms")
	}
	taken := gone.Counts["households"]
	now := time.Now()
	gone.Counts = map[string]int64{"households": 0}
	grown.Counts = map[string]int64{"households": 5000}
	gone.Span, grown.Span = gridmap.Span{ValidFrom: now}, gridmap.Span{ValidFrom: now}
	if err := update(t, s, func(w gridmap.Writer) error { return w.PutAtoms(t.Context(), gone, grown) }); err != nil {
		t.Fatal(err)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := askLoad(t, base, "?since="+url.QueryEscape(before.Format(time.RFC3339Nano)))
	found := map[string]bool{}
	for _, tr := range a.Triggers {
		found[tr.Kind] = true
		switch tr.Kind {
		case "handover":
			if tr.Load != 5000 || len(tr.Atoms) != 1 || tr.Atoms[0] != int64(grown.ID) {
				t.Errorf("handover %+v", tr)
			}
		case "demolition":
			if tr.Load != float64(taken) || tr.Atoms[0] != int64(gone.ID) {
				t.Errorf("demolition %+v", tr)
			}
		}
		if tr.Message == "" {
			t.Error("a trigger without words")
		}
	}
	for _, kind := range []string{"handover", "demolition", "became_over"} {
		if !found[kind] {
			t.Errorf("no %s among %+v", kind, a.Triggers)
		}
	}
}
