package importers

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/importers/shptest"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func sampleLayer() shptest.Layer {
	return shptest.Layer{
		Name: "网格", Fields: []string{"编码", "名称"},
		Shapes: [][]orb.Ring{{square(120, 30, 1)}, nil, {square(122, 30, 3), reversed(square(123, 31, 1)), square(130, 30, 1)}},
		Rows:   [][]string{{"001", "繁荣里网格"}, {"002", "水上网格"}, {"003", "龍山里"}},
		PRJ:    `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]`,
	}
}

func TestAShapefileReadsWithItsEncodingFoundAndSaid(t *testing.T) {
	gbk, big5 := simplifiedchinese.GBK, traditionalchinese.Big5
	for name, c := range map[string]struct {
		change func(*shptest.Layer)
		opts   Options
		want   string
		note   string
	}{
		"GBK, unsaid":          {func(l *shptest.Layer) { l.Encoding = gbk }, Options{}, "GB18030", "检测为 GB18030"},
		"UTF-8, unsaid":        {func(*shptest.Layer) {}, Options{}, "UTF-8", "检测为 UTF-8"},
		"GBK by .cpg":          {func(l *shptest.Layer) { l.Encoding, l.CPG = gbk, "936" }, Options{}, "GB18030", ".cpg"},
		"GBK by language byte": {func(l *shptest.Layer) { l.Encoding, l.Language = gbk, 0x4d }, Options{}, "GB18030", "0x4D"},
		"UTF-8, false byte":    {func(l *shptest.Layer) { l.Language = 0x4d }, Options{}, "UTF-8", "文字不符"},
		"GBK, false .cpg":      {func(l *shptest.Layer) { l.Encoding, l.CPG = gbk, "UTF-8" }, Options{}, "GB18030", "文字不符"},
		"Big5 declared by caller": {func(l *shptest.Layer) {
			l.Encoding, l.Rows = big5, [][]string{{"001", "繁榮里"}, {"2", "x"}, {"3", "y"}}
		}, Options{Encoding: "Big5"}, "BIG5", ""},
		"GBK declared by caller": {func(l *shptest.Layer) { l.Encoding = gbk }, Options{Encoding: "GBK"}, "GB18030", ""},
		"false byte, ASCII inside": {func(l *shptest.Layer) {
			l.Language, l.Fields, l.Rows = 0x57, []string{"a", "b"}, [][]string{{"1", "繁荣里网格"}, {"2", ""}, {"3", ""}}
		}, Options{}, "UTF-8", "UTF-8"},
	} {
		l := sampleLayer()
		if name == "Big5 declared by caller" {
			l.Fields = []string{"code", "name"}
		}
		c.change(&l)
		src := mustOpen(t, "a.zip", l.Zip(), c.opts)
		good, bad := readAll(t, src)
		if len(good) != 3 || len(bad) != 0 {
			t.Errorf("%s: %d features, problems %v", name, len(good), bad)
			continue
		}
		if got := src.Info().Encoding; got != c.want || c.note != "" && !notesHave(src.Info(), c.note) {
			t.Errorf("%s: encoding %s, notes %q", name, got, src.Info().Notes)
		}
		if v := TextOf(good[0].Props[1].Value); v != l.Rows[0][1] {
			t.Errorf("%s: %q came out as %q", name, l.Rows[0][1], v)
		}
	}
}

func TestAShapefileKeepsNullShapesHolesAndParts(t *testing.T) {
	src := mustOpen(t, "a.zip", sampleLayer().Zip(), Options{})
	good, _ := readAll(t, src)
	if good[1].Geometry != nil || good[1].Props.Text("名称") != "水上网格" {
		t.Errorf("the null shape came out as %v", good[1])
	}
	mp, ok := good[2].Geometry.(orb.MultiPolygon)
	if !ok || len(mp) != 2 || len(mp[0]) != 2 || len(mp[1]) != 1 {
		t.Fatalf("a polygon with a hole and an island came out as %v", good[2].Geometry)
	}
	if info := src.Info(); info.Rows != 3 || !strings.Contains(info.WKT, "2000") || info.CRSFrom != ".prj" {
		t.Errorf("info %+v", info)
	}
}

func TestRingsAreSortedByWhatHoldsThemNotByDirection(t *testing.T) {
	a, hole, island := square(0, 0, 10), square(1, 1, 8), square(2, 2, 2)
	corner := square(0, 0, 3) // a hole that shares two sides with the exterior
	for name, rings := range map[string][]orb.Ring{
		"as specified": {a, reversed(hole), island},
		"all one way":  {a, hole, island},
		"shuffled":     {island, hole, a},
	} {
		mp, ok := sortRings(rings).(orb.MultiPolygon)
		if !ok || len(mp) != 2 {
			t.Fatalf("%s: %v", name, sortRings(rings))
		}
		holes := 0
		for _, p := range mp {
			holes += len(p) - 1
			if len(p) == 2 && !p[0].Equal(a) {
				t.Errorf("%s: the hole is in %v", name, p[0])
			}
		}
		if holes != 1 {
			t.Errorf("%s: %d holes", name, holes)
		}
	}
	if p, ok := sortRings([]orb.Ring{a, corner}).(orb.Polygon); !ok || len(p) != 2 {
		t.Error("a hole along the edge is not taken for a hole")
	}
	if mp, ok := sortRings([]orb.Ring{square(0, 0, 1), square(1, 0, 1)}).(orb.MultiPolygon); !ok || len(mp) != 2 {
		t.Error("two squares side by side are not two polygons")
	}
}

func TestDeletedRowsAreLeftOutAndRowsKeepTheirNumbers(t *testing.T) {
	l := sampleLayer()
	l.Deleted = map[int]bool{0: true}
	good, bad := readAll(t, mustOpen(t, "a.zip", l.Zip(), Options{}))
	if len(good) != 2 || good[0].Row != 2 || len(bad) != 0 {
		t.Errorf("features %v, problems %v", good, bad)
	}
}

func TestAPlainShapefileFindsItsPartsInAnyCase(t *testing.T) {
	dir := t.TempDir()
	l := sampleLayer()
	for name, b := range map[string][]byte{"a.shp": l.SHP(), "A.DBF": l.DBF(), "a.Prj": []byte(l.PRJ)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	src, err := Open(filepath.Join(dir, "a.shp"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(src)
	good, _ := readAll(t, src)
	if len(good) != 3 || good[0].Props.Text("名称") != "繁荣里网格" || src.Info().WKT == "" {
		t.Errorf("%v, %+v", good, src.Info())
	}
}

func TestADamagedShapefileSaysWhereItBreaks(t *testing.T) {
	l := sampleLayer()
	shp, dbf := l.SHP(), l.DBF()
	for name, c := range map[string]struct {
		shp, dbf []byte
		code     string
		row      int
	}{
		"cut shapes":     {shp[:len(shp)-20], dbf, CodeUnreadable, 0},
		"cut table":      {shp, dbf[:len(dbf)-1-3*shptest.Width], CodeTruncated, 2},
		"table too long": {shp, bytes.Replace(dbf, []byte{3, 0, 0, 0}, []byte{2, 0, 0, 0}, 1), CodeTruncated, 3},
	} {
		src, err := openBytes("a.zip", zipOf(t, "a.shp", string(c.shp), "a.dbf", string(c.dbf)), Options{})
		var e *Error
		if err == nil {
			_, bad := readAll(t, src)
			if len(bad) == 1 {
				e = bad[0]
			}
		} else {
			e = asError(t, err)
		}
		if e == nil || e.Code != c.code || e.Row != c.row || e.File != "a.zip" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestWhereAZipHoldsSeveralLayersTheCallerChooses(t *testing.T) {
	l := sampleLayer()
	z := zipOf(t, "甲/a.shp", string(l.SHP()), "甲/a.dbf", string(l.DBF()), "b.shp", string(l.SHP()),
		"__MACOSX/._a.shp", "litter", "../../etc/passwd", "x")
	_, err := openBytes("a.zip", z, Options{})
	if e := asError(t, err); e.Code != CodeChoose || len(e.Choices) != 2 {
		t.Fatalf("%+v", e)
	}
	src := mustOpen(t, "a.zip", z, Options{Layer: "甲/a.shp"})
	if good, _ := readAll(t, src); len(good) != 3 || src.Info().Layer != "甲/a.shp" {
		t.Errorf("%v", src.Info())
	}
}
