package topology

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
)

func TestNodedLinesMeetOnlyAtTheirEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Custom(func(t *rapid.T) spatial.Point {
			return spatial.Point{X: rapid.Int32Range(0, 60).Draw(t, "x"), Y: rapid.Int32Range(0, 60).Draw(t, "y")}
		})
		var lines []Line
		for range rapid.IntRange(0, 14).Draw(t, "n") {
			lines = append(lines, Line{at.Draw(t, "a"), at.Draw(t, "b"), rapid.Int32Range(0, 5).Draw(t, "of")})
		}
		pieces, ok := NodeLines(lines)
		if !ok {
			t.Fatal("it did not settle")
		}
		for i, p := range pieces {
			if !p.A.Less(p.B) || len(p.Of) == 0 || !slices.IsSorted(p.Of) {
				t.Fatalf("%+v", p)
			}
			for _, q := range pieces[:i] {
				if properCrossing(p.A, p.B, q.A, q.B) || inside(p, q.A) || inside(p, q.B) || inside(q, p.A) || inside(q, p.B) {
					t.Fatalf("%+v and %+v meet", p, q)
				}
			}
		}
		rng := rand.New(rand.NewPCG(1, uint64(len(lines))))
		rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		if again, _ := NodeLines(lines); !reflect.DeepEqual(pieces, again) {
			t.Fatal("the order of lines matters")
		}
	})
}

func inside(p Piece, at spatial.Point) bool {
	return at != p.A && at != p.B && spatial.OnSegment(p.A, p.B, at)
}

func TestLinesOfOneThingAlongEachOtherCancel(t *testing.T) {
	a, b, c := spatial.Point{X: 0}, spatial.Point{X: 10}, spatial.Point{X: 20}
	got, _ := NodeLines([]Line{{a, c, 7}, {b, a, 7}, {c, a, 9}, {b, b, 3}})
	want := []Piece{{a, b, []int32{9}}, {b, c, []int32{7, 9}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
