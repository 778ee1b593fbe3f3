package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/measure"
)

func TestChaisangAnswersOnePointThreeTimesAndListsDoorsTooFarToWalk(t *testing.T) {
	p := openPack(t, "chaisang")
	p.wantGrids("main", 1, 5)
	if nets := p.atlas().Nets(); len(nets) != 3 {
		t.Fatalf("%d nets", len(nets))
	}
	for _, n := range p.atlas().Nets() {
		p.wantWhole(n.Network.Code, 2)
	}
	p.wantCheck(exitOK, `"problems":[]`)
	stations := p.placesOf("station")
	if len(stations) != 6 {
		t.Errorf("%d stations", len(stations))
	}
	home := p.placesOf("compound")[90]
	a := p.at(home, "&network=*")
	codes := map[string]bool{a.Chain[1].Code: true}
	for _, o := range a.Others {
		codes[o.Chain[1].Code] = true
		if n := len(o.Duty.Contacts); n < 2 || o.Duty.Contacts[n-1].Kind != "hotline" {
			t.Errorf("%s: %+v", o.Network, o.Duty.Contacts)
		}
	}
	if len(a.Others) != 2 || len(codes) != 3 {
		t.Errorf("answers %v", codes)
	}
	want := map[int64]bool{} // over 15 min at 80 m/min, streets 1.3 times the straight line
	for i := range p.atlas().Places() {
		x := &p.atlas().Places()[i]
		near := slices.ContainsFunc(stations, func(s *gridmap.Place) bool { return measure.DistanceM(x.Point, s.Point)*1.3 <= 15*80 })
		if !near {
			want[int64(x.ID)] = true
		}
	}
	var r struct {
		Stations int
		Far      []struct {
			Place   int64
			Minutes float64
			Station string
		}
	}
	p.get("/v1/reach?kind=station&minutes=15", &r)
	got := map[int64]bool{}
	for _, x := range r.Far {
		got[x.Place] = true
		if x.Minutes < 15 || x.Station == "" {
			t.Errorf("%+v", x)
		}
	}
	if r.Stations != 6 || len(want) == 0 || len(want) > 60 || !maps.Equal(got, want) {
		t.Errorf("%d are too far, by hand %d of %d", len(got), len(want), len(p.atlas().Places()))
	}
	if code, out, errs := runCLI(t, "reach", "--store", p.where, "--json"); code != exitWanted || !strings.Contains(out, `"stations":6`) {
		t.Errorf("reach: exit %d %s %s", code, out, errs)
	}
}
