package tiles

import (
	"testing"
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
					checkLayer(t, Tile{z, x, y}.String(), l)
				}
			}
		})
	}
}

func TestEveryVillageOfTaiwanIsCleanAtEveryZoom(t *testing.T) {
	tw := loadTaiwan(t)
	p, err := Build(Source{Geometry: NewGeometry(tw.topo), Levels: tw.levels})
	if err != nil {
		t.Fatal(err)
	}
	for z := uint8(4); z <= 14; z++ {
		n, bytes, most := 0, 0, 0
		everyTile(p, z, func(x, y uint32) {
			b := p.Tile(SetGrids, uint32(z), x, y)
			if b == nil {
				return
			}
			n++
			bytes += len(b)
			most = max(most, len(b))
			for _, l := range decode(t, b) {
				checkLayer(t, Tile{z, x, y}.String(), l)
			}
		})
		t.Logf("z%d: %d tiles, %d bytes on average, largest %d", z, n, bytes/max(n, 1), most)
	}
}
