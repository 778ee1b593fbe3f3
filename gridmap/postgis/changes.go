package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

const (
	// catchUpEvery is how long to trust silence: a notification can be lost
	// with the connection that carried it.
	catchUpEvery = 5 * time.Second
	// reconnectEvery is how long to wait before asking a server that is away.
	reconnectEvery = 500 * time.Millisecond
)

// Changes implements gridmap.Store. While the server is away nothing is sent;
// once it is back, what was missed is.
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
			_ = s.follow(ctx, out, &told) // an error shows itself to whoever reads
			select {
			case <-time.After(reconnectEvery):
			case <-ctx.Done():
			}
		}
	}()
	return out
}

// follow sends changes over one connection until it breaks.
func (s *Store) follow(ctx context.Context, out chan<- gridmap.Seq, told *gridmap.Seq) error {
	conn, err := pgx.ConnectConfig(ctx, s.listen)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel(mapChannel)}.Sanitize()); err != nil {
		return err
	}
	for {
		var seq gridmap.Seq
		if err := conn.QueryRow(ctx, "SELECT seq FROM head").Scan(&seq); err != nil {
			return err
		}
		if seq != *told {
			select {
			case out <- seq:
				*told = seq
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		wait, cancel := context.WithTimeout(ctx, catchUpEvery)
		_, err := conn.WaitForNotification(wait)
		timedOut := wait.Err() != nil && ctx.Err() == nil
		cancel()
		if err != nil && !timedOut {
			return err
		}
	}
}
