package postgis

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// reconnectEvery is how long to wait before asking a server that is away.
const reconnectEvery = 500 * time.Millisecond

// Changes implements gridmap.Store. When the connection breaks the last number
// is sent once more, so that whoever follows looks, and knows that the server is
// away; then nothing is sent until it is back.
func (s *Store) Changes(ctx context.Context) <-chan gridmap.Seq {
	out := make(chan gridmap.Seq)
	ctx, cancel := s.untilClosed(ctx)
	go func() {
		defer close(out)
		defer cancel()
		for told := gridmap.Seq(-1); ctx.Err() == nil; {
			if up, _ := s.follow(ctx, out, &told); up { // an error shows itself to whoever reads
				select {
				case out <- told:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-time.After(reconnectEvery):
			case <-ctx.Done():
			}
		}
	}()
	return out
}

// untilClosed is ctx, which Close ends, too.
func (s *Store) untilClosed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// follow sends changes over one connection until it breaks, and tells whether
// there was one.
func (s *Store) follow(ctx context.Context, out chan<- gridmap.Seq, told *gridmap.Seq) (up bool, err error) {
	e, err := s.listen(ctx, mapChannel)
	if err != nil {
		return up, err
	}
	defer e.close(ctx)
	for {
		var seq gridmap.Seq
		soon, cancel := s.soon(ctx)
		err := e.conn.QueryRow(soon, "SELECT seq FROM "+s.table("head")).Scan(&seq)
		cancel()
		if err != nil {
			return up, err
		}
		up = true
		if seq != *told {
			select {
			case out <- seq:
				*told = seq
			case <-ctx.Done():
				return up, ctx.Err()
			}
		}
		if _, err := e.wait(ctx); err != nil {
			return up, err
		}
	}
}
