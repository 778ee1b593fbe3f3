package ingest_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

func openSample(t *testing.T, path string) importers.Source {
	t.Helper()
	src, err := importers.Open(path, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

// What PostGIS 3.3 says of the same file (ST_Intersection of pairs, holes of
// ST_Union, geography areas), leaving out what is under 2 cm wide.
func TestTheDirtySampleHasTheOverlapsAndGapsThatPostGISFinds(t *testing.T) {
	rep := check(t, openSample(t, "testdata/ri_sample.geojson"), nil, ingest.Options{}).Report()
	type piece struct{ areaM2, lon, lat float64 }
	for kind, want := range map[string][]piece{
		"overlap": {{29.69, -71.511253, 41.877305}, {3.36, -71.409687, 41.794202}},
		"gap":     {{83.63, -71.430635, 41.782890}, {11.64, -71.473590, 41.854634}, {8.05, -71.468602, 41.776303}},
	} {
		var got []ingest.Finding
		for _, f := range rep.Findings {
			if f.Kind == kind {
				got = append(got, f)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d of kind %s, PostGIS has %d: %v", len(got), kind, len(want), got)
			continue
		}
		for i, w := range want {
			// The lattice moves each border by up to 6 mm.
			if g := got[i]; math.Abs(g.AreaM2-w.areaM2) > 1+0.01*w.areaM2 || math.Abs(g.At.Lon-w.lon) > 0.002 || math.Abs(g.At.Lat-w.lat) > 0.002 || len(g.Rows) < 2 {
				t.Errorf("%s %d: %+v, want %+v", kind, i, g, w)
			}
		}
	}
}

func TestTheReportReadsAsItAlwaysDid(t *testing.T) {
	dirty := collection(
		grid("A1", 120, 30, 0.01), grid("A2", 120.01, 30, 0.01), grid("A1", 120.02, 30, 0.01), // a code twice
		grid("A3", 120, 30, 0.01),         // a shape twice
		grid("A4", 30.03, 120.01, 0.01),   // latitude first
		grid("A5", 120.015, 30.005, 0.01), // over A2
		`{"type":"Feature","properties":{"code":"A6"},"geometry":null}`,
		`{"type":"Feature","properties":{"name":"无码"},"geometry":{"type":"Point","coordinates":[120,30]}}`,
		`{"type":"Feature","properties":{"code":"A7"},"geometry":{"type":"Point","coordinates":[120,30]}}`,
		`{"type":"Feature","properties":{"code":"A8"},"geometry":{"type":"Polygon","coordinates":[[[120.05,30],[120.06,30.01],[120.06,30],[120.05,30.01],[120.05,30]]]}}`,
		`{"type":"Feature","properties":{"code":"A9"},"geometry":{"type":"Polygon","coordinates":[[[120.05,30],[120.06,30],[120.05,30]]]}}`,
		`{"type":"Feature","properties":{"code":"B1"},"geometry":{"type":"MultiPolygon","coordinates":[[[[120.1,30],[120.11,30],[120.11,30.01],[120.1,30]]],[[[120.2,30],[120.21,30],[120.21,30.01]]]]}}`,
		grid("B2", 200, 30, 0.01), // no such longitude
	)
	for name, src := range map[string]importers.Source{
		"dirty": file(t, "dirty.geojson", dirty), "ri_sample": openSample(t, "testdata/ri_sample.geojson"),
	} {
		rep := check(t, src, nil, ingest.Options{}).Report()
		rep.DryRun = true
		var text bytes.Buffer
		if err := rep.WriteText(&text, 3); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".report.txt", text.Bytes())
		b, err := json.MarshalIndent(rep, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".report.json", append(b, '\n'))
	}
}

func TestACleanFileHasNothingToLookAt(t *testing.T) {
	rep := check(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01))), nil, ingest.Options{}).Report()
	if !rep.Clean() || rep.Read != 2 || rep.Accepted != 2 || rep.Created != 2 {
		t.Errorf("%+v", rep)
	}
}

func TestAFieldSaidToHaveNoColumnIsNotGuessed(t *testing.T) {
	src := file(t, "a.csv", "code,name,parent,households\n1,a,x,3\n")
	b, err := ingest.Prepare(ctx, src, ingest.Options{Now: now, As: ingest.Staff, Mapping: ingest.Mapping{Columns: map[string]string{"grid": "parent", "code": ""}}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Against(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m := p.Report().Mapping; m.Columns["code"] != "" || m.Columns["grid"] != "parent" || m.Columns["name"] != "name" {
		t.Errorf("%+v", m)
	}
}
