package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"iter"
	"os"

	"cloudgrid/gridmap"
)

const auditColumns = "id, at, actor, action, thing, detail, seq, prev, hash"

// openApp opens the private file and moves into it what a crash left behind.
func (s *Store) openApp(ctx context.Context) error {
	if s.readOnly {
		if _, err := os.Stat(s.appPath); errors.Is(err, fs.ErrNotExist) {
			return nil // the map came alone
		}
	} else if err := makePrivate(s.appPath); err != nil {
		return gridmap.Errorf(gridmap.Unavailable, "无法建立 %s (cannot make it): %w", s.appPath, err)
	}
	s.app = openFile(s.appPath, s.readOnly)
	if err := migrate(ctx, s.app, "app", s.appPath, s.readOnly); err != nil {
		return mapError(ctx, s.appPath, err)
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer release(conn)
	if err := s.sameChain(ctx, conn); err != nil || s.readOnly {
		return err
	}
	return s.drain(ctx, conn)
}

// makePrivate makes the private file, where there is none, as one that nobody else
// on the machine may read: SQLite would let everybody. One that is there keeps the
// mode that its owner chose.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // beside the map, by its name
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// sameChain refuses a private file that belongs to another map, before a line
// of either is lost.
func (s *Store) sameChain(ctx context.Context, conn *sql.Conn) error {
	var id, headID int64
	var hash, headHash string
	err := conn.QueryRowContext(ctx, "SELECT audit_id, audit_hash FROM head").
		Scan(&headID, &headHash)
	if err != nil {
		return err
	}
	err = s.app.QueryRowContext(ctx, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").Scan(&id, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	want := headHash
	if id < headID {
		err := conn.QueryRowContext(ctx, "SELECT prev FROM audit_outbox WHERE id = ?", id+1).Scan(&want)
		if errors.Is(err, sql.ErrNoRows) { // lines are missing between: the verifier will say so
			return nil
		}
		if err != nil {
			return err
		}
	}
	if id > headID || hash != want {
		return gridmap.Errorf(gridmap.Conflict, "%s 属于另一份地图 (或 %s 是旧的备份), 请把它移走后再打开 (the audit file belongs to another map, or the map is an older copy: move it away)", s.appPath, s.path)
	}
	return nil
}

// drain copies the outbox into the private file. Lines that are there already
// stay as they are.
func (s *Store) drain(ctx context.Context, conn *sql.Conn) error {
	entries, err := collect(s.auditOf(ctx, conn, "audit_outbox", 0, 1<<62))
	if err != nil || len(entries) == 0 {
		return err
	}
	tx, err := s.app.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := insertAudit(ctx, tx, "INSERT OR IGNORE INTO audit", entries); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, dropAside); err != nil {
		return err
	}
	return tx.Commit()
}

// clearOutbox drops from the outbox, within a write transaction, what is
// safely in the private file. While that cannot be read, the lines stay.
func (s *Store) clearOutbox(ctx context.Context, conn *sql.Conn) error {
	var last sql.NullInt64
	if s.app.QueryRowContext(ctx, "SELECT max(id) FROM audit").Scan(&last) != nil {
		last.Int64 = 0
	}
	_, err := conn.ExecContext(ctx, "DELETE FROM audit_outbox WHERE id <= ?", last.Int64)
	return err
}

type execer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func insertAudit(ctx context.Context, to execer, into string, entries []gridmap.AuditEntry) error {
	stmt, err := to.PrepareContext(ctx, into+" ("+auditColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for _, e := range entries {
		if _, err := stmt.ExecContext(ctx, e.ID, timeText(e.At), e.Actor, e.Action, e.Thing, e.Detail, e.Seq, e.Prev, e.Hash); err != nil {
			return err
		}
	}
	return nil
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Store) auditOf(ctx context.Context, from queryer, table string, after, upTo int64) iter.Seq2[gridmap.AuditEntry, error] {
	return query(ctx, s.path, from, func(rows *sql.Rows) (e gridmap.AuditEntry, err error) {
		var at nullTime
		err = rows.Scan(&e.ID, &at, &e.Actor, &e.Action, &e.Thing, &e.Detail, &e.Seq, &e.Prev, &e.Hash)
		e.At = at.Time
		return e, err
	}, "SELECT "+auditColumns+" FROM "+table+" WHERE id > ? AND id <= ? ORDER BY id", after, upTo)
}

// Audit implements gridmap.Reader. What this state has in the outbox comes
// from there, the lines before it from the private file.
func (r *reader) Audit(ctx context.Context, after int64) iter.Seq2[gridmap.AuditEntry, error] {
	return func(yield func(gridmap.AuditEntry, error) bool) {
		last, err := r.LastAudit(ctx)
		seam := last.ID + 1
		if err == nil {
			err = r.conn.QueryRowContext(ctx, "SELECT coalesce((SELECT min(id) FROM audit_outbox), ?)", seam).Scan(&seam)
		}
		if err != nil {
			yield(gridmap.AuditEntry{}, mapError(ctx, r.store.path, err))
			return
		}
		if r.store.app != nil {
			var app queryer = r.store.app
			if r.filling != nil { // which others cannot read meanwhile
				app = r.filling
			}
			for e, err := range r.store.auditOf(ctx, app, "audit", after, seam-1) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		for e, err := range r.store.auditOf(ctx, r.conn, "audit_outbox", after, last.ID) {
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// LastAudit implements gridmap.Archive.
func (r *reader) LastAudit(ctx context.Context) (e gridmap.AuditEntry, err error) {
	err = r.conn.QueryRowContext(ctx, "SELECT audit_id, audit_hash FROM head").Scan(&e.ID, &e.Hash)
	return e, mapError(ctx, r.store.path, err)
}
