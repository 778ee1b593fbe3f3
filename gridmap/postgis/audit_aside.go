package postgis

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// asideAfter is how long audit lines wait for the lock of the head, which an
// import can hold for minutes. Then they go into a table of their own, and the
// next transaction that has the lock takes them into the chain.
const asideAfter = 100 * time.Millisecond

// mostAside bounds how many lines one transaction takes into the chain.
const mostAside = 10_000

// errHeld says that somebody else is writing.
var errHeld = errors.New("another write is under way")

// AppendAudit implements gridmap.Journal: under the lock of the head, as the
// lines of a commit go, since they are one chain; or, while that is held, beside
// it. Without lines it takes into the chain what was put aside.
func (s *Store) AppendAudit(ctx context.Context, lines ...gridmap.AuditEntry) error {
	if err := ledger.CheckLoose(lines); err != nil {
		return err
	}
	if len(lines) == 0 {
		var some bool
		if err := s.one().QueryRow(ctx, "SELECT EXISTS (SELECT FROM audit_aside)").Scan(&some); err != nil || !some {
			return mapError(ctx, s.name, err)
		}
	}
	err := s.chain(ctx, lines)
	var e *pgconn.PgError
	const lockNotAvailable = "55P03"
	if !errors.Is(err, errHeld) && (!errors.As(err, &e) || e.Code != lockNotAvailable) {
		return err
	}
	if len(lines) == 0 {
		return nil // later
	}
	return s.putAside(ctx, lines)
}

// AuditAside implements gridmap.Journal.
func (s *Store) AuditAside(ctx context.Context) (n int64, err error) {
	err = s.one().QueryRow(ctx, "SELECT count(*) FROM audit_aside").Scan(&n)
	return n, mapError(ctx, s.name, err)
}

// chain adds lines to the chain if the lock is to be had soon; errHeld, or the
// database's word for it, if not.
func (s *Store) chain(ctx context.Context, lines []gridmap.AuditEntry) error {
	soon := time.NewTimer(asideAfter)
	defer soon.Stop()
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	case <-soon.C:
		return errHeld
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = "+strconv.FormatInt(asideAfter.Milliseconds(), 10)); err != nil {
			return err
		}
		r := &reader{store: s, tx: tx}
		if _, err := r.lockHead(ctx); err != nil {
			return err
		}
		w := &writer{reader: r}
		last, err := w.takeAside(ctx)
		if err != nil {
			return err
		}
		sealed, err := ledger.Seal(lines, gridmap.ChangeSet{}, last.ID, last.Hash)
		if err != nil {
			return err
		}
		if err := w.AddAudit(ctx, sealed); err != nil {
			return err
		}
		if len(sealed) > 0 {
			last = sealed[len(sealed)-1]
		}
		_, err = tx.Exec(ctx, "UPDATE head SET audit_id = $1, audit_hash = $2", last.ID, last.Hash)
		return err
	})
}

// putAside keeps lines for the chain.
func (s *Store) putAside(ctx context.Context, lines []gridmap.AuditEntry) error {
	checked, err := ledger.Seal(lines, gridmap.ChangeSet{}, 0, "") // what the chain would refuse must not stand in its way
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		for _, e := range checked {
			if _, err := tx.Exec(ctx, "INSERT INTO audit_aside (at, actor, action, thing, detail) VALUES ($1, $2, $3, $4, $5)", e.At, e.Actor, e.Action, e.Thing, e.Detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeAside moves what was put aside into the chain, under the lock of the head,
// and returns the last line of the chain.
func (w *writer) takeAside(ctx context.Context) (last gridmap.AuditEntry, err error) {
	if last, err = w.LastAudit(ctx); err != nil {
		return last, err
	}
	rows, err := w.tx.Query(ctx, `WITH taken AS (DELETE FROM audit_aside WHERE n IN (SELECT n FROM audit_aside ORDER BY n LIMIT $1) RETURNING *)
		SELECT at, actor, action, thing, detail FROM taken ORDER BY n`, mostAside)
	if err != nil {
		return last, err
	}
	loose, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e gridmap.AuditEntry, err error) {
		return e, row.Scan(&e.At, &e.Actor, &e.Action, &e.Thing, &e.Detail)
	})
	if err != nil {
		return last, err
	}
	sealed, err := ledger.Seal(loose, gridmap.ChangeSet{}, last.ID, last.Hash)
	if err != nil || len(sealed) == 0 {
		return last, err
	}
	return sealed[len(sealed)-1], w.AddAudit(ctx, sealed)
}
