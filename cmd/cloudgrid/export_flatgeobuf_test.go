package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGDALReadsFlatGeobufAndFindsByItsIndex(t *testing.T) {
	_, store := demoStore(t)
	fgb := exportTo(t, store, "flatgeobuf", "villages.fgb", "--level", "village")
	want := exportTo(t, store, "geojson", "villages.geojson", "--level", "village")
	info := gdal(t, "ogrinfo", "-ro", "-al", "-so", "-oo", "VERIFY_BUFFERS=YES", fgb)
	for _, line := range []string{"Feature Count: 108", "Multi Polygon", "EPSG\",4490", "code: String", "atoms: Integer"} {
		if !strings.Contains(info, line) {
			t.Errorf("ogrinfo does not say %q:\n%s", line, info)
		}
	}
	// By way of GDAL both say the same, wholly and of a region.
	read := func(path string, args ...string) map[string]string {
		out := filepath.Join(t.TempDir(), "read.json")
		gdal(t, "ogr2ogr", append(append([]string{"-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=7"}, args...), out, path)...)
		raw, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Features []struct {
				Properties struct {
					Code, Name, Type, Parent string
					Level, Atoms             int
				}
				Geometry json.RawMessage
			}
		}
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, f := range doc.Features {
			told, _ := json.Marshal(f.Properties)
			shape := bytes.ReplaceAll(f.Geometry, []byte(" "), nil)
			found[f.Properties.Code] = string(told) + string(shape)
		}
		return found
	}
	for _, region := range [][]string{nil, {"-spat", "120.66", "24.13", "120.69", "24.16"}} {
		got, want := read(fgb, region...), read(want, append([]string{"-nlt", "MULTIPOLYGON"}, region...)...)
		if len(got) != len(want) || len(want) < 5 || region != nil && len(want) > 100 {
			t.Errorf("%v: %d grids, in GeoJSON %d", region, len(got), len(want))
		}
		for code, g := range want {
			if got[code] != g {
				t.Fatalf("%v: grid %s is\n%.300s\nin GeoJSON\n%.300s", region, code, got[code], g)
			}
		}
	}
	again := exportTo(t, store, "flatgeobuf", "again.fgb", "--level", "village")
	a, _ := os.ReadFile(fgb)
	if b, _ := os.ReadFile(again); !bytes.Equal(a, b) || len(a) == 0 {
		t.Error("the same grids gave other bytes")
	}
	for _, small := range []string{"county", "town"} { // one feature or a few
		path := filepath.Join(t.TempDir(), small+".fgb")
		if code, _, _ := runCLI(t, "export", "--store", "gpkg:"+store, "--format", "flatgeobuf", "--out", path, "--level", small); code == 0 {
			gdal(t, "ogrinfo", "-ro", "-al", "-so", path)
		}
	}
}
