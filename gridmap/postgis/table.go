package postgis

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// table is a table of versions within one transaction.
type table[T any] struct {
	columns[T]
	r *reader
}

// fetchRows is how many rows a cursor brings at once: enough to hide the round
// trip, few enough to hold with their shapes.
const fetchRows = 2000

// query yields the rows of a statement through a cursor, so that the
// connection is free for other statements between the fetches, and so that
// what is written meanwhile is not seen. An error ends them.
func query[T any](ctx context.Context, r *reader, scan func(pgx.Rows) (T, error), text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		r.cursors++
		name := fmt.Sprint("c", r.cursors)
		_, err := r.tx.Exec(ctx, "DECLARE "+name+" NO SCROLL CURSOR FOR "+text, append([]any{pgx.QueryExecModeExec}, args...)...)
		for more := true; err == nil && more; {
			var part []T
			if part, err = fetch(ctx, r, name, scan); err != nil {
				break
			}
			more = len(part) == fetchRows
			for _, v := range part {
				if !yield(v, nil) {
					more = false
					break
				}
			}
			if !more {
				_, err = r.tx.Exec(ctx, "CLOSE "+name, pgx.QueryExecModeExec)
				if err != nil { // the next statement says so, if it matters
					return
				}
			}
		}
		if err != nil {
			yield(zero, mapError(ctx, r.store.name, err))
		}
	}
}

func fetch[T any](ctx context.Context, r *reader, cursor string, scan func(pgx.Rows) (T, error)) ([]T, error) {
	rows, err := r.tx.Query(ctx, fmt.Sprint("FETCH ", fetchRows, " FROM ", cursor), pgx.QueryExecModeDescribeExec)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var part []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		part = append(part, v)
	}
	return part, rows.Err()
}

// copyIn inserts values by COPY.
func copyIn[T any](ctx context.Context, r *reader, table string, names []string, values []T, bind func(T) ([]any, error)) error {
	if len(values) == 0 {
		return nil
	}
	_, err := r.tx.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromSlice(len(values), func(i int) ([]any, error) {
		return bind(values[i])
	}))
	return mapError(ctx, r.store.name, err)
}

var spanColumns = []string{"valid_from", "valid_to", "recorded_from", "recorded_to"}

// selectFrom returns the head of a SELECT, with or without the shape.
func (t table[T]) selectFrom(shapes bool) string {
	names := strings.Join(t.names, ", ")
	if t.shape && !shapes {
		names = strings.TrimSuffix(names, "shape") + "NULL::geometry"
	}
	return "SELECT fid, " + names + ", " + strings.Join(spanColumns, ", ") + ", county FROM " + t.table
}

// rowScan returns a function that reads whole rows of the table.
func (t table[T]) rowScan() func(pgx.Rows) (ledger.Row[T], error) {
	var key, recordedFrom int64
	var validFrom, validTo nullTime
	var recordedTo pgtype.Int8
	var county int32
	dest, take := t.scan()
	dest = append(append([]any{&key}, dest...), &validFrom, &validTo, &recordedFrom, &recordedTo, &county)
	return func(rows pgx.Rows) (row ledger.Row[T], err error) {
		if err = rows.Scan(dest...); err != nil {
			return row, err
		}
		row.Key, row.County = key, gridmap.County(county)
		row.Value, err = take()
		*t.span(&row.Value) = gridmap.Span{
			ValidFrom: validFrom.Time, ValidTo: validTo.Time,
			RecordedFrom: gridmap.Seq(recordedFrom), RecordedTo: gridmap.Seq(recordedTo.Int64),
		}
		return row, err
	}
}

// all yields the versions that q and the other conditions pick.
func (t table[T]) all(ctx context.Context, q gridmap.Query, more ...condition) iter.Seq2[T, error] {
	if q.IDs != nil {
		more = append(more, condition{t.identity() + " = ANY(?)", q.IDs})
	}
	where, args := conditions(q, more...)
	text := t.selectFrom(true) + where + " ORDER BY " + t.orderBy()
	scan := t.rowScan()
	return query(ctx, t.r, func(rows pgx.Rows) (T, error) {
		row, err := scan(rows)
		return row.Value, err
	}, text, args...)
}

func (t table[T]) orderBy() string { return t.order + ", valid_from NULLS FIRST, recorded_from" }

// condition is one more that a row must meet.
type condition struct {
	text string // with one ? in it
	arg  any
}

// fringeText picks the atoms next to any version of those that in picks. What changed lately is
// little: then each is looked at alone; otherwise the way is from the scope out.
func fringeText(q gridmap.Query, in string) string {
	near := strings.ReplaceAll(in, "county", "near.county")
	if q.Since > 0 {
		return fmt.Sprintf("EXISTS (SELECT FROM atom near WHERE near.shape && ST_Expand(atom.shape, %g) AND %s)", gridmap.FringeDeg, near)
	}
	return fmt.Sprintf("id = ANY(ARRAY(SELECT far.id FROM atom near JOIN atom far ON far.shape && ST_Expand(near.shape, %g) WHERE %s AND NOT %s))",
		gridmap.FringeDeg, near, strings.ReplaceAll(in, "county", "far.county"))
}

// scopeText is gridmap.Scope.Holds in SQL. The numbers are written out, so that
// the planner leaves out other counties' partitions.
func scopeText(s gridmap.Scope) string {
	if s.Whole() {
		return "true"
	}
	text := "(county = 0"
	for _, c := range s {
		text += fmt.Sprintf(" OR county BETWEEN %d AND %d", c.First, c.Last)
	}
	return text + ")"
}

// conditions is gridmap.Query.Match in SQL, and more.
func conditions(q gridmap.Query, more ...condition) (where string, args []any) {
	var all []string
	add := func(format string, arg any) {
		args = append(args, arg)
		all = append(all, strings.ReplaceAll(format, "?", fmt.Sprint("$", len(args))))
	}
	for _, c := range more {
		add(c.text, c.arg)
	}
	if !q.At.IsZero() {
		add("(valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to > ?)", ledger.Trim(q.At))
	}
	if !q.From.IsZero() {
		add("(valid_to IS NULL OR valid_to > ?)", ledger.Trim(q.From))
	}
	switch {
	case q.All:
	case q.Known == 0:
		all = append(all, "recorded_to IS NULL")
	default:
		add("recorded_from <= ? AND (recorded_to IS NULL OR recorded_to > ?)", int64(q.Known))
	}
	if q.Since > 0 {
		add("(recorded_from > ? OR recorded_to > ?)", int64(q.Since))
	}
	if in := scopeText(q.Scope); q.Fringe {
		all = append(all, "NOT "+in, fringeText(q, in))
	} else if !q.Scope.Whole() {
		all = append(all, in)
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), args
}

// identity is the column that ids are in.
func (t table[T]) identity() string {
	id, _, _ := strings.Cut(t.order, ",")
	return id
}

// Believed implements ledger.Table.
func (t table[T]) Believed(ctx context.Context, ids []int64, from time.Time, shapes bool) ([]ledger.Row[T], error) {
	if len(ids) == 0 {
		return nil, nil
	}
	text := t.selectFrom(shapes) + " WHERE recorded_to IS NULL AND " + t.identity() + " = ANY($1)"
	args := []any{ids}
	if !from.IsZero() {
		text += " AND (valid_to IS NULL OR valid_to > $2)"
		args = append(args, ledger.Trim(from))
	}
	return rowsOf(ctx, t.r, t.rowScan(), text+" ORDER BY "+t.orderBy(), args...)
}

// rowsOf reads a statement's rows at once.
func rowsOf[T any](ctx context.Context, r *reader, scan func(pgx.Rows) (T, error), text string, args ...any) ([]T, error) {
	return rowsFrom(ctx, r.store, r.tx, scan, text, args...)
}

// Write implements ledger.Table.
func (t table[T]) Write(ctx context.Context, c ledger.Change[T]) error {
	if len(c.Close) > 0 {
		if _, err := t.r.tx.Exec(ctx, "UPDATE "+t.table+" SET recorded_to = $1 WHERE fid = ANY($2)", int64(c.Seq), c.Close); err != nil {
			return mapError(ctx, t.r.store.name, err)
		}
	}
	if len(c.Delete) > 0 {
		if _, err := t.r.tx.Exec(ctx, "DELETE FROM "+t.table+" WHERE fid = ANY($1)", c.Delete); err != nil {
			return mapError(ctx, t.r.store.name, err)
		}
	}
	names := append(append(t.names[:len(t.names):len(t.names)], spanColumns...), "county")
	at := -1
	return copyIn(ctx, t.r, t.table, names, c.Insert, func(v T) ([]any, error) {
		row, err := t.bind(&v)
		s, county := t.span(&v), gridmap.County(0)
		if at++; c.Counties != nil {
			county = c.Counties[at]
		}
		return append(row, orNull(s.ValidFrom), orNull(s.ValidTo), int64(s.RecordedFrom), ledger.NullID(s.RecordedTo), int32(county)), err
	})
}
