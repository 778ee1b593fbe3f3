package atlas

import (
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"
)

// mosaic merges the faces of a coverage into features of a few each.
func mosaic(t *topology.Topology, faces, features int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	of := make([]int32, faces)
	for f := range of {
		of[f] = min(int32(f*features/faces), int32(features-1))
		if ns := t.Neighbours(topology.FaceID(f)); rng.IntN(3) == 0 && len(ns) > 0 && int(ns[0]) < f && ns[0] >= 0 {
			of[f] = of[ns[0]]
		}
	}
	return of
}

func colouringOf(features int) (t *topology.Topology, of []int32, ids []uint64) {
	faces := 2 * features
	t, _ = topology.Build(synth.Coverage(faces, 5))
	for i := range features {
		ids = append(ids, uint64(1000+i))
	}
	return t, mosaic(t, faces, features, 9), ids
}

func TestNeighboursHaveDifferentColours(t *testing.T) {
	topo, _, _ := colouringOf(2000)
	of := make([]int32, topo.NumFaces()) // single faces: a planar map
	ids := make([]uint64, len(of))
	for f := range of {
		of[f], ids[f] = int32(f), uint64(f)
	}
	near := neighbours(topo, of, len(of))
	painted := colours(near, ids)
	for i, ns := range near {
		for _, j := range ns {
			if painted[i] > 5 || painted[i] == painted[j] {
				t.Fatalf("features %d and %d share a border and the colour %d", i, j, painted[i])
			}
		}
	}
}

func TestAMovedBorderRecoloursFewGrids(t *testing.T) {
	topo, of, ids := colouringOf(20_000)
	was := colours(neighbours(topo, of, len(ids)), ids)
	rng := rand.New(rand.NewPCG(1, 2))
	const moves = 50
	for range moves {
		f := topology.FaceID(rng.IntN(len(of)))
		for _, nb := range topo.Neighbours(f) {
			if nb >= 0 && of[nb] != of[f] {
				of[f] = of[nb]
				break
			}
		}
	}
	other := 0
	for i, c := range colours(neighbours(topo, of, len(ids)), ids) {
		if c != was[i] {
			other++
		}
	}
	if other > 20*moves {
		t.Errorf("%d moves recoloured %d of %d grids", moves, other, len(ids))
	}
	t.Logf("%d moves recoloured %d of %d grids", moves, other, len(ids))
}

func TestAMapThatIsNotPlanarIsStillPainted(t *testing.T) {
	const n = 12 // all border on all
	near := make([][]int32, n)
	ids := make([]uint64, n)
	for i := range near {
		ids[i] = uint64(i)
		for j := range int32(n) {
			if int(j) != i {
				near[i] = append(near[i], j)
			}
		}
	}
	var used [6]int
	for _, c := range colours(near, ids) {
		used[c]++
	}
	for c, times := range used {
		if times != 2 {
			t.Errorf("colour %d was used %d times of 12, want 2", c, times)
		}
	}
}
