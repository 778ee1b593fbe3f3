package importers

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// zeroes is an endless text that packs a thousandfold.
type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// packed zips one member of n zeroes.
func packed(t *testing.T, name string, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeroes{}, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAMemberThatGrowsBeyondAllMeasureIsRefusedBeforeItIsUnpacked(t *testing.T) {
	for _, name := range []string{"a.shp", "doc.kml", "xl/workbook.xml"} {
		bomb := packed(t, name, RatioFrom+1)
		if len(bomb) > 1<<20 {
			t.Fatalf("the bomb has %d bytes", len(bomb))
		}
		_, err := openBytes("bomb.zip", bomb, Options{})
		if e := asError(t, err); e.Code != CodeTooBig || !strings.Contains(e.What, "压缩比") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	dense := sampleLayer()
	if _, err := openBytes("a.zip", dense.Zip(), Options{Limits: Limits{MaxRatio: 1}}); err != nil {
		t.Errorf("a small member is judged by its ratio: %v", err)
	}
}

func TestAZipInAZipAndAGzipAreNotLookedInto(t *testing.T) {
	inner := packed(t, "a.shp", 1<<16)
	_, err := openBytes("a.zip", zipOf(t, "inner.zip", string(inner)), Options{})
	if e := asError(t, err); e.Code != CodeUnknownFmt {
		t.Errorf("%+v", e)
	}
	for _, head := range []string{"\x1f\x8b\x08\x00", "Rar!\x1a\x07", "7z\xbc\xaf\x27\x1c"} {
		_, err := openBytes("a.csv", []byte(head+strings.Repeat("x", 100)), Options{})
		if e := asError(t, err); e.Code != CodeUnknownFmt || !strings.Contains(e.What, "压缩包") {
			t.Errorf("%q: %+v", head, e)
		}
	}
}

func TestALinkInAZipIsRefused(t *testing.T) {
	for _, mode := range []fs.FileMode{fs.ModeSymlink | 0o777, fs.ModeDevice | 0o600, fs.ModeNamedPipe | 0o600} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "a.dbf"}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, "/etc/passwd")
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = openBytes("a.zip", b.Bytes(), Options{})
		if e := asError(t, err); e.Code != CodeUnreadable || !strings.Contains(e.What, "a.dbf") {
			t.Errorf("%v: %+v", mode, e)
		}
	}
}

// Names that lead out of a folder are only names here: nothing is unpacked to
// a path.
func TestNamesInAZipLeadNowhere(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("TMPDIR", dir)
	l := sampleLayer()
	for _, base := range []string{"../../evil", "/etc/evil", `..\..\evil`, "C:\\evil"} {
		b := zipOf(t, base+".shp", string(l.SHP()), base+".prj", l.PRJ)
		src := mustOpen(t, "a.zip", b, Options{})
		if good, bad := readAll(t, src); len(good) != 3 || len(bad) != 0 {
			t.Errorf("%s: %d rows, %v", base, len(good), bad)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "..", "..", "evil.shp")); err == nil {
		t.Error("a member was unpacked where its name leads")
	}
}

// patched replaces a part of a workbook.
func patched(t *testing.T, book []byte, part, body string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			text = []byte(body)
		}
		files = append(files, f.Name, string(text))
	}
	return zipOf(t, files...)
}

func TestEntitiesInAWorkbookAreNotExpanded(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte("topsecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	book := workbook(t, func(f *excelize.File) error {
		if err := f.SetSheetRow("Sheet1", "A1", &[]any{"code", "name"}); err != nil {
			return err
		}
		return f.SetSheetRow("Sheet1", "A2", &[]any{"x", "y"})
	})
	var lol strings.Builder
	lol.WriteString(`<!ENTITY l0 "lol">`)
	for i := range 12 {
		fmt.Fprintf(&lol, `<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	sheet := func(inner string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
			`<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>` +
			`<row r="2"><c r="A2" t="inlineStr"><is><t>1</t></is></c><c r="B2" t="inlineStr"><is><t>` + inner + `</t></is></c></row></sheetData></worksheet>`
	}
	for name, body := range map[string]string{
		"billion laughs":  `<?xml version="1.0"?><!DOCTYPE w [` + lol.String() + `]>` + sheet("&l12;"),
		"external entity": `<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file://` + secret + `">]>` + sheet("&x;"),
	} {
		src, err := openBytes("a.xlsx", patched(t, book, "xl/worksheets/sheet1.xml", body), Options{})
		if err != nil {
			continue
		}
		for f := range src.Features() {
			if text := f.Props.Text("name"); len(text) > 100 || strings.Contains(text, "secret") || strings.Contains(text, "lol") {
				t.Errorf("%s: expanded to %.60q", name, text)
			}
		}
		closeQuietly(src)
	}
}

func TestEntitiesInAKMLAreNotExpandedWhereverTheyStand(t *testing.T) {
	for _, kml := range []string{
		`<!DOCTYPE k [<!ENTITY l0 "lol"><!ENTITY l1 "&l0;&l0;">]><kml><Placemark><name>&l1;</name></Placemark></kml>`,
		`<!DOCTYPE k [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]><kml><Placemark><name>&q;</name></Placemark></kml>`,
		`<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/hostname">]><kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>&x;</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`,
	} {
		for _, b := range [][]byte{[]byte(kml), zipOf(t, "doc.kml", kml)} {
			src, err := openBytes("a.kmz", b, Options{})
			if err == nil {
				closeQuietly(src)
				t.Errorf("taken: %s", kml)
			}
		}
	}
}

func TestTooManyLayersColumnsAndVerticesAreRefused(t *testing.T) {
	var head, objects, ring strings.Builder
	for i := range 50 {
		fmt.Fprintf(&head, "c%d,", i)
		fmt.Fprintf(&objects, `"o%d":{"type":"GeometryCollection","geometries":[]},`, i)
		fmt.Fprintf(&ring, "[%d,0],", i)
	}
	for name, c := range map[string]struct {
		file, body string
		limits     Limits
		want       string
	}{
		"columns":  {"a.csv", head.String() + "z\n1,2\n", Limits{MaxFields: 20}, "列数"},
		"layers":   {"a.json", `{"type":"Topology","objects":{` + objects.String() + `"z":{"type":"GeometryCollection","geometries":[]}},"arcs":[]}`, Limits{MaxLayers: 20}, "图层数"},
		"vertices": {"b.json", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[` + ring.String() + `[0,0]]}}`, Limits{MaxVertices: 20}, "顶点数"},
	} {
		src, err := openBytes(c.file, []byte(c.body), Options{Limits: c.limits, Layer: map[bool]string{true: "z"}[name == "layers"]})
		if err == nil {
			_, bad := readAll(t, src)
			if len(bad) != 1 {
				t.Errorf("%s: taken", name)
				continue
			}
			err = bad[0]
		}
		if e := asError(t, err); e.Code != CodeTooBig || !e.Fatal || !strings.Contains(e.What, c.want) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Wherever a file breaks off, what is read of it is sound or said not to be;
// formats that know their length notice every cut.
func TestATruncatedFileNeverPanicsAndIsNoticed(t *testing.T) {
	book := workbook(t, func(f *excelize.File) error { return f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}) })
	gpkg, err := os.ReadFile(gpkgFile(t))
	if err != nil {
		t.Fatal(err)
	}
	feature := `{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[120,30]}}`
	for name, c := range map[string]struct {
		body    []byte
		opts    Options
		notices bool
	}{
		"a.zip":  {sampleLayer().Zip(), Options{}, true},
		"a.shp":  {sampleLayer().SHP(), Options{}, true},
		"a.xlsx": {book, Options{}, true},
		"a.json": {[]byte(`{"type":"FeatureCollection","features":[` + feature + "," + feature + `]}`), Options{}, true},
		"a.kml":  {[]byte(`<kml><Placemark><name>a</name><Point><coordinates>120,30</coordinates></Point></Placemark></kml>`), Options{}, true},
		"a.gpkg": {gpkg, Options{Layer: "网格"}, false}, // a page at the end may be one that this layer does not use
		"a.csv":  {[]byte("code,lon,lat\n1,120,30\n2,121,31\n"), Options{}, false},
	} {
		step := max(1, len(c.body)/97)
		for n := 0; n < len(c.body); n += step {
			src, err := openBytes(name, c.body[:n], c.opts)
			if err == nil {
				for _, ferr := range src.Features() {
					if ferr != nil {
						err = asError(t, ferr)
					}
				}
				closeQuietly(src)
			} else {
				asError(t, err)
			}
			if err == nil && c.notices {
				t.Errorf("%s cut at %d of %d was taken", name, n, len(c.body))
			}
		}
	}
}
