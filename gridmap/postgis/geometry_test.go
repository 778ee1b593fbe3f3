package postgis

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

func TestAnyShapeComesBackPointForPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := make(spatial.MultiPolygon, rapid.IntRange(1, 3).Draw(t, "polygons"))
		for i := range m {
			m[i] = make(spatial.Polygon, rapid.IntRange(1, 3).Draw(t, "rings"))
			for j := range m[i] {
				m[i][j] = rapid.SliceOfN(anyPoint(), 3, 9).Filter(func(r []spatial.Point) bool { return r[0] != r[len(r)-1] }).Draw(t, "ring")
			}
		}
		b, err := encodeShape(m)
		if err != nil {
			t.Fatal(err)
		}
		var got shape
		if err := got.ScanBytes(b); err != nil || !reflect.DeepEqual(got.MultiPolygon, m) {
			t.Fatalf("%v became %v, %v", m, got, err)
		}
		p := anyPoint().Draw(t, "point")
		b, err = encodePoint(p)
		if err != nil {
			t.Fatal(err)
		}
		var back point
		if err := back.ScanBytes(b); err != nil || !back.valid || back.Point != p {
			t.Fatalf("%v became %v, %v", p, back, err)
		}
	})
}

func TestNoShapeIsNull(t *testing.T) {
	if b, err := encodeShape(nil); b != nil || err != nil {
		t.Errorf("an empty shape is stored as %x, %v", b, err)
	}
	got := shape{spatial.MultiPolygon{{}}}
	if err := got.ScanBytes(nil); err != nil || got.MultiPolygon != nil {
		t.Errorf("NULL became %v, %v", got, err)
	}
}

func FuzzScan(f *testing.F) {
	b, err := encodeShape(spatial.MultiPolygon{{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(_ *testing.T, b []byte) {
		_ = new(shape).ScanBytes(b)
		_ = new(point).ScanBytes(b)
	})
}
