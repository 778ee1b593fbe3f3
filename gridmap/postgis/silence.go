package postgis

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A server that died or refuses says so. One that hangs, or behind a network
// that drops everything, says nothing, and whoever waits for it would wait for
// ever. How long a statement takes tells nothing: an import takes minutes. So a
// new connection, which a server that lives answers at once, is what decides.

// answerWithin is how long a server may take to be connected to and to begin a
// transaction: longer than a busy one takes, shorter than a person waits.
const answerWithin = 5 * time.Second

// soon bounds what a server that lives does at once.
func (s *Store) soon(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.patience)
}

// watch hangs up on a connection whose server has fallen silent, until it is
// told to stop: what waits there then fails, as if the server had hung up. What
// a pooler does with silent servers is its own business.
func (s *Store) watch(conn *pgx.Conn) (stop func() bool) {
	if s.foot.pooled {
		return func() bool { return false }
	}
	line := conn.PgConn().Conn()
	ended := make(chan struct{})
	var look *time.Timer
	look = time.AfterFunc(s.patience, func() {
		if s.answers(conn.Config(), line.RemoteAddr()) {
			select {
			case <-ended:
			default:
				look.Reset(s.patience)
			}
			return
		}
		select {
		case <-ended: // the connection may be another's by now
		default:
			_ = line.Close()
		}
	})
	return func() bool {
		close(ended)
		return look.Stop()
	}
}

// answers tells whether the server at an address takes a connection and says
// anything on it, be it a refusal.
func (s *Store) answers(c *pgx.ConnConfig, at net.Addr) bool {
	ctx, cancel := s.soon(context.Background())
	defer cancel()
	c = c.Copy()
	c.Fallbacks, c.ValidateConnect = nil, nil
	switch at := at.(type) { // of several hosts it is about this one
	case *net.TCPAddr:
		c.Host, c.Port = at.IP.String(), uint16(at.Port) //nolint:gosec // a port
	case *net.UnixAddr:
		c.Host = filepath.Dir(at.Name)
		if port, err := strconv.ParseUint(filepath.Ext(at.Name)[1:], 10, 16); err == nil {
			c.Port = uint16(port)
		}
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err == nil {
		_ = conn.Close(ctx)
		return true
	}
	var refused *pgconn.PgError
	return errors.As(err, &refused)
}

// watched is a transaction whose server is watched until it ends.
type watched struct {
	pgx.Tx
	stop  func() bool
	ended bool
}

// Commit implements pgx.Tx.
func (w *watched) Commit(ctx context.Context) error {
	defer w.end()
	return w.Tx.Commit(ctx)
}

// Rollback implements pgx.Tx.
func (w *watched) Rollback(ctx context.Context) error {
	defer w.end()
	return w.Tx.Rollback(ctx)
}

func (w *watched) end() {
	if !w.ended {
		w.ended = true
		w.stop()
	}
}
