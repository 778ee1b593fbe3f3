package atlas

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"cloudgrid/gridmap"
)

// guarded is a store that counts its views and lets none begin while it is shut.
type guarded struct {
	gridmap.Store
	views int
	shut  chan struct{} // nil: open
	deaf  bool          // it does not notice that who asked has gone
}

func (g *guarded) View(ctx context.Context, fn func(gridmap.Reader) error) error {
	g.views++
	if g.shut != nil {
		gone := ctx.Done()
		if g.deaf {
			gone = nil
		}
		select {
		case <-g.shut:
		case <-gone:
			return ctx.Err()
		}
	}
	return g.Store.View(ctx, fn)
}

// many is a map in which somebody new came each minute of these, and its keeper.
func many(t *testing.T, minutes int) (*guarded, *Keeper, func(i int) Moment) {
	t.Helper()
	w := newTown(t)
	start := w.now
	w.now = start.Add(time.Hour)
	var came []gridmap.Person
	for i := range minutes {
		came = append(came, gridmap.Person{ID: gridmap.PersonID(w.id()), Name: fmt.Sprint("人", i), Span: gridmap.Span{ValidFrom: start.Add(time.Duration(i) * time.Minute)}})
	}
	if err := w.change(func(ctx context.Context, out gridmap.Writer) error { return out.PutPersons(ctx, came...) }); err != nil {
		t.Fatal(err)
	}
	s := &guarded{Store: w.store}
	k, err := NewKeeper(t.Context(), s, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s, k, func(i int) Moment {
		return Moment{At: start.Add(time.Duration(i)*time.Minute + time.Second)}
	}
}

func TestWhoAsksForTheSameMomentWaitsForOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k, moment := many(t, 5)
		s.views, s.shut = 0, make(chan struct{})
		got := make(chan *Atlas, 20)
		for i := range 20 {
			go func() {
				m := moment(1)
				m.At = m.At.Add(time.Duration(i%2) * time.Second) // as good as the same
				a, err := k.Then(t.Context(), m, Shelf(i%2))
				if err != nil {
					t.Error(err)
				}
				got <- a
			}()
		}
		synctest.Wait()
		close(s.shut)
		first := <-got
		for range 19 {
			if a := <-got; a != first {
				t.Fatal("two maps of one moment")
			}
		}
		if s.views != 1 {
			t.Errorf("%d loads", s.views)
		}
	})
}

func TestTooManyMomentsAreRefusedAndWhatIsHeldIsAnsweredMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k, moment := many(t, 40)
		if _, err := k.Then(t.Context(), moment(0), ForInsiders); err != nil {
			t.Fatal(err)
		}
		s.shut = make(chan struct{})
		done := make(chan error, 40)
		ask := func(i int, shelf Shelf) { go func() { _, err := k.Then(t.Context(), moment(i), shelf); done <- err }() }
		for i := range 2 {
			ask(1+i, ForStrangers)
		}
		for i := range 16 {
			ask(10+i, ForInsiders)
		}
		synctest.Wait()
		for shelf, i := range map[Shelf]int{ForStrangers: 30, ForInsiders: 31} {
			if _, err := k.Then(t.Context(), moment(i), shelf); gridmap.CodeOf(err) != gridmap.Busy {
				t.Errorf("one more on shelf %d: %v", shelf, err)
			}
		}
		if k.Held(Moment{}) == nil || k.Held(moment(0)) == nil || k.Held(moment(1)) != nil {
			t.Error("what is held is not answered beside a load")
		}
		close(s.shut)
		for range 18 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if k.Held(moment(1)) != nil && k.Held(moment(2)) != nil || k.PastSpent(ForStrangers).Loads != 2 || k.PastSpent(ForInsiders).Loads != 17 {
			t.Errorf("strangers' shelf holds two, or %+v and %+v were loaded", k.PastSpent(ForStrangers), k.PastSpent(ForInsiders))
		}
	})
}

func TestStrangersThrowOutNoMapOfInsiders(t *testing.T) {
	_, k, moment := many(t, 10)
	for i, shelf := range []Shelf{ForInsiders, ForInsiders, ForStrangers, ForStrangers, ForStrangers} {
		if _, err := k.Then(t.Context(), moment(i), shelf); err != nil {
			t.Fatal(err)
		}
	}
	for i, held := range []bool{true, true, false, false, true} {
		if got := k.Held(moment(i)) != nil; got != held {
			t.Errorf("moment %d is held: %v", i, got)
		}
	}
}

func TestALoadThatNobodyWaitsForIsBrokenOffAndBegunAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, k, moment := many(t, 5)
		s.shut, s.deaf = make(chan struct{}), true
		gone, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() { _, err := k.Then(gone, moment(1), ForStrangers); left <- err }()
		synctest.Wait()
		leave()
		if err := <-left; err == nil {
			t.Error("somebody who had gone was answered")
		}
		again := make(chan error)
		go func() { _, err := k.Then(t.Context(), moment(1), ForStrangers); again <- err }()
		synctest.Wait()
		close(s.shut)
		if err := <-again; err != nil {
			t.Error(err)
		}
	})
}

// TestAMapOfEarlierKnowledgeServesAsLongAsNothingElseWasBelieved asks around
// each change set, in both directions.
func TestAMapOfEarlierKnowledgeServesAsLongAsNothingElseWasBelieved(t *testing.T) {
	w := newTown(t)
	start := w.now
	for i := range 4 {
		w.now = start.Add(time.Duration(i+1) * time.Hour)
		if err := w.change(func(ctx context.Context, out gridmap.Writer) error {
			return out.PutSettings(ctx, gridmap.Settings{Title: fmt.Sprint(i)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	s := &guarded{Store: w.store}
	k, err := NewKeeper(t.Context(), s, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, hours := range []float64{0, 0.5, 0.999, 1, 1.5, 3, 3.999, 2, 2.5, 0.25, 4, 5} {
		m := Moment{At: start.Add(time.Minute), Known: start.Add(time.Duration(hours * float64(time.Hour)))}
		a, err := k.Then(t.Context(), m, ForInsiders)
		if err != nil {
			t.Fatal(err)
		}
		if want := gridmap.Seq(hours) + 1; a.Head().Seq != min(want, 5) {
			t.Errorf("after %v hours change set %d was believed, not %d", hours, want, a.Head().Seq)
		}
		if k.Held(m) != a {
			t.Errorf("after %v hours: it is not held", hours)
		}
	}
	if _, err := k.Then(t.Context(), Moment{At: start, Known: start.Add(-time.Hour)}, ForInsiders); gridmap.CodeOf(err) != gridmap.NotFound {
		t.Errorf("before everything: %v", err)
	}
}
