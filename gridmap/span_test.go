package gridmap

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// day draws a moment out of a few days, or the open end.
func day(t *rapid.T, name string) time.Time {
	d := rapid.IntRange(0, 8).Draw(t, name)
	if d == 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC)
}

func anySpan(t *rapid.T, name string) Span {
	s := Span{ValidFrom: day(t, name+" from"), ValidTo: day(t, name+" to")}
	if s.Check() != nil {
		s.ValidFrom, s.ValidTo = s.ValidTo, s.ValidFrom
	}
	if s.Check() != nil {
		s.ValidTo = time.Time{}
	}
	return s
}

func TestCuttingASpanLeavesExactlyTheMomentsOutsideTheHole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, hole := anySpan(t, "span"), anySpan(t, "hole")
		rest := s.Cut(hole)
		touched := false
		for hours := -36; hours < 12*24; hours += 6 {
			at := time.Date(2026, 1, 1, hours, 0, 0, 0, time.UTC)
			held := 0
			for _, r := range rest {
				if err := r.Check(); err != nil {
					t.Fatal(err)
				}
				if r.ValidAt(at) {
					held++
				}
			}
			want := 0
			if s.ValidAt(at) && !hole.ValidAt(at) {
				want = 1
			}
			touched = touched || s.ValidAt(at) && hole.ValidAt(at)
			if held != want {
				t.Fatalf("%v without %v: %d pieces hold %v, want %d", s, hole, held, at, want)
			}
		}
		if touched != s.Overlaps(hole) {
			t.Fatalf("Overlaps(%v, %v) = %v", s, hole, !touched)
		}
	})
}

func TestAVersionIsKnownFromItsRecordingUntilItIsSuperseded(t *testing.T) {
	s := Span{RecordedFrom: 3, RecordedTo: 5}
	for seq, want := range map[Seq]bool{0: false, 2: false, 3: true, 4: true, 5: false, 6: false} {
		if s.KnownAt(seq) != want {
			t.Errorf("KnownAt(%d) = %v", seq, !want)
		}
	}
	if !(Span{RecordedFrom: 3}).KnownAt(0) {
		t.Error("a version still believed is not known now")
	}
	if (Query{Since: 5, All: true}).Match(s) || !(Query{Since: 4, All: true}).Match(s) {
		t.Error("Since must pick what was recorded or superseded later, and nothing else")
	}
}
