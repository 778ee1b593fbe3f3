package gpkg

import (
	"context"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// pollEvery is how often other processes' commits are looked for: one small
// read, so that a page follows within a second.
const pollEvery = 400 * time.Millisecond

// news wakes listeners in this process at once after its own commits.
type news struct {
	mu   sync.Mutex
	ears map[chan struct{}]struct{}
}

func newNews() *news { return &news{ears: make(map[chan struct{}]struct{})} }

func (n *news) listen() (ear chan struct{}, stop func()) {
	ear = make(chan struct{}, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ears[ear] = struct{}{}
	return ear, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.ears, ear)
	}
}

func (n *news) send() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for ear := range n.ears {
		select {
		case ear <- struct{}{}:
		default: // it is to wake up already
		}
	}
}

// Changes implements gridmap.Store.
func (s *Store) Changes(ctx context.Context) <-chan gridmap.Seq {
	out := make(chan gridmap.Seq)
	ear, stop := s.news.listen()
	go func() {
		defer close(out)
		defer stop()
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		for told := gridmap.Seq(-1); ; {
			seq, err := s.headSeq(ctx)
			if err == nil && seq != told { // an error shows itself to whoever reads
				select {
				case out <- seq:
					told = seq
				case <-ctx.Done():
					return
				case <-s.closed:
					return
				}
			}
			select {
			case <-ear:
			case <-tick.C:
			case <-ctx.Done():
				return
			case <-s.closed:
				return
			}
		}
	}()
	return out
}

func (s *Store) headSeq(ctx context.Context) (seq gridmap.Seq, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT seq FROM head").Scan(&seq)
	return seq, err
}
