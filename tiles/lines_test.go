package tiles

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"cloudgrid/spatial/topology"
)

func TestEveryAtomEdgeLiesBetweenItsTwoAtomsWithTheLesserOnTheLeft(t *testing.T) {
	const n = 8
	topo, _ := topology.Build(mesh(rand.New(rand.NewPCG(9, 1)), n, 120.6, 24.1, 0.01))
	atoms := twoLevels(topo.NumFaces(), n)[1]
	atoms.MinZoom = 10
	p, err := Build(Source{Geometry: NewGeometry(topo), Levels: twoLevels(topo.NumFaces(), n), Atoms: &atoms})
	if err != nil {
		t.Fatal(err)
	}
	if b := p.Tile(SetAtomEdges, 9, At(120.62, 24.12, 9).X, At(120.62, 24.12, 9).Y); b != nil {
		t.Error("atom edges above the zoom of the atoms")
	}
	ids := map[float64][2]float64{}
	for _, z := range []uint8{10, 12, 14} {
		everyTile(p, z, func(x, y uint32) {
			ls := decode(t, p.Tile(SetAtoms+"+"+SetAtomEdges, uint32(z), x, y))
			left := map[[2]orb.Point]float64{} // by directed piece: the atom on the left hand
			lo, hi := -float64(ExtentAt(z)/64), float64(ExtentAt(z)+ExtentAt(z)/64)
			for _, f := range layerOf(ls, SetAtoms).Features {
				for _, poly := range polygonsOf(f.Geometry) {
					for _, r := range poly {
						for i := 1; i < len(r); i++ {
							a, b := r[i], r[i-1] // rings have their ground on the right hand
							if a[0] == b[0] && (a[0] == lo || a[0] == hi) || a[1] == b[1] && (a[1] == lo || a[1] == hi) {
								continue
							}
							left[[2]orb.Point{a, b}] = f.ID.(float64)
						}
					}
				}
			}
			for _, f := range layerOf(ls, SetAtomEdges).Features {
				lines, _ := f.Geometry.(orb.MultiLineString)
				if l, one := f.Geometry.(orb.LineString); one {
					lines = orb.MultiLineString{l}
				}
				l, r := f.Properties["left"].(float64), 0.0
				if v, ok := f.Properties["right"].(float64); ok {
					if r = v; r <= l {
						t.Fatalf("left %v, right %v", l, r)
					}
				}
				if id := f.ID.(float64); id != float64(EdgeID(uint64(l), uint64(r))) || id >= 1<<53 {
					t.Fatalf("the edge of %v and %v has the id %v", l, r, id)
				} else if was, seen := ids[id]; seen && was != [2]float64{l, r} {
					t.Fatalf("%v and %v share an id", was, [2]float64{l, r})
				} else {
					ids[id] = [2]float64{l, r}
				}
				for _, line := range lines {
					for i := 1; i < len(line); i++ {
						there, back := [2]orb.Point{line[i-1], line[i]}, [2]orb.Point{line[i], line[i-1]}
						if left[there] != l || left[back] != r {
							t.Fatalf("%d/%d/%d: %v has %v and %v beside it, it says %v and %v", z, x, y, there, left[there], left[back], l, r)
						}
						delete(left, there)
						delete(left, back)
					}
				}
			}
			if len(left) > 0 {
				t.Fatalf("%d/%d/%d: %d pieces of atoms' outlines are in no edge", z, x, y, len(left))
			}
		})
	}
}
