package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

// testPostgres is the DSN of a scratch database with PostGIS; CI sets it.
func testPostgres(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: run make test")
	}
	return dsn
}

func gdal(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name, "is not installed: run make test")
	}
	cmd := exec.Command(path, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if err != nil || errs.Len() > 0 || strings.Contains(strings.ToLower(out.String()), "warning") {
		t.Fatalf("%s %v: %v\n%s\n%s", name, args, err, errs.String(), out.String())
	}
	return out.String()
}

func TestDoorPlatesGetTheGridThatPostGISGivesThem(t *testing.T) {
	dsn := testPostgres(t)
	s, _ := demoStore(t)
	_, srv := boot(t, s)
	a := srv.keeper.Current()
	net := a.Main()
	var points []labelled
	for i := 0; i < len(a.Places()); i += 17 {
		p := &a.Places()[i]
		points = append(points, labelled{at: p.Point, label: p.Address.Community})
	}
	// Every corner of every border in the middle of the map: there PostGIS
	// names several grids and we must name exactly one of them.
	topo, _ := net.Layer(-1)
	for id := range min(topo.NumArcs(), 200) {
		for _, p := range topo.Arc(topologyArc(id)).Points {
			points = append(points, labelled{at: p})
		}
	}
	r, err := verify(t.Context(), dsn, net, points)
	if err != nil {
		t.Fatal(err)
	}
	if r.Different > 0 || r.Same < len(points)/2 || r.OnBorder == 0 {
		t.Errorf("%+v", r)
	}
	if r.LabelOurs == 0 || r.LabelOurs > r.LabelTheirs {
		t.Errorf("labels: ours %d, PostGIS %d", r.LabelOurs, r.LabelTheirs)
	}
	t.Logf("%+v", r)
}

func TestGDALReadsTheStoreTheGeoJSONAndATile(t *testing.T) {
	s, path := demoStore(t)
	url, srv := boot(t, s)
	info := gdal(t, "ogrinfo", "-al", "-so", path)
	for _, want := range []string{"Layer name: grids", "Layer name: atoms", "Feature Count: 2149", "Multi Polygon"} {
		if !strings.Contains(info, want) {
			t.Errorf("ogrinfo does not say %q", want)
		}
	}
	dir := t.TempDir()
	_, body, _ := fetch(t, url+"/v1/grids.geojson?level=village")
	geo := filepath.Join(dir, "villages.geojson")
	if err := os.WriteFile(geo, body, 0o600); err != nil {
		t.Fatal(err)
	}
	gdal(t, "ogr2ogr", filepath.Join(dir, "villages.gpkg"), geo)
	if info := gdal(t, "ogrinfo", "-al", "-so", geo); !strings.Contains(info, "Feature Count: 108") {
		t.Error(info)
	}
	lon, lat := srv.keeper.Current().Bounds().Min.LonLat()
	tile := tileAt(lon+0.03, lat+0.03, 12)
	status, mvt, header := fetch(t, url+"/tiles/grids/"+tile+".mvt")
	if status != 200 || header.Get("Content-Encoding") != "" {
		t.Fatalf("tile %s: %d %v", tile, status, header)
	}
	file := filepath.Join(dir, "tile.mvt")
	if err := os.WriteFile(file, mvt, 0o600); err != nil {
		t.Fatal(err)
	}
	out := gdal(t, "ogrinfo", "-al", "-so", "MVT:"+file)
	for _, layer := range []string{"grids", "borders", "labels"} {
		if !strings.Contains(out, "Layer name: "+layer) {
			t.Errorf("GDAL sees no layer %s in %s", layer, out)
		}
	}
}

func TestATileIsSentOnceAndThenOnlyConfirmed(t *testing.T) {
	s, _ := demoStore(t)
	first, srv := boot(t, s)
	second, _ := boot(t, s)
	lon, lat := srv.keeper.Current().Bounds().Min.LonLat()
	path := "/tiles/grids/" + tileAt(lon+0.03, lat+0.03, 14) + ".mvt"
	for _, enc := range []string{"", "gzip", "br", "zstd"} {
		status, body, header := fetch(t, first+path, "Accept-Encoding", enc)
		tag := header.Get("ETag")
		if status != 200 || tag == "" || header.Get("Content-Encoding") != enc {
			t.Fatalf("%q: %d %v", enc, status, header)
		}
		_, other, header2 := fetch(t, second+path, "Accept-Encoding", enc)
		if !bytes.Equal(body, other) || header2.Get("ETag") != tag {
			t.Errorf("%q: two servers differ", enc)
		}
		if status, body, _ := fetch(t, first+path, "Accept-Encoding", enc, "If-None-Match", tag); status != 304 || len(body) > 0 {
			t.Errorf("%q: %d with %d bytes", enc, status, len(body))
		}
	}
	status, body, _ := fetch(t, first+"/tiles/grids.json")
	var j struct {
		TileJSON string
		Tiles    []string
	}
	if err := json.Unmarshal(body, &j); err != nil || status != 200 || j.TileJSON != "3.0.0" || len(j.Tiles) != 1 {
		t.Errorf("%d %s", status, body)
	}
}

func TestAChangeInTheStoreReachesTheServerAndItsTiles(t *testing.T) {
	s, _ := demoStore(t)
	url, srv := boot(t, s)
	a := srv.keeper.Current()
	net := a.Main()
	i := net.ByCode("66000010007")
	lon, lat := net.Label(a, i).LonLat()
	path := "/tiles/grids/" + tileAt(lon, lat, 15) + ".mvt"
	_, _, before := fetch(t, url+path)
	renamed := net.Grids[i].Name + "新"
	err := update(t, s, func(w gridmap.Writer) error {
		for g, err := range w.Grids(t.Context(), gridmap.Query{}) {
			if err != nil {
				return err
			}
			if g.ID == net.Grids[i].ID {
				g.Name = renamed
				return w.PutGrids(t.Context(), g)
			}
		}
		return fmt.Errorf("no grid")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := resolveAt(t, url, fmt.Sprintf("lon=%.7f&lat=%.7f&crs=wgs84", lon, lat))
	if got.Chain[1].Name != renamed || got.Edition != 2 {
		t.Errorf("edition %d, name %s", got.Edition, got.Chain[1].Name)
	}
	if status, _, after := fetch(t, url+path, "If-None-Match", before.Get("ETag")); status != 200 || after.Get("ETag") == before.Get("ETag") {
		t.Errorf("the old tile is still confirmed: %d", status)
	}
}
