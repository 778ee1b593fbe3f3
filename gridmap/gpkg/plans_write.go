package gpkg

import (
	"context"
	"database/sql"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// UpdatePlan implements gridmap.Writer.
func (w *writer) UpdatePlan(ctx context.Context, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent) error {
	stored, err := onePlan(ctx, w.store, w.conn, was.ID)
	if err != nil {
		return err
	}
	logged, err := w.logged(ctx, was.ID, ops)
	if err != nil {
		return err
	}
	next, err := ledger.NextPlan(stored, was, now, ops, events, logged)
	if err != nil {
		return err
	}
	if err := w.AddPlanOps(ctx, next.Ops); err != nil {
		return err
	}
	if err := w.AddPlanEvents(ctx, next.Events); err != nil {
		return err
	}
	p := next.Plan
	if err := w.exec(ctx, `UPDATE plan SET name = ?, scope = ?, base_seq = ?, base_edition = ?, base_at = ?, state = ?, rev = ?,
		effective_at = ?, edition = ?, note = ?, changed_at = ?, notice_until = ? WHERE id = ?`,
		p.Name, scopeJSON(p.Scope), int64(p.BaseSeq), p.BaseEdition, timeText(p.BaseAt), string(p.State), p.Rev,
		timeText(p.EffectiveAt), p.Edition, p.Note, timeText(p.ChangedAt), timeText(p.NoticeUntil), p.ID); err != nil {
		return err
	}
	return w.touchPlan(ctx, p.ID)
}

// logged returns those of the operations' ids that the log of the plan has.
func (w *writer) logged(ctx context.Context, plan gridmap.PlanID, ops []gridmap.PlanOp) ([]string, error) {
	ids := make([]string, len(ops))
	for i, o := range ops {
		ids[i] = o.ID
	}
	return collect(query(ctx, w.store.path, w.conn, func(rows *sql.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, "SELECT id FROM plan_op WHERE plan = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY rev", plan, ledger.JSON(ids)))
}

// touchPlan gives the plan the newest number, for PlanNews; NotFound when
// there is no such plan.
func (w *writer) touchPlan(ctx context.Context, id gridmap.PlanID) error {
	done, err := w.conn.ExecContext(ctx, "UPDATE plan SET touched = (SELECT max(touched) + 1 FROM plan) WHERE id = ?", id)
	if err != nil {
		return mapError(ctx, w.store.path, err)
	}
	w.planned = true
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return orElse(mapError(ctx, w.store.path, err), ledger.NoPlan(id))
	}
	return nil
}

// insertPlan keeps a plan that has no number yet and returns the one it got.
func (w *writer) insertPlan(ctx context.Context, p gridmap.Plan) (gridmap.PlanID, error) {
	done, err := w.conn.ExecContext(ctx, insertPlanText, append([]any{ledger.NullID(p.ID)}, bindPlan(p)...)...)
	if err != nil {
		return 0, mapError(ctx, w.store.path, err)
	}
	id, err := done.LastInsertId()
	return gridmap.PlanID(id), mapError(ctx, w.store.path, err)
}

const insertPlanText = "INSERT INTO plan (" + planColumns + ", touched) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(touched), 0) + 1 FROM plan))"

const insertCommentText = "INSERT INTO plan_comment (" + commentColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

// insertComment keeps a comment that has no number yet and returns the one it
// got; Conflict when the plan has one with its key.
func (w *writer) insertComment(ctx context.Context, c gridmap.PlanComment) (int64, error) {
	if c.Key != "" {
		there, err := collect(query(ctx, w.store.path, w.conn, scanPlanComment,
			"SELECT "+commentColumns+" FROM plan_comment WHERE plan = ? AND key = ?", c.Plan, c.Key))
		if err != nil || len(there) > 0 {
			return 0, orElse(err, ledger.CommentThere(c.Plan, c.Key))
		}
	}
	done, err := w.conn.ExecContext(ctx, insertCommentText, bindComment(c)...)
	if err != nil {
		return 0, mapError(ctx, w.store.path, err)
	}
	id, err := done.LastInsertId()
	return id, mapError(ctx, w.store.path, err)
}

// comment finds a comment of a plan.
func (w *writer) comment(ctx context.Context, plan gridmap.PlanID, id int64) (gridmap.PlanComment, error) {
	found, err := collect(query(ctx, w.store.path, w.conn, scanPlanComment,
		"SELECT "+commentColumns+" FROM plan_comment WHERE plan = ? AND id = ?", plan, id))
	if err != nil || len(found) == 0 {
		return gridmap.PlanComment{}, orElse(err, ledger.NoComment(plan, id))
	}
	return found[0], nil
}

// AddPlans implements ledger.Raw.
func (w *writer) AddPlans(ctx context.Context, plans []gridmap.Plan) error {
	return insertEach(ctx, w, insertPlanText, plans, func(p gridmap.Plan) []any {
		return append([]any{int64(p.ID)}, bindPlan(p)...)
	})
}

// AddPlanOps implements ledger.Raw.
func (w *writer) AddPlanOps(ctx context.Context, ops []gridmap.PlanOp) error {
	return insertEach(ctx, w, "INSERT INTO plan_op ("+opColumns+") VALUES (?, ?, ?, ?, ?, ?, ?)", ops, func(o gridmap.PlanOp) []any {
		return []any{int64(o.Plan), o.Rev, o.ID, timeText(o.At), o.Actor, o.Kind, string(o.Body)}
	})
}

// AddPlanEvents implements ledger.Raw.
func (w *writer) AddPlanEvents(ctx context.Context, events []gridmap.PlanEvent) error {
	return insertEach(ctx, w, "INSERT INTO plan_event ("+eventColumns+") VALUES (?, ?, ?, ?, ?, ?, ?)", events, func(e gridmap.PlanEvent) []any {
		return []any{int64(e.Plan), ledger.NullID(e.ID), timeText(e.At), e.Actor, e.Action, e.Rev, e.Note}
	})
}

// AddPlanComments implements ledger.Raw.
func (w *writer) AddPlanComments(ctx context.Context, comments []gridmap.PlanComment) error {
	return insertEach(ctx, w, insertCommentText, comments, bindComment)
}
