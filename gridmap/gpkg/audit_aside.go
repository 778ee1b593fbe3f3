package gpkg

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// asideAfter is how long audit lines wait for the map file, which an import can
// hold for minutes. Then they go into a table of the private file, synced like
// all, and the next commit takes them into the chain.
const asideAfter = 100 * time.Millisecond

// mostAside bounds how many lines one commit takes into the chain.
const mostAside = 10_000

// asideLine is a line that was put aside. Its ID and Hash are those that a
// commit was about to give it, if any was.
type asideLine struct {
	n int64
	gridmap.AuditEntry
}

// AppendAudit implements gridmap.Journal: through the outbox, as the lines of a
// commit go, since the head of the one chain is in the map file; or, while that
// is held, by way of the private file. Without lines it takes into the chain
// what was put aside.
func (s *Store) AppendAudit(ctx context.Context, lines ...gridmap.AuditEntry) error {
	if err := ledger.CheckLoose(lines); err != nil {
		return err
	}
	if len(lines) == 0 {
		if some, err := s.anyAside(ctx); err != nil || !some {
			return err
		}
	}
	err := s.writeWithin(ctx, asideAfter, func(conn *sql.Conn) error { return s.chain(ctx, conn, lines) }, s.afterCommit)
	if err == nil || ctx.Err() != nil || gridmap.CodeOf(err) != gridmap.Unavailable {
		return err
	}
	if len(lines) == 0 {
		return nil // later
	}
	return s.putAside(ctx, lines)
}

// chain adds loose lines to the chain, within a write transaction of the map.
func (s *Store) chain(ctx context.Context, conn *sql.Conn, lines []gridmap.AuditEntry) error {
	if err := s.clearOutbox(ctx, conn); err != nil {
		return err
	}
	last, err := (&reader{store: s, conn: conn, writing: true}).LastAudit(ctx)
	if err == nil {
		last, err = s.takeAside(ctx, conn, last)
	}
	if err != nil {
		return err
	}
	sealed, err := ledger.Seal(lines, gridmap.ChangeSet{}, last.ID, last.Hash)
	if err != nil {
		return err
	}
	if err := insertAudit(ctx, conn, "INSERT INTO audit_outbox", sealed); err != nil {
		return err
	}
	if len(sealed) > 0 {
		last = sealed[len(sealed)-1]
	}
	_, err = conn.ExecContext(ctx, "UPDATE head SET audit_id = ?, audit_hash = ?", last.ID, last.Hash)
	return err
}

// AuditAside implements gridmap.Journal; none where the map came alone.
func (s *Store) AuditAside(ctx context.Context) (n int64, err error) {
	if s.app == nil {
		return 0, nil
	}
	err = s.app.QueryRowContext(ctx, "SELECT count(*) FROM audit_aside").Scan(&n)
	return n, mapError(ctx, s.appPath, err)
}

// anyAside tells whether lines were put aside.
func (s *Store) anyAside(ctx context.Context) (some bool, err error) {
	app, err := s.private()
	if err != nil {
		return false, err
	}
	err = app.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM audit_aside)").Scan(&some)
	return some, mapError(ctx, s.appPath, err)
}

// putAside keeps lines for the chain in the private file.
func (s *Store) putAside(ctx context.Context, lines []gridmap.AuditEntry) error {
	checked, err := ledger.Seal(lines, gridmap.ChangeSet{}, 0, "") // what the chain would refuse must not stand in its way
	if err != nil {
		return err
	}
	return s.inPrivate(ctx, func(conn *sql.Conn) error {
		for _, e := range checked {
			if _, err := conn.ExecContext(ctx, "INSERT INTO audit_aside (at, actor, action, thing, detail) VALUES (?, ?, ?, ?, ?)",
				timeText(e.At), e.Actor, e.Action, e.Thing, e.Detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeAside puts lines that were put aside into the outbox, after last, and
// returns the new last line. It notes beforehand which they are going to be: had
// the process been killed after the commit to the map and before drain, they
// would be taken twice otherwise. When they cannot be had, they stay.
func (s *Store) takeAside(ctx context.Context, conn *sql.Conn, last gridmap.AuditEntry) (gridmap.AuditEntry, error) {
	lines, err := s.aside(ctx)
	if err != nil || len(lines) == 0 {
		return last, nil //nolint:nilerr // the commit is none the worse
	}
	var open []int64
	var loose []gridmap.AuditEntry
	for _, l := range lines {
		var there bool
		if l.ID > 0 {
			err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM audit_outbox WHERE id = ? AND hash = ?)", l.ID, l.Hash).Scan(&there)
			if err != nil {
				return last, err
			}
		}
		if !there {
			open, loose = append(open, l.n), append(loose, l.AuditEntry)
		}
	}
	sealed, err := ledger.Seal(loose, gridmap.ChangeSet{}, last.ID, last.Hash)
	if err != nil || len(sealed) == 0 {
		return last, err
	}
	if err := s.noteAside(ctx, open, sealed); err != nil {
		return last, nil //nolint:nilerr // they stay
	}
	return sealed[len(sealed)-1], insertAudit(ctx, conn, "INSERT INTO audit_outbox", sealed)
}

// aside reads what was put aside and is not in the private file's chain.
func (s *Store) aside(ctx context.Context) ([]asideLine, error) {
	app, err := s.private()
	if err != nil {
		return nil, err
	}
	return collect(query(ctx, s.appPath, app, func(rows *sql.Rows) (l asideLine, err error) {
		var at nullTime
		err = rows.Scan(&l.n, &at, &l.Actor, &l.Action, &l.Thing, &l.Detail, &l.ID, &l.Hash)
		l.At = at.Time
		return l, err
	}, "SELECT n, at, actor, action, thing, detail, id, hash FROM audit_aside"+
		" WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = audit_aside.id AND a.hash = audit_aside.hash) ORDER BY n LIMIT ?", mostAside))
}

// noteAside notes which lines of the chain those put aside are going to be.
func (s *Store) noteAside(ctx context.Context, n []int64, sealed []gridmap.AuditEntry) error {
	return s.inPrivate(ctx, func(conn *sql.Conn) error {
		for i, e := range sealed {
			if _, err := conn.ExecContext(ctx, "UPDATE audit_aside SET id = ?, hash = ? WHERE n = ?", e.ID, e.Hash, n[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropAside drops what has come into the private file's chain.
const dropAside = "DELETE FROM audit_aside WHERE EXISTS (SELECT 1 FROM audit a WHERE a.id = audit_aside.id AND a.hash = audit_aside.hash)"

// busyFor is how long to wait for another process's lock, as SQLite is told.
func busyFor(d time.Duration) string {
	return "PRAGMA busy_timeout = " + strconv.FormatInt(d.Milliseconds(), 10)
}
