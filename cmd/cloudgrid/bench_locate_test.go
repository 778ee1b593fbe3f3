package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append(args, "--json"), strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("%v exits with %d: %s", args, code, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), into); err != nil {
		t.Fatalf("%v: %v in %q", args, err, out.String())
	}
}

func TestBenchLocateAgreesWithItsRivalAndAllocatesNothing(t *testing.T) {
	var r locateReport
	runJSON(t, &r, "bench", "locate", "--grids", "300", "--turn", "1ms")
	if r.Grids != 300 || r.NsPerOp <= 0 || r.RivalNsPerOp <= 0 || r.Ratio <= 0 || r.Allocs != 0 || r.Compared == 0 || r.Differing != 0 {
		t.Errorf("%+v", r)
	}
}

func TestBenchLocateReadsACoverage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "two.geojson")
	const two = `{"type":"FeatureCollection","features":[
	 {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.1,30],[120.1,30.1],[120,30.1],[120,30]]]}},
	 {"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[120.1,30],[120.2,30],[120.2,30.1],[120.1,30.1],[120.1,30]]]]}}]}`
	if err := os.WriteFile(file, []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	var r locateReport
	runJSON(t, &r, "bench", "locate", "--coverage", file, "--turn", "1ms")
	if r.Grids != 2 || r.Vertices != 8 || r.Differing != 0 {
		t.Errorf("%+v", r)
	}
}

func TestBenchScaleReportsEverySize(t *testing.T) {
	var r scaleReport
	runJSON(t, &r, "bench", "scale", "--up-to", "500", "--turn", "1ms")
	if len(r.Sizes) != 1 || r.Sizes[0].Grids != 500 || r.Sizes[0].BytesPerVertex <= 0 {
		t.Errorf("%+v", r)
	}
}

func TestABenchmarkOverNonsenseIsBadInput(t *testing.T) {
	for _, args := range [][]string{
		{"bench", "locate", "--grids", "many"},
		{"bench", "locate", "--grids", "9m"},
		{"bench", "locate", "--coverage", "/nowhere.geojson"},
		{"bench", "scale", "--up-to", "0"},
	} {
		var out, errs bytes.Buffer
		if code := run(args, strings.NewReader(""), &out, &errs); code != exitBad || errs.Len() == 0 {
			t.Errorf("%v exits with %d and says %q", args, code, errs.String())
		}
	}
}
