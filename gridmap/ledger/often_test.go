package ledger

import (
	"context"
	"slices"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// shelf is a table of persons that counts what is read of it.
type shelf struct {
	rows []Row[gridmap.Person]
	read int
	Rest
}

func (s *shelf) Believed(_ context.Context, ids []int64, from time.Time, _ bool) (found []Row[gridmap.Person], err error) {
	for _, r := range s.rows {
		ended := !from.IsZero() && !r.Value.ValidTo.IsZero() && !r.Value.ValidTo.After(from)
		if slices.Contains(ids, int64(r.Value.ID)) && r.Value.RecordedTo == 0 && !ended {
			found = append(found, r)
		}
	}
	s.read += len(found)
	return found, nil
}

func (s *shelf) Write(_ context.Context, c Change[gridmap.Person]) error {
	for i := range s.rows {
		if slices.Contains(c.Close, s.rows[i].Key) {
			s.rows[i].Value.RecordedTo = c.Seq
		}
	}
	for _, p := range c.Insert {
		s.rows = append(s.rows, Row[gridmap.Person]{Key: int64(len(s.rows)) + 1, Value: p})
	}
	return nil
}

func (s *shelf) KeepIDs(context.Context, int64) error { return nil }
func (s *shelf) Owners(context.Context, CodeScope, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}
func (s *shelf) Own(context.Context, CodeScope, []string, []int64) error { return nil }

// TestAChangeReadsNoMoreBecauseThereWereManyBefore: a grid whose border moves
// every week has five hundred versions after ten years, each with its shape.
func TestAChangeReadsNoMoreBecauseThereWereManyBefore(t *testing.T) {
	s := &shelf{}
	var read [2]int
	for n := range 60 {
		w := NewWriter(Tables{Persons: s, Rest: s}, gridmap.Seq(n+1), 100)
		p := gridmap.Person{ID: 1, Name: "张三", Span: gridmap.Span{ValidFrom: onDay(2).AddDate(0, 0, n)}}
		s.read = 0
		if err := w.PutPersons(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		read[n/30] = s.read
	}
	if read[0] != read[1] || read[1] > 2 {
		t.Errorf("%d rows read for the 30th change, %d for the 60th", read[0], read[1])
	}
}

func TestWhatEndedLongAgoCanBeNamedAndEndedAgain(t *testing.T) {
	s := &shelf{rows: []Row[gridmap.Person]{{Key: 1, Value: gridmap.Person{ID: 1, Name: "张三", Span: span(1, 2)}}}}
	w := NewWriter(Tables{Persons: s, Rest: s}, 2, 100)
	if err := w.EndPersons(t.Context(), onDay(9), 1); err != nil {
		t.Error(err)
	}
	if err := w.EndPersons(t.Context(), onDay(9), 7); gridmap.CodeOf(err) != gridmap.NotFound {
		t.Error(err)
	}
	rows, err := lastOf(t.Context(), s, personKind(), []int64{1}, onDay(9))
	if err != nil || len(rows) != 1 {
		t.Error(rows, err)
	}
}
