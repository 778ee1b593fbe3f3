package ledger

import (
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func onDay(d int) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC)
}

func span(from, to int) gridmap.Span {
	return gridmap.Span{ValidFrom: onDay(from), ValidTo: onDay(to)}
}

func TestAReferenceIsMissedFromTheFirstMomentItIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		there   []gridmap.Span
		want    gridmap.Span
		missing bool
		at      time.Time
	}{
		"nothing":               {nil, span(2, 3), true, onDay(2)},
		"for ever":              {[]gridmap.Span{span(0, 0)}, span(0, 0), false, onDay(0)},
		"exactly":               {[]gridmap.Span{span(2, 3)}, span(2, 3), false, onDay(3)},
		"in two parts":          {[]gridmap.Span{span(5, 0), span(0, 5)}, span(2, 0), false, onDay(5)},
		"with a hole":           {[]gridmap.Span{span(0, 4), span(5, 0)}, span(2, 9), true, onDay(4)},
		"hole after its end":    {[]gridmap.Span{span(0, 4), span(5, 0)}, span(2, 4), false, onDay(4)},
		"too late":              {[]gridmap.Span{span(3, 0)}, span(2, 0), true, onDay(2)},
		"since ever, not there": {[]gridmap.Span{span(3, 0)}, span(0, 0), true, onDay(0)},
		"ends too soon":         {[]gridmap.Span{span(0, 4)}, span(2, 0), true, onDay(4)},
		"overlapping":           {[]gridmap.Span{span(0, 6), span(3, 4), span(6, 0)}, span(1, 0), false, onDay(6)},
	} {
		t.Run(name, func(t *testing.T) {
			atoms := make([]gridmap.Atom, len(c.there))
			for i, s := range c.there {
				atoms[i].Span = s
			}
			at, missing := gap(atomKind(), atoms, c.want)
			if missing != c.missing || missing && !at.Equal(c.at) {
				t.Errorf("missing %v at %v, want %v at %v", missing, at, c.missing, c.at)
			}
		})
	}
}

func TestAnAssertionTouchesOnlyWhatItOverlaps(t *testing.T) {
	old := func(key int64, from, to int, seq gridmap.Seq) Row[gridmap.Person] {
		p := gridmap.Person{ID: 1, Name: "旧", Span: span(from, to)}
		p.RecordedFrom = seq
		return Row[gridmap.Person]{Key: key, Value: p}
	}
	h := newHistory(personKind(), 7, []Row[gridmap.Person]{old(10, 0, 3, 1), old(11, 3, 5, 7), old(12, 5, 9, 2), old(13, 9, 0, 2)})
	h.put(gridmap.Person{ID: 1, Name: "新", Span: span(4, 6)}, 0)
	c := h.change()
	if len(c.Close) != 1 || c.Close[0] != 12 || len(c.Delete) != 1 || c.Delete[0] != 11 {
		t.Errorf("closes %v, deletes %v", c.Close, c.Delete)
	}
	want := []gridmap.Span{span(3, 4), span(6, 9), span(4, 6)}
	if len(c.Insert) != len(want) {
		t.Fatalf("inserts %+v", c.Insert)
	}
	for i, p := range c.Insert {
		want[i].RecordedFrom = 7
		if p.Span != want[i] {
			t.Errorf("insert %d is %+v, want %+v", i, p.Span, want[i])
		}
	}
}

func TestTimesAreKeptInWholeMicrosecondsOfUTC(t *testing.T) {
	local := time.Date(2026, 3, 1, 8, 0, 0, 123456789, time.FixedZone("", 8*3600))
	if got, want := Trim(local), time.Date(2026, 3, 1, 0, 0, 0, 123456000, time.UTC); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if !Trim(time.Time{}).IsZero() {
		t.Error("no time became one")
	}
}

func TestSealingIgnoresWhatACallerSaysOfTheChain(t *testing.T) {
	cs := gridmap.ChangeSet{Seq: 3, At: onDay(2), Actor: "某"}
	sealed, err := Seal([]gridmap.AuditEntry{{ID: 99, Seq: 99, Prev: "x", Hash: "y", Action: "a"}, {Actor: "他", At: onDay(1)}}, cs, 5, "before")
	if err != nil {
		t.Fatal(err)
	}
	a, b := sealed[0], sealed[1]
	if a.ID != 6 || a.Seq != 3 || a.Prev != "before" || a.Actor != "某" || !a.At.Equal(onDay(2)) || a.Hash != gridmap.ChainHash(a) {
		t.Errorf("first %+v", a)
	}
	if b.ID != 7 || b.Prev != a.Hash || b.Actor != "他" || !b.At.Equal(onDay(1)) {
		t.Errorf("second %+v", b)
	}
}
