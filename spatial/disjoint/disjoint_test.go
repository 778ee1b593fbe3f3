package disjoint

import (
	"testing"

	"pgregory.net/rapid"
)

func TestJoiningTellsWhetherTwoGroupsWereApart(t *testing.T) {
	s := New(4)
	for _, c := range []struct {
		i, j int32
		want bool
	}{{3, 1, true}, {1, 3, false}, {2, 2, false}, {0, 2, true}, {2, 3, true}, {0, 1, false}} {
		if got := s.Join(c.i, c.j); got != c.want {
			t.Errorf("joining %d and %d: %v", c.i, c.j, got)
		}
	}
}

// The oracle paints every number with the least one that it is joined to.
func TestTheLeastNumberStandsForItsGroupInWhateverOrderItWasJoined(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int32Range(1, 40).Draw(rt, "n")
		one := rapid.Int32Range(0, n-1)
		s, least := New(int(n)), make([]int32, n)
		for i := range least {
			least[i] = int32(i)
		}
		for range rapid.IntRange(0, 60).Draw(rt, "joins") {
			i, j := one.Draw(rt, "i"), one.Draw(rt, "j")
			to, from := min(least[i], least[j]), max(least[i], least[j])
			if joined := s.Join(i, j); joined != (to != from) {
				rt.Fatalf("joining %d and %d: %v", i, j, joined)
			}
			for k := range least {
				if least[k] == from {
					least[k] = to
				}
			}
		}
		for i, want := range least {
			if got := s.Find(int32(i)); got != want {
				rt.Fatalf("%d is in the group of %d, want %d", i, got, want)
			}
		}
	})
}
