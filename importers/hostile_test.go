package importers

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Each of these is an attack or an accident that must end in one located
// error, without a panic and without memory to match what the file claims.
func TestHostileFilesAreRefusedWithinTheLimits(t *testing.T) {
	small := Limits{MaxBytes: 1 << 20, MaxUnzipped: 1 << 16, MaxRows: 3, MaxFeature: 1 << 12, MaxHeld: 1 << 14}
	bomb := strings.Repeat("0", 1<<20)
	feature := `{"type":"Feature","properties":{},"geometry":null}`
	collection := func(parts ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(parts, ",") + `]}`
	}
	for name, c := range map[string]struct {
		file string
		body []byte
		code string
	}{
		"file over the limit":          {"a.json", bytes.Repeat([]byte(" "), 2<<20), CodeTooBig},
		"zip bomb":                     {"a.zip", zipOf(t, "a.shp", bomb, "a.dbf", bomb), CodeTooBig},
		"zip bomb as workbook":         {"a.xlsx", zipOf(t, "xl/workbook.xml", bomb), CodeTooBig},
		"zip bomb that lies":           {"a.zip", lyingZip(t, bomb), CodeUnreadable},
		"more rows than allowed":       {"a.json", []byte(collection(feature, feature, feature, feature)), CodeTooBig},
		"more lines than allowed":      {"a.csv", []byte("a,b\n1,2\n3,4\n5,6\n7,8\n"), CodeTooBig},
		"one huge feature":             {"a.json", []byte(collection(`{"type":"Feature","properties":{"a":"` + bomb[:1<<13] + `"},"geometry":null}`)), CodeTooBig},
		"a quote that never closes":    {"a.csv", []byte("a,b\n1,\"" + bomb[:1<<14]), CodeTooBig},
		"deep JSON":                    {"a.json", []byte(strings.Repeat(`{"a":`, 1000)), CodeTooBig},
		"deep properties":              {"a.json", []byte(collection(`{"type":"Feature","properties":{"a":` + strings.Repeat(`[`, 500) + strings.Repeat(`]`, 500) + `}}`)), CodeTooBig},
		"big TopoJSON":                 {"a.json", []byte(`{"type":"Topology","objects":{"a":{}},"arcs":[],"x":"` + bomb[:1<<15] + `"}`), CodeTooBig},
		"XML entities that multiply":   {"a.kml", []byte(laughs), CodeUnreadable},
		"XML entity from a file":       {"a.kml", []byte(`<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&x;</name></Placemark></kml>`), CodeUnreadable},
		"half a SQLite file":           {"a.gpkg", []byte("SQLite format 3\x00" + bomb[:4096]), CodeUnreadable},
		"half a zip":                   {"a.zip", []byte("PK\x03\x04" + bomb[:100]), CodeUnreadable},
		"no geometry in the zip":       {"a.zip", zipOf(t, "../../../evil.txt", "x"), CodeUnknownFmt},
		"old Excel":                    {"a.xls", []byte("\xd0\xcf\x11\xe0"), CodeUnknownFmt},
		"neither":                      {"a.bin", []byte("hello"), CodeUnknownFmt},
		"empty":                        {"a.csv", nil, CodeUnreadable},
		"text in no encoding we guess": {"a.csv", []byte("a,b\n\xff\xff\xff\xff\xfe\xff,\x80\xff\n"), CodeEncoding},
		"unknown encoding":             {"a.dbf", []byte("x"), CodeUnreadable},
	} {
		src, err := openBytes(c.file, c.body, Options{Limits: small})
		if err == nil {
			for _, ferr := range src.Features() {
				if ferr != nil {
					err = ferr
				}
			}
			closeQuietly(src)
		}
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		if e := asError(t, err); e.Code != c.code || e.File != c.file || !e.Fatal {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<kml><Placemark><name>&lol2;</name></Placemark></kml>`

// lyingZip claims in its directory that its member is small.
func lyingZip(t *testing.T, body string) []byte {
	t.Helper()
	shp := make([]byte, 100)
	binary.BigEndian.PutUint32(shp, 9994)
	binary.BigEndian.PutUint32(shp[24:], uint32((100+len(body))/2))
	shp[32] = 5
	record := make([]byte, 8)
	binary.BigEndian.PutUint32(record[4:], uint32(len(body)/2-4))
	b := zipOf(t, "a.shp", string(shp)+string(record)+body)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	claim := make([]byte, 4)
	binary.LittleEndian.PutUint32(claim, uint32(z.File[0].UncompressedSize64))
	small := []byte{0x00, 0x10, 0, 0}
	return bytes.ReplaceAll(b, claim, small)
}

func TestAnXLSXFormulaIsOnlyText(t *testing.T) {
	b := workbook(t, func(f *excelize.File) error {
		if err := f.SetSheetRow("Sheet1", "A1", &[]any{"code", "name"}); err != nil {
			return err
		}
		return f.SetSheetRow("Sheet1", "A2", &[]any{"1", `=cmd|' /C calc'!A0`})
	})
	good, _ := readAll(t, mustOpen(t, "a.xlsx", b, Options{}))
	if len(good) != 1 || good[0].Props.Text("name") != `=cmd|' /C calc'!A0` {
		t.Errorf("%v", good)
	}
}

func TestErrorsSayFileRowWhatAndWhatToDo(t *testing.T) {
	e := rowError("a.csv", 3, CodeValue, "坐标不是数字", "改正", fmt.Errorf("x"))
	if got, want := e.Error(), "a.csv 第 3 行：坐标不是数字（x）；请改正"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
