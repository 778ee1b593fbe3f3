package tiles

import (
	"bytes"
	"math"
	"sync"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// everyTile calls do for the tiles of a zoom that touch the coverage.
func everyTile(p *Pyramid, z uint8, do func(x, y uint32)) {
	x0, y0, x1, y1 := Range(p.src.Geometry.box, z)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			do(x, y)
		}
	}
}

func TestDecodedTilesAreACleanCoverageAtEveryZoom(t *testing.T) {
	p := meshPyramid(t, 7, 12, 0.01)
	for z := uint8(4); z <= 16; z++ {
		n := 0
		everyTile(p, z, func(x, y uint32) {
			if n++; n > 40 {
				return
			}
			if b := p.Tile(SetGrids, uint32(z), x, y); b != nil {
				for _, l := range decode(t, b) {
					checkLayer(t, Tile{z, x, y}.String(), z, l)
				}
			}
		})
	}
}

func TestAnIslandIsDrawnAloneWhereverItBegins(t *testing.T) {
	for _, turn := range []int{0, 1, 2, 3} {
		r := spatial.Ring{{X: 1206000000, Y: 241000000}, {X: 1206100000, Y: 241000000}, {X: 1206100000, Y: 241100000}, {X: 1206000000, Y: 241100000}}
		r = append(r[turn:len(r):len(r)], r[:turn]...)
		topo, _ := topology.Build([]spatial.MultiPolygon{{{r}}})
		p, err := Build(Source{Geometry: NewGeometry(topo), Levels: []Level{{Of: []int32{0}, IDs: []uint64{5}}}})
		if err != nil {
			t.Fatal(err)
		}
		whole := worldArea(p.src.Geometry)
		for z := uint8(8); z <= 16; z++ {
			sum, extent := 0.0, float64(ExtentAt(z))
			everyTile(p, z, func(x, y uint32) {
				for _, l := range decode(t, p.Tile(SetGrids, uint32(z), x, y)) {
					a, _ := areaInside(l, 0, extent)
					sum += a
				}
			})
			if sum /= extent * extent * math.Exp2(2*float64(z)); math.Abs(sum/whole-1) > 0.05 {
				t.Errorf("z%d: %v of the island's area", z, sum/whole)
			}
		}
	}
}

func TestATileIsTheSameBytesTwentyTimesFromTwoPyramids(t *testing.T) {
	a, b := meshPyramid(t, 5, 10, 0.01), meshPyramid(t, 5, 10, 0.01)
	tile := At(120.65, 24.15, 11)
	want := a.Tile(SetMap, uint32(tile.Z), tile.X, tile.Y)
	if len(want) == 0 {
		t.Fatal("an empty tile proves nothing")
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			p := []*Pyramid{a, b}[i%2]
			p.Tile(SetMap, 12, tile.X*2, tile.Y*2) // another tile in the same scratch
			if !bytes.Equal(p.Tile(SetMap, uint32(tile.Z), tile.X, tile.Y), want) {
				t.Errorf("time %d it came out otherwise", i)
			}
		})
	}
	wg.Wait()
}
