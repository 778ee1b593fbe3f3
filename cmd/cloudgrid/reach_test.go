package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/sign"
)

// part is one of two parts of the map, with what tells that a list shows it.
type part struct {
	name  string
	grid  gridmap.GridID
	place gridmap.PlaceID
	code  string // of the grid
	sign  string
}

// listing is a list of the inside: an address, and the marks of a part in it.
type listing struct {
	path  string
	marks func(part) []string
}

func listings() map[string]listing {
	byTitle := func(p part) []string { return []string{"包联" + p.name, "包联地" + p.name} }
	feedback := func(p part) []string { return []string{"反馈网格" + p.name, "反馈地址" + p.name} }
	place := func(p part) []string { return []string{fmt.Sprintf(`"place":%d,`, p.place)} }
	return map[string]listing{
		"/v1/plans":            {"/v1/plans", func(p part) []string { return []string{"方案" + p.name} }},
		"/v1/records":          {"/v1/records", func(p part) []string { return append(byTitle(p), "请假"+p.name) }},
		"/v1/liaisons/overdue": {"/v1/liaisons/overdue", byTitle},
		"/v1/feedback":         {"/v1/feedback", feedback},
		"/planner/feedback":    {"/planner/feedback", feedback},
		"/v1/load":             {"/v1/load", func(p part) []string { return []string{fmt.Sprintf(`{"id":%d,`, p.grid)} }},
		"/v1/signs":            {"/v1/signs", func(p part) []string { return []string{p.sign, place(p)[0]} }},
		"/v1/signs/stale":      {"/v1/signs/stale", func(p part) []string { return []string{p.sign} }},
		"/v1/rolls/:file":      {"/v1/rolls/responsibility.csv", func(p part) []string { return []string{p.code + ","} }},
		"/v1/teams/shortfalls": {"/v1/teams/shortfalls", func(p part) []string { return []string{fmt.Sprintf(`"grid":%d,`, p.grid)} }},
		"/v1/crosswalk":        {"/v1/crosswalk?a=main&b=main&b_level=", func(p part) []string { return []string{fmt.Sprintf(`"a":{"id":%d,`, p.grid)} }},
		"/v1/reach":            {"/v1/reach?kind=nothing", place},
	}
}

// TestAListShowsWhatWasGrantedAndNothingBeside asks every list that
// testdata/routes.txt calls "part" as people and keys of two parts of the map.
func TestAListShowsWhatWasGrantedAndNothingBeside(t *testing.T) {
	o := openOffice(t, access{perMinute: -1})
	parts := o.furnish()
	lists := listings()
	columns, rows := routeTable(t)
	var wanted []string
	for _, row := range rows {
		if slices.Contains(row.part, true) {
			wanted = append(wanted, row.path)
		}
	}
	slices.Sort(wanted)
	if have := slices.Sorted(maps.Keys(lists)); !slices.Equal(have, wanted) {
		t.Fatalf("of these lists the table says that they are for a part: %v\nthese are tried: %v", wanted, have)
	}
	who := map[string]*visitor{}
	for i, at := range []string{"@own", "@other"} {
		for _, role := range []string{rights.Field, rights.Planner, rights.Approver} {
			who[role+at] = o.in(role+at, gridmap.Grant{Role: role, Network: o.network, Grid: parts[i].grid})
		}
	}
	keys := [2]*visitor{}
	for i := range keys {
		keys[i] = o.program(gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: parts[i].grid})
	}
	all := o.in("all", gridmap.Grant{Role: rights.Planner, Network: o.network})
	for _, row := range rows {
		list, ok := lists[row.path]
		if !ok || row.method != http.MethodGet {
			continue
		}
		if row.path == "/v1/crosswalk" {
			list.path += o.srv.keeper.Current().Main().Levels[0].Code
		}
		o.shows(all, list, parts[:], nil)
		for i, key := range keys {
			o.shows(key, list, parts[i:i+1], parts[1-i:2-i])
		}
		for i, column := range columns {
			if !row.part[i] {
				continue
			}
			mine := 0
			if strings.HasSuffix(column, "@other") {
				mine = 1
			}
			o.shows(who[column], list, parts[mine:mine+1], parts[1-mine:2-mine])
		}
	}
}

// shows checks that somebody sees these parts in a list, and not those.
func (o *office) shows(v *visitor, list listing, seen, unseen []part) {
	o.t.Helper()
	status, body, _ := v.get(list.path)
	if status != http.StatusOK {
		o.t.Errorf("%s: %d %s", list.path, status, body)
		return
	}
	for _, p := range seen {
		for _, mark := range list.marks(p) {
			if !strings.Contains(body, mark) {
				o.t.Errorf("%s does not show %q of what was granted", list.path, mark)
			}
		}
	}
	for _, p := range unseen {
		for _, mark := range list.marks(p) {
			if strings.Contains(body, mark) {
				o.t.Errorf("%s shows %q, which is of another part", list.path, mark)
			}
		}
	}
}

// furnish puts something of each kind into two parts of the map, both staffed.
func (o *office) furnish() [2]part {
	o.t.Helper()
	m := o.srv.keeper.Current()
	n := m.Main()
	planner := o.in("furnisher", gridmap.Grant{Role: rights.Planner})
	var parts [2]part
	for k, p := range m.Places() {
		i := n.OfPlace(m, &m.Places()[k])
		if i == atlas.None || len(n.Grids[i].Posts) == 0 || n.Grids[i].Posts[0].Person == atlas.Vacant {
			continue
		}
		x := part{name: "甲", grid: n.Grids[i].ID, place: p.ID, code: n.Grids[i].Code}
		if parts[0].grid == 0 {
			parts[0] = x
		} else if x.grid != parts[0].grid && n.Grids[n.Index(parts[0].grid)].Posts[0].Person != n.Grids[i].Posts[0].Person {
			x.name = "乙"
			parts[1] = x
			break
		}
	}
	if parts[1].grid == 0 {
		o.t.Fatal("the demo has no two staffed grids with places")
	}
	o.keepAll(planner, `{"kind":"team","body":{"name":"队","needs":[{"role":"station_head","min":9}]}}`)
	for i := range parts {
		o.furnishOne(planner, &parts[i], m.Person(n.Grids[n.Index(parts[i].grid)].Posts[0].Person).ID)
	}
	if err := o.srv.keeper.Refresh(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return parts
}

func (o *office) keepAll(v *visitor, records ...string) {
	o.t.Helper()
	if status, body := v.postJSON("/v1/records", `{"records":[`+strings.Join(records, ",")+`]}`); status != http.StatusCreated {
		o.t.Fatalf("%d %s", status, body)
	}
}

func (o *office) furnishOne(v *visitor, p *part, person gridmap.PersonID) {
	o.t.Helper()
	ctx, since := o.t.Context(), time.Now().AddDate(0, -2, 0).UTC().Format(time.RFC3339)
	if status, body := v.postJSON("/v1/plans", fmt.Sprintf(`{"name":"方案%s","scope":[%d]}`, p.name, p.grid)); status != http.StatusCreated {
		o.t.Fatalf("%d %s", status, body)
	}
	o.keepAll(v,
		fmt.Sprintf(`{"kind":"liaison","grid":%d,"person":%d,"from":%q,"body":{"title":"包联%s","every_days":1}}`, p.grid, person, since, p.name),
		fmt.Sprintf(`{"kind":"liaison","place":%d,"person":%d,"from":%q,"body":{"title":"包联地%s","every_days":1}}`, p.place, person, since, p.name),
		fmt.Sprintf(`{"kind":"absence","person":%d,"body":{"reason":"leave","note":"请假%s"}}`, person, p.name))
	kept, _ := o.store.(interface {
		gridmap.Receipts
		gridmap.Journal
	})
	for k, f := range []gridmap.Feedback{{Text: "反馈网格" + p.name}, {Text: "反馈地址" + p.name, Place: p.place}} {
		answer := "{}"
		if f.Place == 0 {
			answer = fmt.Sprintf(`{"chain":[{"id":1},{"id":%d}]}`, p.grid)
		}
		f.Receipt, f.At, f.Kind = fmt.Sprintf("r%d%s", k, p.code), time.Now(), gridmap.WrongGrid
		if err := kept.PutReceipt(ctx, gridmap.Receipt{ID: f.Receipt, At: f.At, Question: "address=x", Answer: answer}); err != nil {
			o.t.Fatal(err)
		}
		if _, err := kept.PutFeedback(ctx, f); err != nil {
			o.t.Fatal(err)
		}
	}
	status, body := v.postJSON("/v1/signs", fmt.Sprintf(`{"signs":[{"place":%d}]}`, p.place))
	var made struct{ Signs []struct{ Code string } }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated {
		o.t.Fatalf("%d %s", status, body)
	}
	p.sign = made.Signs[0].Code
	print, err := sign.Print{Hash: "old", Content: sign.Content{Code: p.sign}}.Event(time.Now(), "furnisher")
	if err == nil {
		_, err = kept.AppendEvents(ctx, print)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}
