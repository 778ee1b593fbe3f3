package importers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestCSVReadsAsOfficesWriteIt(t *testing.T) {
	plain := "编码,名称,经度,纬度\n007,繁荣里,120.5,30.25\n008,\"带,逗号\",,\n"
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, text := range map[string]string{
		"UTF-8":           plain,
		"byte order mark": "\xef\xbb\xbf" + plain,
		"GBK":             encode(simplifiedchinese.GBK.NewEncoder().String(plain)),
		"UTF-16":          encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)),
		"Windows lines":   strings.ReplaceAll(plain, "\n", "\r\n"),
		"title above":     "2026年网格一览表,,,\n制表单位：街道办,,,\n" + plain,
		"tabs":            "编码\t名称\t经度\t纬度\n007\t繁荣里\t120.5\t30.25\n008\t带,逗号\t\t\n",
		"semicolons":      "编码;名称;经度（WGS84）;纬度(WGS84)\n007;繁荣里;120.5;30.25\n008;带,逗号;;\n",
	} {
		src := mustOpen(t, "a.csv", []byte(text), Options{})
		good, bad := readAll(t, src)
		if len(good) != 2 || len(bad) != 0 || src.Info().Rows != 2 {
			t.Errorf("%s: %v, %v, rows %d", name, good, bad, src.Info().Rows)
			continue
		}
		if good[0].Props.Text("编码") != "007" || good[0].Props.Text("名称") != "繁荣里" || good[1].Props.Text("名称") != "带,逗号" {
			t.Errorf("%s: %v", name, good)
		}
		if good[0].Geometry != orb.Geometry(orb.Point{120.5, 30.25}) || good[1].Geometry != nil {
			t.Errorf("%s: %v, %v", name, good[0].Geometry, good[1].Geometry)
		}
		if src.Info().CRS != "" {
			t.Errorf("%s: a CRS was assumed", name)
		}
		if want := 2 + strings.Count(text, "表") + strings.Count(text, "单位"); name == "title above" && good[0].Row != 4 {
			t.Errorf("%s: row %d, want %d", name, good[0].Row, want)
		}
	}
}

func TestBadCSVRowsAreLocatedByTheirLine(t *testing.T) {
	text := "code,name,lon,lat,wkt_x\n1,a,x,2,\n2,\"multi\nline\",1,2,\n3,b,1,2,,too many\n4,b\"ad,1,2,\n5,ok,1,2,\n6,\xff\xfe,1,2,\n"
	good, bad := readAll(t, mustOpen(t, "a.csv", []byte(text), Options{Encoding: "UTF-8"}))
	if len(good) != 2 || good[0].Row != 3 || good[1].Row != 7 {
		t.Errorf("%v", good)
	}
	rows := []int{}
	for _, e := range bad {
		rows = append(rows, e.Row)
	}
	if fmt.Sprint(rows) != "[2 5 6 8]" {
		t.Errorf("%v", bad)
	}
}

func TestAWKTColumnHoldsTheShape(t *testing.T) {
	text := "name;wkt\na;\"SRID=4490;MULTIPOLYGON Z (((1 2 3, 4 2 3, 4 5 3, 1 2 3)))\"\nb;POINT EMPTY\nc;POLYGONZ((1 2 3,4 2 3,4 5 3,1 2 3))\nd;POINT(1)\n"
	good, bad := readAll(t, mustOpen(t, "a.csv", []byte(text), Options{}))
	if len(good) != 3 || len(bad) != 1 || bad[0].Code != CodeGeometry || bad[0].Row != 5 {
		t.Fatalf("%v, %v", good, bad)
	}
	if mp, ok := good[0].Geometry.(orb.MultiPolygon); !ok || mp[0][0][1] != (orb.Point{4, 2}) {
		t.Errorf("%v", good[0].Geometry)
	}
	if good[1].Geometry != nil || good[2].Geometry == nil {
		t.Errorf("%v, %v", good[1].Geometry, good[2].Geometry)
	}
}

func workbook(t *testing.T, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer closeQuietly(f)
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXReadsUnderAMergedTitleAndThroughMergedCells(t *testing.T) {
	b := workbook(t, func(f *excelize.File) error {
		for i, row := range [][]any{
			{"某街道网格员花名册"},
			{"网格编码", "姓名", "社区", "电话"},
			{110101001001, "网格员-0001", "甲社区", "0571-1"},
			{"007", "网格员-0002", nil, "0571-2"},
			{},
			{"008", "网格员-0003", "乙社区"},
		} {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				return err
			}
		}
		if err := f.MergeCell("Sheet1", "A1", "D1"); err != nil {
			return err
		}
		return f.MergeCell("Sheet1", "C3", "C4")
	})
	src := mustOpen(t, "a.xlsx", b, Options{})
	good, bad := readAll(t, src)
	if len(good) != 3 || len(bad) != 0 {
		t.Fatalf("%v, %v", good, bad)
	}
	if good[0].Props.Text("网格编码") != "110101001001" || good[1].Props.Text("网格编码") != "007" {
		t.Errorf("codes %v, %v", good[0].Props, good[1].Props)
	}
	if good[1].Props.Text("社区") != "甲社区" || good[2].Props.Text("社区") != "乙社区" || good[2].Row != 6 {
		t.Errorf("%v, %v", good[1], good[2])
	}
	if !notesHave(src.Info(), "表头取第 2 行") || !notesHave(src.Info(), "合并") {
		t.Errorf("notes %q", src.Info().Notes)
	}
}

func TestAWorkbookOfSeveralSheetsSaysWhichIsRead(t *testing.T) {
	b := workbook(t, func(f *excelize.File) error {
		if _, err := f.NewSheet("名单"); err != nil {
			return err
		}
		if err := f.SetSheetRow("名单", "A1", &[]any{"编码", "姓名"}); err != nil {
			return err
		}
		return f.SetSheetRow("名单", "A2", &[]any{"1", "甲"})
	})
	src := mustOpen(t, "a.xlsx", b, Options{})
	if src.Info().Layer != "名单" || !notesHave(src.Info(), "名单") {
		t.Errorf("%+v", src.Info())
	}
	_, err := openBytes("a.xlsx", b, Options{Sheet: "没有"})
	if e := asError(t, err); e.Code != CodeChoose || len(e.Choices) != 2 {
		t.Errorf("%+v", e)
	}
}
