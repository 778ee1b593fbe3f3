package measure

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"cloudgrid/spatial"

	"github.com/jackc/pgx/v5"
)

type oracleRow struct {
	kind   string
	points []spatial.Point
	want   float64
}

// check compares one value of PostGIS geography with ours.
func (r oracleRow) check() error {
	var got, tol float64
	switch r.kind {
	case "D":
		got, tol = DistanceM(r.points[0], r.points[1]), 1e-4
	case "A":
		got, tol = math.Abs(RingAreaM2(r.points)), 1e-6*r.want+1e-4 // PostGIS is off by up to 0.5 cm² on a few metres
	case "S":
		got, _ = PointSegmentM(r.points[0], r.points[1], r.points[2])
		tol = 0.01 + 1e-5*r.want // PostGIS finds the foot on a sphere
		if r.want > 1000 {
			tol = 1e-3 * r.want
		}
	}
	if math.Abs(got-r.want) > tol {
		return fmt.Errorf("%s %v: %.9f, PostGIS %.9f", r.kind, r.points, got, r.want)
	}
	return nil
}

func readOracle(t *testing.T) []oracleRow {
	t.Helper()
	data, err := os.ReadFile("testdata/postgis.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []oracleRow
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "|")
		row := oracleRow{kind: f[0]}
		if row.want, err = strconv.ParseFloat(f[len(f)-1], 64); err != nil {
			t.Fatal(err)
		}
		for _, xy := range strings.Split(strings.Join(f[1:len(f)-1], ","), ",") {
			var p spatial.Point
			if _, err := fmt.Sscan(xy, &p.X, &p.Y); err != nil {
				t.Fatal(line, err)
			}
			row.points = append(row.points, p)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestLengthsAndAreasAgreeWithPostGISGeography(t *testing.T) {
	rows := readOracle(t)
	if len(rows) < 100 {
		t.Fatalf("only %d oracle rows", len(rows))
	}
	for _, r := range rows {
		if err := r.check(); err != nil {
			t.Error(err)
		}
	}
}

func TestRandomFiguresAgreeWithALivePostGIS(t *testing.T) {
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
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		row := randomFigure(rng)
		if err := conn.QueryRow(ctx, row.sql()).Scan(&row.want); err != nil {
			t.Fatal(err)
		}
		if err := row.check(); err != nil {
			t.Error(err)
		}
	}
}

// randomFigure is a distance, a polygon under 100 km² or a point and a segment.
func randomFigure(rng *rand.Rand) oracleRow {
	o := spatial.Point{X: 730000000 + rng.Int32N(620000000), Y: 30000000 + rng.Int32N(500000000)}
	size := math.Exp(rng.Float64()*math.Log(500000/100)) * 100
	at := func(angle, part float64) spatial.Point {
		s, c := math.Sincos(angle)
		return spatial.Point{X: o.X + int32(size*part*c), Y: o.Y + int32(size*part*s)}
	}
	switch rng.IntN(3) {
	case 0:
		return oracleRow{kind: "D", points: []spatial.Point{o, at(rng.Float64()*7, 1)}}
	case 1:
		row, n := oracleRow{kind: "A"}, 3+rng.IntN(30)
		for i := range n {
			row.points = append(row.points, at(float64(i)/float64(n)*2*math.Pi, 0.6+0.4*rng.Float64()))
		}
		return row
	}
	return oracleRow{kind: "S", points: []spatial.Point{o, at(rng.Float64()*7, 1), at(rng.Float64()*7, 0.9)}}
}

func (r oracleRow) sql() string {
	wkt := func(kind string, ps ...spatial.Point) string {
		var xy []string
		for _, p := range ps {
			xy = append(xy, strings.ReplaceAll(p.String(), ",", " "))
		}
		return fmt.Sprintf("ST_GeomFromText('%s(%s)',4490)", kind, strings.Join(xy, ","))
	}
	switch r.kind {
	case "D":
		return fmt.Sprintf("select ST_Distance(%s::geography,%s::geography)", wkt("POINT", r.points[0]), wkt("POINT", r.points[1]))
	case "A":
		closed := append(r.points[:len(r.points):len(r.points)], r.points[0])
		return fmt.Sprintf("select ST_Area(ST_MakePolygon(%s)::geography)", wkt("LINESTRING", closed...))
	}
	// Cut fine, PostGIS's geodesics follow the straight lattice line.
	line := wkt("LINESTRING", r.points[1:]...)
	return fmt.Sprintf("select ST_Distance(%s::geography,ST_Segmentize(%s,ST_Length(%s)/300)::geography)", wkt("POINT", r.points[0]), line, line)
}
