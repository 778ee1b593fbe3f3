package ledger

import (
	"sync/atomic"
	"time"

	"cloudgrid/gridmap"
)

// Room remembers whether a store had room for what was last written to it. The
// zero Room had.
type Room struct{ since atomic.Int64 }

// Note takes down how a write ended.
func (r *Room) Note(err error, now time.Time) {
	switch {
	case err == nil:
		r.since.Store(0)
	case gridmap.CodeOf(err) == gridmap.Full:
		r.since.CompareAndSwap(0, now.UnixNano())
	}
}

// FullSince implements gridmap.Capacity.
func (r *Room) FullSince() time.Time {
	if ns := r.since.Load(); ns != 0 {
		return time.Unix(0, ns).UTC()
	}
	return time.Time{}
}
