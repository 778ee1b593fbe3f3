package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
)

func TestZouchengShowsABranchOnAllItsGridsAndAnEnterpriseItsCadre(t *testing.T) {
	p := openPack(t, "zoucheng")
	p.wantGrids("main", 48, 737)
	p.wantStaff("main", "grid_worker", "", 540, 737)
	p.wantStaff("main", "courier", gridmap.PartTime, 60, 60)
	if got := len(p.placesOf("shop")) + len(p.placesOf("enterprise")); got != 3266 || p.total("main", "shops") != 3266 {
		t.Errorf("%d enterprises and shops, counted %d", got, p.total("main", "shops"))
	}
	cadres := map[gridmap.PersonID]bool{}
	for _, r := range p.atlas().Records(gridmap.LiaisonRecord) {
		cadres[r.Person] = true
	}
	if len(cadres) != 86 {
		t.Errorf("%d cadres", len(cadres))
	}
	p.wantWhole("main", 2)
	p.wantCheck(exitOK, `"problems":[]`)
	p.wantBranches(310, 3)
	p.wantCadres()
	p.wantPromises(map[string]int{"小事": 120, "费时事": 2880, "复杂事": 10080})
	for i := range p.atlas().Main().Grids {
		for _, x := range p.atlas().Main().Grids[i].Posts {
			if x.Role.Code == "courier" {
				p.wantHidden(p.atlas().Main().Grids[i], p.atlas().Person(x.Person))
				return
			}
		}
	}
}

// wantBranches looks for every branch on every grid that it is linked to.
func (p *pack) wantBranches(branches, span int) {
	p.t.Helper()
	over := map[string][]gridmap.GridID{}
	for _, r := range p.atlas().Records(gridmap.LinkRecord) {
		var l duty.Link
		if err := json.Unmarshal(r.Body, &l); err != nil {
			p.t.Fatal(err)
		}
		if strings.HasPrefix(l.Unit, "branch-") {
			over[l.Unit] = append(over[l.Unit], r.Grid)
		}
	}
	if len(over) != branches {
		p.t.Fatalf("%d branches, want %d", len(over), branches)
	}
	for i, key := range slices.Sorted(maps.Keys(over)) {
		if len(over[key]) != span {
			p.t.Errorf("%s lies over %d grids", key, len(over[key]))
		}
		if i%40 != 0 {
			continue
		}
		for _, id := range over[key] {
			var g struct {
				Units []struct{ Key, Tree, Name string }
			}
			p.get(fmt.Sprintf("/v1/grids/%d", id), &g)
			if !slices.ContainsFunc(g.Units, func(u struct{ Key, Tree, Name string }) bool {
				return u.Key == key && u.Tree == "party" && u.Name != ""
			}) {
				p.t.Errorf("grid %d does not show %s: %+v", id, key, g.Units)
			}
		}
	}
}

// wantCadres asks for enterprises by name: the answer is the grid and the cadre.
func (p *pack) wantCadres() {
	p.t.Helper()
	for i, x := range p.placesOf("enterprise") {
		if i%80 != 0 {
			continue
		}
		a := askDuty(p.t, p.base, "duty=1&address="+url.QueryEscape(x.Name))
		if len(a.Chain) != 2 || a.Chain[1].Code != p.atlas().Main().Grids[p.atlas().Main().OfPlace(p.atlas(), x)].Code {
			p.t.Errorf("%s: %+v", x.Name, a.Chain)
		}
		if len(a.Duty.Liaisons) != 1 || a.Duty.Liaisons[0].Title != "包保干部" || a.Duty.Liaisons[0].Place != int64(x.ID) || a.Duty.Liaisons[0].OfficePhone == "" {
			p.t.Errorf("%s: cadres %+v", x.Name, a.Duty.Liaisons)
		}
		if !slices.ContainsFunc(a.Duty.Units, func(u dutyUnit) bool { return strings.HasPrefix(u.Key, "branch-") }) {
			p.t.Errorf("%s: no branch among %+v", x.Name, a.Duty.Units)
		}
	}
}

// wantPromises asks for one matter of each class.
func (p *pack) wantPromises(minutes map[string]int) {
	p.t.Helper()
	for class, want := range minutes {
		a := p.at(p.placesOf("compound")[0], "&matter="+url.QueryEscape(class+"示例事项一"))
		if m := a.Duty.Matter; !m.Admitted || m.SLA.Class != class || m.SLA.Reply != want {
			p.t.Errorf("%s: %+v, want %d minutes", class, m, want)
		}
	}
}

// wantHidden looks for a person's phone wherever it could get out.
func (p *pack) wantHidden(g atlas.Grid, who gridmap.Person) {
	p.t.Helper()
	end := who.Phone[len(who.Phone)-4:]
	for _, path := range []string{fmt.Sprintf("/v1/grids/%d", g.ID), "/v1/rolls/responsibility.csv", "/v1/rolls/cards.csv"} {
		_, body, _ := fetch(p.t, p.base+path)
		text := string(body)
		at := strings.Index(text, who.Name)
		if at < 0 {
			if !strings.Contains(path, "cards") {
				p.t.Errorf("%s does not name %s", path, who.Name)
			}
			continue
		}
		if line := text[at:min(at+160, len(text))]; strings.Contains(line[:strings.IndexAny(line, "}\n")], end) {
			p.t.Errorf("%s shows the phone of %s: %s", path, who.Name, line)
		}
	}
}
