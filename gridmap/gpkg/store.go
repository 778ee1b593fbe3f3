package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// Store is one open map file.
type Store struct {
	path, appPath string
	readOnly      bool
	db            *sql.DB       // the map
	app           *sql.DB       // the private file; nil when there is none to read
	writing       chan struct{} // holds one token: the writer of this process
	news          *news         // of change sets
	planNews      *news

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
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return mapError(ctx, s.path, err)
	}
	defer release(conn)
	defer rollback(conn) // whatever happens: BEGIN may have begun although ctx ended meanwhile
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return mapError(ctx, s.path, err)
	}
	r := &reader{store: s, conn: conn}
	defer r.leave()
	if _, err := r.Head(ctx); err != nil { // the first read fixes the state that is seen
		return err
	}
	return fn(r)
}

// Update implements gridmap.Store. Writers of this process queue on a channel,
// those of others on SQLite's lock.
func (s *Store) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	var cs gridmap.ChangeSet
	var planned bool
	err := s.transact(ctx, func(conn *sql.Conn) error {
		w, err := begin(ctx, s, conn, c)
		if err != nil {
			return err
		}
		if err := fn(w); err != nil {
			return err
		}
		cs, planned = w.changeSet, w.planned
		return w.finish(ctx, c.Audit)
	})
	if err != nil {
		return gridmap.ChangeSet{}, err
	}
	s.news.send()
	if planned {
		s.planNews.send()
	}
	return cs, nil
}

// Restore implements gridmap.Restorer. The private file is committed before
// the map, and emptied again should the map then fail; a process killed between
// the two leaves an empty map whose private file says that it is not.
func (s *Store) Restore(ctx context.Context, from gridmap.Archive) error {
	var beside bool // the private file was filled
	err := s.transact(ctx, func(conn *sql.Conn) error {
		err := s.inPrivate(ctx, func(app *sql.Conn) error {
			r := &reader{store: s, conn: conn, writing: true, filling: app, private: privateState{from: app, asked: true}}
			w := newWriter(r, gridmap.ChangeSet{}, nil, 1)
			if err := ledger.Restore(ctx, from, w, w.tables); err != nil {
				return err
			}
			return w.growContents(ctx)
		})
		beside = err == nil
		return err
	})
	if err != nil && beside {
		return errors.Join(err, s.clearPrivate(context.WithoutCancel(ctx)))
	}
	if err == nil {
		s.news.send()
		s.planNews.send()
	}
	return err
}

// transact is write for changes of the map.
func (s *Store) transact(ctx context.Context, fn func(*sql.Conn) error) error {
	return s.write(ctx, fn, s.afterCommit)
}

// write runs fn in a write transaction: what fn did is kept if and only if it
// returns nil. A panic of fn passes through, keeping nothing. Then it runs
// after, where there is one.
func (s *Store) write(ctx context.Context, fn func(*sql.Conn) error, after func(context.Context, *sql.Conn)) error {
	return s.writeWithin(ctx, 0, fn, after)
}

// errHeld says that somebody else has been writing for as long as was waited.
var errHeld = gridmap.Errorf(gridmap.Unavailable, "地图文件正在写入, 请稍后再试 (the map is being written)")

// writeWithin is write that waits no longer than so long for those who write in
// this process, and for another's lock; 0 is as long as any.
func (s *Store) writeWithin(ctx context.Context, patience time.Duration, fn func(*sql.Conn) error, after func(context.Context, *sql.Conn)) (err error) {
	defer func() { s.room.Note(err, time.Now()) }()
	if s.readOnly {
		return gridmap.Errorf(gridmap.Forbidden, "%s 以只读方式打开 (opened read-only)", s.path)
	}
	var held <-chan time.Time
	if patience > 0 {
		t := time.NewTimer(patience)
		defer t.Stop()
		held = t.C
	}
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-held:
		return errHeld
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return mapError(ctx, s.path, err)
	}
	defer release(conn)
	if patience > 0 {
		if _, err := conn.ExecContext(ctx, busyFor(patience)); err != nil {
			return mapError(ctx, s.path, err)
		}
		defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = "+busyMS) }()
	}
	defer rollback(conn) // whatever happens: BEGIN may have begun although ctx ended meanwhile
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return mapError(ctx, s.path, err)
	}
	if err := fn(conn); err != nil {
		return mapError(ctx, s.path, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return mapError(ctx, s.path, err)
	}
	if after != nil {
		after(ctx, conn)
	}
	return nil
}

// afterCommit does what is better done now and as well later: it moves the
// audit out and the log into the map file, so that a copy of the file is whole.
func (s *Store) afterCommit(ctx context.Context, conn *sql.Conn) {
	ctx = context.WithoutCancel(ctx)
	_ = s.drain(ctx, conn) // what stays in the outbox goes with the next commit
	_, _ = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
}

// FullSince implements gridmap.Capacity.
func (s *Store) FullSince() time.Time { return s.room.FullSince() }

// Close implements gridmap.Store.
func (s *Store) Close() error {
	err := errors.New("already closed")
	s.closeOnce.Do(func() {
		close(s.closed)
		if !s.readOnly {
			s.settle()
		}
		err = s.closeFiles()
		if !s.readOnly {
			s.plainFile()
		}
	})
	return err
}

// settle empties the outbox, so that a map that is passed on holds no audit.
func (s *Store) settle() {
	ctx := context.Background()
	_ = s.AppendAudit(ctx)
	_ = s.transact(ctx, func(conn *sql.Conn) error { return s.clearOutbox(ctx, conn) })
}

// plainFile turns the closed map back into one plain file without a log. It
// does not matter when another process has it open: that one will.
func (s *Store) plainFile() {
	db := openFile(s.path, false)
	_, _ = db.Exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
	_ = db.Close()
}

func (s *Store) closeFiles() error {
	var errs []error
	for _, db := range []*sql.DB{s.db, s.app} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func rollback(conn *sql.Conn) {
	_, _ = conn.ExecContext(context.Background(), "ROLLBACK")
}

func release(conn *sql.Conn) { _ = conn.Close() }
