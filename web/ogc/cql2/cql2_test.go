package cql2

import (
	"strings"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

type thing map[string]Value

func (x thing) Property(name string) Value { return x[name] }

func (x thing) Meets(s Shape) bool {
	return s.MeetsPoint(spatial.Point{X: 1_200_000_000, Y: 300_000_000})
}

func schema() map[string]Type {
	return map[string]Type{"name": Text, "level": Number, "main": Bool, "geometry": Geometry, "户数": Number, "gone": Text}
}

func example() thing {
	return thing{
		"name": {Known: true, Text: "阳光社区第7网格"}, "level": {Known: true, Type: Number, Number: 2},
		"main": {Known: true, Type: Bool, Bool: true}, "户数": {Known: true, Type: Number, Number: 420}, "gone": {},
	}
}

func frame() Frame { return crs.WGS84().ParsePoint }

func TestFiltersPickAsTheStandardSays(t *testing.T) {
	for text, want := range map[string]bool{
		"level = 2":                 true,
		"2 = level":                 true,
		"level <> 2":                false,
		"level BETWEEN 1 AND 2":     true,
		"level NOT BETWEEN 1 AND 2": false,
		"户数 >= 400 AND name LIKE '%第_网格'":             true,
		`"户数" < 400 OR NOT level = 3`:                 true,
		"name LIKE '阳光%' AND (level=1 OR main)":       true,
		"name IN ('x','阳光社区第7网格')":                    true,
		"level IN (1,3)":                              false,
		"gone IS NULL":                                true,
		"gone IS NOT NULL":                            false,
		"gone = 'x'":                                  false,
		"NOT gone = 'x'":                              false, // unknown stays unknown
		"gone = 'x' OR level = 2":                     true,
		"main = TRUE":                                 true,
		"NOT main":                                    false,
		"CASEI(name) = CASEI('阳光社区第7网格')":             true,
		"name = 'it''s'":                              false,
		"S_INTERSECTS(geometry, POINT(120 30))":       true,
		"S_INTERSECTS(POINT(120 30), geometry)":       true,
		"S_INTERSECTS(geometry, BBOX(119,29,121,31))": true,
		"S_INTERSECTS(geometry, BBOX(121,29,122,31))": false,
		"S_INTERSECTS(geometry, POLYGON((119 29,121 29,121 31,119 31,119 29)))": true,
		"S_INTERSECTS(geometry, LINESTRING(119 30, 121 30))":                    true,
		"S_INTERSECTS(geometry, MULTIPOINT((1 1),(120 30)))":                    true,
		"S_INTERSECTS(geometry, BBOX(179,29,-179,31))":                          false,
		"level > -1e3 AND level < +1.5E1":                                       true,
	} {
		f, err := Parse(text, schema(), frame())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Pick(example()); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for _, text := range []string{
		"", "level", "level =", "level = 'x'", "nosuch = 1", "level = 2 AND", "(level = 2", "level = 2)", "name LIKE level", "name LIKE 3",
		"level BETWEEN 1", "level IN ()", "level IN (1,'x')", "gone IS 3", "name = 'open", "S_WITHIN(geometry, POINT(1 1))",
		"S_INTERSECTS(geometry, geometry)", "S_INTERSECTS(geometry, POINT(1 1 1))", "S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 0)))",
		"S_INTERSECTS(geometry, POLYGON((0 0,1 1,2 0,5 5)))", "S_INTERSECTS(geometry, POINT(500 1))", "level = 1; DROP TABLE x", "level = 1.2.3",
		"NOT NOT", "\xff", strings.Repeat("(", 100) + "level=1", strings.Repeat("NOT ", 100) + "level=1", strings.Repeat("x", MaxBytes+1),
	} {
		if _, err := Parse(text, schema(), frame()); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// Anybody may ask, and a filter is looked at for each of very many features.
func TestAFilterThatWouldTakeTooLongIsRefused(t *testing.T) {
	for text, want := range map[string]int{
		"S_INTERSECTS(geometry,POINT(120 30))": 12, "name LIKE 'a%'": 18, "CASEI(name) LIKE 'a%'": 14, "level=1": 300,
	} {
		for n, refused := range map[int]bool{want: false, want + 1: true} {
			if _, err := Parse(strings.Repeat(text+" OR ", n-1)+text, schema(), frame()); refused != (err != nil) {
				t.Errorf("%d of %s: %v", n, text, err)
			}
		}
	}
}

func TestWhatIsDecidedIsNotAskedFurther(t *testing.T) {
	for _, text := range []string{"level = 3 AND S_INTERSECTS(geometry,POINT(120 30))", "level = 2 OR S_INTERSECTS(geometry,POINT(120 30))"} {
		f, err := Parse(text, schema(), frame())
		if err != nil {
			t.Fatal(err)
		}
		f.Pick(unmeasured{example()})
	}
}

// unmeasured is a feature whose ground nobody may ask for.
type unmeasured struct{ thing }

func (unmeasured) Meets(Shape) bool { panic("asked for its ground") }

// A pattern that would take a backtracking matcher the age of the world.
func TestLikeIsNeverSlow(t *testing.T) {
	f, err := Parse("name LIKE '"+strings.Repeat("%a", 200)+"%b'", schema(), frame())
	if err != nil {
		t.Fatal(err)
	}
	x := thing{"name": {Known: true, Text: strings.Repeat("a", 5000)}}
	if f.Pick(x) {
		t.Error("there is no b in it")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("level = 2 AND name LIKE '%x%'")
	f.Add("S_INTERSECTS(geometry, POLYGON((119 29,121 29,121 31,119 31,119 29)))")
	f.Fuzz(func(_ *testing.T, text string) {
		if filter, err := Parse(text, schema(), frame()); err == nil {
			filter.Pick(example())
		}
	})
}
