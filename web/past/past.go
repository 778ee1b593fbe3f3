// Package past is the one door to maps of other moments (at, known_at,
// datetime): each may have to be loaded whole, so what strangers have loaded is
// bounded, all of them together.
package past

import (
	"context"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// What strangers may have loaded: a tenth of the time of one processor, of which
// so much can be saved up. What is drawn and worked out of a map afterwards is
// reckoned as drawn. A map that takes longer to load
// than there is left is loaded nevertheless, and the debt is waited for.
const (
	share     = 0.1
	savedMost = 5 * time.Second
	drawn     = 250 * time.Millisecond
)

// Maps is where the maps come from.
type Maps interface {
	Current() *atlas.Atlas
	Held(m atlas.Moment) *atlas.Atlas
	Then(ctx context.Context, m atlas.Moment, s atlas.Shelf) (*atlas.Atlas, error)
	PastSpent(s atlas.Shelf) atlas.PastSpent
}

// Door gives the present map to everybody, and those of other moments as far as
// they may be had.
type Door struct {
	maps Maps
	now  func() time.Time

	mu    sync.Mutex
	left  time.Duration // for strangers; below zero is a debt
	asof  time.Time
	spent time.Duration // what was taken from left, ever
}

// New makes the door.
func New(maps Maps, now func() time.Time) *Door {
	return &Door{maps: maps, now: now, left: savedMost, asof: now()}
}

// Current is the newest map; it never blocks.
func (d *Door) Current() *atlas.Atlas { return d.maps.Current() }

// AsOf is the map valid at t.
func (d *Door) AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error) {
	return d.then(ctx, atlas.Moment{At: t})
}

// AsKnown is the map valid at t as the system believed it at the time known.
func (d *Door) AsKnown(ctx context.Context, t, known time.Time) (*atlas.Atlas, error) {
	return d.then(ctx, atlas.Moment{At: t, Known: known})
}

// then gives the map of a moment. What is in memory anybody may have; Busy when
// strangers have had too much loaded, or too many wait.
func (d *Door) then(ctx context.Context, m atlas.Moment) (*atlas.Atlas, error) {
	if a := d.maps.Held(m); a != nil {
		return a, nil
	}
	if !who.From(ctx).Public() {
		return d.maps.Then(ctx, m, atlas.ForInsiders)
	}
	if wait := d.debt(); wait > 0 {
		return nil, &problem.Later{Wait: wait, Err: gridmap.Errorf(gridmap.Busy,
			"对其他时间的查询过于频繁，请稍后再试，或使用应用密钥 (too many questions about other times: try again, or use a key)")}
	}
	return d.maps.Then(ctx, m, atlas.ForStrangers)
}

// debt tells how long strangers must wait for another map.
func (d *Door) debt() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, cost := d.now(), d.maps.PastSpent(atlas.ForStrangers)
	d.left = min(savedMost, d.left+time.Duration(share*float64(now.Sub(d.asof))))
	d.asof = now
	spent := cost.Time + time.Duration(cost.Loads)*drawn
	d.left -= spent - d.spent
	d.spent = spent
	if d.left > 0 {
		return 0
	}
	return max(time.Second, time.Duration(float64(-d.left)/share))
}
