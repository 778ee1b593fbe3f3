package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

func TestYungangListsTheGridsShortOfTheirTeamAndKeepsToTheAdmissionList(t *testing.T) {
	p := openPack(t, "yungang")
	p.wantGrids("main", 27, 246, 810)
	p.wantStaff("main", "grid_worker", gridmap.FullTime, 561, 561)
	p.wantStaff("main", "grid_worker", gridmap.PartTime, 249, 249)
	p.wantStaff("main", "grid_head", "", 246, 810)
	for role, want := range map[string]int{"judge": 15, "prosecutor": 27, "officer": 149, "legal_worker": 158, "mediator": 286} {
		p.wantStaff("main", role, "", want, want)
	}
	matters, bad := duty.Read[duty.Matter](p.atlas().Records(gridmap.MatterRecord))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	byDepartment, areas := map[string]int{}, map[string]int{}
	for _, m := range matters {
		if m.Body.Admitted {
			byDepartment[m.Body.Department]++
		}
	}
	counts := slices.Sorted(maps.Values(byDepartment))
	if !slices.Equal(counts, []int{1, 1, 1, 2, 3, 3, 4, 4, 6, 8, 10}) {
		t.Errorf("admitted matters by department %v", counts)
	}
	n := p.atlas().Main()
	for i := range n.Grids {
		if n.Grids[i].Level == 2 {
			areas[n.Grids[i].Attrs["area"]]++
		}
	}
	if areas["urban"] != 561 || areas["rural"] != 249 {
		t.Errorf("grids by area %v", areas)
	}
	p.wantWhole("main", 3)
	p.wantCheck(exitOK, `"problems":[]`)
	p.wantShortfalls()
	p.wantDepartment("违法建设查处", "公安云冈分局（示例）")
	p.wantPhones("judge", "")
	p.wantPhones("mediator", "000-****")
	p.wantPhones("legal_worker", "000-0")
	p.wantVisits(246)
}

// wantShortfalls compares the report with a count by hand.
func (p *pack) wantShortfalls() {
	p.t.Helper()
	n, want := p.atlas().Main(), map[string]bool{}
	for i := range n.Grids {
		g := &n.Grids[i]
		if g.Level != 2 {
			continue
		}
		have := map[string]int{}
		for _, x := range append(slices.Clone(g.Posts), n.Grids[g.Parent].Posts...) {
			have[x.Role.Code]++
		}
		if have["police"] < 1 || have["grid_worker"] < 1 || g.Attrs["area"] == "urban" && have["aux_police"] < 2 {
			want[g.Code] = true
		}
	}
	var report struct {
		Shortfalls []struct{ Code, Rule, Message string }
	}
	p.get("/v1/teams/shortfalls", &report)
	got := map[string]bool{}
	for _, x := range report.Shortfalls {
		got[x.Code] = true
		if x.Rule != "1+2+N" && x.Rule != "1+N" || x.Message == "" {
			p.t.Errorf("%+v", x)
		}
	}
	if len(want) < 10 || !maps.Equal(got, want) {
		p.t.Errorf("the report lists %d grids, by hand there are %d", len(got), len(want))
	}
}

// wantPhones wants the phones of a role's holders to be shown with a beginning,
// or not at all where that is empty.
func (p *pack) wantPhones(role, begin string) {
	p.t.Helper()
	seen := 0
	for _, x := range p.placesOf("compound")[:1] {
		for _, g := range p.at(x, "").Chain {
			for _, s := range g.Staff {
				if s.Role != role {
					continue
				}
				seen++
				if !strings.HasPrefix(s.Phone, begin) || begin == "" && s.Phone != "" {
					p.t.Errorf("the %s's phone is shown as %q", role, s.Phone)
				}
			}
		}
	}
	if seen == 0 {
		p.t.Errorf("no %s in the chain", role)
	}
}

// wantDepartment asks for a matter that is not admitted.
func (p *pack) wantDepartment(matter, department string) {
	p.t.Helper()
	a := p.at(p.placesOf("compound")[0], "&matter="+matter)
	if c := a.Duty.Contacts[0]; a.Duty.Matter.Admitted || c.Name != department || c.OfficePhone == "" {
		p.t.Errorf("%s: %+v %+v", matter, a.Duty.Matter, c)
	}
	for _, c := range a.Duty.Contacts {
		if strings.HasPrefix(c.Name, "网格员") || strings.HasPrefix(c.Name, "网格长") {
			p.t.Errorf("%s was given to %s", matter, c.Name)
		}
	}
}

// wantVisits visits one of the cadres' communities: the others are missed.
func (p *pack) wantVisits(cadres int) {
	p.t.Helper()
	type report struct {
		Overdue []struct {
			Liaison int64
			Person  string
		}
	}
	var before, after report
	p.get("/v1/liaisons/overdue?month=1", &before)
	if len(before.Overdue) != cadres {
		p.t.Fatalf("%d missed this month, want all %d", len(before.Overdue), cadres)
	}
	seen := before.Overdue[3].Liaison
	if status, body := post(p.t, p.base+"/v1/visits", "application/json", fmt.Sprintf(`{"liaison":%d,"note":"入户"}`, seen)); status != http.StatusCreated {
		p.t.Fatalf("%d %s", status, body)
	}
	p.get("/v1/liaisons/overdue?month=1", &after)
	for _, x := range after.Overdue {
		if x.Liaison == seen {
			p.t.Errorf("%s came, and is on the list", x.Person)
		}
	}
	if len(after.Overdue) != cadres-1 {
		p.t.Errorf("%d missed, want %d", len(after.Overdue), cadres-1)
	}
}
