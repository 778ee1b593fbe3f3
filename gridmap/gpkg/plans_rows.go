package gpkg

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

const (
	planColumns = "id, name, network, scope, base_seq, base_edition, base_at, state, rev, " +
		"effective_at, edition, note, created_by, created_at, changed_at, notice_until"
	opColumns      = "plan, rev, id, at, actor, kind, body"
	eventColumns   = "plan, id, at, actor, action, rev, note"
	commentColumns = "plan, id, at, actor, text, grid, reply_to, photo, public, settled_by, settled_at, shape, key"
)

func scanPlan(rows *sql.Rows) (p gridmap.Plan, err error) {
	var scope string
	var base, effective, created, changed, until nullTime
	err = rows.Scan(&p.ID, &p.Name, &p.Network, &scope, &p.BaseSeq, &p.BaseEdition, &base, &p.State, &p.Rev,
		&effective, &p.Edition, &p.Note, &p.CreatedBy, &created, &changed, &until)
	if err == nil {
		err = ledger.FromJSON(scope, &p.Scope)
	}
	p.BaseAt, p.EffectiveAt, p.CreatedAt, p.ChangedAt, p.NoticeUntil = base.Time, effective.Time, created.Time, changed.Time, until.Time
	return p, err
}

func bindPlan(p gridmap.Plan) []any {
	return []any{
		p.Name, int64(p.Network), scopeJSON(p.Scope), int64(p.BaseSeq), p.BaseEdition, timeText(p.BaseAt), string(p.State), p.Rev,
		timeText(p.EffectiveAt), p.Edition, p.Note, p.CreatedBy, timeText(p.CreatedAt), timeText(p.ChangedAt), timeText(p.NoticeUntil),
	}
}

func scopeJSON(scope []gridmap.GridID) string {
	if len(scope) == 0 {
		return "[]"
	}
	return ledger.JSON(scope)
}

func scanPlanOp(rows *sql.Rows) (o gridmap.PlanOp, err error) {
	var at nullTime
	var body string
	err = rows.Scan(&o.Plan, &o.Rev, &o.ID, &at, &o.Actor, &o.Kind, &body)
	o.At = at.Time
	if body != "" {
		o.Body = json.RawMessage(body)
	}
	return o, err
}

func scanPlanEvent(rows *sql.Rows) (e gridmap.PlanEvent, err error) {
	var at nullTime
	err = rows.Scan(&e.Plan, &e.ID, &at, &e.Actor, &e.Action, &e.Rev, &e.Note)
	e.At = at.Time
	return e, err
}

func scanPlanComment(rows *sql.Rows) (c gridmap.PlanComment, err error) {
	var at, settled nullTime
	var grid, reply sql.NullInt64
	var shape []byte
	err = rows.Scan(&c.Plan, &c.ID, &at, &c.Actor, &c.Text, &grid, &reply, &c.Photo, &c.Public, &c.SettledBy, &settled, &shape, &c.Key)
	c.At, c.SettledAt, c.Grid, c.ReplyTo = at.Time, settled.Time, gridmap.GridID(grid.Int64), reply.Int64
	if c.HasPoint = len(shape) > 0; c.HasPoint && err == nil {
		c.Point, err = decodePoint(shape)
	}
	return c, err
}

func bindComment(c gridmap.PlanComment) []any {
	var shape any // NULL, not an empty blob
	if c.HasPoint {
		shape = encodePoint(c.Point)
	}
	return []any{
		int64(c.Plan), ledger.NullID(c.ID), timeText(c.At), c.Actor, c.Text, ledger.NullID(c.Grid), ledger.NullID(c.ReplyTo), c.Photo, c.Public,
		c.SettledBy, timeText(c.SettledAt), shape, c.Key,
	}
}

// touched is how often any plan had changed when this one last did.
type touched struct {
	id     gridmap.PlanID
	number int64
}

func scanTouched(rows *sql.Rows) (p touched, err error) {
	err = rows.Scan(&p.id, &p.number)
	return p, err
}

func onePlan(ctx context.Context, s *Store, from queryer, id gridmap.PlanID) (gridmap.Plan, error) {
	found, err := collect(query(ctx, s.path, from, scanPlan, "SELECT "+planColumns+" FROM plan WHERE id = ?", id))
	if err != nil || len(found) == 0 {
		return gridmap.Plan{}, orElse(err, ledger.NoPlan(id))
	}
	return found[0], nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// AllPlans implements gridmap.Archive.
func (r *reader) AllPlans(ctx context.Context) iter.Seq2[gridmap.Plan, error] {
	return query(ctx, r.store.path, r.conn, scanPlan, "SELECT "+planColumns+" FROM plan ORDER BY id")
}

// AllPlanOps implements gridmap.Archive.
func (r *reader) AllPlanOps(ctx context.Context) iter.Seq2[gridmap.PlanOp, error] {
	return query(ctx, r.store.path, r.conn, scanPlanOp, "SELECT "+opColumns+" FROM plan_op ORDER BY plan, rev")
}

// AllPlanEvents implements gridmap.Archive.
func (r *reader) AllPlanEvents(ctx context.Context) iter.Seq2[gridmap.PlanEvent, error] {
	return query(ctx, r.store.path, r.conn, scanPlanEvent, "SELECT "+eventColumns+" FROM plan_event ORDER BY id")
}

// AllPlanComments implements gridmap.Archive.
func (r *reader) AllPlanComments(ctx context.Context) iter.Seq2[gridmap.PlanComment, error] {
	return query(ctx, r.store.path, r.conn, scanPlanComment, "SELECT "+commentColumns+" FROM plan_comment ORDER BY id")
}
