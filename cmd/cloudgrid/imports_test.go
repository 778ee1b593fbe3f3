package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/importers/shptest"
)

// bootWizard serves a new, empty map to its own machine; dir is where files
// that come in wait.
func bootWizard(t *testing.T, url string) (w importing, s gridmap.Store, dir string) {
	t.Helper()
	s, err := openStore(t.Context(), url, storeMake)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dir = filepath.Join(t.TempDir(), "incoming")
	t.Cleanup(func() { // after the server has stopped
		if left := filesUnder(t, dir); len(left) > 0 {
			t.Errorf("a stopped server left %v", left)
		}
	})
	base, _ := bootWith(t, s, access{importDir: dir})
	return atWizard(t, base), s, dir
}

// bothStores are the URLs of an empty store of each kind.
func bothStores(t *testing.T) []string {
	t.Helper()
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	return []string{"gpkg:" + filepath.Join(t.TempDir(), "map.gpkg"), newSchema(t, dsn)}
}

const gridsChoice = `{"as":"grids","crs":"wgs84","columns":{"code":"code","name":"name"}}`

func TestAFileGoesThroughTheWizardIntoAnEmptyMap(t *testing.T) {
	for _, url := range bothStores(t) {
		w, s, dir := bootWizard(t, url)
		dirty := strings.Replace(tileFeatures(3, 3), "00001", "00000", 1)
		it := w.begin("网格.geojson", dirty)
		if s := it.Survey; s.Format != "GeoJSON" || s.Rows != 9 || len(s.Sample) != 9 || s.Sample[1].Cells[0] != "00000" || it.Kinds["grids"].Columns["code"] != "code" {
			t.Fatalf("%+v", it)
		}
		if f := it.Survey.Frame; !f.Needed || f.Sure || len(f.Choices) != 4 {
			t.Errorf("the frame: %+v", f)
		}
		unsaid, _ := w.check(it, `{"as":"grids"}`)
		if unsaid.State != "ready" || !strings.Contains(unsaid.Fault, "坐标系") {
			t.Errorf("a frame that nobody said: %+v", unsaid)
		}
		bad, rep := w.check(it, gridsChoice)
		if n := rep.kinds(); n["error duplicate-code"] != 1 || rep.Refusal == "" || bad.Check.Rows_rejected != 1 {
			t.Fatalf("%+v %+v", bad, rep)
		}
		if f := rep.Findings[0]; len(f.At) != 2 || !slices.Equal(f.Rows, []int{2}) || strings.Contains(f.Message+rep.Refusal, "--") || rep.Kinds[0].Do == "" {
			t.Errorf("%+v", f)
		}
		if status, out := w.step(it, "accept", fmt.Sprintf(`{"check":%d}`, bad.Check.Number)); status != http.StatusBadRequest {
			t.Errorf("errors were accepted: %d %s", status, out)
		}
		partial, _ := w.check(it, strings.Replace(gridsChoice, "{", `{"accept_partial":true,`, 1))
		if status, out := w.step(it, "accept", fmt.Sprintf(`{"check":%d}`, bad.Check.Number)); status != http.StatusConflict {
			t.Errorf("an old report was accepted: %d %s", status, out)
		}
		if now := w.settled(it); now.Check.Number != partial.Check.Number {
			t.Errorf("%+v", now)
		}
		wrote := w.accept(partial)
		if wrote.State != "done" || wrote.Result.Edition != 1 || wrote.Result.Created != 8 {
			t.Fatalf("%+v", wrote)
		}
		if left := filesUnder(t, dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		audited(t, s, "import")
		if got := len(gridsOf(t, w.base, "limit=50")); got != 8 {
			t.Errorf("the public map has %d grids", got)
		}
	}
}

func TestAMapThatMovedOnUnderAFileRefusesItAndElsewhereDoesNot(t *testing.T) {
	for _, url := range bothStores(t) {
		w, s, _ := bootWizard(t, url)
		first := w.begin("a.geojson", tileFeatures(3, 1))
		first, _ = w.check(first, gridsChoice)
		if done := w.accept(first); done.State != "done" {
			t.Fatalf("%+v", done)
		}
		change := func(code, name string) {
			t.Helper()
			err := update(t, s, func(to gridmap.Writer) error {
				for g, err := range to.Grids(t.Context(), gridmap.Query{}) {
					if err != nil {
						return err
					}
					if g.Code == code {
						g.Name, g.Span = name, gridmap.Span{ValidFrom: g.ValidFrom}
						return to.PutGrids(t.Context(), g)
					}
				}
				return fmt.Errorf("no grid %s", code)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		only := strings.Replace(tileFeatures(1, 1), "网格0", "新名", 1) // renames 00000 and leaves the others alone
		it, _ := w.check(w.begin("b.geojson", only), gridsChoice)
		change("00002", "别处")
		if done := w.accept(it); done.State != "done" || done.Result.Edition != 3 {
			t.Errorf("a change elsewhere is in the way: %+v", done)
		}
		it, _ = w.check(w.begin("b.geojson", strings.Replace(only, "新名", "又一名", 1)), gridsChoice)
		change("00000", "他人改的")
		if refused := w.accept(it); refused.State != "ready" || !strings.Contains(refused.Fault, "他人修改") {
			t.Errorf("a change of the same grid was overwritten: %+v", refused)
		}
		again, _ := w.check(it, gridsChoice)
		if done := w.accept(again); done.State != "done" {
			t.Errorf("%+v", done)
		}
	}
}

func TestAnImportCanTakeEffectOnADayToCome(t *testing.T) {
	w, s, _ := bootWizard(t, "gpkg:"+filepath.Join(t.TempDir(), "map.gpkg"))
	it, _ := w.check(w.begin("a.geojson", tileFeatures(2, 1)), gridsChoice)
	if status, out := w.step(it, "accept", fmt.Sprintf(`{"check":%d,"valid_from":"下月"}`, it.Check.Number)); status != http.StatusBadRequest {
		t.Errorf("%d %s", status, out)
	}
	if status, out := w.step(it, "accept", fmt.Sprintf(`{"check":%d,"valid_from":"2099-01-01"}`, it.Check.Number)); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, out)
	}
	if done := w.settled(it); done.State != "done" {
		t.Fatalf("%+v", done)
	}
	err := s.View(t.Context(), func(r gridmap.Reader) error {
		all, err := r.Editions(t.Context())
		if err == nil && (len(all) != 1 || all[0].EffectiveAt.Year() != 2098) { // midnight in China
			t.Errorf("%+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := fetch(t, w.base+"/v1/grids"); status == http.StatusOK && strings.Contains(string(body), `"00000"`) {
		t.Errorf("shown before its day: %s", body)
	}
}

// tileRing is a ring, clockwise as a Shapefile has it.
func tileRing(x, y float64) orb.Ring {
	return orb.Ring{{x, y}, {x, y + 0.01}, {x + 0.01, y + 0.01}, {x + 0.01, y}, {x, y}}
}

func TestAShapefileComesInPartsOrAsAZip(t *testing.T) {
	w, _, dir := bootWizard(t, "gpkg:"+filepath.Join(t.TempDir(), "map.gpkg"))
	l := shptest.Layer{
		Name: "wg", Fields: []string{"编码", "名称"}, Rows: [][]string{{"A1", "=HYPERLINK(1)"}, {"A1", "乙"}},
		Shapes: [][]orb.Ring{{tileRing(120, 30)}, {tileRing(121, 30)}}, PRJ: `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
	}
	for _, files := range [][]string{
		{"wg.zip", string(l.Zip())},
		{`C:\数据\wg.dbf`, string(l.DBF()), "../../wg.SHP", string(l.SHP()), "wg.prj", l.PRJ, "wg.shp.xml", "<a/>"},
	} {
		it := w.begin(files...)
		if f := it.Survey.Frame; it.Survey.Format != "Shapefile" || !f.Sure || f.Declared == "" || it.Survey.Rows != 2 {
			t.Fatalf("%+v", it)
		}
		now, rep := w.check(it, `{"as":"grids"}`)
		if n := rep.kinds(); n["error duplicate-code"] != 1 || now.Fault != "" {
			t.Errorf("%+v %+v", now, rep)
		}
		status, table, h := w.ask(http.MethodGet, "/v1/imports/"+it.ID+"/report.csv", "", "")
		if status != http.StatusOK || !strings.HasPrefix(table, "\ufeff序号,") || !strings.Contains(table, "编码 A1 与第 1 行重复") || !strings.Contains(h.Get("Content-Disposition"), "attachment") {
			t.Errorf("%d %v %s", status, h, table)
		}
		_, drawn, _ := w.ask(http.MethodGet, "/v1/imports/"+it.ID+"/outlines.geojson", "", "")
		var features struct {
			Features []struct {
				Geometry struct{ Type string }
			}
		}
		if w.read(drawn, &features); len(features.Features) != 1 || features.Features[0].Geometry.Type != "MultiPolygon" {
			t.Errorf("%s", drawn)
		}
		_, found, _ := w.ask(http.MethodGet, "/v1/imports/"+it.ID+"/findings.geojson", "", "")
		if !json.Valid([]byte(found)) || !strings.Contains(found, `"Point"`) {
			t.Errorf("%s", found)
		}
		status, sketch := w.step(it, "sketch", `{"crs":"gcj02"}`)
		if status != http.StatusOK || strings.Contains(sketch, "[120,30]") || !strings.Contains(sketch, `"Polygon"`) {
			t.Errorf("%d %s", status, sketch)
		}
		if status := w.giveUp(it); status != http.StatusNoContent {
			t.Errorf("given up: %d", status)
		}
		if left := filesUnder(t, dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestATableOfFindingsIsNoFormula(t *testing.T) {
	w, _, _ := bootWizard(t, "gpkg:"+filepath.Join(t.TempDir(), "map.gpkg"))
	it := w.begin("=cmd.csv", "code,name,wkt\n=1+1,a,\"POLYGON((120 30,120.1 30,120.1 30.1,120 30))\"\n=1+1,b,\"POLYGON((121 30,121.1 30,121.1 30.1,121 30))\"\n")
	it, _ = w.check(it, `{"as":"grids","crs":"cgcs2000"}`)
	_, table, _ := w.ask(http.MethodGet, "/v1/imports/"+it.ID+"/report.csv", "", "")
	if !strings.Contains(table, ",'=1+1,") || strings.Contains(table, ",=1+1") {
		t.Errorf("%s", table)
	}
}

func TestWhatComesInIsBoundedAndLeavesNothingBehind(t *testing.T) {
	w, _, dir := bootWizard(t, "gpkg:"+filepath.Join(t.TempDir(), "map.gpkg"))
	laughs := `<!DOCTYPE k [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>`
	many := make([]string, 0, 40)
	for i := range 14 {
		many = append(many, fmt.Sprintf("a.%d", i), "x")
	}
	for name, c := range map[string]struct {
		files  []string
		status int
		says   string
	}{
		"nothing":           {nil, http.StatusBadRequest, "没有收到文件"},
		"an empty file":     {[]string{"a.csv", ""}, http.StatusBadRequest, "空的"},
		"two at once":       {[]string{"a.csv", "a,b\n1,2\n", "b.csv", "a,b\n"}, http.StatusBadRequest, "一次导入一个"},
		"two of one name":   {[]string{"a.shp", "x", "../a.shp", "y"}, http.StatusBadRequest, "同名"},
		"a stranger":        {[]string{"a.shp", "x", "b.dbf", "y"}, http.StatusBadRequest, "不属于"},
		"many":              {many, http.StatusBadRequest, "多于"},
		"no format":         {[]string{"a.exe", "MZ\x00\x01"}, http.StatusBadRequest, "认不出"},
		"a gzip":            {[]string{"a.geojson.gz", "\x1f\x8b\x08xxxxxxxx"}, http.StatusBadRequest, "压缩包"},
		"billion laughs":    {[]string{"a.kml", laughs}, http.StatusBadRequest, "KML"},
		"a name of our own": {[]string{". report.csv", "a,b\n"}, http.StatusCreated, ""},
		"names lead out":    {[]string{"../../../etc/cron.d/x.csv", "code,name\n1,2\n"}, http.StatusCreated, "x.csv"},
		"names that are no": {[]string{"..", "code,name\n1,2\n"}, http.StatusBadRequest, "认不出"},
	} {
		status, it, out := w.send(c.files...)
		if status != c.status || !strings.Contains(out, c.says) {
			t.Errorf("%s: %d %s", name, status, out)
		}
		for _, path := range filesUnder(t, dir) {
			if status == http.StatusCreated && strings.Contains(path, "import-"+it.ID) {
				continue
			}
			t.Errorf("%s: left behind: %s", name, path)
		}
		if status == http.StatusCreated {
			w.giveUp(it)
		}
	}
	kind, body := filesForm(t, "a.csv", "code\n1\n")
	for name, c := range map[string]struct {
		kind   string
		header []string
		status int
	}{
		"no origin":     {kind, nil, http.StatusForbidden},
		"another site":  {kind, []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		"no form":       {"application/json", []string{"Origin", w.base}, http.StatusBadRequest},
		"text":          {"text/plain", []string{"Origin", w.base}, http.StatusUnsupportedMediaType},
		"half a form":   {kind, []string{"Origin", w.base}, http.StatusBadRequest},
		"wrong border":  {"multipart/form-data; boundary=zzz", []string{"Origin", w.base}, http.StatusBadRequest},
		"without a one": {"multipart/form-data", []string{"Origin", w.base}, http.StatusBadRequest},
	} {
		sent := body
		if name == "half a form" {
			sent = body[:len(body)-30]
		}
		if status, out, _ := w.ask(http.MethodPost, "/v1/imports", c.kind, sent, c.header...); status != c.status {
			t.Errorf("%s: %d %s", name, status, out)
		}
	}
	if left := filesUnder(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhoMayImportAndWhoseImportItIs(t *testing.T) {
	o := openOffice(t, access{importDir: filepath.Join(t.TempDir(), "incoming")})
	all := func(role string) gridmap.Grant { return gridmap.Grant{Role: role} }
	field, planner, admin := o.in("field", all(rights.Field)).wizard(), o.in("planner", all(rights.Planner)).wizard(), o.in("admin", all(rights.Admin)).wizard()
	part := o.in("part", gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.own}).wizard()
	file := []string{"a.geojson", tileFeatures(2, 1)}
	for name, w := range map[string]importing{"field": field, "part": part} {
		if status, _, out := w.send(file...); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, status, out)
		}
	}
	choice := strings.Replace(gridsChoice, "{", `{"network":"patrol",`, 1)
	it, _ := planner.check(planner.begin(file...), choice)
	if it.State != "checked" || it.Check.Refusal != "" {
		t.Fatalf("%+v", it)
	}
	if status, out := planner.step(it, "accept", fmt.Sprintf(`{"check":%d}`, it.Check.Number)); status != http.StatusForbidden {
		t.Errorf("a planner accepted: %d %s", status, out)
	}
	if status, out := admin.step(it, "accept", fmt.Sprintf(`{"check":%d}`, it.Check.Number)); status != http.StatusNotFound {
		t.Errorf("another's import: %d %s", status, out)
	}
	if status, _, out := planner.send(file...); status != http.StatusConflict {
		t.Errorf("a second import: %d %s", status, out)
	}
	own, _ := admin.check(admin.begin(file...), choice)
	if done := admin.accept(own); done.State != "done" {
		t.Errorf("%+v", done)
	}
	lines := o.audit()
	for _, action := range []string{"import_upload", "import_check", "import_accept", "import"} {
		if len(lines[action]) == 0 {
			t.Errorf("%s is not in the audit", action)
		}
	}
}

func TestAFileCanBeForAnyKindOfThing(t *testing.T) {
	w, _, _ := bootWizard(t, "gpkg:"+filepath.Join(t.TempDir(), "map.gpkg"))
	take := func(name, body, choice string) wizardImport {
		t.Helper()
		it, rep := w.check(w.begin(name, body), choice)
		if it.State != "checked" || it.Check.Refusal != "" {
			t.Fatalf("%s: %+v %+v", name, it, rep)
		}
		return w.accept(it)
	}
	take("网格.geojson", tileFeatures(2, 1), gridsChoice)
	for name, c := range map[string][2]string{
		"楼栋.csv":  {"编码,所属网格编码,户数,wkt\nB1,00000,12,\"POLYGON((120.0001 30.0001,120.0004 30.0001,120.0004 30.0004,120.0001 30.0001))\"\n", `{"as":"atoms","crs":"cgcs2000","columns":{"code":"编码","grid":"所属网格编码"},"counts":{"households":"户数"}}`},
		"门牌.csv":  {"标准地址,经度,纬度\n某市某区某路1号,120.0005,30.0005\n", `{"as":"places","crs":"gcj02"}`},
		"地址.csv":  {"标准地址\n某市某区某路2号\n", `{"as":"places"}`}, // no coordinates, no frame to ask for
		"花名册.csv": {"网格编码,姓名,岗位,手机\n00000,张三,网格员,13800000000\n", `{"as":"staff"}`},
	} {
		if done := take(name, c[0], c[1]); done.State != "done" || done.Result.Edition == 0 {
			t.Errorf("%s: %+v", name, done)
		}
	}
}
