package topology

import (
	"testing"

	"cloudgrid/spatial"
	"pgregory.net/rapid"
)

func TestAPixelBelongsToItsWestAndSouthSides(t *testing.T) {
	p := spatial.Point{X: 0, Y: 0}
	cases := []struct {
		a, b spatial.Point
		want bool
	}{
		{spatial.Point{X: -1, Y: 0}, spatial.Point{X: 0, Y: -1}, true},   // through the south-west corner
		{spatial.Point{X: 1, Y: 0}, spatial.Point{X: 0, Y: 1}, false},    // through the north-east corner
		{spatial.Point{X: -1, Y: 0}, spatial.Point{X: 0, Y: 1}, false},   // through the north-west corner
		{spatial.Point{X: 0, Y: -1}, spatial.Point{X: 1, Y: 0}, false},   // through the south-east corner
		{spatial.Point{X: -5, Y: 0}, spatial.Point{X: 5, Y: 0}, true},    // through the middle
		{spatial.Point{X: -10, Y: 0}, spatial.Point{X: 10, Y: 1}, true},  // into its north-west corner
		{spatial.Point{X: -10, Y: 0}, spatial.Point{X: 10, Y: 2}, false}, // above it
		{spatial.Point{X: 1, Y: 0}, spatial.Point{X: 9, Y: 0}, false},    // ends before it
	}
	for _, c := range cases {
		if got := passesPixel(c.a, c.b, p); got != c.want {
			t.Errorf("%v–%v: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := passesPixel(c.b, c.a, p); got != c.want {
			t.Errorf("%v–%v: %v, want %v", c.b, c.a, got, c.want)
		}
	}
}

// Far apart the products need 128 bits; nothing else may change.
func TestLongSegmentsFollowTheSameRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, reach int32) int32 { return rapid.Int32Range(-reach, reach).Draw(t, name) }
		d := spatial.Point{X: draw("dx", 40), Y: draw("dy", 40)}
		p := spatial.Point{X: draw("px", 40), Y: draw("py", 40)}
		const far = 40_000_000
		near := passesPixel(spatial.Point{X: -d.X, Y: -d.Y}, d, p)
		long := passesPixel(spatial.Point{X: -d.X * far, Y: -d.Y * far}, spatial.Point{X: d.X * far, Y: d.Y * far}, p)
		if near && !long {
			t.Fatalf("%v passes %v but not when drawn longer", d, p)
		}
	})
}

func TestTheCrossingPointIsTheNearestLatticePoint(t *testing.T) {
	at := func(x, y int32) spatial.Point { return spatial.Point{X: x, Y: y} }
	cases := []struct{ a, b, c, d, want spatial.Point }{
		{at(0, 0), at(10, 10), at(0, 10), at(10, 0), at(5, 5)},
		{at(0, 0), at(5, 5), at(0, 5), at(5, 0), at(3, 3)},                                                 // 2.5 goes up
		{at(-5, -5), at(0, 0), at(-5, 0), at(0, -5), at(-2, -2)},                                           // so does -2.5
		{at(-1_800_000_000, -900_000_000), at(1_800_000_000, 900_000_000), at(-1, 1), at(2, -1), at(0, 0)}, // (0.29, 0.14)
	}
	for _, c := range cases {
		if got := crossingPoint(c.a, c.b, c.c, c.d); got != c.want {
			t.Errorf("%v–%v × %v–%v: %v, want %v", c.a, c.b, c.c, c.d, got, c.want)
		}
	}
}
