package atlas

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// AsKnown returns the snapshot valid at t as the system believed it at the time
// known: after the newest change set recorded not later. Settings, roles,
// levels and sizing profiles have no history and are those of today. NotFound
// when nothing had been recorded by then. Like AsOf it may load a whole map; as
// many snapshots of earlier knowledge are kept.
func (k *Keeper) AsKnown(ctx context.Context, t, known time.Time) (*Atlas, error) {
	cur := k.Current()
	if !known.Before(cur.head.At) {
		return k.AsOf(ctx, t)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var a *Atlas
	err := k.store.View(ctx, func(r gridmap.Reader) error {
		last, err := lastBy(ctx, r, known)
		if err != nil {
			return err
		}
		for i, old := range k.known {
			if old.head.Seq == last.Seq && old.Covers(t) {
				copy(k.known[1:i+1], k.known[:i])
				k.known[0], a = old, old
				return nil
			}
		}
		if a, err = LoadScope(ctx, r, t, last.Seq, k.scope); err != nil {
			return err
		}
		a.head = gridmap.Head{Seq: last.Seq, Edition: a.edition.Number, At: last.At}
		k.known = append([]*Atlas{a}, k.known...)
		k.known = k.known[:min(len(k.known), pastKept)]
		return nil
	})
	return a, err
}

// lastBy is the newest change set recorded not later than a time.
func lastBy(ctx context.Context, r gridmap.Reader, known time.Time) (last gridmap.ChangeSet, err error) {
	for c, err := range r.ChangeSets(ctx, 0) {
		if err != nil {
			return last, err
		}
		if !c.At.After(known) {
			last = c
		}
	}
	if last.Seq == 0 {
		return last, gridmap.Errorf(gridmap.NotFound, "%s 时系统中还没有数据 (nothing was recorded by then)", known.Format(time.RFC3339))
	}
	return last, nil
}
