package topology

import (
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial"
)

func TestSnappingClosesWhatIsNarrowerThanTheTolerance(t *testing.T) {
	// Every polygon draws its corners up to 1.5 m off, and one of a pair has an
	// extra vertex on the shared border.
	rng := rand.New(rand.NewPCG(4, 4))
	faces := jittered(rng, 8, 90_000, 100)
	faces[9][0][0] = append(faces[9][0][0][:2:2], append([]spatial.Point{{
		X: (faces[9][0][0][1].X+faces[9][0][0][2].X)/2 + 20, Y: (faces[9][0][0][1].Y+faces[9][0][0][2].Y)/2 - 20,
	}}, faces[9][0][0][2:]...)...)
	_, dirty := Build(faces)
	snapped, moved := SnapWithin(faces, 4)
	topo, clean := Build(snapped)
	sound(t, topo)
	if len(dirty) < 50 || moved < 100 || len(clean) != 0 {
		t.Errorf("%d problems before, %d points moved, problems after %+v", len(dirty), moved, clean)
	}
	if same, moved := SnapWithin(faces, 0); moved != 0 || len(same) != len(faces) {
		t.Error("no tolerance moved something")
	}
}
