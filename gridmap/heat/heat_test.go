package heat

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// china draws points where the map may be.
func china(t *rapid.T) spatial.Point {
	return spatial.Point{X: rapid.Int32Range(730000000, 1350000000).Draw(t, "x"), Y: rapid.Int32Range(180000000, 530000000).Draw(t, "y")}
}

func eachKind(resolution int) []Cells {
	made, err := New(resolution)
	if err != nil {
		panic(err)
	}
	return []Cells{made, newHexagons(resolution)}
}

func shapeOf(t *rapid.T, outline [][2]float64) (ring spatial.Ring) {
	for _, c := range outline {
		p, err := spatial.FromLonLat(c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		ring = append(ring, p)
	}
	return ring
}

func TestAPointLiesInTheOutlineOfItsCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, resolution := china(t), rapid.IntRange(Coarsest, Finest).Draw(t, "resolution")
		for _, cells := range eachKind(resolution) {
			ring := shapeOf(t, cells.Outline(cells.At(p)))
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				edge := math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
				// A little beyond: edges are straight on another map, and corners are rounded.
				if off := -float64(cross(a, b, p)) / edge; off > 2+edge*0.002 {
					t.Fatalf("%s: %v is %.1f steps outside of %v", cells.Name(), p, off, ring)
				}
			}
		}
	})
}

func cross(a, b, p spatial.Point) int64 {
	return int64(b.X-a.X)*int64(p.Y-a.Y) - int64(b.Y-a.Y)*int64(p.X-a.X)
}

func TestOurHexagonsAllHaveTheMeanAreaOfH3(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.IntRange(Coarsest, Finest).Draw(t, "resolution")
		h := newHexagons(resolution)
		got := measure.AreaM2(spatial.MultiPolygon{{shapeOf(t, h.Outline(h.At(china(t))))}})
		// Mean areas by the table of the H3 documentation, in square metres.
		want := map[int]float64{6: 36129062.2, 7: 5161293.4, 8: 737327.6, 9: 105332.5, 10: 15047.5, 11: 2149.6}[resolution]
		if math.Abs(got/want-1) > 0.01 { // the sphere against the ellipsoid, and corners on the lattice
			t.Fatalf("%.1f m², want %.1f", got, want)
		}
	})
}

func TestSumsKeepEveryCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spots []Spot
		total := int64(0)
		for range rapid.IntRange(0, 50).Draw(t, "n") {
			s := Spot{china(t), rapid.Int64Range(0, 9).Draw(t, "count")}
			spots, total = append(spots, s), total+s.Count
		}
		for _, cells := range eachKind(8) {
			got := int64(0)
			for i, c := range Sum(cells, spots) {
				if got += c.Count; c.Count == 0 || i > 0 && cells.ID(c.Cell) == "" {
					t.Fatalf("%+v", c)
				}
			}
			if got != total {
				t.Fatalf("%s: %d of %d", cells.Name(), got, total)
			}
		}
	})
}

func TestWhatIsHiddenTellsOfNoSingleCell(t *testing.T) {
	for _, tc := range []struct {
		counts []int64
		shown  int
		hidden Hidden
	}{
		{[]int64{5, 9}, 2, Hidden{}},
		{[]int64{4, 9}, 1, Hidden{1, 0}},       // one alone would be known by its sum
		{[]int64{1, 3, 9}, 1, Hidden{2, 0}},    // the sum is itself too small
		{[]int64{4, 4, 1, 9}, 1, Hidden{3, 9}}, // three together
	} {
		var all []Cell
		for i, n := range tc.counts {
			all = append(all, Cell{uint64(i), n})
		}
		if shown, hidden := Hide(all, 5); len(shown) != tc.shown || hidden != tc.hidden {
			t.Errorf("%v: %v, %+v", tc.counts, shown, hidden)
		}
	}
}

func TestBreaksAscendAndClassesFollowThem(t *testing.T) {
	var all []Cell
	for _, n := range []int64{5, 5, 5, 5, 7, 8, 9, 20, 30, 40, 50, 900} {
		all = append(all, Cell{Count: n})
	}
	breaks := Breaks(all)
	if want := []int64{7, 9, 30, 50}; !reflect.DeepEqual(breaks, want) {
		t.Errorf("%v, want %v", breaks, want)
	}
	for n, want := range map[int64]int{5: 0, 6: 0, 7: 1, 8: 1, 29: 2, 30: 3, 49: 3, 50: 4, 900: 4} {
		if got := ClassOf(n, breaks); got != want {
			t.Errorf("%d is of class %d, want %d", n, got, want)
		}
	}
	if len(Breaks(nil)) != 0 || len(Breaks(all[:4])) != 0 {
		t.Error("breaks between counts that are alike")
	}
}

func TestResolutionsThatShowSingleHousesAreRefused(t *testing.T) {
	for _, r := range []int{-1, Coarsest - 1, Finest + 1} {
		if _, err := New(r); err == nil {
			t.Errorf("resolution %d", r)
		}
	}
}
