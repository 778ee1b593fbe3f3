package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// tilesReport is what `bench tiles --json` prints. Tiles are cold: each is cut
// from memory, nothing is cached. Times are of one core, each tile's least of
// several, averaged over the tiles; the rivals take turns with ours on the same
// tiles.
type tilesReport struct {
	Grids          int          `json:"grids"`
	Vertices       int          `json:"vertices"`
	Seed           int64        `json:"seed"`
	GeometryS      float64      `json:"geometry_build_s"`
	BytesPerVertex float64      `json:"geometry_bytes_per_vertex"`
	Zooms          []zoomReport `json:"zooms"`
	HTTP           httpTiles    `json:"http"`
	OrbLow         float64      `json:"orb_ratio_z9_11"`
	OrbHigh        float64      `json:"orb_ratio_z12_14"`
	// Of ST_AsMVT as pg_tileserv asks for it, and with the shapes transformed
	// beforehand.
	PgLow      float64 `json:"postgis_ratio_z9_11,omitempty"`
	PgHigh     float64 `json:"postgis_ratio_z12_14,omitempty"`
	SparedLow  float64 `json:"postgis_spared_ratio_z9_11,omitempty"`
	SparedHigh float64 `json:"postgis_spared_ratio_z12_14,omitempty"`
	// The same of processor time, where the database is on this machine.
	CPULow        float64 `json:"postgis_cpu_ratio_z9_11,omitempty"`
	CPUHigh       float64 `json:"postgis_cpu_ratio_z12_14,omitempty"`
	SparedCPULow  float64 `json:"postgis_spared_cpu_ratio_z9_11,omitempty"`
	SparedCPUHigh float64 `json:"postgis_spared_cpu_ratio_z12_14,omitempty"`
	LargestGz     int     `json:"largest_gzip_bytes_z5_8"`
}

type zoomReport struct {
	Zoom      int     `json:"zoom"`
	Tiles     int     `json:"tiles"`
	NsPerTile float64 `json:"ns_per_tile"`
	MaxNs     float64 `json:"largest_tile_ns"`
	Allocs    float64 `json:"allocs"`
	Bytes     int     `json:"mean_bytes"`
	MaxGzip   int     `json:"largest_gzip_bytes"`
	OrbNs     float64 `json:"orb_ns_per_tile"`
	OrbRatio  float64 `json:"orb_ratio"`
	PgNs      float64 `json:"postgis_ns_per_tile,omitempty"`
	PgRatio   float64 `json:"postgis_ratio,omitempty"`
	SparedNs  float64 `json:"postgis_spared_ns_per_tile,omitempty"`
	OursCPU   float64 `json:"cpu_ns_per_tile,omitempty"`
	PgCPU     float64 `json:"postgis_cpu_ns_per_tile,omitempty"`
	SparedCPU float64 `json:"postgis_spared_cpu_ns_per_tile,omitempty"`
}

func newBenchTilesCmd(c *console) *cobra.Command {
	var in coverageFlags
	var dsn string
	var turn time.Duration
	cmd := &cobra.Command{
		Use:   "tiles",
		Short: "cold vector tiles, against orb's encoder, and PostGIS ST_AsMVT",
		Example: `  cloudgrid bench tiles --grids 8k --json
  cloudgrid bench tiles --coverage villages.geojson --postgres "host=/tmp user=postgres"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			faces, err := in.read()
			if err != nil {
				return err
			}
			r, err := benchTiles(cmd.Context(), c, faces, in.seed, turn, dsn)
			if err != nil {
				return err
			}
			return c.printJSON(r)
		},
	}
	in.add(cmd)
	addTurn(cmd, &turn)
	cmd.Flags().StringVar(&dsn, "postgres", "", "also cut the tiles by ST_AsMVT in this database (a temporary table)")
	return cmd
}

// tileCutter is a way to make the bytes of a tile.
type tileCutter func(t tiles.Tile) ([]byte, error)

func benchTiles(ctx context.Context, c *console, faces []spatial.MultiPolygon, seed int64, turn time.Duration, dsn string) (*tilesReport, error) {
	r := &tilesReport{Grids: len(faces), Seed: seed}
	for _, f := range faces {
		r.Vertices += f.NumPoints()
	}
	topo, _ := topology.Build(faces)
	before, start := heapBytes(), time.Now()
	geometry := tiles.NewGeometry(topo)
	r.GeometryS = time.Since(start).Seconds()
	r.BytesPerVertex = float64(heapBytes()-before) / float64(max(r.Vertices, 1))
	level := tiles.Level{}
	for i := range faces {
		level.Of, level.IDs = append(level.Of, int32(i)), append(level.IDs, uint64(i+1))
		level.Codes = append(level.Codes, tileCode(i))
	}
	p, err := tiles.Build(tiles.Source{Geometry: geometry, Levels: []tiles.Level{level}})
	if err != nil {
		return nil, err
	}
	ours := func(t tiles.Tile) ([]byte, error) { return p.Tile(tiles.SetGrids, uint32(t.Z), t.X, t.Y), nil }
	cutters := []tileCutter{ours, newOrbCutter(faces)}
	var pg *postGIS
	if dsn != "" {
		if pg, err = newPostGISCutters(ctx, dsn, faces); err != nil {
			return nil, err
		}
		defer pg.close()
		cutters = append(cutters, pg.asked, pg.spared)
	}
	for z := uint8(5); z <= 14; z++ {
		list := sampleTiles(faces, z, seed)
		zr, err := benchZoom(list, turn, cutters)
		if err != nil {
			return nil, err
		}
		if pg != nil {
			if err := zr.compareProcessors(list, ours, pg, 5*turn); err != nil {
				return nil, err
			}
		}
		zr.say(c)
		r.Zooms = append(r.Zooms, zr)
	}
	if err := r.overHTTP(ctx, p, faces, seed, turn); err != nil {
		return nil, err
	}
	r.sum()
	h := &r.HTTP
	c.sayf("cold tiles through HTTP: %.0f/s at z9–11, %.0f/s at z12–14 (%.0f and %.0f us of processor time each), an empty handler %.0f/s (%.0f us)",
		h.LowRPS, h.HighRPS, h.LowUs, h.HighUs, h.NullRPS, h.NullUs)
	if pg != nil {
		c.sayf("ST_AsMVT over ours: %.1f at z9–11, %.1f at z12–14 by the clock, %.1f and %.1f by processor time (spared the transform: %.1f and %.1f, %.1f and %.1f)",
			r.PgLow, r.PgHigh, r.CPULow, r.CPUHigh, r.SparedLow, r.SparedHigh, r.SparedCPULow, r.SparedCPUHigh)
	}
	c.sayf("hashed and gzipped: %.0f/s and %.0f/s (%.0f and %.0f us); largest at z5–8 %d bytes gzipped",
		h.ServedLowRPS, h.ServedHighRPS, h.ServedLowUs, h.ServedHighUs, r.LargestGz)
	return r, nil
}

func tileCode(i int) string { return fmt.Sprintf("63%09d", i) }

// sampleTiles draws tiles of a zoom that hold a part of the coverage: those of
// randomly chosen faces, each once.
func sampleTiles(faces []spatial.MultiPolygon, z uint8, seed int64) []tiles.Tile {
	const most = 400
	rng := rand.New(rand.NewPCG(uint64(seed), uint64(z)))
	seen := map[tiles.Tile]bool{}
	var out []tiles.Tile
	for range 4 * most {
		f := faces[rng.IntN(len(faces))]
		if len(out) == most || len(f) == 0 || len(f[0]) == 0 || len(f[0][0]) == 0 {
			continue
		}
		lon, lat := f[0][0][0].LonLat()
		if t := tiles.At(lon, lat, z); !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

// benchZoom lets the cutters go over the tiles of one zoom in turn, at least
// three times. A tile's time is its least: what other processes took does not
// count.
func benchZoom(list []tiles.Tile, turn time.Duration, cutters []tileCutter) (zoomReport, error) {
	r := zoomReport{Zoom: int(list[0].Z), Tiles: len(list)}
	least := make([][]float64, len(cutters))
	for k := range least {
		least[k] = slices.Repeat([]float64{math.Inf(1)}, len(list))
	}
	for pass, start := 0, time.Now(); pass < 3 || time.Since(start) < 10*turn; pass++ {
		for k, cut := range cutters {
			for i, t := range list {
				from := time.Now()
				if _, err := cut(t); err != nil {
					return r, err
				}
				least[k][i] = min(least[k][i], float64(time.Since(from).Nanoseconds()))
			}
		}
	}
	mean := func(ns []float64) float64 {
		sum := 0.0
		for _, v := range ns {
			sum += v
		}
		return math.Round(sum / float64(len(ns)))
	}
	r.NsPerTile, r.MaxNs, r.OrbNs = mean(least[0]), slices.Max(least[0]), mean(least[1])
	r.OrbRatio = ratio2(r.OrbNs, r.NsPerTile)
	if len(least) > 2 {
		r.PgNs, r.SparedNs = mean(least[2]), mean(least[3])
		r.PgRatio = ratio2(r.PgNs, r.NsPerTile)
	}
	return r, r.measure(list, cutters[0])
}

// measure takes the sizes and the allocations of ours.
func (r *zoomReport) measure(list []tiles.Tile, cut tileCutter) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	bodies := make([][]byte, 0, len(list))
	for _, t := range list {
		b, err := cut(t)
		if err != nil {
			return err
		}
		r.Bytes += len(b)
		bodies = append(bodies, b)
	}
	runtime.ReadMemStats(&after)
	r.Allocs = math.Round(float64(after.Mallocs-before.Mallocs)/float64(len(list))*10) / 10
	r.Bytes /= len(list)
	slices.SortFunc(bodies, func(a, b []byte) int { return len(b) - len(a) })
	for _, b := range bodies[:min(3, len(bodies))] {
		gz, err := tiles.Compress(b, tiles.Gzip)
		if err != nil {
			return err
		}
		r.MaxGzip = max(r.MaxGzip, len(gz))
	}
	return nil
}

func (r *zoomReport) say(c *console) {
	line := fmt.Sprintf("z%-2d %4d tiles: %9.1f us a tile (largest %8.1f), %7d bytes, orb %.1f× slower",
		r.Zoom, r.Tiles, r.NsPerTile/1e3, r.MaxNs/1e3, r.Bytes, r.OrbRatio)
	if r.PgNs > 0 {
		line += fmt.Sprintf(", ST_AsMVT %.1f× (%.1f× when spared the transform)", r.PgRatio, r.SparedNs/r.NsPerTile)
	}
	c.sayf("%s", line)
}

// sum takes the ratios over the zooms that the figures are stated for, from the
// time that one tile of each zoom takes together.
func (r *tilesReport) sum() {
	over := func(lo, hi int, times func(z *zoomReport) (ours, rival float64)) float64 {
		var ours, rival float64
		for i := range r.Zooms {
			if z := &r.Zooms[i]; z.Zoom >= lo && z.Zoom <= hi {
				a, b := times(z)
				ours, rival = ours+a, rival+b
			}
		}
		return ratio2(rival, ours)
	}
	for _, m := range []struct {
		low, high *float64
		times     func(z *zoomReport) (ours, rival float64)
	}{
		{&r.OrbLow, &r.OrbHigh, func(z *zoomReport) (float64, float64) { return z.NsPerTile, z.OrbNs }},
		{&r.PgLow, &r.PgHigh, func(z *zoomReport) (float64, float64) { return z.NsPerTile, z.PgNs }},
		{&r.SparedLow, &r.SparedHigh, func(z *zoomReport) (float64, float64) { return z.NsPerTile, z.SparedNs }},
		{&r.CPULow, &r.CPUHigh, func(z *zoomReport) (float64, float64) { return z.OursCPU, z.PgCPU }},
		{&r.SparedCPULow, &r.SparedCPUHigh, func(z *zoomReport) (float64, float64) { return z.OursCPU, z.SparedCPU }},
	} {
		*m.low, *m.high = over(9, 11, m.times), over(12, 14, m.times)
	}
	for _, z := range r.Zooms {
		if z.Zoom <= 8 {
			r.LargestGz = max(r.LargestGz, z.MaxGzip)
		}
	}
}

func ratio2(rival, ours float64) float64 { return math.Round(100*rival/max(ours, 1)) / 100 }
