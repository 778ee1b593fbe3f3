package gpkg

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
)

func anyPoint() *rapid.Generator[spatial.Point] {
	return rapid.Custom(func(t *rapid.T) spatial.Point {
		return spatial.Point{X: rapid.Int32Range(-spatial.MaxX, spatial.MaxX).Draw(t, "x"), Y: rapid.Int32Range(-spatial.MaxY, spatial.MaxY).Draw(t, "y")}
	})
}

func anyShape() *rapid.Generator[spatial.MultiPolygon] {
	return rapid.Custom(func(t *rapid.T) spatial.MultiPolygon {
		m := make(spatial.MultiPolygon, rapid.IntRange(1, 3).Draw(t, "polygons"))
		for i := range m {
			m[i] = make(spatial.Polygon, rapid.IntRange(1, 3).Draw(t, "rings"))
			for j := range m[i] {
				r := rapid.SliceOfN(anyPoint(), 3, 9).Filter(func(r []spatial.Point) bool { return r[0] != r[len(r)-1] }).Draw(t, "ring")
				m[i][j] = r
			}
		}
		return m
	})
}

func TestAnyShapeComesBackPointForPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyShape().Draw(t, "shape")
		got, err := decodeShape(encodeShape(m))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%v became %v, %v", m, got, err)
		}
		e, empty, err := envelope(encodeShape(m))
		var box [4]float64
		box[0], box[2] = m.Box().Min.LonLat()
		box[1], box[3] = m.Box().Max.LonLat()
		if err != nil || empty || e != box {
			t.Fatalf("envelope %v, want %v: %v", e, box, err)
		}
		lines := rapid.SliceOfN(rapid.SliceOfN(anyPoint(), 2, 9), 1, 3).Draw(t, "lines")
		if got, err := decodeLines(encodeLines(lines)); err != nil || !reflect.DeepEqual(got, lines) {
			t.Fatalf("%v became %v, %v", lines, got, err)
		}
		p := anyPoint().Draw(t, "point")
		if got, err := decodePoint(encodePoint(p)); err != nil || got != p {
			t.Fatalf("%v became %v, %v", p, got, err)
		}
	})
}

func TestNoShapeIsNull(t *testing.T) {
	if encodeShape(nil) != nil {
		t.Error("an empty shape is stored")
	}
	if m, err := decodeShape(nil); m != nil || err != nil {
		t.Errorf("NULL became %v, %v", m, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encodeShape(spatial.MultiPolygon{{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}}}))
	f.Add(encodePoint(spatial.Point{X: 1, Y: 2}))
	f.Add([]byte("GP\x00\x01\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = envelope(b)
		_, _ = decodePoint(b)
		m, err := decodeShape(b)
		if err != nil || len(m) == 0 {
			return
		}
		again, err := decodeShape(encodeShape(m)) // what is read can be kept
		if err != nil {
			t.Fatalf("%v: %v", m, err)
		}
		if m.NumPoints() > 0 && again.Box() != m.Box() {
			t.Fatalf("%v became %v", m, again)
		}
	})
}
