package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

var _ gridmap.Journal = (*Store)(nil)

// AppendEvents implements gridmap.Journal.
func (s *Store) AppendEvents(ctx context.Context, events ...gridmap.Event) ([]int64, error) {
	for _, e := range events {
		if err := e.Check(); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(events))
	err := s.inPrivate(ctx, func(conn *sql.Conn) error {
		for i, e := range events {
			done, err := conn.ExecContext(ctx, "INSERT INTO event (at, actor, kind, key, grid, body) VALUES (?, ?, ?, ?, ?, ?)",
				timeText(e.At), e.Actor, e.Kind, e.Key, int64(e.Grid), string(e.Body))
			if err != nil {
				return err
			}
			if ids[i], err = done.LastInsertId(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// inPrivate runs fn in a write transaction of the private file alone.
func (s *Store) inPrivate(ctx context.Context, fn func(*sql.Conn) error) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	if s.readOnly {
		return gridmap.Errorf(gridmap.Forbidden, "%s 以只读方式打开 (opened read-only)", s.appPath)
	}
	conn, err := app.Conn(ctx)
	if err != nil {
		return mapError(ctx, s.appPath, err)
	}
	defer release(conn)
	defer rollback(conn) // whatever happens: BEGIN may have begun although ctx ended meanwhile
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return mapError(ctx, s.appPath, err)
	}
	if err := fn(conn); err != nil {
		return mapError(ctx, s.appPath, err)
	}
	_, err = conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
	return mapError(ctx, s.appPath, err)
}

// Events implements gridmap.Journal.
func (s *Store) Events(ctx context.Context, q gridmap.EventQuery) iter.Seq2[gridmap.Event, error] {
	app, err := s.private()
	if err != nil {
		return func(yield func(gridmap.Event, error) bool) { yield(gridmap.Event{}, err) }
	}
	where, args := []string{"id > ?"}, []any{q.After}
	add := func(condition string, arg any) { where, args = append(where, condition), append(args, arg) }
	if q.Kind != "" {
		add("kind = ?", q.Kind)
	}
	if q.Key != "" {
		add("key = ?", q.Key)
	}
	if q.Grid != 0 {
		add("grid = ?", int64(q.Grid))
	}
	if !q.From.IsZero() {
		add("at >= ?", timeText(q.From))
	}
	if !q.To.IsZero() {
		add("at < ?", timeText(q.To))
	}
	limit := -1
	if q.Limit > 0 {
		limit = q.Limit
	}
	return query(ctx, s.appPath, app, scanHappening, "SELECT "+happeningColumns+" FROM event WHERE "+strings.Join(where, " AND ")+" ORDER BY id LIMIT ?", append(args, limit)...)
}

// Tally implements gridmap.Journal.
func (s *Store) Tally(ctx context.Context, kind, key string, day time.Time, n int64) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	_, err = app.ExecContext(ctx, "INSERT INTO tally (kind, key, day, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
		kind, key, day.UTC().Format(time.DateOnly), n)
	return mapError(ctx, s.appPath, err)
}

// Tallies implements gridmap.Journal.
func (s *Store) Tallies(ctx context.Context, kind, key string, from, to time.Time) ([]gridmap.TallyCount, error) {
	app, err := s.private()
	if err != nil {
		return nil, err
	}
	return collect(query(ctx, s.appPath, app, func(rows *sql.Rows) (c gridmap.TallyCount, err error) {
		var day string
		if err = rows.Scan(&c.Key, &day, &c.N); err == nil {
			c.Day, err = time.Parse(time.DateOnly, day)
		}
		return c, err
	}, "SELECT key, day, n FROM tally WHERE kind = ?1 AND (?2 = '' OR key = ?2) AND day BETWEEN ?3 AND ?4 ORDER BY key, day",
		kind, key, from.UTC().Format(time.DateOnly), to.UTC().Format(time.DateOnly)))
}

// PutAttachment implements gridmap.Journal.
func (s *Store) PutAttachment(ctx context.Context, a gridmap.Attachment) error {
	if err := a.Check(); err != nil {
		return err
	}
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "INSERT OR IGNORE INTO attachment (id, at, actor, type, data) VALUES (?, ?, ?, ?, ?)", a.ID, timeText(a.At), a.Actor, a.Type, a.Data)
	return s.oneRow(ctx, done, err, gridmap.Conflict, "附件编号已被占用 (the attachment's id is taken)")
}

// Attachment implements gridmap.Journal.
func (s *Store) Attachment(ctx context.Context, id string) (a gridmap.Attachment, err error) {
	app, err := s.private()
	if err != nil {
		return a, err
	}
	a, err = scanAttachment(app.QueryRowContext(ctx, "SELECT "+attachmentColumns+" FROM attachment WHERE id = ?", id))
	return a, s.found(ctx, err, "没有这个附件 (no such attachment)")
}

// found maps what a look-up of one row in the private file came to.
func (s *Store) found(ctx context.Context, err error, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return gridmap.Errorf(gridmap.NotFound, "%s", message)
	}
	return mapError(ctx, s.appPath, err)
}

// oneRow complains when a statement changed nothing.
func (s *Store) oneRow(ctx context.Context, done sql.Result, err error, code gridmap.Code, message string) error {
	if err != nil {
		return mapError(ctx, s.appPath, err)
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return mapError(ctx, s.appPath, err)
	}
	return gridmap.Errorf(code, "%s", message)
}
