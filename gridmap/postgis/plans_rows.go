package postgis

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

const (
	planColumns = "id, name, network, scope, base_seq, base_edition, base_at, state, rev, " +
		"effective_at, edition, note, created_by, created_at, changed_at, notice_until"
	opColumns      = "plan, rev, id, at, actor, kind, body"
	eventColumns   = "id, plan, at, actor, action, rev, note"
	commentColumns = "id, plan, at, actor, text, grid, reply_to, photo, public, settled_by, settled_at, shape, key"
)

// querier is what can be asked: the pool, a connection, a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

// rowsFrom reads a statement's rows at once.
func rowsFrom[T any](ctx context.Context, s *Store, from querier, scan func(pgx.Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := from.Query(ctx, text, args...)
	if err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, mapError(ctx, s.name, err)
		}
		all = append(all, v)
	}
	return all, mapError(ctx, s.name, rows.Err())
}

func scanPlan(rows pgx.Rows) (p gridmap.Plan, err error) {
	var base, effective, created, changed, until nullTime
	var scope []int64
	err = rows.Scan(&p.ID, &p.Name, &p.Network, &scope, &p.BaseSeq, &p.BaseEdition, &base, &p.State, &p.Rev,
		&effective, &p.Edition, &p.Note, &p.CreatedBy, &created, &changed, &until)
	for _, id := range scope {
		p.Scope = append(p.Scope, gridmap.GridID(id))
	}
	p.BaseAt, p.EffectiveAt, p.CreatedAt, p.ChangedAt, p.NoticeUntil = base.Time, effective.Time, created.Time, changed.Time, until.Time
	return p, err
}

// bindPlan are the columns of a plan after its id.
func bindPlan(p gridmap.Plan) []any {
	return []any{
		p.Name, int64(p.Network), scopeIDs(p.Scope), int64(p.BaseSeq), p.BaseEdition, orNull(p.BaseAt), string(p.State), p.Rev,
		orNull(p.EffectiveAt), p.Edition, p.Note, p.CreatedBy, p.CreatedAt, p.ChangedAt, orNull(p.NoticeUntil),
	}
}

func scopeIDs(scope []gridmap.GridID) []int64 {
	ids := make([]int64, len(scope)) // not nil, which would be NULL
	for i, id := range scope {
		ids[i] = int64(id)
	}
	return ids
}

func scanPlanOp(rows pgx.Rows) (o gridmap.PlanOp, err error) {
	var at nullTime
	var body *string
	err = rows.Scan(&o.Plan, &o.Rev, &o.ID, &at, &o.Actor, &o.Kind, &body)
	o.At = at.Time
	if body != nil {
		o.Body = json.RawMessage(*body)
	}
	return o, err
}

func bindPlanOp(o gridmap.PlanOp) ([]any, error) {
	var body any
	if len(o.Body) > 0 {
		body = string(o.Body)
	}
	return []any{int64(o.Plan), o.Rev, o.ID, o.At, o.Actor, o.Kind, body}, nil
}

func scanPlanEvent(rows pgx.Rows) (e gridmap.PlanEvent, err error) {
	var at nullTime
	err = rows.Scan(&e.ID, &e.Plan, &at, &e.Actor, &e.Action, &e.Rev, &e.Note)
	e.At = at.Time
	return e, err
}

func commentScan() func(pgx.Rows) (gridmap.PlanComment, error) {
	return func(rows pgx.Rows) (c gridmap.PlanComment, err error) {
		var at, settled nullTime
		var grid, reply pgtype.Int8
		var where point
		err = rows.Scan(&c.ID, &c.Plan, &at, &c.Actor, &c.Text, &grid, &reply, &c.Photo, &c.Public, &c.SettledBy, &settled, &where, &c.Key)
		c.At, c.SettledAt, c.Grid, c.ReplyTo = at.Time, settled.Time, gridmap.GridID(grid.Int64), reply.Int64
		c.Point, c.HasPoint = where.Point, where.valid
		return c, err
	}
}

// bindComment are the columns of a comment after its id.
func bindComment(c gridmap.PlanComment) ([]any, error) {
	var shape []byte
	var err error
	if c.HasPoint {
		shape, err = encodePoint(c.Point)
	}
	return []any{
		int64(c.Plan), c.At, c.Actor, c.Text, ledger.NullID(c.Grid), ledger.NullID(c.ReplyTo), c.Photo, c.Public, c.SettledBy, orNull(c.SettledAt), shape, c.Key,
	}, err
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// AllPlans implements gridmap.Archive.
func (r *reader) AllPlans(ctx context.Context) iter.Seq2[gridmap.Plan, error] {
	return query(ctx, r, scanPlan, "SELECT "+planColumns+" FROM plan ORDER BY id")
}

// AllPlanOps implements gridmap.Archive.
func (r *reader) AllPlanOps(ctx context.Context) iter.Seq2[gridmap.PlanOp, error] {
	return query(ctx, r, scanPlanOp, "SELECT "+opColumns+" FROM plan_op ORDER BY plan, rev")
}

// AllPlanEvents implements gridmap.Archive.
func (r *reader) AllPlanEvents(ctx context.Context) iter.Seq2[gridmap.PlanEvent, error] {
	return query(ctx, r, scanPlanEvent, "SELECT "+eventColumns+" FROM plan_event ORDER BY id")
}

// AllPlanComments implements gridmap.Archive.
func (r *reader) AllPlanComments(ctx context.Context) iter.Seq2[gridmap.PlanComment, error] {
	return query(ctx, r, commentScan(), "SELECT "+commentColumns+" FROM plan_comment ORDER BY id")
}
