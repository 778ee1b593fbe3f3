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
	ctx, cancel := context.WithCancel(ctx)
	go func() { // Close ends it, too
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
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
