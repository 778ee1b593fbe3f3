// Package feed tells other programs what changed, so that they can cache what
// they were answered: by asking again, by waiting, or as a stream.
package feed

import (
	"context"
	"sync"

	"cloudgrid/gridmap"
)

// Hub follows a store once for everybody who waits. The zero Hub is ready; Run
// must be called once.
type Hub struct {
	mu    sync.Mutex
	seq   gridmap.Seq
	ended bool
	wake  chan struct{} // closed and replaced at each change
}

// Run follows the store until ctx ends. Whoever waits then is let go.
func (h *Hub) Run(ctx context.Context, store gridmap.Store) {
	for seq := range store.Changes(ctx) {
		h.set(func() { h.seq = max(h.seq, seq) })
	}
	h.set(func() { h.ended = true })
}

func (h *Hub) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
	if h.wake != nil {
		close(h.wake)
		h.wake = nil
	}
}

// waiting returns the newest change set that the hub knows of, a channel that
// closes when it knows of another, and whether the following has ended.
func (h *Hub) waiting() (gridmap.Seq, <-chan struct{}, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wake == nil {
		h.wake = make(chan struct{})
	}
	return h.seq, h.wake, h.ended
}

// After waits until there may be a change set after since, or ctx ends. It is a
// hint, as Store.Changes is.
func (h *Hub) After(ctx context.Context, since gridmap.Seq) {
	for {
		seq, wake, ended := h.waiting()
		if seq > since || ended {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
	}
}
