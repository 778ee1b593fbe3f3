package atlas

import (
	"context"
	"slices"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// publish adds what publishings leave, half an hour later, and returns the map
// as loaded and as refreshed.
func (w *town) publish(t *testing.T, old *Atlas, records ...gridmap.Record) (loaded, refreshed *Atlas) {
	t.Helper()
	w.now = w.now.Add(time.Hour / 2)
	if err := w.change(func(ctx context.Context, out gridmap.Writer) error { return out.PutRecords(ctx, records...) }); err != nil {
		t.Fatal(err)
	}
	err := w.store.View(t.Context(), func(r gridmap.Reader) (err error) {
		refreshed, err = old.refreshed(t.Context(), r, w.now)
		return err
	})
	if err != nil || refreshed == nil {
		t.Fatal("not refreshed", err)
	}
	if loaded, err = load(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	return loaded, refreshed
}

func TestHeirsAreOfGridsThatEndedAndOfTheirLastEdition(t *testing.T) {
	w := newTown(t)
	a, err := load(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	from, b, c := w.leaves[0], w.leaves[1], w.leaves[2]
	for _, step := range []struct {
		name string
		to   []gridmap.GridID
		want []Heir
	}{
		{"what lives on has none", []gridmap.GridID{from, b}, nil},
		{"what ended has them", []gridmap.GridID{c, b}, []Heir{{min(b, c), 0.5}, {max(b, c), 0.5}}},
		{"a newer end counts", []gridmap.GridID{c, 0}, []Heir{{c, 0.5}}},
		{"and is not forgotten", []gridmap.GridID{from}, []Heir{{c, 0.5}}},
	} {
		loaded, refreshed := w.publish(t, a, w.descent(from, step.to, gridmap.Span{ValidFrom: w.now})...)
		for how, m := range map[string]*Atlas{"loaded": loaded, "refreshed": refreshed} {
			if got := m.Heirs(from); !slices.Equal(got, step.want) {
				t.Errorf("%s, %s: %v, not %v", step.name, how, got, step.want)
			}
		}
		a = refreshed
	}
}

// TestASnapshotDoesNotGrowWithHistory: drafts hold snapshots of their own, so
// what each publishing adds to one is held many times.
func TestASnapshotDoesNotGrowWithHistory(t *testing.T) {
	w := newTown(t)
	a, err := load(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	from, to := w.leaves[0], w.leaves[1]
	for range 20 {
		_, refreshed := w.publish(t, a, w.descent(from, []gridmap.GridID{from, to}, gridmap.Span{ValidFrom: w.now})...)
		a = refreshed
	}
	if n := len(a.Records(gridmap.LineageRecord)) + len(a.heirs); n > 0 {
		t.Errorf("%d of lineage kept after 20 publishings that ended no grid", n)
	}
}
