package topology

import (
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial"
)

// facesFromBytes reads polygons from fuzz input: the first byte chooses the
// size of the lattice, then come coordinates and marks that end a ring, a
// polygon or a face.
func facesFromBytes(data []byte) []spatial.MultiPolygon {
	if len(data) == 0 {
		return nil
	}
	scale := []int32{1, 1, 1, 3, 100, 99991, 7_000_003}[int(data[0])%7]
	faces := []spatial.MultiPolygon{{{{}}}}
	for data = data[1:]; len(data) >= 2; data = data[2:] {
		f := len(faces) - 1
		p := len(faces[f]) - 1
		r := len(faces[f][p]) - 1
		switch data[0] {
		case 255:
			faces[f][p] = append(faces[f][p], spatial.Ring{})
		case 254:
			faces[f] = append(faces[f], spatial.Polygon{{}})
		case 253:
			faces = append(faces, spatial.MultiPolygon{{{}}})
		default:
			at := spatial.Point{X: int32(int8(data[0])) * scale, Y: int32(int8(data[1])) * scale}
			if scale > 3 { // off the regular lattice, so that crossings need rounding
				h := hashPoint(at)
				at.X += int32(h % 3)
				at.Y += int32(h >> 40 % 3)
			}
			faces[f][p][r] = append(faces[f][p][r], at)
		}
	}
	return faces
}

func FuzzBuildIsSoundForAnyRings(f *testing.F) {
	f.Add([]byte{0, 0, 0, 5, 0, 5, 5, 0, 5, 253, 0, 3, 0, 9, 2, 3, 9})
	f.Add([]byte{6, 0, 0, 50, 30, 0, 50, 30, 0, 255, 0, 3, 3, 90, 20, 3, 90, 254, 0, 1, 1, 20, 7, 3, 9})
	f.Add([]byte{4, 0, 0, 50, 30, 0, 50, 30, 0, 253, 0, 3, 3, 90, 20, 3, 90, 253, 0, 1, 1, 20, 7, 3, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return
		}
		topo, problems := Build(facesFromBytes(data))
		sound(t, topo)
		for _, p := range problems {
			if p.Kind == Broken || p.AreaM2 < -1e-9 {
				t.Fatalf("problem %+v", p)
			}
		}
		again, _ := Build(polygons(topo))
		if !sameTopology(topo, again) {
			t.Fatalf("building from the polygons differs: %d and %d arcs", topo.NumArcs(), again.NumArcs())
		}
	})
}

func FuzzEditsKeepTheCoverageSound(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint8(3))
	f.Add(uint64(2), uint8(1), uint8(9))
	f.Add(uint64(3), uint8(7), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, start, edits uint8) {
		rng := rand.New(rand.NewPCG(seed, uint64(start)))
		var topo *Topology
		if start%3 == 0 {
			topo, _ = Build(randomDirty(rng))
		} else {
			topo, _ = Build(hexagons(1+int(start%5), []int32{9, 30, 1000, 90_000}[start/5%4]))
		}
		reach := []int32{5, 20, 400, 3000}[start/20%4]
		for range edits % 32 {
			if topo.NumArcs() == 0 {
				return
			}
			if n, _ := randomEdit(rng, topo, reach); n != nil {
				sound(t, n)
				topo = n
			}
		}
	})
}
