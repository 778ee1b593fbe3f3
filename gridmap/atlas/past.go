package atlas

import (
	"context"
	"slices"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// Moment is what somebody wants to see: the map valid at At, as the system
// believed it at Known. Zero is now, for both.
type Moment struct{ At, Known time.Time }

// Shelf is a place for snapshots of other moments, each of which is a whole map.
// What strangers ask for stands on one of its own: it throws out nothing of
// others'.
type Shelf int

const (
	// ForInsiders is for those who are known. It holds two: a planner compares a date
	// with another.
	ForInsiders Shelf = iota
	// ForStrangers is for strangers. It holds one.
	ForStrangers
)

// shelves is how many snapshots a shelf holds, and how many different moments
// may wait for it at a time. One map is loaded at a time.
var shelves = [...]struct{ holds, waiting int }{ForInsiders: {2, 16}, ForStrangers: {1, 2}}

// past is the snapshots of other moments, and those that are being loaded. The
// zero past is empty.
type past struct {
	mu      sync.Mutex
	on      [len(shelves)][]held // most recently used first
	waiting [len(shelves)]int
	flights map[Moment]*flight
	turn    chan struct{} // holds one: whose map is loaded now
	spent   [len(shelves)]PastSpent
	history int // how often the store's history was another
}

// PastSpent is what loading maps of other moments has cost, ever.
type PastSpent struct {
	Loads int64
	Time  time.Duration
}

// held is a snapshot of another moment.
type held struct {
	atlas   *Atlas
	earlier bool      // as it was believed then, which no change set changes
	till    time.Time // earlier: when something else was first believed; zero: never
}

// shows tells whether a snapshot is that of a moment, for a store that stands at
// head.
func (h held) shows(m Moment, head gridmap.Head) bool {
	if !h.atlas.Covers(m.At) {
		return false
	}
	if m.Known.IsZero() {
		return !h.earlier && sameHead(h.atlas.head, head)
	}
	return h.earlier && !m.Known.Before(h.atlas.head.At) && (h.till.IsZero() || m.Known.Before(h.till))
}

// find takes a snapshot from whatever shelf has it.
func (p *past) find(m Moment, head gridmap.Head) *Atlas {
	p.mu.Lock()
	defer p.mu.Unlock()
	for s := range p.on {
		if i := slices.IndexFunc(p.on[s], func(h held) bool { return h.shows(m, head) }); i >= 0 {
			h := p.on[s][i]
			copy(p.on[s][1:i+1], p.on[s][:i])
			p.on[s][0] = h
			return h.atlas
		}
	}
	return nil
}

// forget drops all: they are of a history that was lost.
func (p *past) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = [len(shelves)][]held{}
	p.history++
}

// put puts a snapshot of a history on a shelf, and notes what it cost to load.
func (p *past) put(h held, history int, s Shelf, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent[s].Loads++
	p.spent[s].Time += took
	if h.atlas == nil || history != p.history {
		return
	}
	p.on[s] = slices.Insert(p.on[s], 0, h)
	p.on[s] = slices.Delete(p.on[s], min(shelves[s].holds, len(p.on[s])), len(p.on[s]))
}

// flight is the load of a moment that some wait for.
type flight struct {
	done   chan struct{} // closed when atlas or err is there
	atlas  *Atlas
	err    error
	asking int // how many wait; with none it is broken off
	stop   context.CancelFunc
}

// Held returns the snapshot of a moment if it need not be loaded; nil otherwise.
// It never waits.
func (k *Keeper) Held(m Moment) *Atlas {
	cur := k.Current()
	if !m.Known.IsZero() && !m.Known.Before(cur.head.At) {
		m.Known = time.Time{} // nothing has been recorded since
	}
	if m.Known.IsZero() && (m.At.IsZero() || cur.Covers(m.At)) {
		return cur
	}
	return k.past.find(m, cur.head)
}

// Then returns the snapshot of a moment: the current one or one on a shelf where
// that shows it, otherwise one loaded from the store, which may take as long as
// a start, and before it those that wait already. Who asks for the same moment
// waits for the same load. Busy when too many moments wait; NotFound when
// nothing had been recorded by then. As believed earlier are the versioned rows:
// settings, roles, levels and sizing profiles have no history and are those of
// today.
func (k *Keeper) Then(ctx context.Context, m Moment, s Shelf) (*Atlas, error) {
	if a := k.Held(m); a != nil {
		return a, nil
	}
	if !m.Known.IsZero() && !m.Known.Before(k.Current().head.At) {
		m.Known = time.Time{}
	}
	m.At, m.Known = m.At.UTC(), m.Known.UTC()
	f, err := k.join(ctx, m, s)
	if err != nil {
		return nil, err
	}
	select {
	case <-f.done:
		return f.atlas, f.err
	case <-ctx.Done():
		k.past.leave(m, f)
		return nil, ctx.Err()
	}
}

// join finds the load of a moment, or begins it.
func (k *Keeper) join(ctx context.Context, m Moment, s Shelf) (*flight, error) {
	p := &k.past
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.flights[m]; f != nil {
		f.asking++
		return f, nil
	}
	if p.waiting[s] >= shelves[s].waiting {
		return nil, gridmap.Errorf(gridmap.Busy, "同时查询的其他时间太多，请稍后再试 (too many other moments are asked for at a time: try again)")
	}
	if p.flights == nil {
		p.flights, p.turn = map[Moment]*flight{}, make(chan struct{}, 1)
	}
	loading, stop := context.WithCancel(context.WithoutCancel(ctx)) // who asked first may go, others stay
	f := &flight{done: make(chan struct{}), asking: 1, stop: stop}
	p.flights[m] = f
	p.waiting[s]++
	go k.fly(loading, f, m, s)
	return f, nil
}

// leave is for somebody who waits no more.
func (p *past) leave(m Moment, f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.asking--; f.asking == 0 {
		f.stop()
		if p.flights[m] == f { // who comes now begins anew
			delete(p.flights, m)
		}
	}
}

// fly loads a moment when its turn comes, unless one before it was the same.
func (k *Keeper) fly(ctx context.Context, f *flight, m Moment, s Shelf) {
	p := &k.past
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.waiting[s]--
		if p.flights[m] == f {
			delete(p.flights, m)
		}
		f.stop()
		close(f.done)
	}()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		f.err = ctx.Err()
		return
	}
	if f.atlas = k.Held(m); f.atlas != nil {
		return
	}
	p.mu.Lock()
	history := p.history
	p.mu.Unlock()
	start := k.now()
	h, err := k.loadMoment(ctx, m)
	p.put(h, history, s, k.now().Sub(start))
	f.atlas, f.err = h.atlas, err
}

// PastSpent is what loading maps for a shelf has cost.
func (k *Keeper) PastSpent(s Shelf) PastSpent {
	k.past.mu.Lock()
	defer k.past.mu.Unlock()
	return k.past.spent[s]
}
