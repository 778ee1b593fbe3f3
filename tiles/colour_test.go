package tiles

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial/topology"
	"pgregory.net/rapid"
)

func conflicts(ns [][]int32, c []uint8) (n int) {
	for i := range ns {
		for _, j := range ns[i] {
			if c[i] == c[j] {
				n++
			}
		}
	}
	return n / 2
}

func TestSixColoursSufficeForAnyMeshAndKeptOnesStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		topo, _ := topology.Build(mesh(rng, 8, 120, 30, 0.01))
		g := NewGeometry(topo)
		// Merge faces at random: planar still, with many neighbours.
		of := make([]int32, topo.NumFaces())
		for i := range of {
			of[i] = int32(i)
		}
		for range rapid.IntRange(0, 30).Draw(t, "merges") {
			if a := topo.Arc(topology.ArcID(rng.IntN(topo.NumArcs()))); a.Left >= 0 && a.Right >= 0 {
				from, to := of[a.Left], of[a.Right]
				for i := range of {
					if of[i] == from {
						of[i] = to
					}
				}
			}
		}
		ns := g.Neighbours(of, len(of))
		c := Colours(ns, nil)
		if n := conflicts(ns, c); n != 0 || slices.Max(c) > 5 {
			t.Fatalf("%d conflicts, colours %v", n, c)
		}
		if !slices.Equal(c, Colours(ns, c)) {
			t.Fatal("a sound colouring was changed")
		}
		bad := slices.Clone(c)
		for range 5 {
			bad[rng.IntN(len(bad))] = uint8(rng.IntN(8))
		}
		if n := conflicts(ns, Colours(ns, bad)); n > 3 {
			t.Fatalf("%d conflicts after mending", n)
		}
	})
}

func TestTaiwanNeedsNoSeventhColour(t *testing.T) {
	tw := loadTaiwan(t)
	g := NewGeometry(tw.topo)
	for i, l := range tw.levels {
		ns := g.Neighbours(l.Of, len(l.IDs))
		c := Colours(ns, nil)
		t.Logf("level %d: %d features, highest colour %d, %d conflicts", i, len(c), slices.Max(c), conflicts(ns, c))
		if conflicts(ns, c) > 0 {
			t.Errorf("level %d has neighbours of one colour", i)
		}
	}
}
