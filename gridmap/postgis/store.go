package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// Store is a map in one schema of a database.
type Store struct {
	name    string // for messages: hosts and database
	how     Options
	conn    *pgx.ConnConfig // as the address says
	direct  *pgx.ConnConfig // past the pooler; nil: there is no such address
	pool    *pgxpool.Pool
	writing chan struct{} // one writer a process, so that writers leave connections to readers

	patience time.Duration // how long a server may take to answer

	prepared  atomic.Bool
	preparing chan struct{}
	foot      footing // once prepared

	room      ledger.Room
	closeOnce sync.Once
	closed    chan struct{}
}

var (
	_ gridmap.Store    = (*Store)(nil)
	_ gridmap.Restorer = (*Store)(nil)
	_ gridmap.Capacity = (*Store)(nil)
)

// View implements gridmap.Store.
func (s *Store) View(ctx context.Context, fn func(gridmap.Reader) error) error {
	tx, err := s.begin(ctx, readTx)
	if err != nil {
		return mapError(ctx, s.name, err)
	}
	defer rollback(ctx, tx)
	r := &reader{store: s, tx: tx}
	if _, err := r.Head(ctx); err != nil { // the first read fixes the state that is seen
		return err
	}
	return fn(r)
}

// Update implements gridmap.Store.
func (s *Store) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	var cs gridmap.ChangeSet
	err := s.transact(ctx, func(tx pgx.Tx) error {
		w, err := begin(ctx, s, tx, c)
		if err != nil {
			return err
		}
		if err := fn(w); err != nil {
			return err
		}
		cs = w.changeSet
		return w.finish(ctx, c.Audit)
	})
	if err != nil {
		return gridmap.ChangeSet{}, err
	}
	return cs, nil
}

// Restore implements gridmap.Restorer.
func (s *Store) Restore(ctx context.Context, from gridmap.Archive) error {
	return s.transact(ctx, func(tx pgx.Tx) error {
		r := &reader{store: s, tx: tx}
		if _, err := r.lockHead(ctx); err != nil {
			return err
		}
		// Nobody signs in, or asks for a receipt, between the look and the copy.
		if _, err := tx.Exec(ctx, "LOCK TABLE receipt, feedback, event, tally, attachment, account, account_name, api_key IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		w := newWriter(r, gridmap.ChangeSet{}, nil, 1)
		if err := ledger.Restore(ctx, from, w, w.tables); err != nil {
			return err
		}
		if err := w.settleIdentities(ctx); err != nil {
			return err
		}
		return w.notify(ctx)
	})
}

// queueFor is how long a change waits for the one before it, in patiences: many
// may wait, and each finds out for itself that the server is away.
const queueFor = 6

// transact is write for changes of the map, one at a time.
func (s *Store) transact(ctx context.Context, fn func(pgx.Tx) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(queueFor * s.patience):
		return gridmap.Errorf(gridmap.Unavailable, "%s 的上一项写入尚未结束, 请稍后再试 (another write is under way)", s.name)
	}
	return s.write(ctx, fn)
}

// write runs fn in a write transaction: what fn did is kept if and only if it
// returns nil. A panic of fn passes through, keeping nothing.
func (s *Store) write(ctx context.Context, fn func(pgx.Tx) error) (err error) {
	defer func() { s.room.Note(err, time.Now()) }()
	if s.how.ReadOnly {
		return gridmap.Errorf(gridmap.Forbidden, "%s 以只读方式打开 (opened read-only)", s.name)
	}
	tx, err := s.begin(ctx, writeTx)
	if err != nil {
		return mapError(ctx, s.name, err)
	}
	defer rollback(ctx, tx) // after a commit there is nothing to roll back
	if err := fn(tx); err != nil {
		return mapError(ctx, s.name, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return mapError(ctx, s.name, tx.Commit(ctx))
}

// FullSince implements gridmap.Capacity.
func (s *Store) FullSince() time.Time { return s.room.FullSince() }

// Close implements gridmap.Store.
func (s *Store) Close() error {
	err := errors.New("already closed")
	s.closeOnce.Do(func() {
		close(s.closed)
		s.pool.Close()
		err = nil
	})
	return err
}

func rollback(ctx context.Context, tx pgx.Tx) { _ = tx.Rollback(context.WithoutCancel(ctx)) }

// Channels: what they begin with.
const (
	mapChannel  = "cloudgrid_"     // change sets
	planChannel = "cloudgridplan_" // plans, their logs and comments; no schema makes the two alike
)

// channel is where commits are notified; each schema has its own.
func (s *Store) channel(prefix string) string {
	const longest = 63 // bytes of a PostgreSQL name
	name := prefix + s.foot.schema
	if len(name) > longest {
		name = fmt.Sprintf("%s_%d", name[:longest-8], len(s.foot.schema))
	}
	return name
}
