package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func TestShehongSendsTheSameWorkerByCoordinateAndByTextAndItsNetsDisagree(t *testing.T) {
	p := openPack(t, "shehong")
	p.wantGrids("main", 22, 208, 19, 76)
	panlong := p.atlas().Main().ByCode("SH-01")
	g := &p.atlas().Main().Grids[panlong]
	if persons := g.Counts[slices.Index(p.atlas().CountKeys(), "persons")]; len(g.Children) != 12 || persons != 18000 {
		t.Errorf("蟠龙: %d grids, %d people", len(g.Children), persons)
	}
	departments := 0
	for _, r := range p.atlas().Records(gridmap.UnitRecord) {
		if strings.Contains(string(r.Body), `"department"`) {
			departments++
		}
	}
	if departments != 30 {
		t.Errorf("%d units", departments)
	}
	p.wantRecords(gridmap.MatterRecord, 67)
	p.wantStaff("main", "building_head", "", 76, 76)
	for _, network := range []string{"main", "party", "urban"} {
		p.wantWhole(network, map[string]int{"party": 2, "urban": 2}[network])
	}
	p.wantCheck(exitOK, `"problems":[]`)

	home := p.atlas().Places()[slices.IndexFunc(p.atlas().Places(), func(x gridmap.Place) bool { return x.Name == "城北二小区" })]
	byPoint := p.at(&home, "&matter="+url.QueryEscape("小区遛狗未牵绳"))
	byText := askDuty(t, p.base, "matter="+url.QueryEscape("小区遛狗未牵绳")+"&address="+url.QueryEscape("城北二小区"))
	for _, a := range []dutyAnswer{byPoint, byText} {
		c := a.Duty.Contacts[0]
		if c.RoleName != "网格员" || c.Name != byPoint.Duty.Contacts[0].Name || c.Grid.Code != "SH-01-04" {
			t.Errorf("first is %+v", c)
		}
		if m := a.Duty.Matter; !m.Admitted || m.SLA.OnSite != 10 || m.SLA.Reply != 30 {
			t.Errorf("%+v", m)
		}
	}
	p.wantOverlaps()
}

// wantOverlaps compares the report on two nets with a count over the blocks, from
// the server and from the command.
func (p *pack) wantOverlaps() {
	p.t.Helper()
	for _, other := range []string{"party", "urban"} {
		var r struct {
			Pairs, Conflicts []struct {
				A, B   struct{ Code string }
				Weight int64
			}
			Proposals []struct{ Moves int64 }
			Unit      string
		}
		p.get("/v1/crosswalk?a="+other+"&b=main&b_level=grid", &r)
		sum := int64(0)
		for _, x := range r.Pairs {
			sum += x.Weight
		}
		if sum != p.total("main", "households") || len(r.Conflicts) < 10 || r.Unit != "households" {
			p.t.Errorf("%s: %d households in %d pairs, %d conflicts", other, sum, len(r.Pairs), len(r.Conflicts))
		}
		code, out, errs := runCLI(p.t, "crosswalk", "--a", other, "--b", "main", "--b-level", "grid", "--store", p.where, "--json")
		if code != exitWanted || !strings.Contains(out, `"conflicts"`) {
			p.t.Errorf("crosswalk: exit %d %.200s %s", code, out, errs)
		}
	}
	if status, _, _ := fetch(p.t, p.base+"/v1/crosswalk?a=main"); status != http.StatusBadRequest {
		p.t.Errorf("a net with itself: %d", status)
	}
}
