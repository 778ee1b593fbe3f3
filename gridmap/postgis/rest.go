package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

var (
	_ ledger.Rest = (*writer)(nil)
	_ ledger.Raw  = (*writer)(nil)
)

// Owners implements ledger.Rest.
func (w *writer) Owners(ctx context.Context, scope ledger.CodeScope, codes []string) (map[string]int64, error) {
	found, err := rowsOf(ctx, w.reader, func(rows pgx.Rows) (o gridmap.CodeOwner, err error) {
		err = rows.Scan(&o.Code, &o.ID)
		return o, err
	}, "SELECT code, id FROM code WHERE kind = $1 AND network = $2 AND code = ANY($3)", scope.Kind, scope.Network, codes)
	owners := make(map[string]int64, len(found))
	for _, o := range found {
		owners[o.Code] = o.ID
	}
	return owners, err
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
	return copyIn(ctx, w.reader, "code", []string{"kind", "network", "code", "id"}, codes, func(c gridmap.CodeOwner) ([]any, error) {
		return []any{c.Kind, int64(c.Network), c.Code, c.ID}, nil
	})
}

// AddChangeSets implements ledger.Raw.
func (w *writer) AddChangeSets(ctx context.Context, sets []gridmap.ChangeSet) error {
	return copyIn(ctx, w.reader, "change_set", []string{"seq", "at", "actor", "action", "note", "edition"}, sets, func(c gridmap.ChangeSet) ([]any, error) {
		return []any{int64(c.Seq), c.At, c.Actor, c.Action, c.Note, c.Edition}, nil
	})
}

// AddEditions implements ledger.Raw.
func (w *writer) AddEditions(ctx context.Context, editions []gridmap.Edition) error {
	return copyIn(ctx, w.reader, "edition", []string{"number", "name", "effective_at", "published_at", "seq", "by", "note"}, editions, func(e gridmap.Edition) ([]any, error) {
		return []any{e.Number, e.Name, orNull(e.EffectiveAt), e.PublishedAt, int64(e.Seq), e.By, e.Note}, nil
	})
}

// SetHead implements ledger.Raw.
func (w *writer) SetHead(ctx context.Context, h gridmap.Head, nextID int64, last gridmap.AuditEntry) error {
	return w.exec(ctx, "UPDATE head SET seq = $1, edition = $2, at = $3, next_id = $4, audit_id = $5, audit_hash = $6",
		int64(h.Seq), h.Edition, orNull(h.At), nextID, last.ID, last.Hash)
}

// ChildAfter implements ledger.Rest.
func (w *writer) ChildAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Grid, error) {
	return firstAfter(ctx, w.grids(), " WHERE recorded_to IS NULL AND parent = ANY($1) AND id <> ALL($1)", ids, at)
}

// MemberAfter implements ledger.Rest.
func (w *writer) MemberAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Membership, error) {
	return firstAfter(ctx, w.members(), " WHERE recorded_to IS NULL AND grid = ANY($1)", ids, at)
}

func firstAfter[T any](ctx context.Context, t table[T], where string, ids []int64, at time.Time) (*T, error) {
	args := []any{ids}
	if !at.IsZero() {
		where += " AND (valid_to IS NULL OR valid_to > $2)"
		args = append(args, at)
	}
	rows, err := rowsOf(ctx, t.r, t.rowScan(), t.selectFrom(false)+where+" LIMIT 1", args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0].Value, nil
}
