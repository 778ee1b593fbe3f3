// Package replica reads a map from hot standbys and writes it to the primary,
// so that nobody above it knows that there is more than one database.
//
// A standby answers from a little while ago. What is read never goes backwards
// for that: a standby that lacks a change set of which this process has heard is
// waited for a moment, then passed over.
package replica

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"cloudgrid/gridmap"
)

// Whole is a store with all that is kept beside the map.
type Whole interface {
	gridmap.Store
	gridmap.Plans
	gridmap.Receipts
	gridmap.Journal
	gridmap.Accounts
	gridmap.Capacity
}

// Source is a database: how it is called in what people read, without a
// password, and how it is reached.
type Source struct {
	Name  string
	Store Whole
}

// Store reads from standbys and writes to the primary. What must be current,
// plans and what is decided by it, is read from the primary.
type Store struct {
	Whole // the primary

	primary  *source
	standbys []*source
	turn     atomic.Uint32
	floor    atomic.Int64  // the newest change set that this process has heard of
	patience time.Duration // how long a standby that is behind is waited for
	now      func() time.Time
	log      *slog.Logger
}

var _ Whole = (*Store)(nil)

const (
	// patience is half of the second within which a publish is to be seen.
	patience = 500 * time.Millisecond
	// lookEvery is how often it is asked meanwhile.
	lookEvery = 20 * time.Millisecond
	// restFor is how long a standby that did not answer is left alone, unless
	// there is no other.
	restFor = 5 * time.Second
)

// New puts a primary and its standbys together. Closing it closes all of them.
func New(primary Source, standbys []Source, now func() time.Time, log *slog.Logger) *Store {
	s := &Store{Whole: primary.Store, primary: &source{Source: primary}, patience: patience, now: now, log: log}
	for _, b := range standbys {
		s.standbys = append(s.standbys, &source{Source: b})
	}
	return s
}

var errBehind = errors.New("behind")

// View implements gridmap.Store: a state that holds every change set of which
// this process had heard, from a standby if there is one. When the primary
// itself has less, because a standby that had less was promoted, that is the
// map from now on.
func (s *Store) View(ctx context.Context, fn func(gridmap.Reader) error) error {
	need := s.need()
	fresh, tired := s.order()
	for _, b := range fresh {
		if done, err := s.viewOn(ctx, b, need, fn); done {
			return err
		}
	}
	done, err := s.viewPrimary(ctx, need, fn)
	if done || gridmap.CodeOf(err) != gridmap.Unavailable {
		return err
	}
	for _, b := range tired {
		if done, err := s.viewOn(ctx, b, need, fn); done {
			return err
		}
	}
	return err
}

func (s *Store) need() gridmap.Seq { return gridmap.Seq(s.floor.Load()) }

// order returns the standbys, another one first each time: those that answered
// lately, and those that did not.
func (s *Store) order() (fresh, tired []*source) {
	n, now := len(s.standbys), s.now()
	turn := int(s.turn.Add(1))
	for i := range n {
		if b := s.standbys[(turn+i)%n]; b.resting(now) {
			tired = append(tired, b)
		} else {
			fresh = append(fresh, b)
		}
	}
	return fresh, tired
}

// viewOn is View on a standby; done is false when fn was not called. Once it
// was it must not be called again: it may have kept what it read.
func (s *Store) viewOn(ctx context.Context, b *source, need gridmap.Seq, fn func(gridmap.Reader) error) (done bool, err error) {
	for start := time.Now(); ; {
		err = b.Store.View(ctx, func(r gridmap.Reader) error {
			head, err := r.Head(ctx)
			if err != nil {
				return err
			}
			b.saw(head, s.now())
			if head.Seq < need {
				return errBehind
			}
			done = true
			return fn(r)
		})
		if gridmap.CodeOf(err) == gridmap.Unavailable {
			b.failed(err, s.now())
		} else if done {
			b.used(s.now())
		}
		if done || !errors.Is(err, errBehind) || time.Since(start) > s.patience {
			return done || ctx.Err() != nil, err
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
}

func (s *Store) viewPrimary(ctx context.Context, need gridmap.Seq, fn func(gridmap.Reader) error) (done bool, err error) {
	err = s.primary.Store.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		s.stands(need, head)
		done = true
		return fn(r)
	})
	if gridmap.CodeOf(err) == gridmap.Unavailable {
		s.primary.failed(err, s.now())
	} else if done {
		s.primary.used(s.now())
	}
	return done || ctx.Err() != nil, err
}

// stands takes down where the primary stands, and says so when that is before
// what this process had heard of when it asked.
func (s *Store) stands(need gridmap.Seq, head gridmap.Head) {
	s.primary.saw(head, s.now())
	if head.Seq >= need {
		s.raise(head.Seq)
		return
	}
	if s.floor.CompareAndSwap(int64(need), int64(head.Seq)) {
		s.log.Error("the primary has lost change sets that it had acknowledged; the map goes on from what it has", "had", int64(need), "has", int64(head.Seq))
	}
}

// raise remembers that a change set is there.
func (s *Store) raise(seq gridmap.Seq) {
	for {
		was := s.floor.Load()
		if int64(seq) <= was || s.floor.CompareAndSwap(was, int64(seq)) {
			return
		}
	}
}

// Update implements gridmap.Store, on the primary.
func (s *Store) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	cs, err := s.Whole.Update(ctx, c, fn)
	if err == nil {
		s.raise(cs.Seq)
	}
	return cs, err
}

// Changes implements gridmap.Store: what the primary tells, and, while it is
// away, what the standbys still receive.
func (s *Store) Changes(ctx context.Context) <-chan gridmap.Seq {
	out := make(chan gridmap.Seq)
	var following sync.WaitGroup
	pass := func(from <-chan gridmap.Seq, note func(gridmap.Seq)) {
		following.Go(func() {
			for seq := range from {
				note(seq)
				select {
				case out <- seq:
				case <-ctx.Done(): // from closes soon
				}
			}
		})
	}
	pass(s.Whole.Changes(ctx), s.raise)
	for _, b := range s.standbys {
		pass(b.Store.Changes(ctx), func(gridmap.Seq) {})
	}
	go func() {
		following.Wait()
		close(out)
	}()
	return out
}

// Close implements gridmap.Store.
func (s *Store) Close() error {
	errs := []error{s.Whole.Close()}
	for _, b := range s.standbys {
		errs = append(errs, b.Store.Close())
	}
	return errors.Join(errs...)
}
