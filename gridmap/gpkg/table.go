package gpkg

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// table is a table of versions within one transaction.
type table[T any] struct {
	columns[T]
	r *reader
}

// query runs a statement and yields its rows; an error ends them.
func query[T any](ctx context.Context, path string, from queryer, scan func(*sql.Rows) (T, error), text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := from.QueryContext(ctx, text, args...)
		if err != nil {
			yield(zero, mapError(ctx, path, err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				yield(zero, mapError(ctx, path, err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, mapError(ctx, path, err))
		}
	}
}

func collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

const spanColumns = "valid_from, valid_to, recorded_from, recorded_to"

// selectFrom returns the head of a SELECT, with or without the shape.
func (t table[T]) selectFrom(shapes bool) string {
	names := strings.Join(t.names, ", ")
	if t.shape && !shapes {
		names = strings.TrimSuffix(names, "shape") + "NULL"
	}
	return "SELECT fid, " + names + ", " + spanColumns + ", county FROM " + t.table
}

// rowScan returns a function that reads whole rows of the table.
func (t table[T]) rowScan() func(*sql.Rows) (ledger.Row[T], error) {
	var key int64
	var validFrom, validTo nullTime
	var recordedFrom int64
	var recordedTo sql.NullInt64
	var county int32
	dest, take := t.scan()
	dest = append(append([]any{&key}, dest...), &validFrom, &validTo, &recordedFrom, &recordedTo, &county)
	return func(rows *sql.Rows) (row ledger.Row[T], err error) {
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

// condition is one more that a row must meet.
type condition struct {
	text string // with one mark
	arg  any
}

// all yields the versions that q and the other conditions pick.
func (t table[T]) all(ctx context.Context, q gridmap.Query, more ...condition) iter.Seq2[T, error] {
	if q.IDs != nil {
		more = append(more, condition{t.identity() + " IN (SELECT value FROM json_each(?))", ledger.JSON(q.IDs)})
	}
	where, args := conditions(q, more...)
	text := t.selectFrom(true) + where + " ORDER BY " + t.orderBy(q.Since > 0)
	scan := t.rowScan()
	return query(ctx, t.r.store.path, t.r.conn, func(rows *sql.Rows) (T, error) {
		row, err := scan(rows)
		return row.Value, err
	}, text, args...)
}

// orderBy is the order of a sequence. A writer may write to a table while it
// ranges over it; unary plus keeps SQLite from walking an index that changes
// under it: it sorts, and so has read all before the first row comes out. few
// says that few rows are expected: better found by their recorded time and
// sorted than picked from a walk over everything.
func (t table[T]) orderBy(few bool) string {
	order := t.order + ", coalesce(valid_from, ''), recorded_from"
	if few || t.r.writing {
		order = "+" + strings.ReplaceAll(order, ", ", ", +")
		order = strings.Replace(order, "valid_from, +''", "valid_from, ''", 1)
	}
	return order
}

// fringeText picks the atoms next to any version of those that in picks. What changed lately is
// little: then each is looked at alone; otherwise the way is from the scope out.
func fringeText(q gridmap.Query, in string) string {
	meet := fmt.Sprintf("b.minx <= a.maxx + %[1]g AND b.maxx >= a.minx - %[1]g AND b.miny <= a.maxy + %[1]g AND b.maxy >= a.miny - %[1]g", gridmap.FringeDeg)
	near := strings.ReplaceAll(in, "county", "near.county")
	if q.Since > 0 {
		return "EXISTS (SELECT 1 FROM rtree_atom_shape a JOIN rtree_atom_shape b ON " + meet +
			" JOIN atom near ON near.fid = b.id WHERE a.id = atom.fid AND " + near + ")"
	}
	return "id IN (SELECT far.id FROM atom near JOIN rtree_atom_shape a ON a.id = near.fid JOIN rtree_atom_shape b ON " + meet +
		" JOIN atom far ON far.fid = b.id WHERE " + near + " AND NOT " + strings.ReplaceAll(in, "county", "far.county") + ")"
}

// scopeText is gridmap.Scope.Holds in SQL.
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
	for _, c := range more {
		all, args = append(all, c.text), append(args, c.arg)
	}
	if !q.At.IsZero() {
		at := timeText(q.At)
		all = append(all, "(valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to > ?)")
		args = append(args, at, at)
	}
	if !q.From.IsZero() {
		all, args = append(all, "(valid_to IS NULL OR valid_to > ?)"), append(args, timeText(q.From))
	}
	switch {
	case q.All:
	case q.Known == 0:
		all = append(all, "recorded_to IS NULL")
	default:
		all = append(all, "recorded_from <= ? AND (recorded_to IS NULL OR recorded_to > ?)")
		args = append(args, q.Known, q.Known)
	}
	if q.Since > 0 {
		all = append(all, "(recorded_from > ? OR recorded_to > ?)")
		args = append(args, q.Since, q.Since)
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
	text := t.selectFrom(shapes) + " WHERE recorded_to IS NULL AND " + t.identity() + " IN (SELECT value FROM json_each(?))"
	args := []any{ledger.JSON(ids)}
	if !from.IsZero() {
		text += " AND (valid_to IS NULL OR valid_to > ?)"
		args = append(args, timeText(from))
	}
	return collect(query(ctx, t.r.store.path, t.r.conn, t.rowScan(), text+" ORDER BY "+t.orderBy(false), args...))
}

// Write implements ledger.Table.
func (t table[T]) Write(ctx context.Context, c ledger.Change[T]) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in := " WHERE fid IN (SELECT value FROM json_each(?))"
	if len(c.Close) > 0 {
		if _, err := t.r.conn.ExecContext(ctx, "UPDATE "+t.table+" SET recorded_to = ?"+in, c.Seq, ledger.JSON(c.Close)); err != nil {
			return mapError(ctx, t.r.store.path, err)
		}
	}
	if len(c.Delete) > 0 {
		if _, err := t.r.conn.ExecContext(ctx, "DELETE FROM "+t.table+in, ledger.JSON(c.Delete)); err != nil {
			return mapError(ctx, t.r.store.path, err)
		}
	}
	return mapError(ctx, t.r.store.path, t.insert(c.Insert, c.Counties))
}

// insert puts values into their counties (nil: 0). It does not watch the context: a watched statement costs as much again
// as the row, and a batch is short.
func (t table[T]) insert(values []T, counties []gridmap.County) error {
	if len(values) == 0 {
		return nil
	}
	ctx := context.Background()
	marks := strings.Repeat("?, ", len(t.names)+4) + "?"
	stmt, err := t.r.conn.PrepareContext(ctx, "INSERT INTO "+t.table+" ("+strings.Join(t.names, ", ")+", "+spanColumns+", county) VALUES ("+marks+")")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for i := range values {
		args := t.bind(&values[i])
		if t.shape {
			if blob, ok := args[len(args)-1].([]byte); ok && blob == nil {
				args[len(args)-1] = nil // NULL, not an empty blob
			} else if e, empty, err := envelope(args[len(args)-1]); err == nil && !empty {
				t.r.grow(t.table, e)
			}
		}
		s := t.span(&values[i])
		county := gridmap.County(0)
		if counties != nil {
			county = counties[i]
		}
		args = append(args, timeText(s.ValidFrom), timeText(s.ValidTo), int64(s.RecordedFrom), ledger.NullID(s.RecordedTo), int64(county))
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
