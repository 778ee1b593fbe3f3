package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"
	"github.com/spf13/cobra"
	"github.com/tidwall/rtree"

	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// locateReport is what `bench locate --json` prints. Times are nanoseconds per
// point on one core, from the least disturbed tenth of many short rounds in
// which ours and the rival take turns.
type locateReport struct {
	Grids    int   `json:"grids"`
	Vertices int   `json:"vertices"`
	Seed     int64 `json:"seed"`

	NsPerOp       float64 `json:"ns_per_op"` // random single points
	Allocs        float64 `json:"allocs"`    // per point
	RivalNsPerOp  float64 `json:"rival_ns_per_op"`
	Ratio         float64 `json:"ratio"`
	BatchNs       float64 `json:"batch_ns_per_op"`        // LocateAll, random points
	SortedNs      float64 `json:"sorted_ns_per_op"`       // single points, sorted
	SortedBatchNs float64 `json:"sorted_batch_ns_per_op"` // LocateAll, sorted points
	NearestNs     float64 `json:"nearest_border_ns_per_op"`

	IndexBytes     int     `json:"index_bytes"`
	BytesPerVertex float64 `json:"index_bytes_per_vertex"`
	BuildS         float64 `json:"index_build_s"`
	TopologyS      float64 `json:"topology_build_s"`

	Compared     int `json:"answers_compared"`
	BorderPoints int `json:"answers_differing_on_borders"` // where the rival takes either side
	Differing    int `json:"answers_differing"`            // anywhere else: a bug

	PostGISNs       float64 `json:"postgis_ns_per_op,omitempty"`
	PostGISRatio    float64 `json:"postgis_ratio,omitempty"`
	PostGISCompared int     `json:"postgis_answers_compared,omitempty"`
	PostGISDiffer   int     `json:"postgis_answers_differing,omitempty"`
}

func newBenchLocateCmd(c *console) *cobra.Command {
	var in coverageFlags
	var dsn string
	var turn time.Duration
	cmd := &cobra.Command{
		Use:   "locate",
		Short: "point to grid, against an R-tree with ring tests, and PostGIS",
		Example: `  cloudgrid bench locate --grids 200k --json
  cloudgrid bench locate --coverage villages.geojson --postgres "host=/tmp user=postgres"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			faces, err := in.read()
			if err != nil {
				return err
			}
			r, err := benchLocate(cmd.Context(), c, faces, in.seed, turn, dsn)
			if err != nil {
				return err
			}
			r.say(c)
			if err := c.printJSON(r); err != nil {
				return err
			}
			if r.Differing+r.PostGISDiffer > 0 {
				return fmt.Errorf("%d answers differ from the rivals': %w", r.Differing+r.PostGISDiffer, errWanting)
			}
			return nil
		},
	}
	in.add(cmd)
	addTurn(cmd, &turn)
	cmd.Flags().StringVar(&dsn, "postgres", "", "also compare with PostGIS ST_Covers in this database (a temporary table)")
	return cmd
}

func benchLocate(ctx context.Context, c *console, faces []spatial.MultiPolygon, seed int64, turn time.Duration, dsn string) (locateReport, error) {
	r := locateReport{Grids: len(faces), Seed: seed}
	for _, f := range faces {
		r.Vertices += f.NumPoints()
	}
	start := time.Now()
	topo, problems := topology.Build(faces)
	r.TopologyS = time.Since(start).Seconds()
	start = time.Now()
	ix := locate.New(topo)
	r.BuildS = time.Since(start).Seconds()
	r.IndexBytes = ix.MemoryBytes()
	r.BytesPerVertex = float64(r.IndexBytes) / float64(max(r.Vertices, 1))
	if len(problems) > 0 {
		c.sayf("the coverage has %d gaps or overlaps; there the rival may answer otherwise", len(problems))
	}
	rival := newRingRival(faces)
	random := pointsWithin(faces, seed)
	r.time(turn, ix, rival, random)
	if err := r.compare(ix, rival, random, len(problems) > 0); err != nil {
		return r, err
	}
	if dsn == "" {
		return r, nil
	}
	return r, r.postgis(ctx, dsn, ix, faces, random)
}

// time runs the four ways to ask and the rival in turn.
func (r *locateReport) time(turn time.Duration, ix *locate.Index, rival *ringRival, random []spatial.Point) {
	sorted := sortedInBelts(random)
	out := make([]topology.FaceID, roundPoints)
	each := func(points []spatial.Point) func(int) {
		return func(at int) {
			for _, p := range points[at : at+roundPoints] {
				ix.Locate(p)
			}
		}
	}
	all := func(points []spatial.Point) func(int) {
		return func(at int) { ix.LocateAll(points[at:at+roundPoints], out) }
	}
	ns, allocs := inTurn(turn, len(random),
		each(random), all(random), each(sorted), all(sorted),
		func(at int) {
			for _, p := range random[at : at+roundPoints] {
				ix.NearestBorder(p)
			}
		},
		func(at int) {
			for _, p := range random[at : at+roundPoints] {
				rival.locate(p)
			}
		},
	)
	r.NsPerOp, r.BatchNs, r.SortedNs, r.SortedBatchNs, r.NearestNs, r.RivalNsPerOp = ns[0], ns[1], ns[2], ns[3], ns[4], ns[5]
	r.Allocs, r.Ratio = allocs[0], ns[5]/ns[0]
}

// compare asks both for the same points. On a border the rival may take either
// side; elsewhere, in a clean coverage, they must agree.
func (r *locateReport) compare(ix *locate.Index, rival *ringRival, points []spatial.Point, dirty bool) error {
	for _, p := range points[:min(len(points), 200_000)] {
		r.Compared++
		if ix.Locate(p) == rival.locate(p) {
			continue
		}
		if b, ok := ix.NearestBorder(p); dirty || ok && b.DistanceM < 0.02 {
			r.BorderPoints++
			continue
		}
		r.Differing++
	}
	return nil
}

func (r *locateReport) postgis(ctx context.Context, dsn string, ix *locate.Index, faces []spatial.MultiPolygon, points []spatial.Point) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("open the database of --postgres: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := loadFaces(ctx, conn, faces); err != nil {
		return fmt.Errorf("load the coverage into PostGIS: %w", err)
	}
	const ask = `select id from bench_faces where ST_Covers(geom, ST_SetSRID(ST_MakePoint($1,$2),4490)) order by id limit 1`
	best := time.Hour
	for at := 0; at+1000 <= min(len(points), 10_000); at += 1000 {
		start := time.Now()
		for _, p := range points[at : at+1000] {
			lon, lat := p.LonLat()
			id := int32(topology.Outside)
			if err := conn.QueryRow(ctx, ask, lon, lat).Scan(&id); err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return fmt.Errorf("ask PostGIS for %v: %w", p, err)
			}
			r.PostGISCompared++
			if topology.FaceID(id) != ix.Locate(p) {
				if b, ok := ix.NearestBorder(p); !ok || b.DistanceM > 0.02 {
					r.PostGISDiffer++
				}
			}
		}
		best = min(best, time.Since(start))
	}
	r.PostGISNs = float64(best.Nanoseconds()) / 1000
	r.PostGISRatio = r.PostGISNs / r.NsPerOp
	return nil
}

func loadFaces(ctx context.Context, conn *pgx.Conn, faces []spatial.MultiPolygon) error {
	if _, err := conn.Exec(ctx, `create temporary table bench_load (id int, wkb bytea)`); err != nil {
		return err
	}
	rows := pgx.CopyFromSlice(len(faces), func(i int) ([]any, error) {
		b, err := wkb.Marshal(orbShape(faces[i]))
		return []any{int32(i), b}, err
	})
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"bench_load"}, []string{"id", "wkb"}, rows); err != nil {
		return err
	}
	for _, sql := range []string{
		`create temporary table bench_faces as select id, ST_GeomFromWKB(wkb, 4490) as geom from bench_load`,
		`create index on bench_faces using gist (geom)`,
		`analyze bench_faces`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (r locateReport) say(c *console) {
	c.sayf("%d grids, %d vertices; topology %.1f s, index %.1f s, %.1f bytes a vertex", r.Grids, r.Vertices, r.TopologyS, r.BuildS, r.BytesPerVertex)
	c.sayf("random points   %8.1f ns   R-tree + ring test %8.1f ns   %.0f times as fast", r.NsPerOp, r.RivalNsPerOp, r.Ratio)
	c.sayf("random batch    %8.1f ns", r.BatchNs)
	c.sayf("sorted points   %8.1f ns   sorted batch       %8.1f ns", r.SortedNs, r.SortedBatchNs)
	c.sayf("nearest border  %8.1f ns", r.NearestNs)
	c.sayf("%d answers compared, %d differ (%d on borders)", r.Compared, r.Differing, r.BorderPoints)
	if r.PostGISCompared > 0 {
		c.sayf("PostGIS         %8.1f ns   %.0f times as long; %d answers compared, %d differ", r.PostGISNs, r.PostGISRatio, r.PostGISCompared, r.PostGISDiffer)
	}
}

// ringRival is what one would write first: an R-tree over the polygons' boxes
// and a ring test on each hit.
type ringRival struct {
	tree  rtree.RTreeG[int32]
	polys []orb.MultiPolygon
}

func newRingRival(faces []spatial.MultiPolygon) *ringRival {
	r := &ringRival{polys: make([]orb.MultiPolygon, len(faces))}
	for i, f := range faces {
		r.polys[i] = orbShape(f)
		if b := r.polys[i].Bound(); !b.IsEmpty() {
			r.tree.Insert(b.Min, b.Max, int32(i))
		}
	}
	return r
}

func (r *ringRival) locate(p spatial.Point) topology.FaceID {
	lon, lat := p.LonLat()
	q, found := orb.Point{lon, lat}, topology.Outside
	r.tree.Search(q, q, func(_, _ [2]float64, i int32) bool {
		if planar.MultiPolygonContains(r.polys[i], q) {
			found = topology.FaceID(i)
			return false
		}
		return true
	})
	return found
}
