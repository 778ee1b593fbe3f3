package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// catchUpEvery is how long to trust silence: a notification can be lost
	// with the connection that carried it.
	catchUpEvery = 5 * time.Second
	// pollEvery is how often to look where nothing is notified: at a standby,
	// and through a pooler in transaction mode. Four looks within the second in
	// which a publish is to be seen.
	pollEvery = 250 * time.Millisecond
)

// ear waits for the notifications of a channel. Where none can come it is deaf,
// and it is time to look every pollEvery.
type ear struct {
	conn    *pgx.Conn
	channel string
	deaf    bool
	never   bool // it will not hear later either
	tried   time.Time
}

// listen connects and listens, past the pooler where there is an address for that.
func (s *Store) listen(ctx context.Context, prefix string) (*ear, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	c := s.conn.Copy()
	switch {
	case s.direct != nil:
		c = s.straight(s.direct)
	case s.foot.pooled:
		unnamed(c)
	default:
		c = s.straight(c)
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	e := &ear{conn: conn, channel: s.channel(prefix), never: s.foot.sharing && s.direct == nil}
	if err := e.open(ctx); err != nil {
		e.close(ctx)
		return nil, err
	}
	return e, nil
}

func (e *ear) close(ctx context.Context) { _ = e.conn.Close(context.WithoutCancel(ctx)) }

// open listens where that is possible. A standby says that it is none of its
// business (25006), until it is promoted.
func (e *ear) open(ctx context.Context) error {
	e.tried = time.Now()
	if e.deaf = e.never; e.deaf {
		return nil
	}
	_, err := e.conn.Exec(ctx, "LISTEN "+pgx.Identifier{e.channel}.Sanitize())
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "25006" {
		e.deaf = true
		return nil
	}
	return err
}

// wait returns a notification, or nil when it is time to look.
func (e *ear) wait(ctx context.Context) (*pgconn.Notification, error) {
	if e.deaf {
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if time.Since(e.tried) < catchUpEvery {
			return nil, nil //nolint:nilnil // nothing was notified
		}
		return nil, e.open(ctx)
	}
	waiting, cancel := context.WithTimeout(ctx, catchUpEvery)
	defer cancel()
	note, err := e.conn.WaitForNotification(waiting)
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		return nil, nil //nolint:nilnil // silence
	}
	return note, err
}
