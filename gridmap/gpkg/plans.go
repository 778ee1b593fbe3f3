package gpkg

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// Plans are in the map file, so that publishing one is a single transaction
// with the map. An acknowledged operation is durable: the log of the file is
// written with synchronous = FULL, so a commit returns once the disk has it.

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
		if kept.ID, err = w.insertPlan(ctx, kept); err != nil {
			return err
		}
		p, event.Plan = kept, kept.ID
		return w.AddPlanEvents(ctx, []gridmap.PlanEvent{event})
	})
	if err != nil {
		return gridmap.Plan{}, err
	}
	return p, nil
}

// Plan implements gridmap.Plans.
func (s *Store) Plan(ctx context.Context, id gridmap.PlanID) (gridmap.Plan, error) {
	return onePlan(ctx, s, s.db, id)
}

// ListPlans implements gridmap.Plans.
func (s *Store) ListPlans(ctx context.Context) ([]gridmap.Plan, error) {
	return collect(query(ctx, s.path, s.db, scanPlan, "SELECT "+planColumns+" FROM plan ORDER BY changed_at DESC, id DESC"))
}

// UpdatePlan implements gridmap.Plans.
func (s *Store) UpdatePlan(ctx context.Context, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent) error {
	return s.draft(ctx, func(w *writer) error { return w.UpdatePlan(ctx, was, now, ops, events) })
}

// draft is a transaction that touches plans only: it makes no change set, and
// leaves folding the log into the map file to SQLite, which does it now and
// then. Readers of the map neither wait for it nor it for them.
func (s *Store) draft(ctx context.Context, fn func(*writer) error) error {
	err := s.write(ctx, func(conn *sql.Conn) error {
		return fn(&writer{reader: &reader{store: s, conn: conn, writing: true}})
	}, nil)
	if err == nil {
		s.planNews.send()
	}
	return err
}

// opsAtOnce is how many operations are read at once: no connection is held
// while the caller looks at them.
const opsAtOnce = 500

// PlanOps implements gridmap.Plans.
func (s *Store) PlanOps(ctx context.Context, id gridmap.PlanID, after int64) iter.Seq2[gridmap.PlanOp, error] {
	return func(yield func(gridmap.PlanOp, error) bool) {
		for {
			ops, err := collect(query(ctx, s.path, s.db, scanPlanOp,
				"SELECT "+opColumns+" FROM plan_op WHERE plan = ? AND rev > ? ORDER BY rev LIMIT ?", id, after, opsAtOnce))
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
	return collect(query(ctx, s.path, s.db, scanPlanEvent, "SELECT "+eventColumns+" FROM plan_event WHERE plan = ? ORDER BY id", id))
}

// PutPlanComment implements gridmap.Plans.
func (s *Store) PutPlanComment(ctx context.Context, c gridmap.PlanComment) (id int64, err error) {
	c, err = ledger.NewComment(c)
	if err != nil {
		return 0, err
	}
	err = s.draft(ctx, func(w *writer) error {
		if c.ReplyTo != 0 {
			if _, err := w.comment(ctx, c.Plan, c.ReplyTo); err != nil {
				return err
			}
		}
		if err := w.touchPlan(ctx, c.Plan); err != nil {
			return err
		}
		id, err = w.insertComment(ctx, c)
		return err
	})
	return id, err
}

// PlanComments implements gridmap.Plans.
func (s *Store) PlanComments(ctx context.Context, id gridmap.PlanID) ([]gridmap.PlanComment, error) {
	return collect(query(ctx, s.path, s.db, scanPlanComment, "SELECT "+commentColumns+" FROM plan_comment WHERE plan = ? ORDER BY id", id))
}

// SettlePlanComment implements gridmap.Plans.
func (s *Store) SettlePlanComment(ctx context.Context, plan gridmap.PlanID, id int64, by string, at time.Time) error {
	if err := ledger.CheckSettling(by, at); err != nil {
		return err
	}
	return s.draft(ctx, func(w *writer) error {
		c, err := w.comment(ctx, plan, id)
		if err != nil {
			return err
		}
		if c.SettledBy != "" {
			return ledger.CommentSettled(id, c.SettledBy)
		}
		if err := w.exec(ctx, "UPDATE plan_comment SET settled_by = ?, settled_at = ? WHERE id = ?", by, timeText(ledger.Trim(at)), id); err != nil {
			return err
		}
		return w.touchPlan(ctx, plan)
	})
}

// SetPlanCommentPhoto implements gridmap.Plans.
func (s *Store) SetPlanCommentPhoto(ctx context.Context, plan gridmap.PlanID, id int64, photo string) error {
	return s.draft(ctx, func(w *writer) error {
		c, err := w.comment(ctx, plan, id)
		if err != nil {
			return err
		}
		if err := ledger.CheckPhoto(c, photo); err != nil {
			return err
		}
		if err := w.exec(ctx, "UPDATE plan_comment SET photo = ? WHERE id = ?", photo, id); err != nil {
			return err
		}
		return w.touchPlan(ctx, plan)
	})
}

// PlanNews implements gridmap.Plans. The number touched of a plan only grows,
// so what changed since the last look is asked for, whoever changed it.
func (s *Store) PlanNews(ctx context.Context) <-chan gridmap.PlanID {
	out := make(chan gridmap.PlanID)
	ear, stop := s.planNews.listen()
	told := s.lastTouched(ctx) // before the caller reads anything
	go func() {
		defer close(out)
		defer stop()
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		for {
			select {
			case <-ear:
			case <-tick.C:
			case <-ctx.Done():
				return
			case <-s.closed:
				return
			}
			fresh, _ := collect(query(ctx, s.path, s.db, scanTouched, // an error shows itself to whoever reads
				"SELECT id, touched FROM plan WHERE touched > ? ORDER BY touched", told))
			for _, p := range fresh {
				select {
				case out <- p.id:
					told = p.number
				case <-ctx.Done():
					return
				case <-s.closed:
					return
				}
			}
		}
	}()
	return out
}

// lastTouched is 0 when it cannot be read: then every plan is news.
func (s *Store) lastTouched(ctx context.Context) (last int64) {
	if s.db.QueryRowContext(ctx, "SELECT coalesce(max(touched), 0) FROM plan").Scan(&last) != nil {
		return 0
	}
	return last
}
