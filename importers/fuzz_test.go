package importers

import (
	"bufio"
	"bytes"
	"errors"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var fuzzLimits = Limits{
	MaxBytes: 1 << 20, MaxUnzipped: 1 << 20, MaxRows: 1000, MaxFeature: 1 << 16,
	MaxHeld: 1 << 20, MaxDepth: 16, MaxZipFiles: 100, MaxSheetSize: 1 << 20,
}

// tryFile opens and reads to the end: any outcome is fine but a panic, an
// error of another type, or reading on after a fatal one.
func tryFile(t *testing.T, name string, b []byte, o Options) {
	o.Limits = fuzzLimits
	src, err := openBytes(name, b, o)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || !e.Fatal {
			t.Fatalf("%T is no fatal *Error: %v", err, err)
		}
		return
	}
	ended := false
	rows := 0
	for _, err := range src.Features() {
		if ended {
			t.Fatal("a feature after a fatal error")
		}
		rows++
		ended = isFatal(err)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%T is no *Error: %v", err, err)
		}
	}
	if rows > fuzzLimits.MaxRows+1 {
		t.Fatalf("%d rows", rows)
	}
	closeQuietly(src)
}

func FuzzGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","crs":null,"features":[{"type":"Feature","id":1,"properties":{"a":"中"},"geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[1,2]]]}}]}`))
	f.Add([]byte(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1e3,-2.5]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tryFile(t, "a.json", append([]byte("{"), b...), Options{})
		tryFile(t, "a.json", b, Options{})
	})
}

func FuzzTopoJSON(f *testing.F) {
	f.Add([]byte(topo), "villages")
	f.Add([]byte(topo), "towns")
	f.Fuzz(func(t *testing.T, b []byte, layer string) { tryFile(t, "a.json", b, Options{Layer: layer}) })
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("编码,经度,纬度,wkt\n1,2,3,POINT(1 2)\n\"a\nb\",,,\n"), "")
	f.Add([]byte("a;lon;lat\n1;2;3\n"), "GBK")
	f.Fuzz(func(t *testing.T, b []byte, enc string) { tryFile(t, "a.csv", b, Options{Encoding: enc}) })
}

func FuzzSHP(f *testing.F) {
	l := sampleLayer()
	f.Add(l.SHP())
	f.Fuzz(func(t *testing.T, b []byte) {
		tryFile(t, "a.shp", b, Options{})
		if len(b) < 1<<12 {
			_, _ = shpGeometry(b)
		}
	})
}

func FuzzDBF(f *testing.F) {
	l := sampleLayer()
	f.Add(l.DBF(), "936")
	l.Encoding = simplifiedchinese.GBK
	f.Add(l.DBF(), "")
	f.Fuzz(func(t *testing.T, b []byte, cpg string) {
		h, err := readDBFHeader(bytes.NewReader(b))
		if err != nil {
			return
		}
		cs, _, err := dbfCharset(h, bytes.NewReader(b[h.size:]), "", cpg)
		if err != nil {
			return
		}
		r, err := newDBFReader(bufio.NewReader(bytes.NewReader(b)), h, cs, h.describe(cs))
		if err != nil {
			return
		}
		for range 1000 {
			if _, _, err := r.next(); err != nil {
				return
			}
		}
	})
}

func FuzzWKB(f *testing.F) {
	f.Add(wkbSquare())
	f.Add(append([]byte{'G', 'P', 0, 1, 0, 0, 0, 0}, wkbSquare()...))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = parseWKB(b, 16)
		_, _ = gpkgGeometry(b, 16)
	})
}

func FuzzWKT(f *testing.F) {
	f.Add("SRID=4490;MULTIPOLYGON Z (((1 2 3, 4 2 3, 4 5 3, 1 2 3)))")
	f.Add("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING EMPTY)")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = parseWKT(s, 16) })
}

func FuzzKML(f *testing.F) {
	f.Add([]byte(kml))
	f.Fuzz(func(t *testing.T, b []byte) { tryFile(t, "a.kml", append([]byte("<"), b...), Options{}) })
}
