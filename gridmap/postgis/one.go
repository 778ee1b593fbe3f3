package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// single runs statements that are transactions of their own. Through a pooler
// each gets a transaction around it that says the settings first.
type single struct{ s *Store }

func (s *Store) one() single { return single{s} }

// ready makes sure that it is known whether there is a pooler.
func (o single) bare(ctx context.Context) (bool, error) {
	if err := o.s.ready(ctx); err != nil {
		return false, err
	}
	return !o.s.foot.pooled, nil
}

// Exec runs a statement.
func (o single) Exec(ctx context.Context, text string, args ...any) (done pgconn.CommandTag, err error) {
	bare, err := o.bare(ctx)
	if err != nil {
		return done, err
	}
	if bare {
		conn, err := o.s.acquire(ctx)
		if err != nil {
			return done, err
		}
		defer conn.Release()
		defer o.s.watch(conn.Conn())()
		return conn.Exec(ctx, text, args...)
	}
	tx, err := o.s.begin(ctx, pgx.TxOptions{})
	if err != nil {
		return done, err
	}
	defer rollback(ctx, tx)
	if done, err = tx.Exec(ctx, text, args...); err != nil {
		return done, err
	}
	return done, tx.Commit(ctx)
}

// Query runs a statement that returns rows; they must be closed.
func (o single) Query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	bare, err := o.bare(ctx)
	if err != nil {
		return nil, err
	}
	if bare {
		return o.s.query(ctx, text, args...)
	}
	tx, err := o.s.begin(ctx, pgx.TxOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		rollback(ctx, tx)
		return nil, err
	}
	return &singleRows{Rows: rows, end: func() error { return tx.Commit(context.WithoutCancel(ctx)) }}, nil
}

// query is Query past no pooler.
func (s *Store) query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	stop := s.watch(conn.Conn())
	end := func() error {
		stop()
		conn.Release()
		return nil
	}
	rows, err := conn.Query(ctx, text, args...)
	if err != nil {
		_ = end()
		return nil, err
	}
	return &singleRows{Rows: rows, end: end}, nil
}

// QueryRow runs a statement that returns a row. What it wrote is kept once the
// row was scanned.
func (o single) QueryRow(ctx context.Context, text string, args ...any) pgx.Row {
	rows, err := o.Query(ctx, text, args...)
	return singleRow{rows, err}
}

// singleRows ends the transaction that its rows come from.
type singleRows struct {
	pgx.Rows
	end func() error
	err error
}

// Close implements pgx.Rows.
func (r *singleRows) Close() {
	r.Rows.Close()
	if r.end != nil {
		r.err = r.end()
		r.end = nil
	}
}

// Next implements pgx.Rows.
func (r *singleRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Err implements pgx.Rows.
func (r *singleRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

type singleRow struct {
	rows pgx.Rows
	err  error
}

// Scan implements pgx.Row.
func (r singleRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
