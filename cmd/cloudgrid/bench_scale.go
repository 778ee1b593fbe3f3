package main

import (
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"
)

// scaleReport is what `bench scale --json` prints.
type scaleReport struct {
	Seed  int64       `json:"seed"`
	Sizes []scaleSize `json:"sizes"`
	// How the largest compares with the smallest, per query and per grid.
	TimeGrowth   float64 `json:"time_growth"`
	MemoryGrowth float64 `json:"memory_per_grid_growth"`
}

type scaleSize struct {
	Grids           int     `json:"grids"`
	Vertices        int     `json:"vertices"`
	NsPerOp         float64 `json:"ns_per_op"`
	SortedBatchNs   float64 `json:"sorted_batch_ns_per_op"`
	Allocs          float64 `json:"allocs"`
	TopologyS       float64 `json:"topology_build_s"`
	IndexS          float64 `json:"index_build_s"`
	TopologyPerGrid float64 `json:"topology_bytes_per_grid"`
	IndexPerGrid    float64 `json:"index_bytes_per_grid"`
	BytesPerVertex  float64 `json:"bytes_per_vertex"` // topology and index together
}

func newBenchScaleCmd(c *console) *cobra.Command {
	var seed int64
	var most string
	var turn time.Duration
	cmd := &cobra.Command{
		Use:     "scale",
		Short:   "time and memory per query and per grid, from 8,000 grids to a million",
		Example: `  cloudgrid bench scale --up-to 200k --json`,
		Args:    cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			limit, err := parseGrids(most)
			if err != nil {
				return err
			}
			r := scaleReport{Seed: seed}
			for _, n := range []int{8_000, 40_000, 200_000, 1_000_000} {
				if n = min(n, limit); len(r.Sizes) > 0 && n == r.Sizes[len(r.Sizes)-1].Grids {
					break
				}
				s := benchScale(n, seed, turn)
				c.sayf("%8d grids  %6.1f ns random  %6.1f ns sorted batch  %6.0f + %4.0f bytes a grid  built in %.1f + %.1f s",
					s.Grids, s.NsPerOp, s.SortedBatchNs, s.TopologyPerGrid, s.IndexPerGrid, s.TopologyS, s.IndexS)
				r.Sizes = append(r.Sizes, s)
			}
			first, last := r.Sizes[0], r.Sizes[len(r.Sizes)-1]
			r.TimeGrowth = last.NsPerOp / first.NsPerOp
			r.MemoryGrowth = (last.TopologyPerGrid + last.IndexPerGrid) / (first.TopologyPerGrid + first.IndexPerGrid)
			return c.printJSON(r)
		},
	}
	addTurn(cmd, &turn)
	cmd.Flags().StringVar(&most, "up-to", "1m", "the largest coverage: 8k, 40k, 200k, 1m or a number")
	cmd.Flags().Int64Var(&seed, "seed", 1, "seed of the synthetic grids and of the points")
	return cmd
}

func benchScale(n int, seed int64, turn time.Duration) scaleSize {
	faces := synth.Coverage(n, uint64(seed))
	s := scaleSize{Grids: n, Vertices: n * synth.PointsPerFace}
	before := heapBytes()
	start := time.Now()
	topo, _ := topology.Build(faces)
	s.TopologyS = time.Since(start).Seconds()
	s.TopologyPerGrid = (float64(heapBytes()) - float64(before)) / float64(n)
	start = time.Now()
	ix := locate.New(topo)
	s.IndexS = time.Since(start).Seconds()
	s.IndexPerGrid = float64(ix.MemoryBytes()) / float64(n)
	s.BytesPerVertex = (s.TopologyPerGrid + s.IndexPerGrid) * float64(n) / float64(s.Vertices)

	random := pointsWithin(faces, seed)
	sorted := sortedInBelts(random)
	out := make([]topology.FaceID, roundPoints)
	ns, allocs := inTurn(turn, len(random),
		func(at int) { locateEach(ix, random[at:at+roundPoints]) },
		func(at int) { ix.LocateAll(sorted[at:at+roundPoints], out) },
	)
	s.NsPerOp, s.SortedBatchNs, s.Allocs = ns[0], ns[1], allocs[0]
	runtime.KeepAlive(faces)
	return s
}

func locateEach(ix *locate.Index, points []spatial.Point) {
	for _, p := range points {
		ix.Locate(p)
	}
}
