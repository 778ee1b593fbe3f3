package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

func TestAnningSwitchesToItsEmergencyRosterAndBackAndFindsGridsToCut(t *testing.T) {
	p := openPack(t, "anning")
	p.wantGrids("main", 9, 102, 1288)
	p.wantStaff("main", "grid_worker", "", 1288, 1288)
	p.wantStaff("main", "grid_head", "", 1976-1288, 1288)
	matters, _ := duty.Read[duty.Matter](p.atlas().Records(gridmap.MatterRecord))
	classes := map[string]int{}
	for _, m := range matters {
		classes[m.Body.Class]++
		if m.Body.Admitted == (m.Body.Class == "不应出具") {
			t.Errorf("%s: admitted %v", m.Body.Name, m.Body.Admitted)
		}
	}
	if !maps.Equal(classes, map[string]int{"履职": 52, "协助": 58, "保留证明": 2, "不应出具": 45}) {
		t.Errorf("matters %v", classes)
	}
	p.wantWhole("main", 3)
	p.wantCheck(exitOK, `"problems":[]`)

	home := p.placesOf("compound")[100]
	ladder := func() (names []string) {
		for _, c := range p.at(home, "").Duty.Contacts {
			names = append(names, c.RoleName)
		}
		return slices.DeleteFunc(names, func(s string) bool { return s == "" || s == "夜间值班" })
	}
	normal := ladder()
	if want := []string{"网格员", "网格长", "网格工作站站长", "网格指导员"}; !slices.Equal(normal, want) {
		t.Errorf("normally %v, want %v", normal, want)
	}
	street := p.atlas().Main().Grids[p.atlas().Main().Chain(nil, p.atlas().Main().OfPlace(p.atlas(), home))[0]].ID
	id := p.keep(fmt.Sprintf(`{"kind":"mode","grid":%d,"body":{"mode":"emergency","reason":"防汛Ⅲ级响应"}}`, street))
	if got := p.at(home, ""); got.Duty.Mode != "emergency" || got.Duty.Because != "防汛Ⅲ级响应" || got.Duty.Contacts[0].RoleName != "应急值守" || got.Duty.Contacts[0].Kind != "shift" {
		t.Errorf("in an emergency: %s %+v", got.Duty.Mode, got.Duty.Contacts[0])
	}
	other := p.placesOf("compound")[2500]
	if got := p.at(other, ""); got.Duty.Mode != "normal" {
		t.Errorf("another street is in mode %s", got.Duty.Mode)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, fmt.Sprintf("%s/v1/records/%d", p.base, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := do(t, req); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	p.refresh()
	if back := ladder(); !slices.Equal(back, normal) || p.at(home, "").Duty.Mode != "normal" {
		t.Errorf("afterwards %v, before %v", back, normal)
	}

	over := askLoad(t, p.base, "?status=over")
	if len(over.Grids) != 32 {
		t.Errorf("%d grids to cut again, the pack has 32", len(over.Grids))
	}
}
