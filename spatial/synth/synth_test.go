package synth

import (
	"reflect"
	"testing"

	"cloudgrid/spatial/topology"
)

func TestASyntheticCoverageHasNoGapNoOverlapAndExactlyTheAskedFaces(t *testing.T) {
	for _, n := range []int{1, 2, 10, 1000} {
		faces := Coverage(n, 7)
		topo, problems := topology.Build(faces)
		if len(faces) != n || topo.NumFaces() != n || len(problems) > 0 {
			t.Fatalf("%d faces asked: %d drawn, %d built, problems %v", n, len(faces), topo.NumFaces(), problems)
		}
		for i, f := range faces {
			if f.NumPoints() != PointsPerFace || !f[0][0].CCW() {
				t.Fatalf("face %d has %d points", i, f.NumPoints())
			}
		}
	}
}

func TestTheSameSeedDrawsTheSameCoverage(t *testing.T) {
	if !reflect.DeepEqual(Coverage(50, 1), Coverage(50, 1)) || reflect.DeepEqual(Coverage(50, 1), Coverage(50, 2)) {
		t.Error("the seed does not decide the coverage")
	}
}
