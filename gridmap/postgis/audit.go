package postgis

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

// Audit implements gridmap.Reader.
func (r *reader) Audit(ctx context.Context, after int64) iter.Seq2[gridmap.AuditEntry, error] {
	return query(ctx, r, func(rows pgx.Rows) (e gridmap.AuditEntry, err error) {
		var at nullTime
		err = rows.Scan(&e.ID, &at, &e.Actor, &e.Action, &e.Thing, &e.Detail, &e.Seq, &e.Prev, &e.Hash)
		e.At = at.Time
		return e, err
	}, "SELECT id, at, actor, action, thing, detail, seq, prev, hash FROM audit WHERE id > $1 ORDER BY id", after)
}

// LastAudit implements gridmap.Archive.
func (r *reader) LastAudit(ctx context.Context) (e gridmap.AuditEntry, err error) {
	err = r.tx.QueryRow(ctx, "SELECT audit_id, audit_hash FROM head").Scan(&e.ID, &e.Hash)
	return e, mapError(ctx, r.store.name, err)
}

// AddAudit implements ledger.Raw.
func (w *writer) AddAudit(ctx context.Context, entries []gridmap.AuditEntry) error {
	return copyIn(ctx, w.reader, "audit", []string{"id", "at", "actor", "action", "thing", "detail", "seq", "prev", "hash"}, entries,
		func(e gridmap.AuditEntry) ([]any, error) {
			return []any{e.ID, e.At, e.Actor, e.Action, e.Thing, e.Detail, int64(e.Seq), e.Prev, e.Hash}, nil
		})
}
