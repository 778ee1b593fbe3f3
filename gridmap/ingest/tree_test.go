package ingest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
	"cloudgrid/importers/shptest"
	"cloudgrid/spatial/measure"
)

var later = now.AddDate(0, 1, 0)

func TestALeafGridBecomesOneAtomOfItsOwn(t *testing.T) {
	s := newStore(t)
	text := collection(square(`"code":"1","name":"甲","户数":12,"备注":"x"`, 120, 30, 0.01), grid("2", 120.01, 30, 0.01))
	take(t, file(t, "a.geojson", text), s, ingest.Options{})
	atoms, gridOf := atomsOf(t, s, now)
	a := atoms["grid:main:1"]
	if len(atoms) != 2 || a.Kind != "grid" || a.Counts["households"] != 12 || gridOf["grid:main:1"] != "1" {
		t.Errorf("%+v, %v", atoms, gridOf)
	}
	g := gridsOf(t, s, gridmap.Query{At: now})["1"]
	if g.Name != "甲" || g.Attrs["备注"] != "x" || g.Type != gridmap.General || len(g.Shape) != 1 {
		t.Errorf("%+v", g)
	}
}

func TestTheSameCodesAgainMakeNewVersionsOfTheSameGrids(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01))), s, ingest.Options{})
	before := gridsOf(t, s, gridmap.Query{At: now})
	again := collection(grid("1", 120, 30, 0.01), strings.Replace(grid("2", 120.01, 30, 0.02), "网格2", "新名", 1), grid("3", 120.03, 30, 0.01))
	rep := take(t, file(t, "a.geojson", again), s, ingest.Options{Now: now.Add(time.Hour), ValidFrom: later})
	if rep.Created != 1 || rep.Updated != 1 || rep.Unchanged != 1 {
		t.Errorf("%+v", rep)
	}
	old, fresh := gridsOf(t, s, gridmap.Query{At: now}), gridsOf(t, s, gridmap.Query{At: later})
	if len(old) != 2 || old["2"].Name != "网格2" || len(fresh) != 3 || fresh["2"].Name != "新名" {
		t.Errorf("then %v, later %v", old, fresh)
	}
	if fresh["2"].ID != before["2"].ID || fresh["1"].ID != before["1"].ID {
		t.Error("a grid lost its identity")
	}
	then, _ := atomsOf(t, s, now)
	atoms, _ := atomsOf(t, s, later)
	if a, b := measure.AreaM2(then["grid:main:2"].Shape), measure.AreaM2(atoms["grid:main:2"].Shape); b < 3*a {
		t.Errorf("the atom kept its old ground: %v, %v m²", a, b)
	}
}

func TestTheSameFileAgainWritesNoEdition(t *testing.T) {
	s := newStore(t)
	text := collection(grid("1", 120, 30, 0.01))
	first := take(t, file(t, "a.geojson", text), s, ingest.Options{})
	again := take(t, file(t, "a.geojson", text), s, ingest.Options{Now: now.Add(time.Hour)})
	if !first.Written || first.Edition != 1 || again.Written || again.Edition != 0 || again.Unchanged != 1 {
		t.Errorf("%+v\n%+v", first, again)
	}
}

func TestGridsThatTheFileLeavesOutStayAndAreCheckedAgainst(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	rep := take(t, file(t, "b.geojson", collection(grid("2", 120.005, 30, 0.01))), s, ingest.Options{})
	if f := finding(t, rep, "overlap"); !strings.Contains(f.Message, "1（库中）") || fmt.Sprint(f.Rows) != "[1]" {
		t.Errorf("%+v", f)
	}
	if f := finding(t, rep, ingest.KindNotInFile); fmt.Sprint(f.Codes) != "[1]" {
		t.Errorf("%+v", f)
	}
	if len(gridsOf(t, s, gridmap.Query{At: now})) != 2 {
		t.Error("a grid went missing")
	}
}

// towns and villages: T1 west, T2 east; V1, V2 tile T1; V3 covers the west half
// of T2 and V4 lies astride both.
func towns(t *testing.T, s gridmap.Store) {
	t.Helper()
	take(t, file(t, "t.geojson", collection(grid("T1", 120, 30, 0.02), grid("T2", 120.02, 30, 0.02))), s, ingest.Options{Level: "town=街道"})
}

func village(code, parent string, lon, lat, w, h float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q,"parent":%q},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`,
		code, code, parent, lon, lat, lon+w, lat, lon+w, lat+h, lon, lat+h, lon, lat)
}

func TestParentsAreFoundByCodeOrByGround(t *testing.T) {
	for _, byCode := range []bool{true, false} {
		s := newStore(t)
		towns(t, s)
		p1, p2 := "", ""
		if byCode {
			p1, p2 = "T1", "T2"
		}
		text := collection(village("V1", p1, 120, 30, 0.01, 0.02), village("V2", p1, 120.01, 30, 0.01, 0.02), village("V3", p2, 120.02, 30, 0.01, 0.02))
		rep := take(t, file(t, "v.geojson", text), s, ingest.Options{Level: "village=社区", ParentLevel: "town"})
		g := gridsOf(t, s, gridmap.Query{At: now})
		if g["V1"].Parent != g["T1"].ID || g["V2"].Parent != g["T1"].ID || g["V3"].Parent != g["T2"].ID || g["V1"].Level != 1 {
			t.Errorf("by code %v: %+v", byCode, g)
		}
		atoms, gridOf := atomsOf(t, s, now)
		if _, there := atoms["grid:main:T1"]; there {
			t.Error("T1 keeps ground that its children cover")
		}
		half := measure.AreaM2(g["T2"].Shape) / 2
		if left := measure.AreaM2(atoms["grid:main:T2"].Shape); math.Abs(left-half) > 1 || gridOf["grid:main:T2"] != "T2" {
			t.Errorf("T2 keeps %v m², half of it is %v", left, half)
		}
		if f := finding(t, rep, ingest.KindUncovered); f.Codes[0] != "T2" || math.Abs(f.AreaM2-half) > 1 {
			t.Errorf("%+v", f)
		}
	}
}

func TestGroundOutsideTheParentIsToldAndUnknownParentsAreRejected(t *testing.T) {
	s := newStore(t)
	towns(t, s)
	text := collection(village("V1", "T1", 120.01, 30, 0.02, 0.02), village("V2", "T9", 120, 30, 0.01, 0.02), village("V3", "", 130, 30, 0.01, 0.01))
	rep := check(t, file(t, "v.geojson", text), s, ingest.Options{Level: "village", ParentLevel: "街道"}).Report()
	f := finding(t, rep, ingest.KindOutsideParent)
	if f.Codes[0] != "V1" || math.Abs(f.AreaM2-2.14e6) > 0.02e6 || f.At == nil {
		t.Errorf("%+v", f)
	}
	if n := kinds(rep, ingest.Error)[ingest.KindNoParent]; n != 2 || rep.Accepted != 1 || rep.Rejected != 2 {
		t.Errorf("%+v", rep)
	}
}

func TestTypesAreReadInBothLanguagesAndOddOnesToldOnce(t *testing.T) {
	s := newStore(t)
	var features []string
	for i, typ := range []string{"专属网格", "商业", "micro", "公园", "公园", ""} {
		features = append(features, square(fmt.Sprintf(`"code":"%d","类型":%q`, i, typ), 120+float64(i)*0.01, 30, 0.01))
	}
	rep := take(t, file(t, "a.geojson", collection(features...)), s, ingest.Options{})
	g := gridsOf(t, s, gridmap.Query{})
	if g["0"].Type != gridmap.Dedicated || g["1"].Type != gridmap.Commercial || g["2"].Type != gridmap.Micro || g["3"].Type != gridmap.General {
		t.Errorf("%+v", g)
	}
	if f := finding(t, rep, ingest.KindBadValue); kinds(rep, "")[ingest.KindBadValue] != 1 || fmt.Sprint(f.Rows) != "[4 5]" {
		t.Errorf("%+v", rep.Findings)
	}
}

func TestLevelsAreNotInvented(t *testing.T) {
	s := newStore(t)
	towns(t, s)
	for _, o := range []ingest.Options{
		{Level: "village"},                           // where?
		{Level: "village", ParentLevel: "county"},    // no such level
		{Level: "town", ParentLevel: "town"},         // its own parent
		{Level: "=社区", ParentLevel: "town"},          // no code
		{Level: "village", Network: "main", As: "x"}, // no such kind
	} {
		o.Now = now
		b, err := ingest.Prepare(ctx, file(t, "v.geojson", collection(village("V1", "T1", 120, 30, 0.01, 0.02))), o)
		if err == nil {
			_, err = b.Against(ctx, s)
		}
		if gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestParentsCanBeMadeAsUnionsOfTheirChildren(t *testing.T) {
	s := newStore(t)
	text := collection(village("V1", "T1", 120, 30, 0.01, 0.02), village("V2", "T1", 120.01, 30, 0.01, 0.02), village("V3", "T2", 120.02, 30, 0.01, 0.02))
	rep := take(t, file(t, "v.geojson", text), s, ingest.Options{Level: "village=社区", ParentLevel: "town=街道", MakeParents: true})
	g := gridsOf(t, s, gridmap.Query{At: now})
	if len(g) != 5 || g["V2"].Parent != g["T1"].ID || g["T1"].Level != 0 || g["V3"].Level != 1 || !rep.Clean() {
		t.Fatalf("%+v\n%+v", g, rep)
	}
	if a, b := measure.AreaM2(g["T1"].Shape), measure.AreaM2(g["V1"].Shape)+measure.AreaM2(g["V2"].Shape); math.Abs(a-b) > 1 {
		t.Errorf("T1 is %v m², its children %v", a, b)
	}
}

func TestAtomsTakeTheGroundOfTheirGrid(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.02), grid("2", 120.02, 30, 0.02))), s, ingest.Options{})
	text := collection(
		square(`"code":"b1","households":30,"kind":"building"`, 120.001, 30.001, 0.001),
		square(`"code":"b2","households":40.0,"grid_code":"2"`, 120.003, 30.001, 0.001), // by its code, though it stands in 1
		square(`"code":"b3","households":"x"`, 120.005, 30.001, 0.001),
		square(`"code":"b4","households":-1`, 120.007, 30.001, 0.001),
		square(`"code":"b5","grid_code":"9"`, 120.009, 30.001, 0.001),
		square(`"code":"b6"`, 121, 30.001, 0.001),
	)
	rep := take(t, file(t, "b.geojson", text), s, ingest.Options{As: ingest.Atoms, AcceptPartial: true})
	if n := kinds(rep, ingest.Error); n[ingest.KindBadValue] != 2 || n[ingest.KindNoParent] != 2 || rep.Accepted != 2 {
		t.Errorf("%v, %+v", n, rep)
	}
	atoms, gridOf := atomsOf(t, s, now)
	if gridOf["b1"] != "1" || gridOf["b2"] != "2" || atoms["b1"].Counts["households"] != 30 || atoms["b1"].Kind != "building" {
		t.Errorf("%v, %+v", gridOf, atoms)
	}
	g := gridsOf(t, s, gridmap.Query{At: now})
	sum := measure.AreaM2(atoms["grid:main:1"].Shape) + measure.AreaM2(atoms["b1"].Shape)
	if d := sum - measure.AreaM2(g["1"].Shape); math.Abs(d) > 1 {
		t.Errorf("the atoms of grid 1 and its shape differ by %v m²", d)
	}
	if rep := take(t, file(t, "b.geojson", text), s, ingest.Options{As: ingest.Atoms, AcceptPartial: true}); rep.Unchanged != 2 || rep.Updated != 0 {
		t.Errorf("again: %+v", rep)
	}
}

func TestADrawnBorderDoesNotMoveGroundThatAtomsHold(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.02))), s, ingest.Options{})
	take(t, file(t, "b.geojson", collection(square(`"code":"b1"`, 120.001, 30.001, 0.001))), s, ingest.Options{As: ingest.Atoms})
	rep := take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.03))), s, ingest.Options{Now: now.Add(time.Hour)})
	if f := finding(t, rep, ingest.KindGroundKept); f.Severity != ingest.Warning {
		t.Errorf("%+v", f)
	}
}

func TestAShapefileInGBKKeepsItsChineseNames(t *testing.T) {
	ring := func(x float64) orb.Ring {
		return orb.Ring{{x, 30}, {x, 30.01}, {x + 0.01, 30.01}, {x + 0.01, 30}, {x, 30}}
	}
	l := shptest.Layer{
		Name: "网格", Fields: []string{"网格编码", "网格名称"}, Encoding: simplifiedchinese.GBK,
		Shapes: [][]orb.Ring{{ring(120)}, {ring(120.01)}}, Rows: [][]string{{"330102001", "清波门网格"}, {"330102002", "湖滨网格"}},
		PRJ: `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
	}
	z := string(l.Zip())
	src, err := importers.OpenReader("网格.zip", strings.NewReader(z), int64(len(z)), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	s := newStore(t)
	rep := take(t, src, s, ingest.Options{})
	if rep.CRS != "cgcs2000" || rep.CRSFrom != ".prj" || !rep.Clean() || rep.Encoding != "GB18030" {
		t.Errorf("%+v", rep)
	}
	if g := gridsOf(t, s, gridmap.Query{}); g["330102001"].Name != "清波门网格" || g["330102002"].Name != "湖滨网格" {
		t.Errorf("%+v", g)
	}
}
