package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestAStoreIsFullFromTheFirstRefusalToTheNextSuccess(t *testing.T) {
	var r Room
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	full := fmt.Errorf("writing: %w", gridmap.Errorf(gridmap.Full, "full"))
	for i, step := range []struct {
		err  error
		want time.Time
	}{
		{nil, time.Time{}},
		{errors.New("another"), time.Time{}},
		{full, at.Add(2 * time.Second)},
		{full, at.Add(2 * time.Second)},
		{gridmap.Errorf(gridmap.Unavailable, "away"), at.Add(2 * time.Second)},
		{nil, time.Time{}},
	} {
		r.Note(step.err, at.Add(time.Duration(i)*time.Second))
		if got := r.FullSince(); !got.Equal(step.want) {
			t.Errorf("step %d: full since %v, want %v", i, got, step.want)
		}
	}
}
