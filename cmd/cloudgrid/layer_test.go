package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/spatial"
)

// layersOf reads GET /v1/layers.
func layersOf(t *testing.T, url string) (names []string) {
	t.Helper()
	status, body, _ := fetch(t, url+"/v1/layers")
	var doc struct {
		Layers []struct{ Name string }
	}
	if err := json.Unmarshal(body, &doc); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	for _, l := range doc.Layers {
		names = append(names, l.Name)
	}
	return names
}

func TestTheDemoShowsItsBuildingsAndRoads(t *testing.T) {
	s, _ := bundStore(t)
	url, _ := boot(t, s)
	if got := layersOf(t, url); !slices.Equal(got, []string{"buildings", "roads", "water"}) {
		t.Fatal(got)
	}
	const lon, lat = 121.4885, 31.2285
	status, body, head := fetch(t, url+"/tiles/layers/buildings/"+tileAt(lon, lat, 16)+".mvt")
	if status != http.StatusOK {
		t.Fatal(status, string(body))
	}
	layers, err := mvt.Unmarshal(body)
	if err != nil || len(layers) != 1 || layers[0].Name != "buildings" || len(layers[0].Features) < 10 {
		t.Fatalf("%v, %v", layers, err)
	}
	if status, _, _ := fetch(t, url+"/tiles/layers/buildings/"+tileAt(lon, lat, 16)+".mvt", "If-None-Match", head.Get("ETag")); status != http.StatusNotModified {
		t.Errorf("asked again with the ETag: %d", status)
	}
	for path, want := range map[string]int{
		"/tiles/layers/buildings/12/3429/1674.mvt":      http.StatusNotFound, // before its first zoom
		"/tiles/layers/fences/" + tileAt(lon, lat, 16):  http.StatusNotFound,
		"/tiles/layers/buildings/16/1/1.mvt":            http.StatusNoContent,
		"/tiles/layers/roads.json":                      http.StatusOK,
		"/v1/layers/roads/features":                     http.StatusBadRequest,
		"/v1/layers/roads/features?bbox=121,31,120,32":  http.StatusBadRequest,
		"/v1/layers/fences/features?bbox=121,31,122,32": http.StatusNotFound,
	} {
		if got, body, _ := fetch(t, url+path); got != want {
			t.Errorf("%s: %d, want %d: %.200s", path, got, want, body)
		}
	}
}

func TestFeaturesComeInExactCoordinates(t *testing.T) {
	s, _ := bundStore(t)
	url, _ := boot(t, s)
	var want []gridmap.LayerFeature
	if err := s.View(t.Context(), func(r gridmap.Reader) error {
		for f, err := range r.LayerFeatures(t.Context(), "buildings") {
			if err != nil {
				return err
			}
			want = append(want, f)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	status, body, _ := fetch(t, url+"/v1/layers/buildings/features?bbox=121.4,31.2,121.6,31.3")
	doc, err := geojson.UnmarshalFeatureCollection(body)
	if err != nil || status != http.StatusOK || len(doc.Features) != len(want) {
		t.Fatal(status, err, len(want))
	}
	for i, f := range doc.Features {
		for j, p := range f.Geometry.(orb.MultiPolygon) {
			for k, r := range p {
				for m, q := range r[:len(r)-1] {
					got, err := spatial.FromLonLat(q[0], q[1])
					if lon, lat := got.LonLat(); err != nil || got != want[i].Areas[j][k][m] || lon != q[0] || lat != q[1] {
						t.Fatalf("feature %d: %v is sent as %v", i, want[i].Areas[j][k][m], q)
					}
				}
			}
		}
	}
	_, body, _ = fetch(t, url+"/v1/layers/buildings/features?bbox=121.4,31.2,121.6,31.3&limit=3")
	if !strings.Contains(string(body), `"more":true`) || strings.Count(string(body), `"Feature"`) != 3 {
		t.Errorf("%.200s", body)
	}
}

func TestALayerImportedBesideARunningServerIsShownByIt(t *testing.T) {
	s, path := bundStore(t)
	url, _ := boot(t, s)
	file := writeText(t, "Fences.geojson", `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"名":"东墙"},"geometry":{"type":"LineString","coordinates":[[121.49,31.24],[121.491,31.24]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[121.49,31.24]}},
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[121.49,31.24],[121.49000000001,31.24]]}}]}`)
	rep, code, said := runFor[layerReport](t, "layer", "import", file, "--store", path, "--kind", "other", "--column", "名", "--title", "围墙")
	if code != exitOK || rep.Layer != "fences" || rep.Features != 1 || rep.Skipped != 2 || len(rep.Problems) != 2 {
		t.Fatalf("%d %+v %s", code, rep, said)
	}
	until(t, "the server to show the layer", func() bool { return slices.Contains(layersOf(t, url), "fences") })
	_, body, _ := fetch(t, url+"/v1/layers/fences/features?bbox=121,31,122,32")
	if !strings.Contains(string(body), `"name":"东墙"`) {
		t.Errorf("%s", body)
	}
	if _, code, _ := runFor[map[string]any](t, "layer", "import", file, "--store", path, "--kind", "fence"); code != exitBad {
		t.Error("an unknown kind is taken")
	}
	if _, code, _ := runFor[map[string]any](t, "layer", "drop", "fences", "--store", path); code != exitOK {
		t.Error("it cannot be dropped")
	}
	if _, code, _ := runFor[map[string]any](t, "layer", "drop", "fences", "--store", path); code != exitBad {
		t.Error("what is not there is dropped")
	}
	listed, code, _ := runFor[struct{ Layers []struct{ Name string } }](t, "layer", "list", "--store", path)
	if code != exitOK || len(listed.Layers) != 3 {
		t.Errorf("%+v", listed)
	}
}

func TestAtomsKeepsWhatItWasGivenAsLayers(t *testing.T) {
	store := "gpkg:" + filepath.Join(t.TempDir(), "a.gpkg")
	if _, code, said := runFor[map[string]any](t, "atoms", "--buildings", bundDir+"bund_buildings.geojson", "--barriers", bundDir+"bund_roads.geojson",
		"--within", bundDir+"bund_within.geojson", "--out", filepath.Join(t.TempDir(), "atoms.geojson"), "--layers", store); code != exitOK {
		t.Fatal(said)
	}
	listed, _, _ := runFor[struct {
		Layers []struct {
			Name, Kind string
			Features   int
		}
	}](t, "layer", "list", "--store", store)
	if l := listed.Layers; len(l) != 2 || l[1].Name != "bund_roads" || l[1].Kind != "road" || l[0].Name != "buildings" || l[0].Features != 41 {
		t.Errorf("%+v", l)
	}
}

// heatDoc is an answer of GET /v1/heat.
type heatDoc struct {
	Cells       string  `json:"cells"`
	Least       int64   `json:"least"`
	HiddenCells int     `json:"hidden_cells"`
	HiddenCount int64   `json:"hidden_count"`
	Breaks      []int64 `json:"breaks"`
	Features    []struct {
		Properties struct {
			Cell  string
			Count int64
			Class int
		}
	}
}

func heatOf(t *testing.T, v *visitor, query string) (d heatDoc) {
	t.Helper()
	status, body, _ := v.get("/v1/heat?" + query)
	if err := json.Unmarshal([]byte(body), &d); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v %.200s", status, err, body)
	}
	return d
}

func (d heatDoc) total() (n int64) {
	for _, f := range d.Features {
		n += f.Properties.Count
	}
	return n
}

func TestHeatHidesSmallCountsFromWhoMayNotSeePeople(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{perMinute: -1})
	planner, field := o.in("planner", gridmap.Grant{Role: rights.Planner}), o.in("field", gridmap.Grant{Role: rights.Field})
	n := o.srv.keeper.Current()
	k := slices.Index(n.CountKeys(), "events")
	truth := int64(0)
	for _, g := range n.Main().Grids {
		if g.Level == 0 {
			truth += g.Counts[k]
		}
	}
	for _, res := range []int{8, 9, 11} {
		query := fmt.Sprintf("measure=events&res=%d", res)
		all, some := heatOf(t, planner, query), heatOf(t, field, query)
		if all.total() != truth || all.Least != 1 || all.HiddenCells != 0 {
			t.Errorf("res %d: a planner sees %d of %d, %+v", res, all.total(), truth, all.HiddenCells)
		}
		if some.Least != 5 || len(some.Features)+some.HiddenCells != len(all.Features) || some.HiddenCount > 0 && some.total()+some.HiddenCount != truth {
			t.Errorf("res %d: %d cells shown, %d hidden of %d", res, len(some.Features), some.HiddenCells, len(all.Features))
		}
		if res == 11 && (some.HiddenCells < 2 || some.HiddenCount < 5) {
			t.Errorf("nothing is hidden: the test shows nothing (%+v)", some.HiddenCells)
		}
		for _, f := range some.Features {
			if f.Properties.Count < 5 || f.Properties.Class > len(some.Breaks) || f.Properties.Cell == "" {
				t.Fatalf("%+v", f)
			}
		}
	}
	if here := heatOf(t, planner, "measure=events&res=10&bbox=121.49,31.235,121.495,31.24"); len(here.Features) == 0 || here.total() >= truth {
		t.Errorf("%d cells in a box", len(here.Features))
	}
	id := o.planOver(planner)
	if drafted := heatOf(t, planner, fmt.Sprintf("measure=events&plan=%d", id)); drafted.total() != truth {
		t.Errorf("the draft counts %d of %d", drafted.total(), truth)
	}
	for query, want := range map[string]int{
		"": http.StatusBadRequest, "measure=wealth": http.StatusBadRequest, "measure=events&res=12": http.StatusBadRequest, "measure=events&res=x": http.StatusBadRequest,
		"measure=events&network=no": http.StatusNotFound, "measure=events&plan=99": http.StatusNotFound, "measure=events&bbox=1": http.StatusBadRequest,
	} {
		if status, body, _ := planner.get("/v1/heat?" + query); status != want {
			t.Errorf("%s: %d, want %d: %.200s", query, status, want, body)
		}
	}
}

func TestHeatIsOfWhatWasGranted(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{perMinute: -1})
	n := o.srv.keeper.Current().Main()
	k := slices.Index(o.srv.keeper.Current().CountKeys(), "persons")
	street := n.Grids[0]
	v := o.in("part", gridmap.Grant{Role: rights.Field, Network: n.Network.ID, Grid: street.ID})
	d := heatOf(t, v, "measure=persons&res=8")
	if total := d.total() + d.HiddenCount; d.Least != 5 || total > street.Counts[k] || total < street.Counts[k]-4*int64(d.HiddenCells) {
		t.Errorf("%d of %d, %d cells hidden", total, street.Counts[k], d.HiddenCells)
	}
}

func TestVerticesOfADraftAreItsOwnToTheLastDigit(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{perMinute: -1})
	planner := o.in("planner", gridmap.Grant{Role: rights.Planner})
	id := o.planOver(planner)
	status, body, _ := planner.get(fmt.Sprintf("/v1/plans/%d/vertices?crs=wgs84&bbox=121.487,31.227,121.490,31.230", id))
	var got struct {
		Lon, Lat []float64
		More     bool
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || len(got.Lon) < 50 || len(got.Lon) != len(got.Lat) || got.More {
		t.Fatalf("%d %v %.300s", status, err, body)
	}
	topo, _, _ := o.srv.keeper.Current().Main().Ground()
	is := map[spatial.Point]bool{}
	for i := range topo.NumArcs() {
		for _, p := range topo.Arc(topologyArc(i)).Points {
			is[p] = true
		}
	}
	for i := range got.Lon {
		p, err := spatial.FromLonLat(got.Lon[i], got.Lat[i])
		if err != nil || !is[p] {
			t.Fatalf("%v, %v is no vertex", got.Lon[i], got.Lat[i])
		}
	}
	for query, want := range map[string]int{"crs=wgs84&bbox=1,2": 400, "crs=gcj02&bbox=121.488,31.236,121.490,31.238": 400, "bbox=121.488,31.236,121.490,31.238": 422} {
		if status, body, _ := planner.get(fmt.Sprintf("/v1/plans/%d/vertices?%s", id, query)); status != want && status != 400 {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
}
