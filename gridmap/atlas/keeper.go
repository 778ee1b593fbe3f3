package atlas

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"cloudgrid/gridmap"
)

// Keeper holds the newest Atlas of a store and keeps it so: it follows the
// store's changes and the clock, since an edition published ahead comes into
// effect by itself. When the store cannot be reached it keeps answering from
// what it has.
type Keeper struct {
	store gridmap.Store
	now   func() time.Time
	log   *slog.Logger
	scope gridmap.Scope

	current  atomic.Pointer[Atlas]
	standing atomic.Pointer[Standing]
	arrivals arrivals

	past past // snapshots of other moments

	refreshing sync.Mutex

	file  string // where the snapshot is kept beside the store; "" is nowhere
	filed string // Token of what is in it
}

// lookEvery is how often the store is asked how it stands although it told of
// no change: a store that cannot be reached tells nothing.
const lookEvery = 5 * time.Second

// retryAfter is how long to wait after a failed load.
const retryAfter = time.Second

// NewKeeper loads the store's present state.
func NewKeeper(ctx context.Context, store gridmap.Store, now func() time.Time, log *slog.Logger) (*Keeper, error) {
	return NewKeeperBeside(ctx, store, now, log, "")
}

// NewKeeperBeside is NewKeeper with a snapshot file: where the file shows the
// store's present state, or an earlier one that can be brought up to it by
// sharing, the map is taken from there. A file that is damaged or of another
// store is not used, which the log says. Save, and Run, write it.
func NewKeeperBeside(ctx context.Context, store gridmap.Store, now func() time.Time, log *slog.Logger, file string) (*Keeper, error) {
	return NewScopedKeeper(ctx, store, now, log, file, nil)
}

// NewScopedKeeper is NewKeeperBeside for some counties: it reads, and follows,
// only what concerns them. A file of another scope is not used.
func NewScopedKeeper(ctx context.Context, store gridmap.Store, now func() time.Time, log *slog.Logger, file string, scope gridmap.Scope) (*Keeper, error) {
	k := &Keeper{store: store, now: now, log: log, file: file, scope: scope}
	a := k.fromFile(ctx)
	if a == nil {
		var err error
		if a, err = k.load(ctx, now(), 0); err != nil {
			return nil, err
		}
	}
	k.current.Store(a)
	k.note(nil)
	return k, nil
}

// Standing says whether the store could be read lately.
type Standing struct {
	ReadAt time.Time // when it last answered
	Fault  error     // of the last refresh; nil when it succeeded
	Since  time.Time // of the first refresh that failed since ReadAt; zero without a fault
}

// Standing is that of the last refresh.
func (k *Keeper) Standing() Standing {
	if p := k.standing.Load(); p != nil {
		return *p
	}
	return Standing{}
}

// note takes down how a refresh ended.
func (k *Keeper) note(err error) {
	now, was := k.now().UTC(), k.Standing()
	s := Standing{ReadAt: now}
	if err != nil {
		s = Standing{ReadAt: was.ReadAt, Fault: err, Since: was.Since}
		if was.Fault == nil {
			s.Since = now
		}
	}
	k.standing.Store(&s)
}

// fromFile returns the store's present state by way of the snapshot file; nil
// when it must be loaded.
func (k *Keeper) fromFile(ctx context.Context) (a *Atlas) {
	if k.file == "" {
		return nil
	}
	filed, err := ReadFile(k.file)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			k.log.Warn("the snapshot file is not used; the map is loaded from the store", "error", err, "file", k.file)
		}
		return nil
	}
	if filed.scope.String() != k.scope.String() {
		k.log.Warn("the snapshot file is of another scope; the map is loaded from the store", "file", k.file, "scope", filed.scope.String())
		return nil
	}
	at := k.now()
	err = k.store.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		switch {
		case err != nil:
			return err
		case sameHead(head, filed.head) && filed.Covers(at):
			filed.at = at.UTC()
			if filed.profiles, err = r.Profiles(ctx); err != nil { // too few to keep in the file
				return err
			}
			a, k.filed = filed, filed.Token()
			return nil
		}
		same, err := continues(ctx, r, filed.head)
		if err == nil && same {
			a, err = filed.refreshed(ctx, r, at)
		}
		return err
	})
	if err != nil || a == nil {
		k.log.Warn("the snapshot file shows another state; the map is loaded from the store", "error", err, "file", k.file, "seq", filed.head.Seq)
		return nil
	}
	return a
}

// Save writes the snapshot file if it does not show the current snapshot. It
// must not be called while another Save, or Run, is under way.
func (k *Keeper) Save() error {
	a := k.Current()
	if k.file == "" || k.filed == a.Token() {
		return nil
	}
	if err := a.WriteFile(k.file); err != nil {
		return err
	}
	k.filed = a.Token()
	return nil
}

// saveAfter is how long the map must have stood still before it is written to
// the snapshot file: a file a little behind is brought up to date by sharing.
const saveAfter = 10 * time.Second

// saver writes the snapshot file whenever told, until told no more.
func (k *Keeper) saver(changed <-chan struct{}) {
	for range changed {
		if err := k.Save(); err != nil {
			k.log.Warn("the snapshot file could not be written; the next start loads the whole map", "error", err, "file", k.file)
		}
	}
}

// Current returns the newest snapshot. It never blocks.
func (k *Keeper) Current() *Atlas { return k.current.Load() }

// Fault tells why the snapshot may be stale: the error of the last refresh, nil
// when it succeeded.
func (k *Keeper) Fault() error { return k.Standing().Fault }

// Refresh takes up the store's present state if it is newer than the snapshot,
// or if the snapshot's time has run out. What did not change is shared with the
// snapshot where that is safe; otherwise everything is loaded.
// One at a time: of two, the one that began with an older state could end last.
func (k *Keeper) Refresh(ctx context.Context) error {
	k.refreshing.Lock()
	defer k.refreshing.Unlock()
	cur := k.Current()
	a, err := k.load(ctx, k.now(), cur.head.Seq)
	k.note(err)
	if err != nil {
		return err
	}
	if a != nil {
		k.current.Store(a)
		k.arrivals.tell()
	}
	return nil
}

// Run keeps the snapshot fresh until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	changes := k.store.Changes(ctx)
	save := make(chan struct{}, 1)
	var saving sync.WaitGroup
	saving.Go(func() { k.saver(save) })
	defer saving.Wait()
	defer close(save)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	still := time.NewTimer(saveAfter)
	defer still.Stop()
	for {
		wake := k.untilNext()
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		case <-still.C:
			select {
			case save <- struct{}{}:
			default: // one is due already
			}
			continue
		case _, open := <-changes:
			if !open {
				return
			}
		case <-wake:
		case <-k.arrivals.wanted():
		}
		for err := k.Refresh(ctx); err != nil && ctx.Err() == nil; err = k.Refresh(ctx) {
			k.log.Warn("the map could not be refreshed; answering from the last one", "error", err, "seq", k.Current().head.Seq)
			select {
			case <-ctx.Done():
				return
			case <-time.After(retryAfter):
			}
		}
		still.Reset(saveAfter)
	}
}

// untilNext fires when the snapshot's validity ends; never, when it has no end.
func (k *Keeper) untilNext() <-chan time.Time {
	until := k.Current().Until()
	if until.IsZero() {
		return nil
	}
	return time.After(max(until.Sub(k.now()), 0))
}

// load returns the snapshot at a time, or nil when the store still stands at
// change set have and the current snapshot shows that time.
func (k *Keeper) load(ctx context.Context, at time.Time, have gridmap.Seq) (a *Atlas, err error) {
	err = k.store.View(ctx, func(r gridmap.Reader) error {
		if have > 0 {
			head, err := r.Head(ctx)
			if err != nil {
				return err
			}
			cur := k.Current()
			if sameHead(head, cur.head) && cur.Covers(at) {
				return nil
			}
			same, err := continues(ctx, r, cur.head)
			if err != nil {
				return err
			}
			if !same {
				k.log.Error("the store's history is not that of the map: a database took over that had less; the map is loaded anew", "had", cur.head.Seq, "has", head.Seq)
				k.past.forget()
			} else if a, err = cur.refreshed(ctx, r, at); err != nil || a != nil {
				return err
			}
		}
		a, err = LoadScope(ctx, r, at, 0, k.scope)
		return err
	})
	return a, err
}
