package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const bundDir = "../../spatial/tessellate/testdata/"

func writeText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

func TestAtomsOfTheBundAreImportedWithoutOverlapOrGap(t *testing.T) {
	out := filepath.Join(t.TempDir(), "atoms.geojson")
	args := []string{
		"atoms", "--json", "--buildings", bundDir + "bund_buildings.geojson", "--barriers", bundDir + "bund_roads.geojson",
		"--within", bundDir + "bund_within.geojson", "--code", "osm_id", "--out", out,
	}
	code, text, errs := runCLI(t, args...)
	if code != 0 {
		t.Fatal(code, errs)
	}
	var rep atomsReport
	if err := json.Unmarshal([]byte(lastLine(text)), &rep); err != nil {
		t.Fatal(err, text)
	}
	if rep.Buildings != 41 || rep.BuildingAtoms < 30 || rep.Atoms != rep.BuildingAtoms+rep.GroundAtoms || rep.Skipped != 0 {
		t.Errorf("%+v", rep)
	}
	if code, _, _ := runCLI(t, args...); code != exitBad {
		t.Error("an existing file is overwritten")
	}
	code, text, errs = runCLI(t, "import", out, "--as", "grids", "--level", "atom", "--strict", "--dry-run", "--store", "gpkg:"+filepath.Join(t.TempDir(), "a.gpkg"))
	if code != 0 {
		t.Errorf("import: %d\n%s\n%s", code, text, errs)
	}
}

const twoHouses = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"a","name":"甲楼","households":3},"geometry":{"type":"Point","coordinates":[121.001,31.001]}},
{"type":"Feature","properties":{"code":"b","name":"乙楼","households":"4"},"geometry":{"type":"Polygon","coordinates":[[[121.001,31.001],[121.0012,31.001],[121.001,31.0012],[121.001,31.001]]]}},
{"type":"Feature","properties":{"code":"c","households":5},"geometry":{"type":"Point","coordinates":[121.004,31.001]}},
{"type":"Feature","properties":{"code":"d","households":"many"},"geometry":{"type":"Point","coordinates":[121.004,31.002]}},
{"type":"Feature","properties":{"code":"e"},"geometry":{"type":"LineString","coordinates":[[121.004,31.002],[121,31]]}}]}`

const square = `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[121,31],[121.005,31],[121.005,31.005],[121,31.005],[121,31]]]}}`

func TestAtomsAddUpWhatIsCountedInTheirBuildings(t *testing.T) {
	buildings, within := writeText(t, "b.geojson", twoHouses), writeText(t, "w.geojson", square)
	out := filepath.Join(t.TempDir(), "atoms.geojson")
	code, text, errs := runCLI(t, "atoms", "--buildings", buildings, "--within", within, "--sum", "households", "--code", "code", "--out", out)
	if code != 0 || !strings.Contains(text, "第 4 行") || !strings.Contains(text, "第 5 行") {
		t.Fatal(code, text, errs)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"甲楼、乙楼"`, `"buildings":"a|b","building_count":2,"households":7}`, `"buildings":"c","building_count":1,"households":5}`} {
		if !strings.Contains(string(written), want) {
			t.Errorf("no %s in\n%s", want, written)
		}
	}
}

func TestAtomsOfFilesThatSayTooLittleAreRefused(t *testing.T) {
	buildings, within := writeText(t, "b.csv", "code,lon,lat\na,121.001,31.001\n"), writeText(t, "w.geojson", square)
	out := filepath.Join(t.TempDir(), "atoms.geojson")
	for name, args := range map[string][]string{
		"no crs":     {"--buildings", buildings, "--within", within},
		"no outline": {"--buildings", buildings, "--within", buildings, "--crs", "wgs84"},
		"no file":    {"--buildings", "none.geojson", "--within", within},
		"bad crs":    {"--buildings", buildings, "--within", within, "--crs", "mars"},
	} {
		if code, _, errs := runCLI(t, append([]string{"atoms", "--out", out}, args...)...); code != exitBad || errs == "" {
			t.Errorf("%s: %d %q", name, code, errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}
