package postgis

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// A change of a plan locks the row of the plan and nothing else: plans wait
// neither for each other nor for a change of the map, and the map's readers
// for none. An acknowledged operation is durable: see durable.

var _ gridmap.Plans = (*Store)(nil)

// CreatePlan implements gridmap.Plans.
func (s *Store) CreatePlan(ctx context.Context, p gridmap.Plan) (gridmap.Plan, error) {
	err := s.draft(ctx, func(w *writer) error {
		networks, err := w.Networks(ctx)
		if err != nil {
			return err
		}
		kept, event, err := ledger.NewPlan(p, networks)
		if err != nil {
			return err
		}
		text := "INSERT INTO plan (" + planColumns[len("id, "):] + ", touched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1) RETURNING id"
		if err := w.tx.QueryRow(ctx, text, bindPlan(kept)...).Scan(&kept.ID); err != nil {
			return err
		}
		p, event.Plan = kept, kept.ID
		if err := w.insertEvents(ctx, []gridmap.PlanEvent{event}); err != nil {
			return err
		}
		return w.tellPlan(ctx, kept.ID, 1)
	})
	if err != nil {
		return gridmap.Plan{}, err
	}
	return p, nil
}

// Plan implements gridmap.Plans.
func (s *Store) Plan(ctx context.Context, id gridmap.PlanID) (gridmap.Plan, error) {
	plan, err := rowsFrom(ctx, s, s.one(), scanPlan, "SELECT "+planColumns+" FROM plan WHERE id = $1", int64(id))
	if err != nil || len(plan) == 0 {
		return gridmap.Plan{}, orElse(err, ledger.NoPlan(id))
	}
	return plan[0], nil
}

// ListPlans implements gridmap.Plans.
func (s *Store) ListPlans(ctx context.Context) ([]gridmap.Plan, error) {
	return rowsFrom(ctx, s, s.one(), scanPlan, "SELECT "+planColumns+" FROM plan ORDER BY changed_at DESC, id DESC")
}

// UpdatePlan implements gridmap.Plans.
func (s *Store) UpdatePlan(ctx context.Context, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent) error {
	return s.draft(ctx, func(w *writer) error { return w.UpdatePlan(ctx, was, now, ops, events) })
}

// draft is a transaction that touches plans only: it makes no change set and
// does not lock the head.
func (s *Store) draft(ctx context.Context, fn func(*writer) error) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		return fn(&writer{reader: &reader{store: s, tx: tx}})
	})
}

// opsAtOnce is how many operations are read at once: no connection is held
// while the caller looks at them.
const opsAtOnce = 500

// PlanOps implements gridmap.Plans.
func (s *Store) PlanOps(ctx context.Context, id gridmap.PlanID, after int64) iter.Seq2[gridmap.PlanOp, error] {
	return func(yield func(gridmap.PlanOp, error) bool) {
		for {
			ops, err := rowsFrom(ctx, s, s.one(), scanPlanOp,
				"SELECT "+opColumns+" FROM plan_op WHERE plan = $1 AND rev > $2 ORDER BY rev LIMIT $3", int64(id), after, opsAtOnce)
			if err != nil {
				yield(gridmap.PlanOp{}, err)
				return
			}
			for _, o := range ops {
				if !yield(o, nil) {
					return
				}
				after = o.Rev
			}
			if len(ops) < opsAtOnce {
				return
			}
		}
	}
}

// PlanEvents implements gridmap.Plans.
func (s *Store) PlanEvents(ctx context.Context, id gridmap.PlanID) ([]gridmap.PlanEvent, error) {
	return rowsFrom(ctx, s, s.one(), scanPlanEvent, "SELECT "+eventColumns+" FROM plan_event WHERE plan = $1 ORDER BY id", int64(id))
}

// PutPlanComment implements gridmap.Plans.
func (s *Store) PutPlanComment(ctx context.Context, c gridmap.PlanComment) (id int64, err error) {
	c, err = ledger.NewComment(c)
	if err != nil {
		return 0, err
	}
	err = s.draft(ctx, func(w *writer) error {
		if err := w.touchPlan(ctx, c.Plan); err != nil { // the lock that keeps the ids of its comments in order
			return err
		}
		if c.ReplyTo != 0 {
			if _, err := w.comment(ctx, c.Plan, c.ReplyTo); err != nil {
				return err
			}
		}
		if c.Key != "" {
			there, err := rowsOf(ctx, w.reader, commentScan(), "SELECT "+commentColumns+" FROM plan_comment WHERE plan = $1 AND key = $2", int64(c.Plan), c.Key)
			if err != nil || len(there) > 0 {
				return orElse(err, ledger.CommentThere(c.Plan, c.Key))
			}
		}
		row, err := bindComment(c)
		if err != nil {
			return err
		}
		text := "INSERT INTO plan_comment (" + commentColumns[len("id, "):] + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id"
		return w.tx.QueryRow(ctx, text, row...).Scan(&id)
	})
	return id, err
}

// PlanComments implements gridmap.Plans.
func (s *Store) PlanComments(ctx context.Context, id gridmap.PlanID) ([]gridmap.PlanComment, error) {
	return rowsFrom(ctx, s, s.one(), commentScan(), "SELECT "+commentColumns+" FROM plan_comment WHERE plan = $1 ORDER BY id", int64(id))
}

// SettlePlanComment implements gridmap.Plans.
func (s *Store) SettlePlanComment(ctx context.Context, plan gridmap.PlanID, id int64, by string, at time.Time) error {
	if err := ledger.CheckSettling(by, at); err != nil {
		return err
	}
	return s.draft(ctx, func(w *writer) error {
		if err := w.touchPlan(ctx, plan); err != nil {
			return err
		}
		c, err := w.comment(ctx, plan, id)
		if err != nil {
			return err
		}
		if c.SettledBy != "" {
			return ledger.CommentSettled(id, c.SettledBy)
		}
		return w.exec(ctx, "UPDATE plan_comment SET settled_by = $1, settled_at = $2 WHERE id = $3", by, ledger.Trim(at), id)
	})
}

// SetPlanCommentPhoto implements gridmap.Plans.
func (s *Store) SetPlanCommentPhoto(ctx context.Context, plan gridmap.PlanID, id int64, photo string) error {
	return s.draft(ctx, func(w *writer) error {
		if err := w.touchPlan(ctx, plan); err != nil {
			return err
		}
		c, err := w.comment(ctx, plan, id)
		if err != nil {
			return err
		}
		if err := ledger.CheckPhoto(c, photo); err != nil {
			return err
		}
		return w.exec(ctx, "UPDATE plan_comment SET photo = $1 WHERE id = $2", photo, id)
	})
}
