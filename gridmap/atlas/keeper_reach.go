package atlas

import (
	"context"
	"sync"

	"cloudgrid/gridmap"
)

// arrivals tells those who wait that there is another snapshot, and the Keeper
// that somebody waits. The zero arrivals is ready.
type arrivals struct {
	mu   sync.Mutex
	next chan struct{} // closed when the next snapshot is there
	ask  chan struct{} // one of those who wait asks for a look at the store
}

// tell wakes those who wait.
func (w *arrivals) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil {
		close(w.next)
		w.next = nil
	}
}

// coming closes when the next snapshot is there.
func (w *arrivals) coming() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == nil {
		w.next = make(chan struct{})
	}
	return w.next
}

// wanted gets a value when somebody asked for a look. However many ask, it is
// one look.
func (w *arrivals) wanted() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ask == nil {
		w.ask = make(chan struct{}, 1)
	}
	return w.ask
}

// Reach waits until the snapshot holds a change set, or ctx ends, and tells
// whether it does. While Run is under way the store is looked at once, in case
// its news was lost.
func (k *Keeper) Reach(ctx context.Context, seq gridmap.Seq) bool {
	for asked := false; ; {
		coming := k.arrivals.coming()
		if a := k.Current(); a != nil && a.head.Seq >= seq {
			return true
		}
		if !asked {
			asked = true
			select {
			case k.arrivals.wanted() <- struct{}{}:
			default: // somebody else has asked
			}
		}
		select {
		case <-coming:
		case <-ctx.Done():
			return false
		}
	}
}

// continues tells whether a store's history is the one that a snapshot was made
// from: whether its change set of that number is the same. It is not when a
// standby took over that had not received what the primary had acknowledged.
func continues(ctx context.Context, r gridmap.Reader, was gridmap.Head) (bool, error) {
	if was.Seq == 0 {
		return true, nil
	}
	for cs, err := range r.ChangeSets(ctx, was.Seq-1) {
		return err == nil && cs.Seq == was.Seq && cs.At.Equal(was.At), err
	}
	return false, nil // it has less
}

func sameHead(a, b gridmap.Head) bool {
	return a.Seq == b.Seq && a.Edition == b.Edition && a.At.Equal(b.At)
}
