package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// threeServers serve one store of three counties: everything, one county, and
// the other two.
func threeServers(t *testing.T) (whole *server, urls map[string]string) {
	t.Helper()
	s, _ := bundStore(t)
	return serversOf(t, s)
}

func serversOf(t *testing.T, s gridmap.Store) (whole *server, urls map[string]string) {
	t.Helper()
	urls = map[string]string{}
	urls[""], whole = bootWith(t, s, access{})
	for _, scope := range []string{"310101", "310109,310115"} {
		urls[scope], _ = bootWith(t, s, access{scope: scope})
	}
	return whole, urls
}

// codeAt is the code of the answering grid, or the code of the problem.
func codeAt(t *testing.T, url string, p spatial.Point, more string) (status int, code, detail string) {
	t.Helper()
	status, body, _ := fetch(t, fmt.Sprintf("%s/v1/resolve?lon=%s&crs=wgs84%s", url, strings.Replace(p.String(), ",", "&lat=", 1), more))
	var a struct {
		Chain        []struct{ Code string }
		Code, Detail string
	}
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if len(a.Chain) > 0 {
		return status, a.Chain[len(a.Chain)-1].Code, ""
	}
	return status, a.Code, a.Detail
}

func TestExactlyOneOfTwoServersOfDisjointScopesAnswersForAPoint(t *testing.T) {
	whole, urls := threeServers(t)
	n := whole.keeper.Current().Main()
	topo, _, _ := n.Ground()
	box, rng := n.Bounds(), rand.New(rand.NewPCG(8, 4))
	box.Max.X += 20000 // about 200 m of nobody's ground
	var probes []spatial.Point
	for range 150 {
		probes = append(probes, spatial.Point{X: box.Min.X + rng.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + rng.Int32N(box.Max.Y-box.Min.Y)})
		if ring := topo.FacePolygon(topology.FaceID(rng.IntN(topo.NumFaces()))); len(ring) > 0 { // a corner, and a point of a border
			k := rng.IntN(len(ring[0][0]))
			p, q := ring[0][0][k], ring[0][0][(k+1)%len(ring[0][0])]
			probes = append(probes, p, spatial.Point{X: p.X/2 + q.X/2, Y: p.Y/2 + q.Y/2})
		}
	}
	claimed := map[string]int{}
	for _, p := range probes {
		status, want, _ := codeAt(t, urls[""], p, "")
		if status != http.StatusOK {
			t.Fatalf("at %s: %d %s", p, status, want)
		}
		var by []string
		for scope, url := range urls {
			if scope == "" {
				continue
			}
			switch status, got, detail := codeAt(t, url, p, ""); {
			case status == http.StatusOK && got == want:
				by = append(by, scope)
				sameBody(t, urls[""], url, p)
			case status != http.StatusMisdirectedRequest || got != "elsewhere" || !strings.Contains(detail, scope):
				t.Fatalf("at %s the server of %s says %d %s %s, that of everything %s", p, scope, status, got, detail, want)
			}
		}
		ans := n.Resolve(atlas.Ask{Point: p, Level: -1})
		if (ans.Grid != atlas.None) != (len(by) == 1) {
			t.Fatalf("at %s, grid %q: answered by %v", p, want, by)
		}
		claimed[strings.Join(by, " ")]++
	}
	if claimed["310101"] < 20 || claimed["310109,310115"] < 20 || claimed[""] < 3 {
		t.Errorf("the probes say little: %v", claimed)
	}
}

// sameBody compares whole answers: also near borders nothing is missing.
func sameBody(t *testing.T, whole, scoped string, p spatial.Point) {
	t.Helper()
	path := fmt.Sprintf("/v1/resolve?lon=%s&crs=wgs84&accuracy=90", strings.Replace(p.String(), ",", "&lat=", 1))
	_, want, _ := fetch(t, whole+path)
	if _, got, _ := fetch(t, scoped+path); string(got) != string(want) {
		t.Fatalf("at %s:\n%s\neverything:\n%s", p, got, want)
	}
}

func TestAScopedServerSaysSoAndTellsNothingOfOtherCounties(t *testing.T) {
	whole, urls := threeServers(t)
	url := urls["310101"]
	n := whole.keeper.Current().Main()
	_, meta, _ := fetch(t, url+"/v1/meta")
	if !strings.Contains(string(meta), `"scope":"310101"`) {
		t.Errorf("%s", meta)
	}
	_, list, _ := fetch(t, url+"/v1/grids?limit=500")
	if strings.Contains(string(list), `"code":"310109`) || strings.Contains(string(list), `"code":"310115`) || !strings.Contains(string(list), `"code":"310101`) {
		t.Errorf("the list: %.300s", list)
	}
	_, items, _ := fetch(t, url+"/ogc/collections/grids/items?limit=500")
	if strings.Contains(string(items), `"310109`) || !strings.Contains(string(items), `"310101`) {
		t.Errorf("the collection: %.300s", items)
	}
	for i := range n.Grids {
		g := &n.Grids[i]
		mine := strings.HasPrefix(g.Code, "310101")
		status, body, _ := fetch(t, fmt.Sprintf("%s/v1/grids/%d", url, g.ID))
		if want := map[bool]int{true: http.StatusOK, false: http.StatusMisdirectedRequest}[mine]; status != want {
			t.Fatalf("grid %s: %d %s", g.Code, status, body)
		}
	}
	away := n.Label(whole.keeper.Current(), n.ByCode("310115901"))
	for _, more := range []string{"", "&accuracy=30", "&duty=1", "&level=street"} {
		if status, code, _ := codeAt(t, url, away, more); status != http.StatusMisdirectedRequest && status != http.StatusNotFound || status == http.StatusOK {
			t.Errorf("%s: %d %s", more, status, code)
		}
	}
	status, lines := post(t, url+"/v1/resolve?crs=wgs84&fields=ids", "application/x-ndjson", fmt.Sprintf(`{"id":1,"lon":%s}`+"\n", strings.Replace(away.String(), ",", `,"lat":`, 1)))
	if status != http.StatusOK || !strings.Contains(string(lines), `"code":"elsewhere"`) {
		t.Errorf("in a batch: %d %s", status, lines)
	}
	_, known, _ := fetch(t, url+"/v1/resolve?address="+"%E6%B5%A6%E4%B8%9C%E6%96%B0%E5%8C%BA%E4%B8%9C%E6%96%B9%E6%98%8E%E7%8F%A0") // 浦东新区东方明珠
	if strings.Contains(string(known), `"status":"inside"`) || !strings.Contains(string(known), "310101") {
		t.Errorf("an address of another county: %s", known)
	}
}

func TestPlansOfAScopedServerChangeItsCountiesOnly(t *testing.T) {
	s, _ := bundStore(t)
	whole, urls := serversOf(t, s)
	n := whole.keeper.Current().Main()
	d := &drafter{t: t, base: urls["310101"], name: "甲"}
	there := n.Grids[n.ByCode("310115901")].ID
	if status, out := d.call(http.MethodPost, "/v1/plans", jsonMap{"name": "别处", "scope": []int64{int64(there)}}); status != http.StatusMisdirectedRequest {
		t.Fatalf("a plan for another county: %d %v", status, out)
	}
	status, p := d.call(http.MethodPost, "/v1/plans", jsonMap{"name": "本区"})
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, p)
	}
	route := fmt.Sprintf("/v1/plans/%v", p["id"])
	_, _, owner := n.Ground()
	a := whole.keeper.Current()
	var mine, others, to int64
	_, atoms, _ := n.Ground()
	for f, g := range owner {
		id := int64(a.Atom(atoms[f]).ID)
		switch code := n.Grids[g].Code; {
		case strings.HasPrefix(code, "310101901") && mine == 0:
			mine = id
			for k := range n.Grids { // a neighbour in the same community
				if x := &n.Grids[k]; int32(k) != g && x.Parent == n.Grids[g].Parent {
					to = int64(x.ID)
				}
			}
		case strings.HasPrefix(code, "310109"):
			others = id
		}
	}
	op := func(id string, atom int64) jsonMap {
		return jsonMap{"base_rev": 0, "ops": []jsonMap{{"id": id, "kind": "reassign_atoms", "atoms": []int64{atom}, "to": to}}}
	}
	if status, out := d.call(http.MethodPost, route+"/ops", op("a", others)); status != http.StatusMisdirectedRequest {
		t.Errorf("an atom of another county: %d %v", status, out)
	}
	if status, out := d.call(http.MethodPost, route+"/ops", op("b", mine)); status != http.StatusOK {
		t.Errorf("an atom of this county: %d %v", status, out)
	}

	// Published here, it is what a server of everything would have published.
	outlines := func() map[string]string {
		var all struct {
			Features []struct {
				Properties struct{ Code string }
				Geometry   json.RawMessage
			}
		}
		byCode := map[string]string{}
		for _, level := range []string{"street", "community", "grid"} {
			_, body, _ := fetch(t, urls[""]+"/v1/grids.geojson?level="+level)
			if err := json.Unmarshal(body, &all); err != nil {
				t.Fatalf("%s: %v %.200s", level, err, body)
			}
			for _, f := range all.Features {
				byCode[f.Properties.Code] = string(f.Geometry)
			}
		}
		return byCode
	}
	before := outlines()
	d.plan = route
	d.must(http.StatusOK, http.MethodPost, "/submit", jsonMap{"rev": 1, "force": true, "note": "试"})
	d.as("乙").must(http.StatusOK, http.MethodPost, "/approve", jsonMap{"rev": 1})
	d.as("乙").must(http.StatusOK, http.MethodPost, "/publish", jsonMap{"rev": 1, "force": true, "note": "试"})
	if err := whole.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, n = whole.keeper.Current(), whole.keeper.Current().Main()
	if i := n.OfPlace(a, &gridmap.Place{Atom: gridmap.AtomID(mine)}); i == atlas.None || int64(n.Grids[i].ID) != to {
		t.Errorf("the atom is in %d, want %d", i, to)
	}
	changed := 0
	for code, was := range outlines() {
		if before[code] != was {
			changed++
			if !strings.HasPrefix(code, "310101") {
				t.Errorf("%s changed, too", code)
			}
		}
	}
	if changed < 2 {
		t.Errorf("%d outlines changed", changed)
	}
	err := s.View(t.Context(), func(r gridmap.Reader) error {
		for g, err := range r.Grids(t.Context(), gridmap.Query{Since: 1}) {
			if err != nil {
				return err
			}
			if !strings.HasPrefix(g.Code, "310101") {
				t.Errorf("%s was written", g.Code)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
