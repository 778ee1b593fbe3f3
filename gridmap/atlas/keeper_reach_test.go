package atlas

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/gpkg"
)

// redirected is a store whose address leads to another database.
type redirected struct{ gridmap.Store }

// TestAMapWhoseHistoryWasLostIsLoadedAnew has a database take over that lacks
// the newest change set, and then makes another of the same number.
func TestAMapWhoseHistoryWasLostIsLoadedAnew(t *testing.T) {
	w := newTown(t)
	rename := func(s gridmap.Store, at time.Time, name string) {
		t.Helper()
		w.store, w.now = s, at
		if err := w.change(func(ctx context.Context, out gridmap.Writer) error {
			return out.PutSettings(ctx, gridmap.Settings{Title: name})
		}); err != nil {
			t.Fatal(err)
		}
	}
	primary, start := w.store, w.now
	rename(primary, start.Add(time.Minute), "都有的")
	standby := copied(t, primary)
	rename(primary, start.Add(2*time.Minute), "丢失的")
	s := &redirected{primary}
	k, err := NewKeeper(t.Context(), s, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	is := func(seq gridmap.Seq, title string) {
		t.Helper()
		if err := k.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		a := k.Current()
		if a.Head().Seq != seq || a.Settings().Title != title {
			t.Errorf("%+v, %q; want change set %d, %q", a.Head(), a.Settings().Title, seq, title)
		}
	}
	is(3, "丢失的")
	s.Store = standby
	is(2, "都有的")
	s.Store = primary
	is(3, "丢失的")
	rename(standby, start.Add(3*time.Minute), "另一个第三次")
	s.Store = standby
	is(3, "另一个第三次")
	s.Store = primary
	is(3, "丢失的")
	rename(standby, start.Add(4*time.Minute), "第四次")
	s.Store = standby
	is(4, "第四次")
}

// copied is a copy of a store as it is.
func copied(t *testing.T, from gridmap.Store) gridmap.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.gpkg")
	to, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = to.Close(); _ = os.Remove(path) })
	if err := from.View(t.Context(), func(r gridmap.Reader) error {
		return to.Restore(t.Context(), r.(gridmap.Archive))
	}); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestWhoWaitsForAChangeIsWokenByItOrByTheTime(t *testing.T) {
	w := newTown(t)
	k, err := NewKeeper(t.Context(), w.store, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if !k.Reach(t.Context(), k.Current().Head().Seq) {
		t.Error("what is there is waited for")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if k.Reach(over, 99) {
		t.Error("what is not there was reached")
	}
	<-k.arrivals.wanted() // it asked, though
	reached := make(chan bool)
	go func() { reached <- k.Reach(t.Context(), 2) }()
	<-k.arrivals.wanted() // it asked
	if err := w.change(func(ctx context.Context, out gridmap.Writer) error {
		return out.PutSettings(ctx, gridmap.Settings{Title: "新"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !<-reached {
		t.Error("it was not woken")
	}
}
