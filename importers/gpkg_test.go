package importers

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
)

// gpkgFile writes a GeoPackage of one polygon table, a point table and a view.
func gpkgFile(t *testing.T, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "网格 50%?.gpkg")
	plain := filepath.Join(filepath.Dir(path), "plain.gpkg")
	db, err := sql.Open("sqlite", plain)
	if err != nil {
		t.Fatal(err)
	}
	blob := append([]byte{'G', 'P', 0, 1, 0xea, 0x10, 0, 0}, wkbSquare()...)
	for _, q := range append([]string{
		`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT)`,
		`INSERT INTO gpkg_spatial_ref_sys VALUES ('CGCS2000', 4490, 'EPSG', 4490, 'GEOGCS["x"]', ''), ('u', -1, 'NONE', -1, 'undefined', '')`,
		`CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER)`,
		`INSERT INTO gpkg_contents VALUES ('网格', 'features', 'a', 4490), ('pts', 'features', 'b', -1), ('v', 'features', 'c', 4490), ('attrs', 'attributes', 'd', 0)`,
		`CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT)`,
		`INSERT INTO gpkg_geometry_columns VALUES ('网格', 'geom', 'POLYGON', 4490, 0, 0), ('pts', 'geom', 'POINT', -1, 0, 0), ('v', 'geom', 'POLYGON', 4490, 0, 0)`,
		`CREATE TABLE "网格" (fid INTEGER PRIMARY KEY, geom BLOB, "编码" TEXT, households INTEGER, load REAL, locked BOOLEAN, since DATE)`,
		`INSERT INTO "网格" VALUES (5, NULL, '007', 12, 1.5, 1, '2026-11-01'), (9, x'00', '008', NULL, NULL, NULL, NULL)`,
		`CREATE TABLE pts (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT)`,
		`CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c) SELECT n AS fid, NULL AS geom FROM c`,
	}, more...) {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
	if _, err := db.Exec(`UPDATE "网格" SET geom = ? WHERE fid = 5`, blob); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(plain, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func wkbSquare() []byte {
	b := []byte{1, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0}
	for _, p := range square(120, 30, 1) {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func TestAGeoPackageLayerReadsFromDiskAndFromAnUpload(t *testing.T) {
	path := gpkgFile(t)
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{})
	if e := asError(t, err); e.Code != CodeChoose || len(e.Choices) != 3 {
		t.Fatalf("%+v", e)
	}
	onDisk, err := Open(path, Options{Layer: "网格"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(onDisk)
	for name, src := range map[string]Source{"disk": onDisk, "upload": mustOpen(t, "a.gpkg", body, Options{Layer: "网格"})} {
		good, bad := readAll(t, src)
		if len(good) != 1 || len(bad) != 1 || bad[0].Row != 2 || bad[0].Code != CodeGeometry {
			t.Fatalf("%s: %v, %v", name, good, bad)
		}
		f := good[0]
		if f.ID != "5" || !orb.Equal(f.Geometry, orb.Polygon{square(120, 30, 1)}) {
			t.Errorf("%s: %v", name, f)
		}
		if f.Props.Text("编码") != "007" || f.Props.Text("households") != "12" || f.Props.Text("load") != "1.5" || f.Props.Text("since") != "2026-11-01" {
			t.Errorf("%s: %v", name, f.Props)
		}
		if info := src.Info(); info.CRS != "EPSG:4490" || info.WKT == "" || info.Rows != 2 {
			t.Errorf("%s: %+v", name, info)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(body, after) {
		t.Error("reading changed the file")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("reading left files behind: %v", left)
	}
}

func TestTheOnlyLayerOfPolygonsIsTakenWhenAskedFor(t *testing.T) {
	path := gpkgFile(t, `DELETE FROM gpkg_contents WHERE table_name = 'v'`)
	src, err := Open(path, Options{Polygons: true})
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(src)
	if src.Info().Layer != "网格" || !notesHave(src.Info(), "唯一") {
		t.Errorf("%+v", src.Info())
	}
}

func TestAShapeOverTheLimitIsOneRowsError(t *testing.T) {
	src, err := Open(gpkgFile(t), Options{Layer: "网格", Limits: Limits{MaxFeature: 50}})
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(src)
	good, bad := readAll(t, src)
	if len(good) != 0 || len(bad) != 2 || bad[0].Fatal {
		t.Errorf("%v, %v", good, bad)
	}
}

func TestAGeoPackageViewIsRefusedAndAnUndefinedSrsIsSaid(t *testing.T) {
	path := gpkgFile(t)
	if _, err := Open(path, Options{Layer: "v"}); err == nil {
		t.Error("a view was opened")
	}
	src, err := Open(path, Options{Layer: "pts"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(src)
	if src.Info().CRS != "" || !notesHave(src.Info(), "未定义") {
		t.Errorf("%+v", src.Info())
	}
}

func TestWKBReadsInItsISOAndExtendedForms(t *testing.T) {
	le := func(kind uint32, more ...byte) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte{1}, kind), more...)
	}
	xyz := func(n int) []byte {
		var b []byte
		for i := range n {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(i+1)))
		}
		return b
	}
	for name, b := range map[string][]byte{
		"plain":     le(1, xyz(2)...),
		"ISO Z":     le(1001, xyz(3)...),
		"ISO ZM":    le(3001, xyz(4)...),
		"EWKB Z":    le(0x80000001, xyz(3)...),
		"EWKB SRID": le(0x20000001, append([]byte{0xea, 0x10, 0, 0}, xyz(2)...)...),
		"EWKB all":  le(0xe0000001, append([]byte{0xea, 0x10, 0, 0}, xyz(4)...)...),
	} {
		if g, err := parseWKB(b, 8); err != nil || g != orb.Geometry(orb.Point{1, 2}) {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
	for name, b := range map[string][]byte{
		"a count beyond the bytes": le(2, 0xff, 0xff, 0xff, 0x7f),
		"a curve":                  le(10, 0, 0, 0, 0),
		"nothing":                  nil,
		"a point among polygons":   le(6, append([]byte{1, 0, 0, 0}, le(1, xyz(2)...)...)...),
	} {
		if g, err := parseWKB(b, 8); err == nil {
			t.Errorf("%s: %v", name, g)
		}
	}
}
