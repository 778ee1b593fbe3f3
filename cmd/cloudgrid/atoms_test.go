package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"cloudgrid/importers"
	"cloudgrid/spatial/tessellate"
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

// manyHouses is a raster of houses with codes h0, h1 …
func manyHouses(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		x, y := 121.0005+0.001*float64(i%4), 31.0005+0.001*float64(i/4)
		fmt.Fprintf(&b, `%s{"type":"Feature","properties":{"code":"h%d"},"geometry":{"type":"Polygon","coordinates":[[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f]]]}}`,
			strings.Repeat(",", min(i, 1)), i, x, y, x+0.0002, y, x, y+0.0002, x, y)
	}
	return b.String() + "]}"
}

// countAtoms joins a table to sixteen houses.
func countAtoms(t *testing.T, name, table string, more ...string) (rep atomsReport, file string, said string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "atoms.geojson")
	args := append([]string{
		"atoms", "--json", "--buildings", writeText(t, "b.geojson", manyHouses(16)), "--within", writeText(t, "w.geojson", square),
		"--code", "code", "--counts", writeText(t, name, table), "--out", out,
	}, more...)
	code, text, errs := runCLI(t, args...)
	if code != 0 {
		t.Fatal(code, text, errs)
	}
	if err := json.Unmarshal([]byte(lastLine(text)), &rep); err != nil {
		t.Fatal(err, text)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return rep, string(written), errs
}

func TestCountsAreJoinedByCodeAndRowsThatFitNowhereAreNamed(t *testing.T) {
	table := "楼栋,户数,人数\nh0,10,25\nh0,5,\n h1 ,7,20\nzz,100,1\n,3,3\nh2,many,1\nh3,-1,1\n"
	rep, file, said := countAtoms(t, "c.csv", table, "--by", "code", "--counts-code", "楼栋", "--count", "households=户数,persons=人数,rows=*")
	want := []countSum{{"households", 125, 22, 103}, {"persons", 49, 45, 4}, {"rows", 5, 3, 2}}
	if fmt.Sprint(rep.Counts) != fmt.Sprint(want) {
		t.Errorf("%+v", rep.Counts)
	}
	var rows []int
	for _, m := range rep.Uncounted {
		rows = append(rows, m.Row)
		if !strings.Contains(said, fmt.Sprintf("第 %d 行未计：%s", m.Row, m.Reason)) {
			t.Errorf("row %d is not told of in %s", m.Row, said)
		}
	}
	if fmt.Sprint(rows) != "[5 6 7 8]" {
		t.Errorf("rows %v, as the file counts them", rows)
	}
	for _, want := range []string{`"buildings":"h0","building_count":1,"households":15,"persons":25,"rows":2}`, `"buildings":"h1","building_count":1,"households":7,"persons":20,"rows":1}`} {
		if !strings.Contains(file, want) {
			t.Errorf("no %s in\n%s", want, file)
		}
	}
}

func TestCountsAreJoinedByPoint(t *testing.T) {
	table := "lon,lat,shops\n121.00055,31.00055,2\n121.0009,31.0006,1\n121.1,31.1,4\n121.0035,31.0035,0.5\n"
	rep, file, _ := countAtoms(t, "c.csv", table, "--by", "point", "--counts-crs", "wgs84", "--count", "shops")
	if fmt.Sprint(rep.Counts) != fmt.Sprint([]countSum{{"shops", 7.5, 3.5, 4}}) || len(rep.Uncounted) != 1 || rep.Uncounted[0].Row != 4 {
		t.Errorf("%+v %+v", rep.Counts, rep.Uncounted)
	}
	if !strings.Contains(file, `"buildings":"h0","building_count":1,"shops":3}`) || !strings.Contains(file, `"buildings":"h15","building_count":1,"shops":0.5}`) {
		t.Error(file)
	}
}

func TestCountsThatSayTooLittleAreRefused(t *testing.T) {
	table := writeText(t, "c.csv", "code,n,lon,lat\nh0,1,121.0005,31.0005\n")
	base := []string{"atoms", "--buildings", writeText(t, "b.geojson", manyHouses(4)), "--within", writeText(t, "w.geojson", square), "--code", "code", "--out", filepath.Join(t.TempDir(), "a.geojson")}
	for name, args := range map[string][]string{
		"no by":       {"--counts", table, "--count", "n"},
		"bad by":      {"--counts", table, "--count", "n", "--by", "name"},
		"no count":    {"--counts", table, "--by", "code"},
		"no column":   {"--counts", table, "--by", "code", "--count", "n=m"},
		"no code":     {"--counts", table, "--by", "code", "--count", "n", "--counts-code", "楼"},
		"twice":       {"--counts", table, "--by", "code", "--count", "n,n"},
		"summed too":  {"--counts", table, "--by", "code", "--count", "n", "--sum", "n"},
		"no frame":    {"--counts", table, "--by", "point", "--count", "n"},
		"no table":    {"--by", "code", "--count", "n"},
		"no file":     {"--counts", "none.csv", "--by", "code", "--count", "n"},
		"half a pair": {"--counts", table, "--by", "code", "--count", "n="},
	} {
		if code, _, errs := runCLI(t, append(append([]string(nil), base...), args...)...); code != exitBad || errs == "" {
			t.Errorf("%s: %d %q", name, code, errs)
		}
	}
}

func TestJoinedCountsAddUpWhateverTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "rows")
		tl := &tally{names: []string{"n"}, columns: []string{"n"}, read: []float64{0}, leftOut: []float64{0}, byAtom: [][]float64{{0}, {0}, {0}}}
		var total float64
		for i := range n {
			v := rapid.IntRange(0, 1e6).Draw(t, "n")
			total += float64(v)
			atom := rapid.IntRange(-1, 2).Draw(t, "atom")
			tl.add(importers.Feature{Row: i + 2, Props: importers.Props{{Key: "n", Value: int64(v)}}}, func(importers.Feature) (int, string) {
				if atom < 0 {
					return 0, "nowhere"
				}
				return atom, ""
			})
		}
		if err := tl.prove(); err != nil || tl.read[0] != total || tl.placed(0)+tl.leftOut[0] != total {
			t.Fatalf("%v: %+v of %v", err, tl, total)
		}
	})
}

func TestCountsAreReadFromXLSX(t *testing.T) {
	x := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "楼栋编码", "B1": "户数", "A2": "h3", "B2": 12, "A3": "h99", "B3": 4} {
		if err := x.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	rep, file, _ := countAtoms(t, "户籍.xlsx", b.String(), "--by", "code", "--counts-code", "楼栋编码", "--count", "households=户数")
	if fmt.Sprint(rep.Counts) != fmt.Sprint([]countSum{{"households", 16, 12, 4}}) || fmt.Sprint(rep.Uncounted[0].Row, len(rep.Uncounted)) != "3 1" {
		t.Errorf("%+v", rep)
	}
	if !strings.Contains(file, `"buildings":"h3","building_count":1,"households":12}`) {
		t.Error(file)
	}
}

func TestACodeThatBuildingsOfTwoAtomsHaveIsNotCounted(t *testing.T) {
	g := &ground{codes: []string{"x", "x", " y", "y "}}
	find := g.byCode(&tessellate.Result{Atoms: []tessellate.Atom{{Buildings: []int32{0}}, {Buildings: []int32{1}}, {Buildings: []int32{2, 3}}}}, "code")
	row := func(code string) importers.Feature {
		return importers.Feature{Props: importers.Props{{Key: "code", Value: code}}}
	}
	if _, reason := find(row("x")); !strings.Contains(reason, "不止一处") {
		t.Errorf("x: %q", reason)
	}
	if atom, reason := find(row("y")); atom != 2 || reason != "" {
		t.Errorf("y: %d %q", atom, reason)
	}
}
