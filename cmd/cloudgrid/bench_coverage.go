package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/spf13/cobra"

	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
)

const (
	// roundPoints is how many points a timed round takes: about a tenth of a
	// millisecond of ours, so that most rounds see no other process.
	roundPoints = 2048
	benchPoints = 512 * roundPoints
)

// coverageFlags say over which coverage a benchmark runs.
type coverageFlags struct {
	grids string
	file  string
	seed  int64
}

func (f *coverageFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.grids, "grids", "8k", "how many synthetic grids of 32 vertices: 8k, 200k, 1m or a number")
	cmd.Flags().StringVar(&f.file, "coverage", "", "a GeoJSON file of polygons (lon/lat) instead")
	cmd.Flags().Int64Var(&f.seed, "seed", 1, "seed of the synthetic grids and of the points")
}

func (f *coverageFlags) read() ([]spatial.MultiPolygon, error) {
	if f.file != "" {
		return readGeoJSONFaces(f.file)
	}
	n, err := parseGrids(f.grids)
	if err != nil {
		return nil, err
	}
	return synth.Coverage(n, uint64(f.seed)), nil
}

// parseGrids reads 8000, 8k or 1m.
func parseGrids(s string) (int, error) {
	digits, unit := strings.ToLower(strings.TrimSpace(s)), 1
	if d, ok := strings.CutSuffix(digits, "k"); ok {
		digits, unit = d, 1000
	} else if d, ok := strings.CutSuffix(digits, "m"); ok {
		digits, unit = d, 1_000_000
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 || n > 4_000_000/unit {
		return 0, fmt.Errorf("--grids %q: want a number from 1 to 4m, such as 8k, 200k or 1m", s)
	}
	return n * unit, nil
}

func readGeoJSONFaces(path string) ([]spatial.MultiPolygon, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fc, err := geojson.UnmarshalFeatureCollection(data)
	if err != nil {
		return nil, fmt.Errorf("%s is not a GeoJSON feature collection: %w", path, err)
	}
	var faces []spatial.MultiPolygon
	for i, f := range fc.Features {
		var mp orb.MultiPolygon
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			mp = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			mp = g
		default:
			continue
		}
		face, err := latticeShape(mp)
		if err != nil {
			return nil, fmt.Errorf("%s, feature %d: %w", path, i+1, err)
		}
		faces = append(faces, face)
	}
	if len(faces) == 0 {
		return nil, fmt.Errorf("%s has no polygon", path)
	}
	return faces, nil
}

func latticeShape(mp orb.MultiPolygon) (spatial.MultiPolygon, error) {
	var out spatial.MultiPolygon
	for _, p := range mp {
		var q spatial.Polygon
		for _, r := range p {
			ring := make(spatial.Ring, 0, len(r))
			for _, xy := range r {
				pt, err := spatial.FromLonLat(xy[0], xy[1])
				if err != nil {
					return nil, err
				}
				ring = append(ring, pt)
			}
			if n := len(ring); n > 1 && ring[0] == ring[n-1] {
				ring = ring[:n-1]
			}
			q = append(q, ring)
		}
		out = append(out, q)
	}
	return out, nil
}

func orbShape(m spatial.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, 0, len(m))
	for _, p := range m {
		q := make(orb.Polygon, 0, len(p))
		for _, r := range p {
			ring := make(orb.Ring, 0, len(r)+1)
			for _, xy := range r {
				lon, lat := xy.LonLat()
				ring = append(ring, orb.Point{lon, lat})
			}
			if len(ring) > 0 {
				ring = append(ring, ring[0])
			}
			q = append(q, ring)
		}
		out = append(out, q)
	}
	return out
}

// pointsWithin draws points evenly inside the boxes of randomly chosen faces, so
// that a coverage with much sea around it is asked about its land.
func pointsWithin(faces []spatial.MultiPolygon, seed int64) []spatial.Point {
	rng := rand.New(rand.NewPCG(uint64(seed), 17))
	between := func(lo, hi int32) int32 { return lo + int32(rng.Int64N(int64(hi)-int64(lo)+1)) }
	ps := make([]spatial.Point, 0, benchPoints)
	for tries := 0; len(ps) < benchPoints && tries < 4*benchPoints; tries++ {
		if b := faces[rng.IntN(len(faces))].Box(); !b.Empty() {
			ps = append(ps, spatial.Point{X: between(b.Min.X, b.Max.X), Y: between(b.Min.Y, b.Max.Y)})
		}
	}
	for len(ps) < benchPoints {
		ps = append(ps, spatial.Point{})
	}
	return ps
}

// sortedInBelts sorts points from south to north in belts some 5 km high, and
// from west to east within each: the order in which a map is swept.
func sortedInBelts(ps []spatial.Point) []spatial.Point {
	out := slices.Clone(ps)
	slices.SortFunc(out, func(a, b spatial.Point) int {
		return cmp.Or(cmp.Compare(a.Y>>19, b.Y>>19), cmp.Compare(a.X, b.X))
	})
	return out
}

// addTurn adds the flag that says how long each of ten turns is.
func addTurn(cmd *cobra.Command, turn *time.Duration) {
	cmd.Flags().DurationVar(turn, "turn", 60*time.Millisecond, "how long ours and the rival run in each of ten turns")
}

// inTurn times works over windows of points. They take turns, each long enough
// to find the caches as it would alone. It returns for each the nanoseconds per
// point that a tenth of its windows stay below, the least disturbed ones, and
// the allocations per point.
func inTurn(turn time.Duration, points int, works ...func(at int)) (ns, allocs []float64) {
	const turns = 10
	times := make([][]float64, len(works))
	at := make([]int, len(works))
	for range turns {
		for i, work := range works {
			for start := time.Now(); time.Since(start) < turn; {
				t := time.Now()
				work(at[i])
				times[i] = append(times[i], float64(time.Since(t).Nanoseconds())/roundPoints)
				at[i] = (at[i] + roundPoints) % points
			}
		}
	}
	for i, t := range times {
		slices.Sort(t)
		ns = append(ns, math.Round(t[len(t)/10]*10)/10)
		allocs = append(allocs, allocsPerPoint(works[i]))
	}
	return ns, allocs
}

func allocsPerPoint(work func(at int)) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work(0)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / roundPoints
}
