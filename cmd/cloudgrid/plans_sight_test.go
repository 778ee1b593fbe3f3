package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// sighted is what a board tells of grids and atoms.
type sighted struct {
	Grids []struct {
		ID, Households int64
		Load           float64
		Staff          int
		Status         string
		Counts         []int64
		Attrs          map[string]string
		Leaf, Masked   bool
	}
	Atoms struct {
		ID, Owner, Households []int64
		Load                  []float64
	}
}

func (o *office) sees(v *visitor, plan int64) (b sighted) {
	o.t.Helper()
	status, body, _ := v.get(fmt.Sprintf("/v1/plans/%d/board", plan))
	if err := json.Unmarshal([]byte(body), &b); err != nil || status != http.StatusOK {
		o.t.Fatalf("%d %v %.300s", status, err, body)
	}
	return b
}

// TestABoardTellsNoFiguresOfWhatItsReaderMayNotSee compares what a planner of
// one grid reads of a draft with what one of everything does: the same of the
// own part, and beyond it names and ground without anything that was counted.
func TestABoardTellsNoFiguresOfWhatItsReaderMayNotSee(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{perMinute: -1})
	all := o.in("all", gridmap.Grant{Role: rights.Planner})
	one := o.in("one", gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.own})
	id := o.planOver(one, o.own)
	full, part := o.sees(all, id), o.sees(one, id)
	if len(part.Grids) != len(full.Grids) || len(part.Atoms.ID) != len(full.Atoms.ID) {
		t.Fatalf("%d of %d grids, %d of %d atoms", len(part.Grids), len(full.Grids), len(part.Atoms.ID), len(full.Atoms.ID))
	}
	for i, g := range part.Grids {
		own, sum := g.ID == int64(o.own), int64(0)
		for _, c := range g.Counts {
			sum += c
		}
		switch {
		case full.Grids[i].Masked:
			t.Errorf("grid %d is masked for a planner of everything", g.ID)
		case own && (g.Masked || g.Households != full.Grids[i].Households || g.Load != full.Grids[i].Load || g.Households == 0):
			t.Errorf("the own grid: %+v, want %+v", g, full.Grids[i])
		case !own && (!g.Masked || g.Households != 0 || g.Load != 0 || g.Staff != 0 || sum != 0 || g.Attrs != nil || g.Status != "none"):
			t.Errorf("beyond: %+v", g)
		}
	}
	outside, counted := int64(0), 0
	for i, owner := range part.Atoms.Owner {
		own := owner == int64(o.own)
		if !own && full.Atoms.Households[i] > 0 {
			outside = part.Atoms.ID[i]
		}
		if own && part.Atoms.Households[i] != full.Atoms.Households[i] || !own && (part.Atoms.Households[i] != 0 || part.Atoms.Load[i] != 0) {
			t.Errorf("atom %d of grid %d has %d households", part.Atoms.ID[i], owner, part.Atoms.Households[i])
		}
		if own && part.Atoms.Households[i] > 0 {
			counted++
		}
	}
	if counted == 0 || outside == 0 {
		t.Fatal("nothing to tell apart")
	}
	o.wantNothingBeyond(one, id, outside)
}

// wantNothingBeyond looks at the other ways to a draft's figures.
func (o *office) wantNothingBeyond(one *visitor, id, outside int64) {
	o.t.Helper()
	path := fmt.Sprintf("/v1/plans/%d", id)
	if _, body, _ := one.get(fmt.Sprintf("%s/atoms/%d", path, outside)); !strings.Contains(body, `"counts":{}`) || !strings.Contains(body, `"load":0,`) {
		o.t.Errorf("an atom beyond: %.400s", body)
	}
	_, body, _ := one.get(path + "/problems")
	var found struct{ Problems []struct{ Grids []int64 } }
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		o.t.Fatal(err)
	}
	for _, f := range found.Problems {
		mine := len(f.Grids) == 0
		for _, g := range f.Grids {
			mine = mine || g == int64(o.own)
		}
		if !mine {
			o.t.Errorf("a problem of grids %v", f.Grids)
		}
	}
	status, body := one.postJSON(path+"/proposals", fmt.Sprintf(`{"task":"balance","grids":[%d]}`, o.other))
	if status != http.StatusForbidden {
		o.t.Errorf("the engine is asked about ground beyond: %d %s", status, body)
	}
	status, body = one.postJSON(path+"/ops", fmt.Sprintf(`{"base_rev":0,"ops":[{"id":"a","kind":"set_attrs","grid":%d,"name":"改名"}]}`, o.own))
	if status != http.StatusOK || !strings.Contains(body, "改名") {
		o.t.Fatal(status, body)
	}
	var answer struct {
		Effects struct {
			Grids []struct {
				ID     int64
				Masked bool
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		o.t.Fatal(err)
	}
	for _, g := range answer.Effects.Grids {
		if g.Masked == (g.ID == int64(o.own)) {
			o.t.Errorf("effects tell of grid %d, masked: %v", g.ID, g.Masked)
		}
	}
}
