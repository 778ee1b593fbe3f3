package locate

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"
)

// borderPoints returns vertices and middles of borders, where the answers are
// hardest, and random points.
func borderPoints(faces []spatial.MultiPolygon, n int) []spatial.Point {
	rng := rand.New(rand.NewPCG(8, 8))
	ps := someWithin(faces, n)
	for i := range n {
		r := faces[i%len(faces)][0][0]
		k := rng.IntN(len(r))
		a, b := r[k], r[(k+1)%len(r)]
		ps = append(ps, a, spatial.Point{X: a.X + (b.X-a.X)/2, Y: a.Y + (b.Y-a.Y)/2})
	}
	return ps
}

func TestTheOrderOfTheFacesDoesNotMatter(t *testing.T) {
	faces := synth.Coverage(400, 3)
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(faces))
	shuffled := make([]spatial.MultiPolygon, len(faces))
	for i, k := range order {
		shuffled[k] = faces[i]
	}
	topo, _ := topology.Build(faces)
	other, _ := topology.Build(shuffled)
	ix, jx := New(topo), New(other)
	points := borderPoints(faces, 2000)
	for _, p := range points {
		f, g := ix.Locate(p), jx.Locate(p)
		if f != topology.Outside {
			f = topology.FaceID(order[f])
		}
		if f != g {
			t.Fatalf("%v is in face %d, and after shuffling in %d", p, f, g)
		}
	}
	agree(t, topo, ix, points[len(points)-30:])
}

func TestABatchAnswersAsSinglePointsDo(t *testing.T) {
	faces := synth.Coverage(300, 4)
	topo, _ := topology.Build(faces)
	ix := New(topo)
	points := append(borderPoints(faces, 1000), spatial.Point{}, spatial.Point{X: -spatial.MaxX, Y: spatial.MaxY})
	for _, n := range []int{0, 1, ahead, ahead + 1, len(points)} {
		out := make([]topology.FaceID, n)
		ix.LocateAll(points[:n], out)
		for i, f := range out {
			if want := ix.Locate(points[i]); f != want {
				t.Fatalf("point %d of %d: %d, alone %d", i, n, f, want)
			}
		}
	}
}

func TestManyReadersAndAnUpdateAtOnce(t *testing.T) {
	faces := synth.Coverage(200, 5)
	topo, _ := topology.Build(faces)
	fewer, _ := topology.Build(faces[:150])
	ix := New(topo)
	points := borderPoints(faces, 200)
	want := make([]topology.FaceID, len(points))
	ix.LocateAll(points, want)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, p := range points {
				if f := ix.Locate(p); f != want[i] {
					t.Errorf("%v: %d, was %d", p, f, want[i])
				}
				ix.NearestBorder(p)
				ix.CircleShares(nil, p, 20)
			}
		})
	}
	wg.Go(func() { ix.Update(fewer) })
	wg.Wait()
}

func TestPostGISCoversTheSamePoints(t *testing.T) {
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
	faces := synth.Coverage(400, 6)
	topo, _ := topology.Build(faces)
	ix := New(topo)
	if _, err := conn.Exec(ctx, `create temporary table faces (id int, geom geometry)`); err != nil {
		t.Fatal(err)
	}
	r := newRival(faces)
	for i := range faces {
		b, err := wkb.Marshal(r.polys[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, `insert into faces values ($1, ST_GeomFromWKB($2, 4490))`, i, b); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range borderPoints(faces, 500) {
		lon, lat := p.LonLat()
		var ids []int32
		if err := conn.QueryRow(ctx, `select coalesce(array_agg(id), '{}') from faces
			where ST_Covers(geom, ST_SetSRID(ST_MakePoint($1,$2),4490))`, lon, lat).Scan(&ids); err != nil {
			t.Fatal(err)
		}
		got, ok := ix.Locate(p), false
		for _, id := range ids {
			ok = ok || topology.FaceID(id) == got
		}
		// Degrees in float64 put a border point just off its border; then
		// PostGIS names one neighbour or none.
		if b, _ := ix.NearestBorder(p); !ok && b.DistanceM > 0 && (len(ids) > 0 || got != topology.Outside) {
			t.Errorf("%v is in face %d, PostGIS says %v", p, got, ids)
		}
	}
}
