package tiles

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"pgregory.net/rapid"

	"cloudgrid/spatial"
)

func decodeShapes(t rapid.TB, raw []byte) *mvt.Layer {
	t.Helper()
	layers, err := mvt.Unmarshal(raw)
	if err != nil || len(layers) != 1 || layers[0].Version != 2 || layers[0].Name != "roads" {
		t.Fatalf("%v, %v", layers, err)
	}
	return layers[0]
}

func TestABuildingAtTheDeepestZoomHasEveryCornerToHalfAUnit(t *testing.T) {
	corner := spatial.Point{X: 1214900000, Y: 312400000}
	ring := spatial.Ring{corner, {X: corner.X + 900, Y: corner.Y + 60}, {X: corner.X + 800, Y: corner.Y + 700}, {X: corner.X + 10, Y: corner.Y + 650}}
	hole := spatial.Ring{{X: corner.X + 300, Y: corner.Y + 300}, {X: corner.X + 300, Y: corner.Y + 500}, {X: corner.X + 500, Y: corner.Y + 400}}
	s := NewShapes([]Shape{{ID: 7, Name: "楼", Areas: spatial.MultiPolygon{{ring, hole}}}})
	lon, lat := corner.LonLat()
	tile := At(lon, lat, ShapesMaxZoom)
	f := decodeShapes(t, s.Tile("roads", tile)).Features
	p, ok := f[0].Geometry.(orb.Polygon)
	if len(f) != 1 || !ok || f[0].Properties["name"] != "楼" || f[0].ID != 7.0 || len(p) != 2 || len(p[0]) != 5 || len(p[1]) != 4 {
		t.Fatalf("%+v", f)
	}
	if p[0].Orientation() != orb.CCW || p[1].Orientation() != orb.CW { // y runs down
		t.Errorf("rings run %v, %v", p[0].Orientation(), p[1].Orientation())
	}
	for _, want := range ring {
		w := project(want)
		x := float64(w.x)/(1<<32)*math.Exp2(ShapesMaxZoom)*Extent - float64(tile.X)*Extent
		y := float64(w.y)/(1<<32)*math.Exp2(ShapesMaxZoom)*Extent - float64(tile.Y)*Extent
		least := math.Inf(1)
		for _, q := range p[0] {
			least = min(least, max(math.Abs(q[0]-x), math.Abs(q[1]-y)))
		}
		if least > 0.51 {
			t.Errorf("corner %v is %.2f units off", want, least)
		}
	}
}

func TestWhatIsTooSmallToSeeIsLeftOut(t *testing.T) {
	house := spatial.MultiPolygon{{{{X: 1214900000, Y: 312400000}, {X: 1214901000, Y: 312400000}, {X: 1214901000, Y: 312401000}}}}
	s := NewShapes([]Shape{{ID: 1, Areas: house}})
	lon, lat := house[0][0][0].LonLat()
	for z, want := range map[uint8]bool{10: false, 15: true} {
		if got := s.Tile("roads", At(lon, lat, z)) != nil; got != want {
			t.Errorf("at zoom %d shown: %v", z, got)
		}
	}
	if NewShapes(nil).Tile("roads", Tile{0, 0, 0}) != nil || s.Tile("roads", Tile{16, 0, 0}) != nil || s.Tile("roads", Tile{3, 9, 0}) != nil {
		t.Error("something where nothing is")
	}
}

// anyShapes are lines and rings around one tile, some of them far beyond it.
func anyShapes() *rapid.Generator[[]Shape] {
	point := rapid.Custom(func(t *rapid.T) spatial.Point {
		spread := rapid.SampledFrom([]int32{3, 20000, 400000, 900000000}).Draw(t, "spread")
		return spatial.Point{
			X: 1214900000 + rapid.Int32Range(-min(spread, 500000000), min(spread, 500000000)).Draw(t, "x"),
			Y: 312400000 + rapid.Int32Range(-min(spread, 500000000), min(spread, 500000000)).Draw(t, "y"),
		}
	})
	return rapid.Custom(func(t *rapid.T) []Shape {
		var all []Shape
		for i := range rapid.IntRange(1, 4).Draw(t, "shapes") {
			s := Shape{ID: uint64(i + 1)}
			if rapid.Bool().Draw(t, "line") {
				s.Lines = [][]spatial.Point{rapid.SliceOfN(point, 2, 12).Draw(t, "points")}
			} else {
				s.Areas = spatial.MultiPolygon{{rapid.SliceOfN(point, 3, 12).Draw(t, "ring")}}
			}
			all = append(all, s)
		}
		return all
	})
}

func TestAnyShapesMakeTilesThatStayInTheirFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewShapes(anyShapes().Draw(t, "shapes"))
		tile := At(121.49, 31.24, uint8(rapid.IntRange(0, int(ShapesMaxZoom)).Draw(t, "zoom")))
		raw := s.Tile("roads", tile)
		if raw == nil {
			return
		}
		f := frameAt(tile.Z)
		for _, feature := range decodeShapes(t, raw).Features {
			if p, ok := feature.Geometry.(orb.Polygon); ok && p[0].Orientation() != orb.CCW {
				t.Fatalf("an exterior runs the wrong way: %v", p)
			}
			b := feature.Geometry.Bound()
			if b.Min[0] < float64(f.lo) || b.Min[1] < float64(f.lo) || b.Max[0] > float64(f.hi) || b.Max[1] > float64(f.hi) {
				t.Fatalf("%v leaves the frame %v", b, f)
			}
		}
	})
}

func TestASimplifiedLineStaysWithinItsTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawer{tolerance: 2 * fineOne}
		ring := rapid.Bool().Draw(t, "ring")
		for range rapid.IntRange(2, 60).Draw(t, "n") {
			d.fine = append(d.fine, finePoint{rapid.Int64Range(0, 9000).Draw(t, "x"), rapid.Int64Range(0, 9000).Draw(t, "y")})
		}
		was := append([]finePoint(nil), d.fine...)
		d.simplify(ring)
		lines := append([]finePoint(nil), d.fine...)
		if ring {
			lines = append(lines, lines[0])
		}
		for _, p := range was {
			least := math.Inf(1)
			for i := 1; i < len(lines); i++ {
				least = min(least, distance(p, lines[i-1], lines[i]))
			}
			if least > float64(d.tolerance) {
				t.Fatalf("%v is %.0f from %v", p, least, d.fine)
			}
		}
	})
}
