package tiles

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"pgregory.net/rapid"
)

// nudged moves one vertex of a coverage wherever it occurs.
func nudged(rng *rand.Rand, faces []spatial.MultiPolygon) []spatial.MultiPolygon {
	ring := faces[rng.IntN(len(faces))][0][0]
	was := ring[rng.IntN(len(ring))]
	is := spatial.Point{X: was.X + int32(rng.IntN(20000)-10000), Y: was.Y + int32(rng.IntN(20000)-10000)}
	out := make([]spatial.MultiPolygon, len(faces))
	for i, f := range faces {
		r := append(spatial.Ring(nil), f[0][0]...)
		for k := range r {
			if r[k] == was {
				r[k] = is
			}
		}
		out[i] = spatial.MultiPolygon{{r}}
	}
	return out
}

func sameTiles(p, q *Pyramid, z uint8, except func(t Tile) bool) error {
	const all = SetGrids + "+" + SetAtoms + "+" + SetBorders + "+" + SetLabels + "+" + SetAtomEdges
	var err error
	everyTile(p, z, func(x, y uint32) {
		t := Tile{z, x, y}
		if err == nil && !except(t) && !bytes.Equal(p.Tile(all, uint32(z), x, y), q.Tile(all, uint32(z), x, y)) {
			err = fmt.Errorf("tile %v differs", t)
		}
	})
	return err
}

func TestAnUpdateCutsTheTilesOfANewGeometryAndNamesTheOnesThatChanged(t *testing.T) {
	const n = 6
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		faces := mesh(rng, n, 120.6, 24.1, 0.01)
		topo, _ := topology.Build(faces)
		levels := twoLevels(topo.NumFaces(), n)
		levels[1].MinZoom = uint8(rapid.SampledFrom([]int{0, 12}).Draw(t, "minZoom"))
		atoms := twoLevels(topo.NumFaces(), n)[1]
		pyramid := func(g *Geometry, levels []Level) *Pyramid {
			p, err := Build(Source{Geometry: g, Levels: levels, Atoms: &atoms, MaxZoom: 15})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		old := pyramid(NewGeometry(topo), levels)
		g := old.src.Geometry
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			faces = nudged(rng, faces)
			topo, _ = topology.Build(faces)
			g = g.Update(topo)
		}
		after := twoLevels(topo.NumFaces(), n)
		after[1].MinZoom = levels[1].MinZoom
		if rapid.Bool().Draw(t, "rename") {
			after[1].Names[rng.IntN(n*n)] = "新名"
		}
		if rapid.Bool().Draw(t, "reassign") {
			after[0].Of[rng.IntN(n*n)] = 0
		}
		if rapid.Bool().Draw(t, "retire") { // the second feature goes, all behind it move up
			l := &after[1]
			l.IDs, l.Codes = slices.Delete(l.IDs, 1, 2), slices.Delete(l.Codes, 1, 2)
			l.Names, l.Types = slices.Delete(l.Names, 1, 2), slices.Delete(l.Types, 1, 2)
			for f, of := range l.Of {
				if of >= 1 {
					l.Of[f] = of - 1
				}
			}
		}
		everyTile(old, 13, func(x, y uint32) { old.Tile(SetMap, 13, x, y) }) // label points to inherit
		fresh := pyramid(NewGeometry(topo), after)
		now, err := old.Next(Source{Geometry: g, Levels: after, Atoms: &atoms, MaxZoom: 15})
		if err != nil {
			t.Fatal(err)
		}
		for i := range int32(topo.NumArcs()) {
			if a, b := g.arc(i), fresh.src.Geometry.arc(i); !slices.Equal(a.rank, b.rank) {
				t.Fatalf("arc %d has ranks %v, in a new geometry %v", i, a.rank, b.rank)
			}
		}
		boxes := Changed(old, now)
		if again := Changed(old, fresh); len(again) != len(boxes) {
			t.Fatalf("%d boxes from the update, %d from the new geometry", len(boxes), len(again))
		}
		for z := uint8(9); z <= 15; z += 2 {
			if err := sameTiles(now, fresh, z, func(Tile) bool { return false }); err != nil {
				t.Fatalf("updated and new: %v", err)
			}
			touched := func(tile Tile) bool {
				for _, b := range boxes {
					if b.Intersects(tile.Box()) {
						return true
					}
				}
				return false
			}
			if err := sameTiles(old, now, z, touched); err != nil {
				t.Fatalf("outside %v: %v", boxes, err)
			}
		}
	})
}
