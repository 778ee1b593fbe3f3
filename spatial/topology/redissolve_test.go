package topology

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRedissolvingIsDissolvingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		base, _ := Build(hexagons(2+rng.IntN(6), 90_000))
		const n = 4
		group := make([]int32, base.NumFaces())
		for f := range group {
			group[f] = int32(rng.IntN(n+1)) - 1
		}
		up := base.Dissolve(group, n)
		for range 4 {
			before := slices.Clone(group)
			var faces []FaceID
			if edited, c := randomEdit(rng, base, 3000); edited != nil && rng.IntN(2) == 0 {
				base, faces = edited, c.Faces
				for len(group) < base.NumFaces() {
					group = append(group, int32(rng.IntN(n+1))-1)
				}
			}
			for range rng.IntN(4) {
				f := rng.IntN(len(group))
				group[f] = int32(rng.IntN(n+2)) - 1
				faces = append(faces, FaceID(f))
			}
			again, _ := base.Redissolve(up, before, group, n+1, faces)
			want := base.Dissolve(group, n+1)
			for _, p := range Check(again) {
				t.Fatal(p.Detail)
			}
			if !sameGround(want, again) {
				t.Fatal("the ground differs")
			}
			live := 0
			for id := range ArcID(again.NumArcs()) {
				if a := again.Arc(id); len(a.Points) > 0 {
					live++
					edges := 0
					for _, part := range again.Parts(id) {
						edges += len(base.Arc(part.Arc).Points) - 1
					}
					if edges != len(a.Points)-1 {
						t.Fatalf("parts of arc %d have %d edges of %d", id, edges, len(a.Points)-1)
					}
				}
			}
			if live != want.NumArcs() {
				t.Fatalf("%d arcs, dissolving anew gives %d", live, want.NumArcs())
			}
			up = again
		}
	})
}
