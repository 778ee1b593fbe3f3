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

// TestWhereTheGroundOfAGridIsNowIsKnownThroughEveryMerge merges a grid away, then
// the grids that had it, one of them into the other.
func TestWhereTheGroundOfAGridIsNowIsKnownThroughEveryMerge(t *testing.T) {
	w := newTown(t)
	a, err := load(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	living, other := w.leaves[0], w.leaves[1]
	first, second, third, lost := gridmap.GridID(9001), gridmap.GridID(9002), gridmap.GridID(9003), gridmap.GridID(9004)
	a.heirs = estates{
		first:  {1, []Heir{{second, 0.6}, {third, 0.4}}},
		second: {2, []Heir{{third, 1}}},
		third:  {3, []Heir{{living, 0.5}, {other, 0.3}, {first, 0.2}}}, // first came back for a while
		lost:   {4, []Heir{{9005, 1}}},
		living: {5, []Heir{{other, 1}}}, // and came back
	}
	for id, want := range map[gridmap.GridID][]gridmap.GridID{
		first: {living, other}, second: {living, other}, third: {living, other}, lost: nil, living: nil, 9006: nil,
	} {
		if got := a.Successors(id); !slices.Equal(got, want) {
			t.Errorf("%d: %v, not %v", id, got, want)
		}
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
