package topology_test

import (
	"fmt"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Two grids were drawn with a gap of about 8 m² between them: find it, close
// it, and see who is next to whom.
func Example() {
	p := func(x, y int32) spatial.Point { return spatial.Point{X: 1_215_000_000 + x, Y: 250_000_000 + y} }
	west := spatial.MultiPolygon{{{p(0, 0), p(10_000, 0), p(10_000, 10_000), p(0, 10_000)}}}
	east := spatial.MultiPolygon{{{p(10_000, 0), p(20_000, 0), p(20_000, 10_000), p(10_000, 10_000), p(10_015, 5_000)}}}

	t, problems := topology.Build([]spatial.MultiPolygon{west, east})
	for _, problem := range problems {
		fmt.Printf("%v between %v, %.1f m², %.2f m wide\n", problem.Kind, problem.Faces, problem.AreaM2, problem.WidthM())
		best := topology.Proposals(t, problem)[0]
		t, _, _ = best.Apply(t)
		fmt.Println("given to", best.To)
	}
	fmt.Println(len(topology.Inspect(t)), "problems left; neighbours of 0:", t.Neighbours(0))
	// Output:
	// gap between [0 1], 8.4 m², 0.08 m wide
	// given to 1
	// 0 problems left; neighbours of 0: [-1 1]
}
