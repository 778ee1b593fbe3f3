package plan

import (
	"context"
	"iter"
	"time"

	"cloudgrid/gridmap"
)

// publish makes the plan a part of the map: an edition, in one transaction
// with the end of the plan.
func (dr *draft) publish(ctx context.Context, actor string, s Step) (*outcome, error) {
	if err := dr.ranOut(s); err != nil {
		return nil, err
	}
	now := dr.desk.now()
	p := dr.plan
	if s.EffectiveAt != nil {
		p.EffectiveAt = s.EffectiveAt.UTC().Truncate(time.Microsecond)
	}
	at := p.EffectiveAt
	if at.IsZero() || isToday(at, now) {
		at = now
	}
	switch {
	case p.EffectiveAt.IsZero() && p.BaseAt.After(now): // "now" must not become "later" in silence
		return nil, gridmap.Errorf(gridmap.Invalid, "方案的底图第 %d 版要到 %s 才生效，不能立即发布：请选定生效日期，不早于该时间 (a date is needed: the base takes effect later)", p.BaseEdition, local(p.BaseAt))
	case at.Before(now):
		return nil, gridmap.Errorf(gridmap.Invalid, "生效时间 %s 已过，请改为现在或以后 (the effective time is past)", local(at))
	case at.Before(p.BaseAt):
		return nil, gridmap.Errorf(gridmap.Invalid, "方案以 %s 才生效的版次为底图，生效时间不能更早 (not before the edition that it builds on)", local(p.BaseAt))
	case at.After(p.BaseAt): // what builds on a date that is far already may keep it
		if err := notTooFar(at, now); err != nil {
			return nil, err
		}
	}
	b, err := dr.board(ctx)
	if err != nil {
		return nil, err
	}
	p.State, p.EffectiveAt = gridmap.PlanPublished, at
	event := gridmap.PlanEvent{Actor: actor, Action: ActPublish, Note: s.Note}
	return &outcome{plan: p, events: []gridmap.PlanEvent{event}, keep: func(ctx context.Context, was gridmap.Plan, out *outcome) error {
		return dr.desk.commit(ctx, b, was, out, s.Note, actor, at)
	}}, nil
}

// isToday tells whether a time is the begin of the day that it is here: who
// says "today" as a date means at once, not the midnight that is past.
func isToday(at, now time.Time) bool {
	y, m, day := now.In(gridmap.CivilZone()).Date()
	return at.Equal(time.Date(y, m, day, 0, 0, 0, 0, gridmap.CivilZone()))
}

// farthest is how far ahead a plan may take effect: later plans build on it and
// may not come earlier, so that a year mistyped would end the planning.
const farthest = 3 * 366 * 24 * time.Hour

func notTooFar(at, now time.Time) error {
	if at.After(now.Add(farthest)) {
		return gridmap.Errorf(gridmap.Invalid, "生效时间 %s 在三年以后，请核对年份 (a plan takes effect within three years)", local(at))
	}
	return nil
}

// local is a time as people here read it.
func local(t time.Time) string {
	return t.In(gridmap.CivilZone()).Format("2006-01-02 15:04")
}

// commit is the transaction of a publish.
func (d *Desk) commit(ctx context.Context, b *Board, was gridmap.Plan, out *outcome, note, actor string, at time.Time) error {
	c := gridmap.Commit{
		At: d.now(), Actor: actor, Action: "publish", Note: note,
		Edit:  &gridmap.Edition{Name: was.Name, EffectiveAt: at, Note: note},
		Audit: []gridmap.AuditEntry{auditLine(d.now(), actor, "plan-publish", was, note)},
	}
	set, err := d.cfg.Store.Update(ctx, c, func(w gridmap.Writer) error {
		if err := upToDate(ctx, w, was); err != nil {
			return err
		}
		if _, err := b.Write(ctx, w, at); err != nil {
			return err
		}
		head, err := w.Head(ctx)
		if err != nil {
			return err
		}
		now := out.plan
		now.Edition = head.Edition + 1
		out.plan, out.answer.Plan = now, now
		return w.UpdatePlan(ctx, was, now, nil, out.events)
	})
	if err == nil && set.Edition != out.plan.Edition {
		d.cfg.Log.Error("a plan was published as another edition than it says", "plan", was.ID, "edition", set.Edition, "says", out.plan.Edition)
	}
	return err
}

// upToDate is a Conflict when the network of a plan was changed since the state
// that the plan is based on. Changes of staff, places and other networks do not
// matter.
func upToDate(ctx context.Context, r gridmap.Reader, p gridmap.Plan) error {
	changed, err := groundChanged(ctx, r, p.Network, p.BaseSeq)
	if err != nil || !changed {
		return err
	}
	head, err := r.Head(ctx)
	if err != nil {
		return err
	}
	return gridmap.Errorf(gridmap.Conflict, "方案以第 %d 版为底图，地图已到第 %d 版：请先换到新的底图 (the map has changed; rebase first)", p.BaseEdition, head.Edition)
}

// groundChanged tells whether the grids of a network, what belongs to them or
// the atoms changed after a change set.
func groundChanged(ctx context.Context, r gridmap.Reader, n gridmap.NetworkID, since gridmap.Seq) (bool, error) {
	head, err := r.Head(ctx)
	if err != nil || head.Seq == since {
		return false, err
	}
	q := gridmap.Query{Since: since, All: true}
	if found, err := first(r.Grids(ctx, q), func(g gridmap.Grid) bool { return g.Network == n }); found || err != nil {
		return found, err
	}
	members := map[gridmap.AtomID]bool{}
	if found, err := first(r.Memberships(ctx, q), func(m gridmap.Membership) bool { return m.Network == n }); found || err != nil {
		return found, err
	}
	for a, err := range r.Atoms(ctx, q) {
		if err != nil {
			return false, err
		}
		members[a.ID] = true
	}
	if len(members) == 0 {
		return false, nil
	}
	return first(r.Memberships(ctx, gridmap.Query{}), func(m gridmap.Membership) bool { return m.Network == n && members[m.Atom] })
}

// first tells whether a sequence holds what is looked for.
func first[T any](rows iter.Seq2[T, error], match func(T) bool) (bool, error) {
	for row, err := range rows {
		if err != nil {
			return false, err
		}
		if match(row) {
			return true, nil
		}
	}
	return false, nil
}
