package spatial

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func smallPoint() *rapid.Generator[Point] {
	return rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.Int32Range(-8, 8).Draw(t, "x"), rapid.Int32Range(-8, 8).Draw(t, "y")}
	})
}

func rect(x0, y0, x1, y1 int32) Ring { return Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

// A triangle is where three half-planes meet: an oracle without rays.
func TestTheSideOfATriangleIsThatOfItsHalfPlanes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Ring{smallPoint().Draw(t, "a"), smallPoint().Draw(t, "b"), smallPoint().Draw(t, "c")}
		turn := Orient(r[0], r[1], r[2])
		if turn == 0 {
			t.Skip("no ground")
		}
		p := smallPoint().Draw(t, "p")
		want := 1
		for i, a := range r {
			want = min(want, turn*Orient(a, r[(i+1)%3], p))
		}
		if got := r.Side(p); got != want {
			t.Fatalf("side %d, want %d", got, want)
		}
	})
}

func TestTheSideOfAPointHoldsAlsoAtCornersAndLevelEdges(t *testing.T) {
	u := Ring{{0, 0}, {6, 0}, {6, 6}, {4, 6}, {4, 2}, {2, 2}, {2, 6}, {0, 6}} // the letter U
	for p, want := range map[Point]int{
		{1, 6}: 0, {3, 6}: -1, {3, 2}: 0, {3, 1}: 1, {1, 2}: 1, {5, 2}: 1, {4, 2}: 0, {-1, 2}: -1, {-1, 0}: -1, {7, 6}: -1, {0, 0}: 0, {3, 4}: -1,
	} {
		for range 2 {
			if got := u.Side(p); got != want {
				t.Errorf("%v: %d, want %d", p, got, want)
			}
			u.Reverse()
		}
	}
	if (Ring{}).Side(Point{}) != -1 {
		t.Error("an empty ring holds a point")
	}
}

// Four triangles about a point tile a square: every point of it, borders and
// corners too, is held by exactly one, and that is the one a little to the east
// and a much smaller bit to the north.
func TestOfShapesThatTileTheGroundOneHoldsAPointAsTheBorderRuleSays(t *testing.T) {
	const fine, east, north = 100_000, 30, 1 // no other edge is so near: slopes are under 17
	refined := func(m MultiPolygon) Ring {
		out := slices.Clone(m[0][0])
		for i := range out {
			out[i].X, out[i].Y = out[i].X*fine, out[i].Y*fine
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		inner := rapid.Int32Range(-7, 7)
		c := Point{inner.Draw(t, "x"), inner.Draw(t, "y")}
		square := rect(-8, -8, 8, 8)
		p, held := smallPoint().Draw(t, "p"), 0
		for i, a := range square {
			m := MultiPolygon{{{a, square[(i+1)%4], c}}}
			beside := refined(m).Side(Point{p.X*fine + east, p.Y*fine + north}) > 0
			if m.Holds(p) != beside {
				t.Fatalf("held by triangle %d: %v", i, !beside)
			}
			if beside {
				held++
			}
		}
		want := 1
		if p.X == 8 || p.Y == 8 { // beyond its east and north border is no ground
			want = 0
		}
		if held != want {
			t.Fatalf("held by %d", held)
		}
	})
}

func TestAHoleGoesToTheSmallestExteriorAroundIt(t *testing.T) {
	hole := func(x0, y0, x1, y1 int32) Ring {
		r := rect(x0, y0, x1, y1)
		r.Reverse()
		return r
	}
	land, island, far := rect(0, 0, 90, 90), rect(20, 20, 70, 70), rect(200, 0, 290, 90)
	lake, pond, nowhere := hole(10, 10, 80, 80), hole(20, 20, 40, 40), hole(500, 500, 510, 510)
	m := Nest([]Ring{land, far, island}, []Ring{pond, lake, nowhere})
	if len(m) != 3 || len(m[0]) != 2 || len(m[1]) != 1 || len(m[2]) != 2 {
		t.Fatalf("%v", m)
	}
	if &m[0][1][0] != &lake[0] || &m[2][1][0] != &pond[0] {
		t.Error("the lake is land's, the pond, which touches the shore, the island's")
	}
	if alone := Nest([]Ring{land}, []Ring{nowhere}); len(alone[0]) != 2 {
		t.Error("a single exterior takes every hole")
	}
	if got := Nest(nil, []Ring{lake}); got != nil {
		t.Errorf("holes alone made %v", got)
	}
	if land.Encloses(slices.Clone(land)) || !land.Encloses(island) || island.Encloses(lake) {
		t.Error("enclosing")
	}
}
