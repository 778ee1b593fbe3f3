package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// UpdatePlan implements gridmap.Writer. The lock on the row of the plan makes
// looking and writing one.
func (w *writer) UpdatePlan(ctx context.Context, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent) error {
	stored, err := rowsOf(ctx, w.reader, scanPlan, "SELECT "+planColumns+" FROM plan WHERE id = $1 FOR UPDATE", int64(was.ID))
	if err != nil || len(stored) == 0 {
		return orElse(err, ledger.NoPlan(was.ID))
	}
	logged, err := w.logged(ctx, was.ID, ops)
	if err != nil {
		return err
	}
	next, err := ledger.NextPlan(stored[0], was, now, ops, events, logged)
	if err != nil {
		return err
	}
	if err := w.AddPlanOps(ctx, next.Ops); err != nil {
		return err
	}
	if err := w.insertEvents(ctx, next.Events); err != nil {
		return err
	}
	p := next.Plan
	var number int64
	err = w.tx.QueryRow(ctx, `UPDATE plan SET name = $1, scope = $2, base_seq = $3, base_edition = $4, base_at = $5, state = $6, rev = $7,
		effective_at = $8, edition = $9, note = $10, changed_at = $11, notice_until = $13, touched = touched + 1 WHERE id = $12 RETURNING touched`,
		p.Name, scopeIDs(p.Scope), int64(p.BaseSeq), p.BaseEdition, orNull(p.BaseAt), string(p.State), p.Rev,
		orNull(p.EffectiveAt), p.Edition, p.Note, p.ChangedAt, int64(p.ID), orNull(p.NoticeUntil)).Scan(&number)
	if err != nil {
		return mapError(ctx, w.store.name, err)
	}
	return w.tellPlan(ctx, p.ID, number)
}

// logged returns those of the operations' ids that the log of the plan has.
func (w *writer) logged(ctx context.Context, plan gridmap.PlanID, ops []gridmap.PlanOp) ([]string, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	ids := make([]string, len(ops))
	for i, o := range ops {
		ids[i] = strings.ReplaceAll(strings.ToValidUTF8(o.ID, ""), "\x00", "") // what is no text is refused later, with a reason
	}
	return rowsOf(ctx, w.reader, func(rows pgx.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, "SELECT id FROM plan_op WHERE plan = $1 AND id = ANY($2) ORDER BY rev", int64(plan), ids)
}

// touchPlan counts a change of the plan and locks it; NotFound when there is
// no such plan.
func (w *writer) touchPlan(ctx context.Context, id gridmap.PlanID) error {
	var number int64
	err := w.tx.QueryRow(ctx, "UPDATE plan SET touched = touched + 1 WHERE id = $1 RETURNING touched", int64(id)).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.NoPlan(id)
	}
	if err != nil {
		return mapError(ctx, w.store.name, err)
	}
	return w.tellPlan(ctx, id, number)
}

// tellPlan tells every process of a change of a plan, once the transaction
// commits.
func (w *writer) tellPlan(ctx context.Context, id gridmap.PlanID, number int64) error {
	return w.exec(ctx, "SELECT pg_notify($1, $2)", w.store.channel(planChannel), fmt.Sprint(int64(id), " ", number))
}

// comment finds a comment of a plan.
func (w *writer) comment(ctx context.Context, plan gridmap.PlanID, id int64) (gridmap.PlanComment, error) {
	found, err := rowsOf(ctx, w.reader, commentScan(), "SELECT "+commentColumns+" FROM plan_comment WHERE plan = $1 AND id = $2", int64(plan), id)
	if err != nil || len(found) == 0 {
		return gridmap.PlanComment{}, orElse(err, ledger.NoComment(plan, id))
	}
	return found[0], nil
}

// insertEvents keeps events that have no number yet.
func (w *writer) insertEvents(ctx context.Context, events []gridmap.PlanEvent) error {
	return copyIn(ctx, w.reader, "plan_event", columnNames(eventColumns)[1:], events, func(e gridmap.PlanEvent) ([]any, error) {
		return bindPlanEvent(e), nil
	})
}

// bindPlanEvent are the columns of an event after its id.
func bindPlanEvent(e gridmap.PlanEvent) []any {
	return []any{int64(e.Plan), e.At, e.Actor, e.Action, e.Rev, e.Note}
}

func columnNames(list string) []string { return strings.Split(list, ", ") }

// AddPlans implements ledger.Raw.
func (w *writer) AddPlans(ctx context.Context, plans []gridmap.Plan) error {
	if err := copyIn(ctx, w.reader, "plan", append(columnNames(planColumns), "touched"), plans, func(p gridmap.Plan) ([]any, error) {
		return append(append([]any{int64(p.ID)}, bindPlan(p)...), int64(1)), nil
	}); err != nil {
		return err
	}
	return w.numberAfter(ctx, "plan")
}

// AddPlanOps implements ledger.Raw.
func (w *writer) AddPlanOps(ctx context.Context, ops []gridmap.PlanOp) error {
	return copyIn(ctx, w.reader, "plan_op", columnNames(opColumns), ops, bindPlanOp)
}

// AddPlanEvents implements ledger.Raw.
func (w *writer) AddPlanEvents(ctx context.Context, events []gridmap.PlanEvent) error {
	if err := copyIn(ctx, w.reader, "plan_event", columnNames(eventColumns), events, func(e gridmap.PlanEvent) ([]any, error) {
		return append([]any{e.ID}, bindPlanEvent(e)...), nil
	}); err != nil {
		return err
	}
	return w.numberAfter(ctx, "plan_event")
}

// AddPlanComments implements ledger.Raw.
func (w *writer) AddPlanComments(ctx context.Context, comments []gridmap.PlanComment) error {
	if err := copyIn(ctx, w.reader, "plan_comment", columnNames(commentColumns), comments, func(c gridmap.PlanComment) ([]any, error) {
		row, err := bindComment(c)
		return append([]any{c.ID}, row...), err
	}); err != nil {
		return err
	}
	return w.numberAfter(ctx, "plan_comment")
}

// numberAfter lets the next id of a table follow those that were put there.
func (w *writer) numberAfter(ctx context.Context, table string) error {
	return w.exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), (SELECT max(id) FROM "+table+"))", table)
}
