package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/cmd/cloudgrid/demodata/packs"
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/spatial/measure"
)

// pack is a place pack in a store of its own, served.
type pack struct {
	t     *testing.T
	s     gridmap.Store
	where string
	base  string
	srv   *server
}

func openPack(t *testing.T, name string) *pack {
	t.Helper()
	where := "gpkg:" + filepath.Join(t.TempDir(), name+".gpkg")
	s, err := openStore(t.Context(), where, storeMake)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := packs.All()[name](t.Context(), s, time.Now()); err != nil {
		t.Fatal(err)
	}
	p := &pack{t: t, s: s, where: where}
	p.base, p.srv = boot(t, s)
	p.wantFiction()
	return p
}

func (p *pack) atlas() *atlas.Atlas { return p.srv.keeper.Current() }

// get reads a JSON answer of the server.
func (p *pack) get(path string, to any) {
	p.t.Helper()
	status, body, _ := fetch(p.t, p.base+path)
	if status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, status, body)
	}
	if err := json.Unmarshal(body, to); err != nil {
		p.t.Fatalf("%s: %v in %.300s", path, err, body)
	}
}

// wantCheck runs `cloudgrid check` and wants its exit code and, in what it
// says, a text.
func (p *pack) wantCheck(exit int, text string) {
	p.t.Helper()
	code, out, errs := runCLI(p.t, "check", "--store", p.where, "--json")
	if code != exit || !strings.Contains(out, text) {
		p.t.Errorf("check: exit %d, want %d and %q; %s %s", code, exit, text, out, errs)
	}
}

// wantGrids compares how many grids each level of a network has.
func (p *pack) wantGrids(network string, byLevel ...int) {
	p.t.Helper()
	n := p.atlas().Net(network)
	got := make([]int, len(n.Levels))
	for i := range n.Grids {
		got[n.Grids[i].Level]++
	}
	if !slices.Equal(got, byLevel) {
		p.t.Errorf("%s has %v grids by level, published are %v", network, got, byLevel)
	}
}

// staff counts the people in posts of a role at a network, and their posts.
func (p *pack) staff(network, role string, e gridmap.Employment) (people, posts int) {
	who := map[gridmap.PersonID]bool{}
	n := p.atlas().Net(network)
	for i := range n.Grids {
		for _, x := range n.Grids[i].Posts {
			if x.Person == atlas.Vacant || role != "" && x.Role.Code != role || e != "" && x.Employment != e {
				continue
			}
			who[p.atlas().Person(x.Person).ID] = true
			posts++
		}
	}
	return len(who), posts
}

func (p *pack) wantStaff(network, role string, e gridmap.Employment, people, posts int) {
	p.t.Helper()
	if gotPeople, gotPosts := p.staff(network, role, e); gotPeople != people || gotPosts != posts {
		p.t.Errorf("%s %q %q: %d people in %d posts, want %d in %d", network, role, e, gotPeople, gotPosts, people, posts)
	}
}

// total sums a count over a network.
func (p *pack) total(network, key string) (sum int64) {
	n := p.atlas().Net(network)
	k := slices.Index(p.atlas().CountKeys(), key)
	for i := range n.Grids {
		if n.Grids[i].Level == 0 {
			sum += n.Grids[i].Counts[k]
		}
	}
	return sum
}

func (p *pack) wantRecords(kind gridmap.RecordKind, want int) {
	p.t.Helper()
	if got := len(p.atlas().Records(kind)); got != want {
		p.t.Errorf("%d records of kind %s, want %d", got, kind, want)
	}
}

// row is what the tests read of a row of a batch.
type row struct {
	ID     int64
	Status string
	Chain  []struct {
		ID    int64
		Code  string
		Staff []struct{ Role, Name, Phone string }
	}
	Atom  *struct{ ID int64 }
	Match struct {
		Status string
		Place  struct{ ID int64 }
	}
	Duty struct {
		Contacts []struct {
			Kind, Name, Phone string
			OfficePhone       string `json:"office_phone"`
		}
	}
	Message string
	Error   *struct{ Detail string }
}

// batch asks many questions at once.
func (p *pack) batch(query string, questions []map[string]any) []row {
	p.t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, q := range questions {
		if err := enc.Encode(q); err != nil {
			p.t.Fatal(err)
		}
	}
	status, body := post(p.t, p.base+"/v1/resolve?"+query, "application/x-ndjson", b.String())
	var rows []row
	for d := json.NewDecoder(bytes.NewReader(body)); d.More(); {
		var r row
		if err := d.Decode(&r); err != nil {
			p.t.Fatalf("%d %v %.200s", status, err, body)
		}
		rows = append(rows, r)
	}
	if len(rows) != len(questions) {
		p.t.Fatalf("%d answers to %d questions: %.300s", len(rows), len(questions), body)
	}
	return rows
}

// reachable complains about an answer that names nobody to call.
func (p *pack) reachable(what string, r row) {
	p.t.Helper()
	c := r.Duty.Contacts
	if len(c) == 0 || c[len(c)-1].Kind != "hotline" || c[len(c)-1].OfficePhone == "" {
		p.t.Errorf("%s does not end at a hotline: %+v", what, c)
		return
	}
	for _, x := range c[:len(c)-1] {
		if x.OfficePhone != "" || x.Phone != "" && !strings.Contains(x.Phone, "*") {
			return
		}
	}
	p.t.Errorf("a stranger can call nobody about %s but the hotline: %+v", what, c)
}

// wantWhole asks about every atom of a network by a point in it and, in the main
// network, about every place by its address: each must answer with a chain of so
// many grids (0: from the leaf of its atom up) and somebody to call.
func (p *pack) wantWhole(network string, depth int) {
	p.t.Helper()
	a := p.atlas()
	n := a.Net(network)
	points := map[int64]gridmap.Atom{}
	var asked []map[string]any
	if err := p.s.View(p.t.Context(), func(r gridmap.Reader) error {
		owners := map[gridmap.AtomID]bool{}
		for m, err := range r.Memberships(p.t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			owners[m.Atom] = owners[m.Atom] || m.Network == n.Network.ID
		}
		for atom, err := range r.Atoms(p.t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			if !owners[atom.ID] {
				continue
			}
			points[int64(atom.ID)] = atom
			var x, y float64
			for _, q := range atom.Shape[0][0] {
				lon, lat := q.LonLat()
				x, y = x+lon/4, y+lat/4
			}
			asked = append(asked, map[string]any{"id": int64(atom.ID), "lon": x, "lat": y})
		}
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
	if len(asked) == 0 {
		p.t.Fatalf("%s has no atoms", network)
	}
	for _, r := range p.batch("crs=wgs84&duty=1&network="+network, asked) {
		if r.Status != "inside" || r.Atom == nil || r.Atom.ID != r.ID || depth > 0 && len(r.Chain) != depth {
			p.t.Fatalf("atom %s: %+v", points[r.ID].Code, r)
		}
		leaf := n.Index(gridmap.GridID(r.Chain[len(r.Chain)-1].ID))
		if up := n.Chain(nil, leaf); len(up) != len(r.Chain) || len(n.Grids[leaf].Children) > 0 {
			p.t.Fatalf("atom %s: a chain of %d, its leaf is %d deep", points[r.ID].Code, len(r.Chain), len(up))
		}
		p.reachable(points[r.ID].Code, r)
	}
	if network == a.Main().Network.Code {
		p.wantPlaces(depth)
	}
}

func (p *pack) wantPlaces(depth int) {
	p.t.Helper()
	a := p.atlas()
	var asked []map[string]any
	byID := map[int64]*gridmap.Place{}
	for i := range a.Places() {
		x := &a.Places()[i]
		byID[int64(x.ID)] = x
		asked = append(asked, map[string]any{"id": int64(x.ID), "address": x.Address.String()})
	}
	for _, r := range p.batch("duty=1", asked) {
		x := byID[r.ID]
		if r.Status != "inside" || r.Match.Place.ID != r.ID || depth > 0 && len(r.Chain) != depth {
			p.t.Fatalf("%s %s: %+v", x.Address, x.Name, r)
		}
		if want := a.Main().Grids[a.Main().OfPlace(a, x)].Code; r.Chain[len(r.Chain)-1].Code != want {
			p.t.Errorf("%s: in %s, want %s", x.Address, r.Chain[len(r.Chain)-1].Code, want)
		}
		p.reachable(x.Address.String(), r)
	}
}

// at asks about the point of a place.
func (p *pack) at(x *gridmap.Place, more string) dutyAnswer {
	p.t.Helper()
	lon, lat := x.Point.LonLat()
	return askDuty(p.t, p.base, fmt.Sprintf("lon=%.7f&lat=%.7f&crs=wgs84&duty=1%s", lon, lat, more))
}

func (p *pack) placesOf(kind string) (list []*gridmap.Place) {
	for i := range p.atlas().Places() {
		if x := &p.atlas().Places()[i]; x.Kind == kind {
			list = append(list, x)
		}
	}
	return list
}

func TestAPackIsTheSameMapEachTime(t *testing.T) {
	sum := func() string {
		s, err := openStore(t.Context(), "gpkg:"+filepath.Join(t.TempDir(), "x.gpkg"), storeMake)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := packs.All()["chaisang"](t.Context(), s, time.Unix(1.8e9, 0)); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := s.View(t.Context(), func(r gridmap.Reader) error {
			for x, err := range r.Atoms(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x, err)
			}
			for x, err := range r.Places(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x, err)
			}
			for x, err := range r.Records(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x.ID, x.Key, string(x.Body), err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if one, two := sum(), sum(); one != two {
		t.Error("two runs differ")
	}
}

func TestTheDemoCommandMakesAPack(t *testing.T) {
	where := "gpkg:" + filepath.Join(t.TempDir(), "demo.gpkg")
	code, out, errs := runCLI(t, "demo", "--place", "chaisang", "--no-serve", "--store", where, "--json")
	if code != exitOK || !strings.Contains(out, `"edition":1`) {
		t.Fatalf("exit %d %s %s", code, out, errs)
	}
	names := placeNames()
	for name := range packs.All() {
		if !slices.Contains(names, name) {
			t.Errorf("the demo does not know %s", name)
		}
	}
}

// wantFiction wants nothing of a pack to look real.
func (p *pack) wantFiction() {
	p.t.Helper()
	if s := p.atlas().Settings(); !strings.Contains(s.SourceLine, "虚构") || !strings.Contains(s.Title, "示例") {
		p.t.Errorf("settings %+v", s)
	}
	if err := p.s.View(p.t.Context(), func(r gridmap.Reader) error {
		for x, err := range r.Persons(p.t.Context(), gridmap.Query{}) {
			if err != nil {
				return err
			}
			if !strings.HasPrefix(x.Phone+x.OfficePhone, "000-") || !strings.Contains(x.Name, "-") {
				p.t.Errorf("%+v", x)
			}
		}
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
}

func TestWuyingshanHasThreeGridsInEveryChainAndMissesNoBuilding(t *testing.T) {
	p := openPack(t, "wuyingshan")
	p.wantGrids("main", 5, 42, 260)
	if got := p.total("main", "persons"); got != 47000 {
		t.Errorf("%d people", got)
	}
	people, posts := p.staff("main", "", "")
	if people != 780 || posts != 780+5+42 {
		t.Errorf("%d people in %d posts", people, posts)
	}
	patterns := map[string]map[string]int{}
	n := p.atlas().Main()
	for i := range n.Grids {
		if g := &n.Grids[i]; g.Level == 2 {
			pattern := n.Grids[g.Parent].Attrs["pattern"]
			if patterns[pattern] == nil {
				patterns[pattern] = map[string]int{}
			}
			for _, x := range g.Posts {
				patterns[pattern][x.Role.Code]++
			}
		}
	}
	if g, o := patterns["gated"], patterns["open"]; g["property"] == 0 || g["party_member"] != 0 || o["party_member"] == 0 || o["property"] != 0 {
		t.Errorf("staff by pattern: %v", patterns)
	}
	p.wantWhole("main", 3)
	p.wantCheck(exitOK, `"problems":[]`)

	stray := p.placesOf("building")[7].Atom
	if err := update(t, p.s, func(w gridmap.Writer) error { return forget(t, w, stray) }); err != nil {
		t.Fatal(err)
	}
	p.wantCheck(exitWanted, "WYS-B0008")
}

// forget takes an atom out of its grid and puts it back without one: it is
// known, and nobody's.
func forget(t *testing.T, w gridmap.Writer, id gridmap.AtomID) error {
	for a, err := range w.Atoms(t.Context(), gridmap.Query{At: time.Now()}) {
		if err != nil {
			return err
		}
		if a.ID != id {
			continue
		}
		if err := w.EndAtoms(t.Context(), time.Now(), id); err != nil {
			return err
		}
		next, err := w.NewIDs(t.Context(), 1)
		if err != nil {
			return err
		}
		a.ID, a.Span, a.Code = gridmap.AtomID(next), gridmap.Span{ValidFrom: time.Now()}, a.Code+"-stray"
		return w.PutAtoms(t.Context(), a)
	}
	return fmt.Errorf("no atom %d", id)
}

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

func TestJiningAnswersBothNetsOfAShopAndPrintsOnlyTheCardsThatChanged(t *testing.T) {
	p := openPack(t, "jining")
	p.wantGrids("main", 5, 36, 1964)
	p.wantGrids("trade", 5, 118)
	p.wantStaff("main", "grid_worker", "", 2699, 2699)
	p.wantStaff("trade", "shop_worker", "", 275, 275)
	if got := len(p.placesOf("shop")); got != 5297 || p.total("trade", "shops") != 5297 || p.total("main", "persons") != 1964*154 {
		t.Errorf("%d shops, counted %d; %d people", got, p.total("trade", "shops"), p.total("main", "persons"))
	}
	groups := map[string]bool{}
	for _, n := range p.atlas().Nets() {
		for i := range n.Grids {
			if len(n.Grids[i].Children) == 0 {
				groups[n.Grids[i].Attrs["chat_group"]] = true
			}
			if n.Network.Main && len(n.Grids[i].Children) == 0 && strings.Count(n.Grids[i].Attrs["nets"], "、") != 4 {
				t.Fatalf("%s is of the nets %q", n.Grids[i].Code, n.Grids[i].Attrs["nets"])
			}
		}
	}
	if len(groups) != 2082 || groups[""] {
		t.Errorf("%d chat groups", len(groups))
	}
	p.wantWhole("main", 3)
	p.wantWhole("trade", 2)
	p.wantCheck(exitOK, `"problems":[]`)
	shop := p.placesOf("shop")[2500]
	a := p.at(shop, "&network=*")
	if len(a.Chain) != 3 || !strings.HasPrefix(a.Chain[2].Code, "JN-") || len(a.Others) != 1 || len(a.Others[0].Chain) != 2 || !strings.HasPrefix(a.Others[0].Chain[1].Code, "JS-") {
		t.Errorf("%s: %+v and %+v", shop.Name, a.Chain, a.Others)
	}
	for file, want := range map[string]int{
		"responsibility.csv": 2699, "responsibility.csv?network=trade": 275, "shopfronts.csv?network=trade": 5297,
		"registration.csv": 1964, "registration.csv?network=trade": 118, "cards.csv": 5892,
	} {
		if rows := p.roll(file); len(rows) != want {
			t.Errorf("%s has %d rows, want %d", file, len(rows), want)
		}
	}
	p.wantChangedCards()
}

// roll reads a roll without its header.
func (p *pack) roll(file string) [][]string {
	p.t.Helper()
	status, body, _ := fetch(p.t, p.base+"/v1/rolls/"+file)
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if status != http.StatusOK || err != nil {
		p.t.Fatalf("%s: %d %v %.200s", file, status, err, body)
	}
	return rows[1:]
}

// wantChangedCards gives one building to the neighbouring grid: one card is
// printed anew.
func (p *pack) wantChangedCards() {
	p.t.Helper()
	n := p.atlas().Main()
	moved, to := p.placesOf("building")[30], n.OfPlace(p.atlas(), p.placesOf("building")[33])
	before := time.Now()
	if err := update(p.t, p.s, func(w gridmap.Writer) error {
		return w.PutMemberships(p.t.Context(), gridmap.Membership{Atom: moved.Atom, Network: n.Network.ID, Grid: n.Grids[to].ID, Span: gridmap.Span{ValidFrom: time.Now()}})
	}); err != nil {
		p.t.Fatal(err)
	}
	if err := p.srv.keeper.Refresh(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	rows := p.roll("cards.csv?since=" + url.QueryEscape(before.Format(time.RFC3339Nano)))
	if len(rows) != 1 || !slices.Contains(rows[0], moved.Name) || !slices.Contains(rows[0], n.Grids[to].Code) {
		p.t.Errorf("cards to print again: %v, want that of %s in %s", rows, moved.Name, n.Grids[to].Code)
	}
}

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

// keep keeps one record and returns its id.
func (p *pack) keep(record string) int64 {
	p.t.Helper()
	status, body := post(p.t, p.base+"/v1/records", "application/json", `{"records":[`+record+`]}`)
	var made struct{ IDs []int64 }
	if err := json.Unmarshal(body, &made); err != nil || status != http.StatusCreated || len(made.IDs) != 1 {
		p.t.Fatalf("%d %v %s", status, err, body)
	}
	p.refresh()
	return made.IDs[0]
}

func (p *pack) refresh() {
	p.t.Helper()
	if err := p.srv.keeper.Refresh(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

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
