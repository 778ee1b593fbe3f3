package atlas

import (
	"context"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// TestASnapshotIsThatOfEveryMomentItCovers loads the map of a moment, as it is
// believed now or was earlier, and compares it with those of other moments that it
// says it shows.
func TestASnapshotIsThatOfEveryMomentItCovers(t *testing.T) {
	if os.Getenv("CLOUDGRID_SLOW") == "" {
		t.Skip("SLOW: make slow loads some hundred maps")
	}
	covered, not := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := newTown(t)
		began := w.now
		for range rapid.IntRange(2, 6).Draw(rt, "change sets") {
			w.live(rt, 4)
		}
		ctx := context.Background()
		err := w.store.View(ctx, func(r gridmap.Reader) error {
			head, err := r.Head(ctx)
			if err != nil {
				return err
			}
			known := gridmap.Seq(rapid.Int64Range(0, int64(head.Seq)).Draw(rt, "known"))
			at := func(what string) time.Time {
				whole := began.Add(time.Duration(rapid.IntRange(-12, 40).Draw(rt, what)) * 15 * time.Minute)
				return whole.Add(pick(rt, "beside "+what, []time.Duration{-time.Microsecond, 0, 0, time.Nanosecond, time.Microsecond}))
			}
			a, err := Load(ctx, r, at("moment"), known)
			if err != nil {
				return nil //nolint:nilerr // ground without a grid
			}
			for range 6 {
				other := at("other")
				if !a.Covers(other) {
					not++
					continue
				}
				b, err := Load(ctx, r, other, known)
				if err != nil {
					rt.Fatalf("%v covers %v, which cannot be loaded: %v", a.at, other, err)
				}
				covered++
				b.at = a.at
				b.edition = a.edition
				sameMap(rt, a, b)
				if !a.since.Equal(b.since) {
					rt.Fatalf("since %v, not %v", a.since, b.since)
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
	t.Logf("%d moments covered, %d not", covered, not)
}
