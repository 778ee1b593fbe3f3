package relate

import (
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
)

func rect(x0, y0, x1, y1 int32) spatial.Ring {
	return spatial.Ring{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

func one(rings ...spatial.Ring) spatial.MultiPolygon { return spatial.MultiPolygon{rings} }

func TestShapesMeetAlsoAtBordersAndCornersButNotInHoles(t *testing.T) {
	frame := one(rect(0, 0, 100, 100), rect(20, 20, 80, 80))
	for _, c := range []struct {
		name string
		with spatial.MultiPolygon
		want bool
	}{
		{"apart", one(rect(200, 0, 300, 10)), false},
		{"sharing a border", one(rect(100, 0, 200, 50)), true},
		{"sharing a corner", one(rect(100, 100, 200, 200)), true},
		{"in the hole", one(rect(30, 30, 40, 40)), false},
		{"touching the hole's edge", one(rect(20, 30, 40, 40)), true},
		{"within the ground", one(rect(5, 5, 15, 15)), true},
		{"around it", one(rect(-50, -50, 150, 150)), true},
		{"across without a corner inside", one(rect(-10, 5, 110, 10)), true},
		{"nothing", nil, false},
	} {
		if got := Intersects(frame, c.with); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := Intersects(c.with, frame); got != c.want {
			t.Errorf("%s, the other way round: %v", c.name, got)
		}
	}
	if !PointIn(spatial.Point{X: 0, Y: 50}, frame) || PointIn(spatial.Point{X: 50, Y: 50}, frame) || !LineMeets([]spatial.Point{{X: -5, Y: 50}, {X: 50, Y: 50}}, frame) || LineMeets([]spatial.Point{{X: 30, Y: 30}, {X: 50, Y: 50}}, frame) {
		t.Error("points or lines")
	}
}

// Rectangles meet when their closed intervals do: a rule so plain that it is an
// oracle.
func TestRectanglesMeetAsTheirIntervalsDo(t *testing.T) {
	draw := func(rt *rapid.T, name string) (x0, y0, x1, y1 int32) {
		g := rapid.Int32Range(-6, 6)
		x0, y0 = g.Draw(rt, name+"x"), g.Draw(rt, name+"y")
		return x0, y0, x0 + rapid.Int32Range(1, 5).Draw(rt, name+"w"), y0 + rapid.Int32Range(1, 5).Draw(rt, name+"h")
	}
	rapid.Check(t, func(rt *rapid.T) {
		ax0, ay0, ax1, ay1 := draw(rt, "a")
		bx0, by0, bx1, by1 := draw(rt, "b")
		want := ax0 <= bx1 && bx0 <= ax1 && ay0 <= by1 && by0 <= ay1
		if got := Intersects(one(rect(ax0, ay0, ax1, ay1)), one(rect(bx0, by0, bx1, by1))); got != want {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}
