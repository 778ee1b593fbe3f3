package tiles

import (
	"bytes"
	"encoding/binary"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// FuzzTile draws whatever polygons the bytes say, in any state, and wants clean
// tiles of them: what orb decodes has no overlap, no crossing and no invalid
// ring, and comes out the same twice.
func FuzzTile(f *testing.F) {
	f.Add(uint8(14), uint8(7), []byte{0, 0, 0, 0, 200, 0, 0, 0, 200, 0, 200, 0, 0, 0, 200, 0})
	f.Add(uint8(6), uint8(12), bytes.Repeat([]byte{1, 3, 200, 9, 77}, 40))
	f.Add(uint8(10), uint8(10), []byte("a polygon may also be spelt in letters, it does not matter much"))
	f.Fuzz(func(t *testing.T, zoom, scale uint8, data []byte) {
		if len(data) > 600 {
			return
		}
		var faces []spatial.MultiPolygon
		var r spatial.Ring
		for ; len(data) >= 4; data = data[4:] {
			x, y := int16(binary.LittleEndian.Uint16(data)), int16(binary.LittleEndian.Uint16(data[2:]))
			r = append(r, spatial.Point{X: 1206000000 + int32(x)<<(scale%14), Y: 241000000 + int32(y)<<(scale%14)})
			if len(r) >= 3 && (x^y)&7 == 0 {
				faces, r = append(faces, spatial.MultiPolygon{{r}}), nil
			}
		}
		faces = append(faces, spatial.MultiPolygon{{r}})
		topo, _ := topology.Build(faces)
		level := Level{}
		for i := range faces {
			level.Of, level.IDs = append(level.Of, int32(i)), append(level.IDs, uint64(i))
		}
		p, err := Build(Source{Geometry: NewGeometry(topo), Levels: []Level{level}})
		if err != nil {
			t.Fatal(err)
		}
		tile := At(120.6, 24.1, zoom%(DefaultMaxZoom+1))
		for range 2 {
			b := p.Tile(SetMap, uint32(tile.Z), tile.X, tile.Y)
			for _, l := range decode(t, b) {
				if l.Name == string(SetGrids) {
					checkLayer(t, tile.String(), tile.Z, l)
				}
			}
			if !bytes.Equal(b, p.Tile(SetMap, uint32(tile.Z), tile.X, tile.Y)) {
				t.Fatal("the same tile came out otherwise")
			}
			tile = Tile{tile.Z, (tile.X + 1) % (1 << tile.Z), tile.Y}
		}
	})
}
