package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/tiles"
)

func exportTo(t *testing.T, store, format, name string, args ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	args = append([]string{"export", "--store", "gpkg:" + store, "--format", format, "--out", out}, args...)
	if code, _, errs := runCLI(t, args...); code != 0 {
		t.Fatalf("%s: %d %s", format, code, errs)
	}
	if code, _, _ := runCLI(t, args...); code != 2 {
		t.Errorf("%s: an existing file is overwritten", format)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(entries) != 1 {
		t.Errorf("%s leaves %v behind", format, entries)
	}
	return out
}

func TestGDALReadsEveryExportWithTheSameGround(t *testing.T) {
	_, store := demoStore(t)
	area := func(path, layer string) string {
		out := gdal(t, "ogrinfo", "-ro", "-q", "-dialect", "SQLite", "-sql",
			"select count(*) as n, round(sum(ST_Area(geometry)) * 1e9) as a from \""+layer+"\"", path)
		return strings.Join(strings.Fields(out)[2:], " ")
	}
	want := area(exportTo(t, store, "geojson", "villages.geojson", "--level", "village"), "villages")
	if !strings.Contains(want, "108") {
		t.Fatal(want)
	}
	if got := area("/vsizip/"+exportTo(t, store, "shp", "villages.zip", "--level", "village"), "villages"); got != want {
		t.Errorf("shapefile: %s, want %s", got, want)
	}
	topo := exportTo(t, store, "topojson", "villages.json")
	if out := gdal(t, "ogrinfo", "-al", "-so", topo); !strings.Contains(out, "Feature Count: 109") {
		t.Error(out)
	}
	shapes := gdal(t, "ogrinfo", "-q", "-al", "-where", "code='66000010007'", topo)
	if !strings.Contains(shapes, "大誠里") || !strings.Contains(shapes, "MULTIPOLYGON") && !strings.Contains(shapes, "POLYGON") {
		t.Error(shapes)
	}
	gp := exportTo(t, store, "gpkg", "map.gpkg")
	if out := gdal(t, "ogrinfo", "-al", "-so", gp); !strings.Contains(out, "Layer name: grids") || !strings.Contains(out, "Feature Count: 2149") {
		t.Error(out)
	}
	if raw, err := os.ReadFile(gp); err != nil || bytes.Contains(raw, []byte("网格员-")) {
		t.Errorf("the exported map holds staff (%v)", err)
	}
}

func TestAnExportedTileIsTheServedTile(t *testing.T) {
	s, store := demoStore(t)
	url, srv := boot(t, s)
	archive, err := os.ReadFile(exportTo(t, store, "pmtiles", "map.pmtiles", "--max-zoom", "15"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(exportTo(t, store, "pmtiles", "map.pmtiles", "--max-zoom", "15"))
	if err != nil || !bytes.Equal(archive, again) {
		t.Error("two exports of one edition differ")
	}
	box := srv.keeper.Current().Bounds()
	seen := 0
	for z := uint8(9); z <= 15; z += 2 {
		x0, y0, x1, y1 := tiles.Range(box, z)
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				tile := tiles.Tile{Z: z, X: x, Y: y}
				status, body, _ := fetch(t, url+"/tiles/grids/"+tile.String()+".mvt", "Accept-Encoding", "gzip")
				kept, err := tiles.ReadPMTile(archive, tile)
				if err != nil || !bytes.Equal(kept, body) {
					t.Fatalf("%s: served %d with %d bytes, exported %d (%v)", tile, status, len(body), len(kept), err)
				}
				seen += len(body)
			}
		}
	}
	if seen == 0 {
		t.Error("no tile was compared")
	}
}
