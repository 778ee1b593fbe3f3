package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/cmd/cloudgrid/demodata/packs"
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
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
