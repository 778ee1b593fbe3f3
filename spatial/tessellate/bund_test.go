package tessellate

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// shapesOf reads the polygons and lines of a small GeoJSON file.
func shapesOf(t testing.TB, file string) (polygons []spatial.MultiPolygon, lines [][]spatial.Point) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Features {
		text := string(f.Geometry.Coordinates)
		if one := !strings.HasPrefix(f.Geometry.Type, "Multi"); one {
			text = "[" + text + "]"
		}
		var ps [][][][2]float64
		var ls [][][2]float64
		if strings.HasSuffix(f.Geometry.Type, "Polygon") {
			err = json.Unmarshal([]byte(text), &ps)
		} else {
			err = json.Unmarshal([]byte(text), &ls)
		}
		if err != nil {
			t.Fatal(err)
		}
		var m spatial.MultiPolygon
		for _, p := range ps {
			var q spatial.Polygon
			for _, r := range p {
				q = append(q, points(t, r[1:]))
			}
			m = append(m, q)
		}
		if m != nil {
			polygons = append(polygons, m)
		}
		for _, l := range ls {
			lines = append(lines, points(t, l))
		}
	}
	return polygons, lines
}

func points(t testing.TB, xy [][2]float64) []spatial.Point {
	t.Helper()
	out := make([]spatial.Point, len(xy))
	for i, c := range xy {
		p, err := spatial.FromLonLat(c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		out[i] = p
	}
	return out
}

func bund(t testing.TB) Input {
	t.Helper()
	within, _ := shapesOf(t, "testdata/bund_within.geojson")
	buildings, _ := shapesOf(t, "testdata/bund_buildings.geojson")
	_, roads := shapesOf(t, "testdata/bund_roads.geojson")
	in := Input{Within: within[0], Barriers: roads}
	for _, b := range buildings {
		in.Buildings = append(in.Buildings, Footprint{Shape: b})
	}
	return in
}

func TestTheBundIsTiledAndEveryBuildingHasItsAtom(t *testing.T) {
	in := bund(t)
	r := tile(t, in, Options{})
	if len(in.Buildings) < 40 || count(r, Building) < 30 {
		t.Errorf("%d buildings, %d atoms with some", len(in.Buildings), count(r, Building))
	}
	without := notes(r, BuildingOutside)
	for i := range in.Buildings {
		if atomOf(t, r, int32(i)) < 0 {
			without--
		}
	}
	if without != 0 {
		t.Errorf("%d buildings without an atom that no note tells of", -without)
	}
	for _, p := range topology.Inspect(r.Topology) {
		if p.Kind == topology.Gap || p.Kind == topology.Sliver {
			t.Errorf("%v at %v", p.Kind, p.At)
		}
	}
}

// wkt writes a shape in lattice steps from origin.
func wkt(m spatial.MultiPolygon) string {
	var parts []string
	for _, poly := range m {
		var rings []string
		for _, r := range poly {
			var pts []string
			for i := range len(r) + 1 {
				p := r[i%len(r)]
				pts = append(pts, fmt.Sprintf("%d %d", p.X-origin.X, p.Y-origin.Y))
			}
			rings = append(rings, "("+strings.Join(pts, ",")+")")
		}
		parts = append(parts, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(parts, ",") + ")"
}

// crossedSQL counts the buildings whose inside, a lattice step in, a border
// crosses, and those that are not within the atom that holds them.
const crossedSQL = `
with a as (select ord-1 as id, ST_GeomFromText(w) as g from unnest($1::text[]) with ordinality as x(w, ord)),
     b as (select atom, ST_Intersection(ST_Buffer(ST_MakeValid(ST_GeomFromText(w)), -1), ST_Buffer(ST_GeomFromText($4), -1)) as g
           from unnest($2::text[], $3::int[]) as x(w, atom))
select (select count(*) from b join a on ST_Relate(b.g, ST_Boundary(a.g), 'T********')),
       (select count(*) from b join a on a.id = b.atom where not ST_Within(b.g, a.g)),
       (select count(*) from b)`

func TestNoBorderOfTheBundCrossesABuildingSaysPostGIS(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	in := bund(t)
	r := tile(t, in, Options{})
	var atoms, buildings []string
	var holders []int32
	for f := range r.Atoms {
		atoms = append(atoms, wkt(r.Topology.FacePolygon(topology.FaceID(f))))
	}
	for i, b := range in.Buildings {
		if a := atomOf(t, r, int32(i)); a >= 0 {
			buildings, holders = append(buildings, wkt(b.Shape)), append(holders, int32(a))
		}
	}
	var crossed, apart, seen int
	if err := conn.QueryRow(ctx, crossedSQL, atoms, buildings, holders, wkt(in.Within)).Scan(&crossed, &apart, &seen); err != nil {
		t.Fatal(err)
	}
	if crossed != 0 || apart != 0 || seen < 35 {
		t.Errorf("of %d buildings %d are crossed by a border and %d not within their atom", seen, crossed, apart)
	}
}

// FuzzTessellate draws anything: rings that cross themselves, lines on lines.
func FuzzTessellate(f *testing.F) {
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 255, 255, 1, 1, 5, 1, 5, 5, 255, 255, 6, 6, 8, 2, 3, 9, 255, 255, 0, 4, 9, 4, 3, 1})
	f.Add([]byte{0, 0, 90, 0, 9, 90, 80, 91, 255, 255, 1, 1, 50, 70, 50, 5, 2, 66, 255, 255, 6, 6, 8, 2, 3, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return
		}
		rings := []spatial.Ring{nil}
		for ; len(data) > 1; data = data[2:] {
			if data[0] == 255 {
				rings = append(rings, nil)
				continue
			}
			k := len(rings) - 1
			rings[k] = append(rings[k], spatial.Point{X: int32(data[0]), Y: int32(data[1])})
		}
		in := Input{Within: spatial.MultiPolygon{{rings[0]}}}
		for i, r := range rings[1:] {
			switch i % 3 {
			case 0:
				in.Buildings = append(in.Buildings, Footprint{Shape: spatial.MultiPolygon{{r}}})
			case 1:
				in.Barriers = append(in.Barriers, r)
			default:
				in.Compounds = append(in.Compounds, spatial.MultiPolygon{{r}})
			}
		}
		r, err := Tessellate(in, Options{SampleM: 0.5})
		if err != nil {
			return
		}
		if ps := topology.Check(r.Topology); len(ps) > 0 {
			t.Fatalf("not sound: %+v", ps[0])
		}
	})
}

// BenchmarkTessellate tiles a town of rows of houses between streets.
func BenchmarkTessellate(b *testing.B) {
	for _, side := range []int32{32, 316} {
		b.Run(fmt.Sprintf("buildings=%d", side*side), func(b *testing.B) {
			in := Input{Within: rect(0, 0, 30*side, 30*side)}
			for x := range side {
				for y := range side {
					in.Buildings = append(in.Buildings, house(30*x+5+x%3, 30*y+8, 30*x+24, 30*y+20+y%5))
				}
				if x%4 == 0 {
					in.Barriers = append(in.Barriers, []spatial.Point{at(30*x+1, -5), at(30*x+3, 30*side+5)}, []spatial.Point{at(-5, 30*x+2), at(30*side+5, 30*x)})
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Tessellate(in, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
