package topology

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"cloudgrid/spatial"

	"github.com/jackc/pgx/v5"
)

// jittered returns a coverage of n×n cells in which every polygon draws its
// corners a little differently: overlaps and gaps everywhere.
func jittered(rng *rand.Rand, n int, size, jitter int32) []spatial.MultiPolygon {
	faces := hexagons(n, size)
	for _, m := range faces {
		for i := range m[0][0] {
			p := &m[0][0][i]
			p.X += rng.Int32N(2*jitter+1) - jitter
			p.Y += rng.Int32N(2*jitter+1) - jitter
		}
	}
	return faces
}

// wkt writes a face in lattice steps.
func wkt(m spatial.MultiPolygon) string {
	var parts []string
	for _, poly := range m {
		var rings []string
		for _, r := range poly {
			var pts []string
			for i := range len(r) + 1 {
				p := r[i%len(r)]
				pts = append(pts, fmt.Sprintf("%d %d", p.X, p.Y))
			}
			rings = append(rings, "("+strings.Join(pts, ",")+")")
		}
		parts = append(parts, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(parts, ",") + ")"
}

// planar is the area in square lattice steps.
func planar(m spatial.MultiPolygon) float64 { return area2(m).float() / 2 }

// outline is the length of all rings in lattice steps: what rounding can add
// to or take from an area is at most this times a step.
func outline(faces []spatial.MultiPolygon) float64 {
	sum := 0.0
	for _, m := range faces {
		for _, poly := range m {
			for _, r := range poly {
				for i, p := range r {
					q := r[(i+1)%len(r)]
					sum += math.Hypot(float64(p.X)-float64(q.X), float64(p.Y)-float64(q.Y))
				}
			}
		}
	}
	return sum
}

func TestUnionOverlapsAndGapsAgreeWithPostGIS(t *testing.T) {
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
	rng := rand.New(rand.NewPCG(11, 22))
	coverages := [][]spatial.MultiPolygon{jittered(rng, 12, 90_000, 3000), jittered(rng, 8, 30_000, 9000)}
	for range 40 {
		faces := make([]spatial.MultiPolygon, 2+rng.IntN(6))
		for f := range faces {
			r := make(spatial.Ring, 3+rng.IntN(9))
			for i := range r {
				r[i] = spatial.Point{X: rng.Int32N(2_000_000), Y: rng.Int32N(2_000_000)}
			}
			faces[f] = one(r)
		}
		coverages = append(coverages, faces)
	}
	for i, faces := range coverages {
		compareWithPostGIS(ctx, t, conn, i, faces)
	}
}

// postgisSQL asks for the union's area, the area that its borders enclose
// without it, and every contested pair. ST_MakeValid reads crossing rings by the even-odd rule.
const postgisSQL = `
with v as (select ord-1 as id, ST_MakeValid(ST_GeomFromText(w)) as g
           from unnest($1::text[]) with ordinality as x(w, ord)),
     u as (select ST_UnaryUnion(ST_Collect(g)) as g from v)
select -1, -1, (select ST_Area(g) from u)
union all
select -2, -2, (select ST_Area(ST_Polygonize(b)) - (select ST_Area(g) from u) from (select ST_Node(ST_Boundary(g)) as b from u) as s)
union all
select a.id, b.id, ST_Area(ST_CollectionExtract(ST_Intersection(a.g, b.g), 3))
from v a join v b on a.id < b.id and a.g && b.g`

func compareWithPostGIS(ctx context.Context, t *testing.T, conn *pgx.Conn, n int, faces []spatial.MultiPolygon) {
	t.Helper()
	texts := make([]string, len(faces))
	for i, m := range faces {
		texts[i] = wkt(m)
	}
	rows, err := conn.Query(ctx, postgisSQL, texts)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	topo, problems := Build(faces)
	sound(t, topo)
	covered := 0.0
	for f := range FaceID(topo.NumFaces()) {
		covered += planar(topo.FacePolygon(f))
	}
	pairs := map[[2]int]float64{}
	gaps := 0.0
	for _, p := range problems {
		if p.Kind == Gap || p.Kind == Hole {
			gaps += planar(p.Region)
		}
		if p.Kind != Overlap && p.Kind != Contained && p.Kind != Duplicate && p.Kind != Hairline || len(p.Faces) < 2 {
			continue
		}
		if p.Region == nil {
			t.Fatalf("coverage %d: no region in %+v", n, p)
		}
		for i, a := range p.Faces {
			for _, b := range p.Faces[i+1:] {
				pairs[[2]int{int(min(a, b)), int(max(a, b))}] += planar(p.Region)
			}
		}
	}
	slack := outline(faces)
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > slack {
			t.Errorf("coverage %d: %s %.0f, PostGIS %.0f, allowed ±%.0f", n, what, got, want, slack)
		}
	}
	for rows.Next() {
		var a, b int
		var area float64
		if err := rows.Scan(&a, &b, &area); err != nil {
			t.Fatal(err)
		}
		switch a {
		case -1:
			near("union", covered, area)
		case -2:
			near("gaps", gaps, area)
		default:
			near(fmt.Sprintf("overlap of %d and %d", a, b), pairs[[2]int{a, b}], area)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
