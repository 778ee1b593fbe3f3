package replica

import (
	"context"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// Standing is how a database stood when it was last asked.
type Standing struct {
	Name    string
	Primary bool
	Seq     gridmap.Seq // the newest change set that it has
	Behind  gridmap.Seq // how many of those heard of it lacks
	Lag     time.Duration
	ReadAt  time.Time // when the map was last read from it
	Fault   error     // nil when it answered
	Since   time.Time // of the fault
}

// source is a database and what is known of it.
type source struct {
	Source

	mu     sync.Mutex
	head   gridmap.Head
	asked  time.Time // when it last answered
	read   time.Time
	fault  error
	since  time.Time // of the fault
	rest   time.Time // until when it is left alone
	behind time.Time // since when it lacks something; zero: it does not
}

func (b *source) resting(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.rest)
}

func (b *source) saw(head gridmap.Head, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.head, b.asked, b.fault, b.since, b.rest = head, now, nil, time.Time{}, time.Time{}
}

func (b *source) used(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read = now
}

func (b *source) failed(err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fault == nil {
		b.since = now
	}
	b.fault, b.rest = err, now.Add(restFor)
}

// standing is how it stands against a change set that it should have.
func (b *source) standing(need gridmap.Seq, now time.Time) Standing {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := Standing{Name: b.Name, Seq: b.head.Seq, ReadAt: b.read, Fault: b.fault, Since: b.since}
	st.Behind = max(need-b.head.Seq, 0)
	switch {
	case st.Behind == 0 || b.asked.IsZero():
		b.behind = time.Time{}
	case b.behind.IsZero():
		b.behind = now
	}
	if !b.behind.IsZero() {
		st.Lag = now.Sub(b.behind)
	}
	return st
}

// Standings tells how the databases stand, the primary first.
func (s *Store) Standings() []Standing {
	need, now := s.need(), s.now()
	all := []Standing{s.primary.standing(need, now)}
	all[0].Primary = true
	for _, b := range s.standbys {
		all = append(all, b.standing(need, now))
	}
	return all
}

// watchEvery is how often the databases are asked how they stand: each is a
// query of one row.
const watchEvery = 2 * time.Second

// Watch asks the databases how they stand until ctx ends, so that Standings is
// true also while nobody reads or writes.
func (s *Store) Watch(ctx context.Context) {
	for tick := time.NewTicker(watchEvery); ; {
		s.Look(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
	}
}

// Look asks each database once how it stands.
func (s *Store) Look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	var asking sync.WaitGroup
	for _, b := range append([]*source{s.primary}, s.standbys...) {
		asking.Go(func() {
			need := s.need()
			err := b.Store.View(ctx, func(r gridmap.Reader) error {
				head, err := r.Head(ctx)
				switch {
				case err != nil:
				case b == s.primary:
					s.stands(need, head)
				default:
					b.saw(head, s.now())
				}
				return err
			})
			if err != nil {
				b.failed(err, s.now())
			}
		})
	}
	asking.Wait()
	s.Standings() // notes since when each is behind
}
