package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

var _ gridmap.Journal = (*Store)(nil)

// AppendEvents implements gridmap.Journal. Writers of events wait for each
// other: otherwise a lower id could appear after a higher one, and whoever
// reads on from the higher would miss it.
func (s *Store) AppendEvents(ctx context.Context, events ...gridmap.Event) ([]int64, error) {
	for _, e := range events {
		if err := e.Check(); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(events))
	err := s.beside(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		for i, e := range events {
			err := tx.QueryRow(ctx, "INSERT INTO event (at, actor, kind, key, grid, body) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
				e.At, e.Actor, e.Kind, e.Key, int64(e.Grid), string(e.Body)).Scan(&ids[i])
			if err != nil {
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

// beside runs fn in a write transaction that touches no change set, and so
// need not wait for the writers of the map.
func (s *Store) beside(ctx context.Context, fn func(pgx.Tx) error) error {
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
	return mapError(ctx, s.name, tx.Commit(ctx))
}

// Events implements gridmap.Journal.
func (s *Store) Events(ctx context.Context, q gridmap.EventQuery) iter.Seq2[gridmap.Event, error] {
	where, args := []string{"id > $1"}, []any{q.After}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if q.Kind != "" {
		add("kind = $%d", q.Kind)
	}
	if q.Key != "" {
		add("key = $%d", q.Key)
	}
	if q.Grid != 0 {
		add("grid = $%d", int64(q.Grid))
	}
	if !q.From.IsZero() {
		add("at >= $%d", q.From)
	}
	if !q.To.IsZero() {
		add("at < $%d", q.To)
	}
	text := "SELECT id, at, actor, kind, key, grid, body FROM event WHERE " + strings.Join(where, " AND ") + " ORDER BY id"
	if q.Limit > 0 {
		text += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	return s.stream(ctx, text, args)
}

// stream yields events as they come; an error ends them.
func (s *Store) stream(ctx context.Context, text string, args []any) iter.Seq2[gridmap.Event, error] {
	return func(yield func(gridmap.Event, error) bool) {
		rows, err := s.one().Query(ctx, text, args...)
		if err != nil {
			yield(gridmap.Event{}, mapError(ctx, s.name, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e gridmap.Event
			var body string
			if err := rows.Scan(&e.ID, &e.At, &e.Actor, &e.Kind, &e.Key, &e.Grid, &body); err != nil {
				yield(e, mapError(ctx, s.name, err))
				return
			}
			if e.At = e.At.UTC(); body != "" {
				e.Body = []byte(body)
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(gridmap.Event{}, mapError(ctx, s.name, err))
		}
	}
}

// Tally implements gridmap.Journal.
func (s *Store) Tally(ctx context.Context, kind, key string, day time.Time, n int64) error {
	return s.run(ctx, "INSERT INTO tally (kind, key, day, n) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, key, day) DO UPDATE SET n = tally.n + excluded.n",
		kind, key, dayOf(day), n)
}

// run runs one statement of its own.
func (s *Store) run(ctx context.Context, text string, args ...any) error {
	_, err := s.one().Exec(ctx, text, args...)
	return mapError(ctx, s.name, err)
}

// oneRow runs one statement, and complains when it changed nothing.
func (s *Store) oneRow(ctx context.Context, code gridmap.Code, message, text string, args ...any) error {
	done, err := s.one().Exec(ctx, text, args...)
	if err != nil || done.RowsAffected() > 0 {
		return mapError(ctx, s.name, err)
	}
	return gridmap.Errorf(code, "%s", message)
}

// found maps what a look-up of one row came to.
func (s *Store) found(ctx context.Context, err error, message string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return gridmap.Errorf(gridmap.NotFound, "%s", message)
	}
	return mapError(ctx, s.name, err)
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Tallies implements gridmap.Journal.
func (s *Store) Tallies(ctx context.Context, kind, key string, from, to time.Time) ([]gridmap.TallyCount, error) {
	rows, err := s.one().Query(ctx, `SELECT key, day, n FROM tally WHERE kind = $1 AND ($2 = '' OR key = $2) AND day BETWEEN $3 AND $4 ORDER BY key COLLATE "C", day`,
		kind, key, dayOf(from), dayOf(to))
	if err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c gridmap.TallyCount, err error) {
		err = row.Scan(&c.Key, &c.Day, &c.N)
		c.Day = c.Day.UTC()
		return c, err
	})
	return list, mapError(ctx, s.name, err)
}

// PutAttachment implements gridmap.Journal.
func (s *Store) PutAttachment(ctx context.Context, a gridmap.Attachment) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.oneRow(ctx, gridmap.Conflict, "附件编号已被占用 (the attachment's id is taken)",
		"INSERT INTO attachment (id, at, actor, type, data) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", a.ID, a.At, a.Actor, a.Type, a.Data)
}

// Attachment implements gridmap.Journal.
func (s *Store) Attachment(ctx context.Context, id string) (a gridmap.Attachment, err error) {
	err = s.one().QueryRow(ctx, "SELECT id, at, actor, type, data FROM attachment WHERE id = $1", id).Scan(&a.ID, &a.At, &a.Actor, &a.Type, &a.Data)
	a.At = a.At.UTC()
	return a, s.found(ctx, err, "没有这个附件 (no such attachment)")
}
