package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

type ogcPage struct {
	NumberMatched, NumberReturned int
	Links                         []struct{ Href, Rel string }
	Features                      []struct {
		ID         int64
		Properties map[string]any
		Geometry   *struct {
			Type        string
			Coordinates json.RawMessage
		}
	}
}

func ogcItems(t *testing.T, address string) ogcPage {
	t.Helper()
	status, body, _ := fetch(t, address)
	if status != 200 {
		t.Fatalf("%s: %d %s", address, status, body)
	}
	var p ogcPage
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryFeatureComesOnceOverThePagesAndFiltersPickThoseTheyShould(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	items := base + "/ogc/collections/grids/items"
	n := srv.keeper.Current().Main()
	seen := map[int64]bool{}
	for next := items + "?limit=37"; next != ""; {
		p := ogcItems(t, next)
		if p.NumberMatched != len(n.Grids) || p.NumberReturned != len(p.Features) {
			t.Fatalf("matched %d, returned %d of %d", p.NumberMatched, p.NumberReturned, len(n.Grids))
		}
		for _, f := range p.Features {
			if seen[f.ID] {
				t.Fatalf("feature %d twice", f.ID)
			}
			seen[f.ID] = true
		}
		next = ""
		for _, l := range p.Links {
			if l.Rel == "next" {
				next = l.Href
			}
		}
	}
	if len(seen) != len(n.Grids) {
		t.Errorf("%d features over the pages, %d grids", len(seen), len(n.Grids))
	}
	for filter, picks := range map[string]func(i int) bool{
		"level = 1":                     func(i int) bool { return n.Grids[i].Level == 1 },
		"level = 1 AND name LIKE '%德%'": func(i int) bool { return n.Grids[i].Level == 1 && strings.Contains(n.Grids[i].Name, "德") },
		"parent IS NULL OR atoms > 40":  func(i int) bool { return n.Grids[i].Level == 0 || n.Grids[i].Atoms > 40 },
		"area_m2 BETWEEN 1e5 AND 2.0e5": func(i int) bool { return n.Grids[i].AreaM2 >= 99999.5 && n.Grids[i].AreaM2 < 200000.5 },
	} {
		want := 0
		for i := range n.Grids {
			if picks(i) {
				want++
			}
		}
		if p := ogcItems(t, items+"?limit=10000&filter="+url.QueryEscape(filter)); p.NumberMatched != want || want == 0 {
			t.Errorf("%s: %d, want %d", filter, p.NumberMatched, want)
		}
	}
	at := ogcItems(t, items+"?filter="+url.QueryEscape("level = 1 AND S_INTERSECTS(geometry, POINT(120.6867 24.1376))"))
	if at.NumberMatched != 1 || at.Features[0].Properties["code"] != resolveAt(t, base, inTaichung).Chain[1].Code {
		t.Errorf("at the point: %+v", at.Features)
	}
	if p := ogcItems(t, items+"?bbox=0,0,1,1"); p.NumberMatched != 0 {
		t.Errorf("%d features in the Gulf of Guinea", p.NumberMatched)
	}
	if p := ogcItems(t, items+"?level=0"); p.NumberMatched != 5 {
		t.Errorf("%d districts, want 5", p.NumberMatched)
	}
}

func TestTheAxesOfASystemAreTheAuthoritys(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	first := func(crs string) (x, y float64) {
		p := ogcItems(t, base+"/ogc/collections/places/items?limit=1"+crs)
		var xy [2]float64
		if err := json.Unmarshal(p.Features[0].Geometry.Coordinates, &xy); err != nil {
			t.Fatal(err)
		}
		return xy[0], xy[1]
	}
	lon, lat := first("")
	for _, code := range []int{4326, 4490} {
		if y, x := first(fmt.Sprintf("&crs=http://www.opengis.net/def/crs/EPSG/0/%d", code)); x != lon || y != lat {
			t.Errorf("EPSG:%d gives %v %v for lon %v lat %v", code, y, x, lon, lat)
		}
	}
	if x, y := first("&crs=http://www.opengis.net/def/crs/EPSG/0/3857"); x < 1.3e7 || y < 2.7e6 || y > 2.8e6 {
		t.Errorf("Web Mercator gives %v %v", x, y)
	}
}

func TestWhatTheStandardForbidsIsRefused(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	for path, want := range map[string]int{
		"/ogc/collections/nosuch":                                            404,
		"/ogc/collections/grids/items/999999999":                             404,
		"/ogc/collections/grids/items?nosuch=1":                              400,
		"/ogc/collections/grids/items?limit=0":                               400,
		"/ogc/collections/grids/items?bbox=1,2,3":                            400,
		"/ogc/collections/grids/items?bbox=a,b,c,d":                          400,
		"/ogc/collections/grids/items?crs=http://x":                          400,
		"/ogc/collections/grids/items?datetime=yesterday":                    400,
		"/ogc/collections/grids/items?filter=phone%3D1":                      400,
		"/ogc/collections/grids/items?filter=level%3D1&filter-lang=cql-json": 400,
		"/ogc/tiles/WebMercatorQuad/a/0/0":                                   404,
		"/ogc/collections/grids/items?f=html":                                200,
		"/ogc?f=html":                                                        200,
		"/ogc/conformance":                                                   200,
		"/ogc/collections/grids/queryables":                                  200,
		"/ogc/collections/grids/items?datetime=2100-01-01":                   200,
		"/ogc/collections/grids/items?datetime=2100-01-01/..":                200,
	} {
		if status, body, _ := fetch(t, base+path); status != want {
			t.Errorf("%s: %d, want %d: %.200s", path, status, want, body)
		}
	}
}

func TestGDALListsReadsPagesAndFiltersTheCollections(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	info := func(args ...string) string {
		t.Helper()
		out := gdal(t, "ogrinfo", args...)
		if strings.Contains(out, "ERROR") || strings.Contains(out, "Warning") {
			t.Fatalf("ogrinfo %v:\n%s", args, out)
		}
		return out
	}
	source := "OAPIF:" + base + "/ogc"
	list := info(source)
	for _, layer := range []string{"grids", "atoms", "places"} {
		if !strings.Contains(list, ": "+layer+" ") {
			t.Errorf("no layer %s in\n%s", layer, list)
		}
	}
	n := srv.keeper.Current().Main()
	if out := info("-al", "-q", "-geom=NO", "-oo", "PAGE_SIZE=20", source, "grids"); strings.Count(out, "OGRFeature(") != len(n.Grids) {
		t.Errorf("%d features over pages of 20, want %d", strings.Count(out, "OGRFeature("), len(n.Grids))
	}
	if out := info("-al", "-so", "-where", "level = 0", source, "grids"); !strings.Contains(out, "Feature Count: 5") {
		t.Errorf("the districts:\n%s", out)
	}
}

// TestThePublicCannotReckonASmallCountFromTotals takes what is told of a grid's
// atoms from what is told of the grid.
func TestThePublicCannotReckonASmallCountFromTotals(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := bootWith(t, s, access{accounts: "on", perMinute: -1})
	for _, key := range srv.keeper.Current().CountKeys() {
		counts := func(collection, of string) (told map[string][]*int64) {
			status, body, _ := fetch(t, base+"/ogc/collections/"+collection+"/items?limit=10000")
			var page struct {
				Features []struct{ Properties map[string]any }
			}
			if err := json.Unmarshal(body, &page); err != nil || status != 200 {
				t.Fatal(status, err)
			}
			told = map[string][]*int64{}
			for _, f := range page.Features {
				name, _ := f.Properties[of].(string)
				var n *int64
				if v, ok := f.Properties[key].(float64); ok {
					whole := int64(v)
					n = &whole
				}
				told[name] = append(told[name], n)
			}
			return told
		}
		totals, atoms := counts("grids", "code"), counts("atoms", "grid")
		hidden := 0
		for grid, of := range atoms {
			n := 0
			for _, c := range of {
				if c == nil {
					n++
				}
			}
			if hidden += n; n == 1 && totals[grid] != nil && totals[grid][0] != nil {
				t.Errorf("%s of one atom of %s is the total less what is told", key, grid)
			}
		}
		if hidden == 0 && key == "households" {
			t.Error("the demo has no small counts")
		}
	}
}
