package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
)

// tileFeatures is a GeoJSON coverage of w by h squares, in two towns.
func tileFeatures(w, h int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range w * h {
		x, y := 120+float64(i%w)*0.001, 30+float64(i/w)*0.001
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"code":"%05d","name":"网格%d","town":"T%d"},"geometry":{"type":"Polygon","coordinates":[[[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f]]]}}`,
			i, i, i%2, x, y, x+0.001, y, x+0.001, y+0.001, x, y+0.001, x, y)
	}
	b.WriteString(`]}`)
	return b.String()
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// command runs cloudgrid and returns its exit code and what it printed.
func command(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestADryRunChangesNothingAndItsExitCodeTellsTheFile(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "map.gpkg")
	clean := writeFile(t, "clean.geojson", tileFeatures(3, 3))
	dirty := writeFile(t, "dirty.geojson", strings.Replace(tileFeatures(3, 3), "00001", "00000", 1))
	for _, c := range []struct {
		file string
		code int
	}{{clean, exitOK}, {dirty, exitWanted}, {filepath.Join(dir, "none.zip"), exitBad}, {writeFile(t, "a.csv", "code,lon,lat\n1,120,30\n"), exitBad}} {
		t.Chdir(dir)
		code, out, errs := command("import", "--dry-run", c.file)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", filepath.Base(c.file), code, c.code, out, errs)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("a dry run left %v behind", left)
	}
	if _, err := os.Stat(store); !os.IsNotExist(err) {
		t.Error("a dry run made a store")
	}
}

func TestADryRunOnAStoreThatIsNotThereYetFindsAnEmptyMap(t *testing.T) {
	dir := t.TempDir()
	grids := writeFile(t, "a.geojson", tileFeatures(2, 2))
	doors := writeFile(t, "d.csv", "address,lon,lat\n某市某区某路1号,120,30\n")
	stores := []string{"gpkg:" + filepath.Join(dir, "new.gpkg")}
	if dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES"); dsn != "" {
		stores = append(stores, newSchema(t, dsn))
	}
	for _, store := range stores {
		for _, args := range [][]string{{grids}, {"--places", doors, "--crs", "wgs84"}} {
			code, out, errs := command(append([]string{"import", "--dry-run", "--store", store}, args...)...)
			if code != exitOK || !strings.Contains(out, "还不存在") {
				t.Errorf("%s %v: exit %d\n%s%s", storeName(store), args, code, out, errs)
			}
		}
		if s, err := openStore(t.Context(), store, storeRead); gridmap.CodeOf(err) != gridmap.NotFound {
			t.Errorf("a dry run made %s: %v, %v", storeName(store), s, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a dry run left %v behind", left)
	}
	for _, store := range []string{"gpkg:" + grids, "mysql://x"} { // no map, no such kind
		if code, out, errs := command("import", "--dry-run", "--store", store, grids); code != exitBad {
			t.Errorf("%s: exit %d\n%s%s", store, code, out, errs)
		}
	}
}

func TestPlacesIsShortForAsPlaces(t *testing.T) {
	doors := writeFile(t, "d.csv", "address,lon,lat\n某市某区某路1号,120,30\n")
	t.Chdir(t.TempDir())
	if code, out, errs := command("import", "--dry-run", "--places", doors, "--crs", "wgs84"); code != exitOK || !strings.Contains(out, "places") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, _, errs := command("import", "--dry-run", "--places", "--as", "grids", doors, "--crs", "wgs84"); code != exitBad || !strings.Contains(errs, "--places") {
		t.Errorf("exit %d\n%s", code, errs)
	}
}

func TestAnImportedAddressIsFoundHoweverTheTableWritesIt(t *testing.T) {
	for name, table := range map[string]string{
		"columns": "city,road,number,compound,alias,former,lon,lat\n某市,平安路,12号3楼301室,翡翠郡,绿楼,机床厂,120.0005,30.0005\n",
		"whole":   "地址,别名,曾用名,lon,lat\n某市平安路12号翡翠郡3楼301室,绿楼,机床厂,120.0005,30.0005\n",
	} {
		store := "gpkg:" + filepath.Join(t.TempDir(), "map.gpkg")
		for _, args := range [][]string{{writeFile(t, "a.geojson", tileFeatures(2, 2))}, {"--places", writeFile(t, "d.csv", table), "--crs", "wgs84"}} {
			if code, out, errs := command(append([]string{"import", "--store", store}, args...)...); code != exitOK {
				t.Fatalf("%s: exit %d\n%s%s", name, code, out, errs)
			}
		}
		for _, text := range []string{"平安路12号", "翡翠郡", "绿楼", "机床厂", "某市平安路12号翡翠郡301室 李四"} {
			code, out, errs := command("resolve", "--store", store, "--address", text)
			if code != exitOK || !strings.Contains(out, "网格0") {
				t.Errorf("%s, %s: exit %d\n%s%s", name, text, code, out, errs)
			}
		}
	}
}

func TestAnImportIsOneJSONObjectAndASavedMappingWorksAgain(t *testing.T) {
	dir := t.TempDir()
	store, mapping, saved := "gpkg:"+filepath.Join(dir, "map.gpkg"), filepath.Join(dir, "m.json"), filepath.Join(dir, "r.json")
	file := writeFile(t, "a.geojson", tileFeatures(4, 2))
	code, out, errs := command("import", file, "--store", store, "--json", "--report", saved, "--save-mapping", mapping,
		"--level", "village=社区", "--parent-level", "town=街道", "--make-parents", "--map", "parent=town")
	if code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var rep ingest.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil || !rep.Written || rep.Created != 8 || rep.Edition != 1 {
		t.Errorf("%v, %s", err, out)
	}
	if b, err := os.ReadFile(saved); err != nil || !strings.Contains(string(b), `"written": true`) {
		t.Errorf("%v, %s", err, b)
	}
	if code, out, errs = command("import", file, "--store", store, "--level", "village", "--mapping", mapping); code != exitOK || !strings.Contains(out, "不变 8") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if n := countGrids(t, store); n != 10 {
		t.Errorf("%d grids", n)
	}
}

func TestARefusedImportPrintsItsReportAndWritesNothing(t *testing.T) {
	store := "gpkg:" + filepath.Join(t.TempDir(), "map.gpkg")
	file := writeFile(t, "a.geojson", strings.Replace(tileFeatures(3, 3), "00001", "00000", 1))
	code, out, errs := command("import", file, "--store", store)
	if code != exitBad || !strings.Contains(out, "编码 00000 与第 1 行重复") || !strings.Contains(errs, "--accept-partial") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if n := countGrids(t, store); n != 0 {
		t.Errorf("%d grids", n)
	}
	if code, out, _ = command("import", file, "--store", store, "--accept-partial"); code != exitOK || !strings.Contains(out, "1 行没有导入") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if n := countGrids(t, store); n != 8 {
		t.Errorf("%d grids", n)
	}
}

// countGrids opens a store and counts its grids.
func countGrids(t *testing.T, store string) int {
	t.Helper()
	grids, _, _ := countAll(t, store)
	return grids
}

func countAll(t *testing.T, store string) (grids, atoms, members int) {
	t.Helper()
	ctx := context.Background()
	s, err := openStore(ctx, store, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(ctx, func(r gridmap.Reader) error {
		grids, err = countRows(r.Grids(ctx, gridmap.Query{}))
		if err == nil {
			atoms, err = countRows(r.Atoms(ctx, gridmap.Query{}))
		}
		if err == nil {
			members, err = countRows(r.Memberships(ctx, gridmap.Query{}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return grids, atoms, members
}

func countRows[T any](rows iter.Seq2[T, error]) (n int, err error) {
	for _, err := range rows {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
