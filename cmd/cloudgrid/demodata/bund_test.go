package demodata

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/postgis"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

var made = sync.OnceValues(func() (*bundTree, error) { return makeBund(context.Background()) })

func theBund(t *testing.T) *bundTree {
	t.Helper()
	b, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (t *bundTree) loads() []int64 {
	sum := make([]int64, len(t.grids))
	for f, g := range t.owner {
		for ; g != district.None; g = t.grids[g].Parent {
			sum[g] += t.atoms[f].Households
		}
	}
	return sum
}

func TestEveryAtomOfTheBundLiesInAGridOfACommunityOfAStreet(t *testing.T) {
	b := theBund(t)
	if len(b.atoms) < 1000 || b.topo.NumFaces() != len(b.atoms) {
		t.Fatalf("%d atoms, %d faces", len(b.atoms), b.topo.NumFaces())
	}
	for f, g := range b.owner {
		for level := 2; level >= 0; level-- {
			if g == district.None || b.grids[g].Level != level {
				t.Fatalf("atom %d has no chain of three", f)
			}
			g = b.grids[g].Parent
		}
		if g != district.None {
			t.Fatalf("atom %d: above the street there is %d", f, g)
		}
	}
	for _, p := range topology.Inspect(b.topo) {
		if p.Kind == topology.Gap {
			t.Errorf("a gap at %v", p.At)
		}
	}
}

func TestGridsOfTheBundAreInOnePieceAndSomeAreOverloaded(t *testing.T) {
	b := theBund(t)
	loads := b.loads()
	ground := b.topo.Dissolve(b.owner, len(b.grids))
	over, fair := 0, 0
	for i, g := range b.grids {
		if g.Level != 2 || g.Type == gridmap.Waterborne {
			continue
		}
		if parts := len(ground.FacePolygon(topology.FaceID(i))); parts != 1 {
			t.Errorf("%s is in %d pieces", g.Name, parts)
		}
		switch {
		case loads[i] > gridMax:
			over++
		case loads[i] >= gridMin:
			fair++
		}
	}
	if over < 4 || over > 15 || fair < 40 {
		t.Errorf("%d grids over, %d as they should be", over, fair)
	}
}

func TestNamesAndCodesOfTheBundAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range theBund(t).grids {
		if g.Name == "" || g.Name == "社区" || seen[g.Code] || seen[g.Name] {
			t.Errorf("%q %q", g.Code, g.Name)
		}
		seen[g.Code], seen[g.Name] = true, true
	}
}

func TestTheBundIsMadeTheSameEveryTime(t *testing.T) {
	a := theBund(t)
	b, err := makeBund(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.owner, b.owner) || !slices.Equal(a.loads(), b.loads()) || !slices.Equal(a.grids, b.grids) {
		t.Error("two runs differ")
	}
	for f := range a.atoms {
		if x, y := a.atoms[f], b.atoms[f]; x.Name != y.Name || x.At != y.At || x.Persons != y.Persons || x.Shops != y.Shops {
			t.Fatalf("atom %d: %+v, %+v", f, x, y)
		}
	}
}

// wkt writes a shape in lattice steps.
func wkt(m spatial.MultiPolygon) string {
	var parts []string
	for _, poly := range m {
		var rings []string
		for _, r := range poly {
			var pts []string
			for i := range len(r) + 1 {
				pts = append(pts, steps(r[i%len(r)]))
			}
			rings = append(rings, "("+strings.Join(pts, ",")+")")
		}
		parts = append(parts, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(parts, ",") + ")"
}

// steps is a point relative to the outline's corner, in lattice steps.
func steps(p spatial.Point) string {
	return fmt.Sprintf("%d %d", p.X-bundWest.X, p.Y-bundWest.Y)
}

// intactSQL reads the grids from the store's own table, in lattice steps from
// the outline's corner, and counts the buildings whose inside, one step in, the
// border of a grid crosses, those that no grid covers alone, and what is wrong
// with the grids themselves.
const intactSQL = `
with g as materialized (select ST_SnapToGrid(ST_TransScale(shape, $2, $3, 1e7, 1e7), 1) as g from grid where level = 2 and recorded_to is null),
     b as materialized (select ST_Buffer(ST_MakeValid(ST_GeomFromText(w, 4490)), -1) as g from unnest($1::text[]) as w)
select (select count(*) from b join g on b.g && g.g and ST_Relate(b.g, ST_Boundary(g.g), 'T********')),
       (select count(*) from b where (select count(*) from g where b.g && g.g and ST_Within(b.g, g.g)) <> 1),
       (select count(*) from b where not ST_IsEmpty(g)),
       (select count(*) from g where not ST_IsValid(g)),
       (select count(*) from g),
       (select round(sum(ST_Area(g)))::bigint from g),
       (select round(ST_Area(ST_Union(g)))::bigint from g)`

func TestNoGridBorderCrossesABuildingSaysPostGIS(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("bund_%d_%d", os.Getpid(), time.Now().UnixNano())
	query := u.Query()
	query.Set("search_path", schema+",public")
	u.RawQuery = query.Encode()
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "create schema "+schema); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = conn.Exec(context.Background(), "drop schema "+schema+" cascade") }()
	store, err := postgis.Open(t.Context(), u.String(), postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := Bund(t.Context(), store, time.Now()); err != nil {
		t.Fatal(err)
	}
	b := theBund(t)
	var buildings []string
	for _, x := range b.src.buildings {
		buildings = append(buildings, wkt(x.Ground))
	}
	var crossed, split, seen, invalid, grids int
	var apart, together int64
	lon, lat := bundWest.LonLat()
	if err := conn.QueryRow(t.Context(), intactSQL, buildings, -lon, -lat).Scan(&crossed, &split, &seen, &invalid, &grids, &apart, &together); err != nil {
		t.Fatal(err)
	}
	if crossed != 0 || split != 0 || seen < 1100 {
		t.Errorf("of %d buildings %d are crossed by a border and %d not within one grid", seen, crossed, split)
	}
	outline := int64(bundEast.X-bundWest.X) * int64(bundEast.Y-bundWest.Y)
	if invalid != 0 || grids < 50 || apart != together || together != outline {
		t.Errorf("%d grids, %d of them invalid; they cover %d of %d, %d counted one by one", grids, invalid, together, outline, apart)
	}
}
