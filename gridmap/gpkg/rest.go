package gpkg

import (
	"context"
	"database/sql"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

var (
	_ ledger.Rest = (*writer)(nil)
	_ ledger.Raw  = (*writer)(nil)
)

// Owners implements ledger.Rest.
func (w *writer) Owners(ctx context.Context, scope ledger.CodeScope, codes []string) (map[string]int64, error) {
	owners := make(map[string]int64)
	found := query(ctx, w.store.path, w.conn, func(rows *sql.Rows) (o gridmap.CodeOwner, err error) {
		err = rows.Scan(&o.Code, &o.ID)
		return o, err
	}, "SELECT code, id FROM code WHERE kind = ? AND network = ? AND code IN (SELECT value FROM json_each(?))", scope.Kind, scope.Network, ledger.JSON(codes))
	for o, err := range found {
		if err != nil {
			return nil, err
		}
		owners[o.Code] = o.ID
	}
	return owners, nil
}

// Own implements ledger.Rest.
func (w *writer) Own(ctx context.Context, scope ledger.CodeScope, codes []string, ids []int64) error {
	owners := make([]gridmap.CodeOwner, len(codes))
	for i, code := range codes {
		owners[i] = gridmap.CodeOwner{Kind: scope.Kind, Network: gridmap.NetworkID(scope.Network), Code: code, ID: ids[i]}
	}
	return w.AddCodes(ctx, owners)
}

// AddCodes implements ledger.Raw.
func (w *writer) AddCodes(ctx context.Context, codes []gridmap.CodeOwner) error {
	return insertEach(ctx, w, "INSERT INTO code (kind, network, code, id) VALUES (?, ?, ?, ?)", codes, func(c gridmap.CodeOwner) []any {
		return []any{c.Kind, int64(c.Network), c.Code, c.ID}
	})
}

// AddChangeSets implements ledger.Raw.
func (w *writer) AddChangeSets(ctx context.Context, sets []gridmap.ChangeSet) error {
	return insertEach(ctx, w, "INSERT INTO change_set (seq, at, actor, action, note, edition) VALUES (?, ?, ?, ?, ?, ?)", sets, func(c gridmap.ChangeSet) []any {
		return []any{int64(c.Seq), timeText(c.At), c.Actor, c.Action, c.Note, c.Edition}
	})
}

// AddEditions implements ledger.Raw.
func (w *writer) AddEditions(ctx context.Context, editions []gridmap.Edition) error {
	return insertEach(ctx, w, `INSERT INTO edition (number, name, effective_at, published_at, seq, "by", note) VALUES (?, ?, ?, ?, ?, ?, ?)`, editions, func(e gridmap.Edition) []any {
		return []any{e.Number, e.Name, timeText(e.EffectiveAt), timeText(e.PublishedAt), int64(e.Seq), e.By, e.Note}
	})
}

// AddAudit implements ledger.Raw: into the outbox.
func (w *writer) AddAudit(ctx context.Context, entries []gridmap.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	return mapError(ctx, w.store.path, insertAudit(ctx, w.conn, "INSERT INTO audit_outbox", entries))
}

// SetHead implements ledger.Raw.
func (w *writer) SetHead(ctx context.Context, h gridmap.Head, nextID int64, last gridmap.AuditEntry) error {
	return w.exec(ctx, "UPDATE head SET seq = ?, edition = ?, at = ?, next_id = ?, audit_id = ?, audit_hash = ?",
		h.Seq, h.Edition, timeText(h.At), nextID, last.ID, last.Hash)
}

func insertEach[T any](ctx context.Context, w *writer, text string, values []T, bind func(T) []any) error {
	if len(values) == 0 {
		return nil
	}
	stmt, err := w.conn.PrepareContext(ctx, text)
	if err != nil {
		return mapError(ctx, w.store.path, err)
	}
	defer func() { _ = stmt.Close() }()
	for _, v := range values {
		if _, err := stmt.ExecContext(context.WithoutCancel(ctx), bind(v)...); err != nil {
			return mapError(ctx, w.store.path, err)
		}
	}
	return nil
}

// ChildAfter implements ledger.Rest.
func (w *writer) ChildAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Grid, error) {
	text := " WHERE recorded_to IS NULL AND parent IN (SELECT value FROM json_each(?1)) AND id NOT IN (SELECT value FROM json_each(?1))"
	return firstAfter(ctx, w.grids(), text, ids, at)
}

// MemberAfter implements ledger.Rest.
func (w *writer) MemberAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Membership, error) {
	return firstAfter(ctx, w.members(), " WHERE recorded_to IS NULL AND grid IN (SELECT value FROM json_each(?1))", ids, at)
}

func firstAfter[T any](ctx context.Context, t table[T], where string, ids []int64, at time.Time) (*T, error) {
	args := []any{ledger.JSON(ids)}
	if !at.IsZero() {
		where += " AND (valid_to IS NULL OR valid_to > ?2)"
		args = append(args, timeText(at))
	}
	rows, err := collect(query(ctx, t.r.store.path, t.r.conn, t.rowScan(), t.selectFrom(false)+where+" LIMIT 1", args...))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0].Value, nil
}
