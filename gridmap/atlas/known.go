package atlas

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// AsOf returns the snapshot valid at t, as Then does for those inside.
func (k *Keeper) AsOf(ctx context.Context, t time.Time) (*Atlas, error) {
	return k.Then(ctx, Moment{At: t}, ForInsiders)
}

// AsKnown returns the snapshot valid at t as the system believed it at the time
// known, as Then does for those inside.
func (k *Keeper) AsKnown(ctx context.Context, t, known time.Time) (*Atlas, error) {
	return k.Then(ctx, Moment{At: t, Known: known}, ForInsiders)
}

// loadMoment loads the snapshot of a moment. NotFound when nothing had been
// recorded by then.
func (k *Keeper) loadMoment(ctx context.Context, m Moment) (h held, err error) {
	if m.Known.IsZero() {
		h.atlas, err = k.load(ctx, m.At, 0)
		return h, err
	}
	err = k.store.View(ctx, func(r gridmap.Reader) error {
		last, till, err := lastBy(ctx, r, m.Known)
		if err != nil {
			return err
		}
		a, err := LoadScope(ctx, r, m.At, last.Seq, k.scope)
		if err != nil {
			return err
		}
		a.head = gridmap.Head{Seq: last.Seq, Edition: a.edition.Number, At: last.At}
		h = held{atlas: a, earlier: true, till: till}
		return nil
	})
	return h, err
}

// lastBy is the newest change set recorded not later than a time, and the time
// of the first one after it; zero when there is none.
func lastBy(ctx context.Context, r gridmap.Reader, known time.Time) (last gridmap.ChangeSet, till time.Time, err error) {
	for c, err := range r.ChangeSets(ctx, 0) {
		if err != nil {
			return last, till, err
		}
		if !c.At.After(known) {
			last, till = c, time.Time{}
		} else if till.IsZero() || c.At.Before(till) {
			till = c.At
		}
	}
	if last.Seq == 0 {
		return last, till, gridmap.Errorf(gridmap.NotFound, "%s 时系统中还没有数据 (nothing was recorded by then)", known.Format(time.RFC3339))
	}
	return last, till, nil
}
