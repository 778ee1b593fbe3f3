package crs

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fullVectorsEnv names a directory with the whole sets gk3.csv and gcj_bd.csv;
// without it the tests read the samples in testdata.
const fullVectorsEnv = "CLOUDGRID_CRS_VECTORS"

func readCSV(t *testing.T, names ...string) []map[string]string {
	t.Helper()
	path := filepath.Join("testdata", names[0])
	if dir := os.Getenv(fullVectorsEnv); dir != "" && len(names) > 1 {
		path = filepath.Join(dir, names[1])
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	out := make([]map[string]string, 0, len(rows)-1)
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, v := range r {
			m[rows[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

func num(t *testing.T, row map[string]string, col string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(row[col], 64)
	if err != nil {
		t.Fatalf("%s: %v", col, err)
	}
	return v
}

func mustParse(t testing.TB, name string) CRS {
	t.Helper()
	c, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// near fails unless both ways agree with PROJ: metres forward, and degrees
// worth as much backward.
func near(t *testing.T, c CRS, lon, lat, x, y, tolM float64) {
	t.Helper()
	gx, gy, err := c.FromWGS84(lon, lat)
	if err != nil || math.Hypot(gx-x, gy-y) > tolM {
		t.Errorf("%s forward of %v,%v = %.6f,%.6f (%v), PROJ says %.6f,%.6f", c, lon, lat, gx, gy, err, x, y)
	}
	glon, glat, err := c.ToWGS84(x, y)
	if err != nil || math.Hypot(glon-lon, glat-lat)*111000 > tolM {
		t.Errorf("%s inverse of %v,%v = %.9f,%.9f (%v), want %v,%v", c, x, y, glon, glat, err, lon, lat)
	}
}

func TestGaussKruegerAndMercatorAgreeWithPROJForChineseCities(t *testing.T) {
	worst := 0.0
	for _, r := range readCSV(t, "gk3.csv", "proj_cgcs2000_gk3.csv") {
		lon, lat := num(t, r, "lon4490"), num(t, r, "lat4490")
		c := mustParse(t, "epsg:"+r["epsg_gk3"])
		near(t, c, lon, lat, num(t, r, "easting"), num(t, r, "northing"), 1e-5)
		near(t, mustParse(t, "epsg:"+r["epsg_gk3_zone"]), lon, lat, num(t, r, "zone_easting"), num(t, r, "zone_northing"), 1e-5)
		near(t, mustParse(t, "epsg:3857"), lon, lat, num(t, r, "x3857"), num(t, r, "y3857"), 1e-5)
		x, y, _ := c.FromWGS84(lon, lat)
		worst = math.Max(worst, math.Hypot(x-num(t, r, "easting"), y-num(t, r, "northing")))
	}
	t.Logf("largest distance from PROJ: %.2g m", worst)
}

func TestSixDegreeTaiwanAndUTMZonesAgreeWithPROJ(t *testing.T) {
	for _, r := range readCSV(t, "proj.csv") {
		near(t, mustParse(t, "EPSG:"+r["epsg"]), num(t, r, "lon"), num(t, r, "lat"), num(t, r, "x"), num(t, r, "y"), 2e-6)
	}
}

func TestGCJ02AndBD09AgreeWithTheOpenLibraries(t *testing.T) {
	gcj, bd := mustParse(t, "gcj02"), mustParse(t, "BD-09")
	for _, r := range readCSV(t, "gcj_bd.csv", "gcoord_vs_coordtransform.csv") {
		lon, lat := num(t, r, "wgs_lon"), num(t, r, "wgs_lat")
		for c, col := range map[CRS]string{gcj: "gcoord_gcj", bd: "gcoord_bd"} {
			x, y, err := c.FromWGS84(lon, lat)
			if wx, wy := num(t, r, col+"_lon"), num(t, r, col+"_lat"); err != nil || math.Abs(x-wx) > 1e-9 || math.Abs(y-wy) > 1e-9 {
				t.Errorf("%s of %s: %v,%v (%v), want %v,%v", c, r["name"], x, y, err, wx, wy)
			}
		}
	}
}

func TestEverySystemRoundTripsUnderAMillimetreInItsBounds(t *testing.T) {
	names := []string{"wgs84", "cgcs2000", "gcj02", "bd09", "epsg:3857", "epsg:4269", "epsg:3824", "epsg:3825", "epsg:3826", "epsg:32614"}
	for code := 4491; code <= 4554; code++ {
		names = append(names, "epsg:"+strconv.Itoa(code))
	}
	for code := 32643; code <= 32653; code++ {
		names = append(names, "epsg:"+strconv.Itoa(code))
	}
	rapid.Check(t, func(t *rapid.T) {
		c, err := Parse(rapid.SampledFrom(names).Draw(t, "crs"))
		if err != nil {
			t.Fatal(err)
		}
		b := c.Bounds()
		if c.EPSG() == 0 { // the shift jumps at the rectangle's edge
			b = Bounds{b.West + 0.1, b.South + 0.1, b.East - 0.1, b.North - 0.1}
		}
		lon := rapid.Float64Range(b.West, b.East).Draw(t, "lon")
		lat := rapid.Float64Range(b.South, b.North).Draw(t, "lat")
		x, y, err := c.FromWGS84(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		lon2, lat2, err := c.ToWGS84(x, y)
		if err != nil || math.Hypot(lon2-lon, lat2-lat) > 1e-8 {
			t.Fatalf("%s: %v,%v came back as %v,%v (%v)", c, lon, lat, lon2, lat2, err)
		}
	})
}

func TestOutsideChinaGCJ02IsWGS84(t *testing.T) {
	gcj := mustParse(t, "gcj02")
	for _, p := range [][2]float64{{2.35, 48.85}, {-99, 38}, {139.7, 35.7}} {
		x, y, _ := gcj.FromWGS84(p[0], p[1])
		lon, lat, _ := gcj.ToWGS84(p[0], p[1])
		if x != p[0] || y != p[1] || lon != p[0] || lat != p[1] {
			t.Errorf("%v was shifted to %v,%v and %v,%v", p, x, y, lon, lat)
		}
	}
}

func TestNamesAreTakenInAnyUsualSpelling(t *testing.T) {
	for spelling, want := range map[string]string{
		"WGS84": "wgs84", " EPSG:4326 ": "wgs84", "CRS84": "wgs84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84": "wgs84",
		"urn:ogc:def:crs:EPSG::4490": "cgcs2000", "epsg:4490": "cgcs2000", "CGCS2000": "cgcs2000",
		"GCJ-02": "gcj02", "gcj_02": "gcj02", "bd09": "bd09", "BD-09": "bd09", "epsg:4547": "epsg:4547",
		"http://www.opengis.net/def/crs/EPSG/0/3826": "epsg:3826", "urn:ogc:def:crs:OGC:1.3:CRS84": "wgs84",
	} {
		c, err := Parse(spelling)
		if err != nil || c.Name() != want {
			t.Errorf("Parse(%q) = %q, %v, want %q", spelling, c.Name(), err, want)
		}
		if again, err := Parse(c.Name()); err != nil || again.Name() != c.Name() {
			t.Errorf("the name %q is not accepted again: %v", c.Name(), err)
		}
	}
}

func TestAMissingOrUnknownNameSaysWhatIsAcceptedAndWhy(t *testing.T) {
	_, err := Parse("  ")
	if !errors.Is(err, ErrUndeclared) || !strings.Contains(err.Error(), "500 m") || !strings.Contains(err.Error(), "bd09") {
		t.Errorf("missing: %v", err)
	}
	for _, bad := range []string{"epsg:4490x", "epsg:2343", "mars", "epsg:", "epsg:4555", "epsg:32600", strings.Repeat("x", 5000)} {
		if _, err := Parse(bad); err == nil || !strings.Contains(err.Error(), "cgcs2000") || len(err.Error()) > 600 {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, _, err := (CRS{}).ToWGS84(1, 2); !errors.Is(err, ErrUndeclared) {
		t.Errorf("the zero CRS transformed: %v", err)
	}
}

func TestImpossibleCoordinatesNameTheLikelyMistake(t *testing.T) {
	for _, c := range []struct {
		crs  string
		x, y float64
		hint string
	}{
		{"wgs84", 31.2, 121.5, "swapped"},
		{"gcj02", 500000, 3456000, "metres"},
		{"wgs84", 200, 200, "not a position"},
		{"wgs84", math.NaN(), 1, "not a position"},
		{"epsg:4549", 116.1, 39.7, "degrees"},
		{"epsg:4549", 40500000, 3456000, "epsg:4528"},
		{"epsg:4549", 20500000, 3456000, "epsg:4498"},
		{"epsg:4528", 500000, 3456000, "zone number 40"},
		{"epsg:4549", 3456000, 500000, "swapped"},
		{"epsg:4549", math.Inf(1), 0, "central meridian"},
		{"epsg:3857", 3e7, 0, "beyond"},
	} {
		if _, _, err := mustParse(t, c.crs).ToWGS84(c.x, c.y); err == nil || !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%s %v,%v: %v, want a word of %q", c.crs, c.x, c.y, err, c.hint)
		}
	}
	if _, _, err := mustParse(t, "epsg:4549").FromWGS84(-60, 30); err == nil {
		t.Error("the other side of the globe was projected")
	}
}

func TestEveryAcceptedSystemStatesItsErrorAndSource(t *testing.T) {
	for _, name := range []string{"wgs84", "cgcs2000", "gcj02", "bd09", "epsg:3857", "epsg:4269", "epsg:3826", "epsg:4491", "epsg:4554", "epsg:32650"} {
		c := mustParse(t, name)
		if c.ErrorSource() == "" || c.Bounds().West >= c.Bounds().East || c.Geographic() != (c.def.kind <= kindBD09) {
			t.Errorf("%s: %v %q %v", name, c.ErrorM(), c.ErrorSource(), c.Bounds())
		}
	}
}

func BenchmarkToWGS84(b *testing.B) {
	for name, xy := range map[string][2]float64{"gcj02": {121.47, 31.23}, "bd09": {121.47, 31.23}, "epsg:4549": {500100, 3456000}, "wgs84": {121, 31}} {
		c := mustParse(b, name)
		b.Run("crs="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := c.ToWGS84(xy[0], xy[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
