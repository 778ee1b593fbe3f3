package ogc

import (
	"testing"

	"cloudgrid/gridmap/atlas"
)

func TestNoTotalGivesAHiddenCountAway(t *testing.T) {
	for name, c := range map[string]struct {
		counts []int64
		hidden []bool
		given  bool
	}{
		"nothing is hidden":          {[]int64{7, 9, 0}, []bool{false, false, false}, false},
		"one":                        {[]int64{3, 9}, []bool{true, false}, true},
		"the total is hidden too":    {[]int64{3, 0}, []bool{true, false}, false},
		"two that could be others":   {[]int64{3, 2, 9}, []bool{true, true, false}, false},
		"two that can only be ones":  {[]int64{1, 1, 9}, []bool{true, true, false}, true},
		"two that can only be fours": {[]int64{4, 4, 9}, []bool{true, true, false}, true},
		"one beside a larger one":    {[]int64{3, 9}, []bool{true, true}, false},
		"a larger one alone":         {[]int64{12, 9}, []bool{true, false}, false},
	} {
		group := make([]int32, len(c.counts))
		for i := range group {
			group[i] = int32(i)
		}
		if got := given(group, c.hidden, func(i int32) int64 { return c.counts[i] }); got != c.given {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheSmallestToldCountIsHiddenBesideAndNobodyLast(t *testing.T) {
	counts := []int64{3, 0, 20, 9}
	hidden := []bool{true, false, false, false}
	for _, want := range []int32{3, 2, 1, atlas.None} {
		got := leastTold([]int32{0, 1, 2, 3}, hidden, func(i int32) int64 { return counts[i] })
		if got != want {
			t.Fatalf("%d, want %d", got, want)
		}
		if got != atlas.None {
			hidden[got] = true
		}
	}
}
