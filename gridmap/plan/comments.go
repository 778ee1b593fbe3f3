package plan

import (
	"context"
	"fmt"

	"cloudgrid/gridmap"
)

// Comment keeps a remark on a plan. One with a key that the plan has, by the
// same actor in the same words, is taken as sent twice and answered as then.
func (d *Desk) Comment(ctx context.Context, actor string, c gridmap.PlanComment) (gridmap.PlanComment, error) {
	dr, err := d.draft(ctx, c.Plan)
	if err != nil {
		return c, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActComment, dr.plan); err != nil {
		return c, err
	}
	c.ID, c.Actor, c.At, c.SettledBy, c.Photo, c.Public = 0, actor, d.now(), "", "", false
	if err := c.Check(); err != nil {
		return c, err
	}
	if c.Grid != 0 {
		b, err := dr.board(ctx)
		if err != nil {
			return c, err
		}
		if b.gridIndex(c.Grid) == none {
			return c, gridmap.Errorf(gridmap.Invalid, "批注所指的网格 %d 不在本方案中 (the comment is about a grid that is not there)", c.Grid)
		}
	}
	c, fresh, err := d.put(ctx, c)
	if err == nil && fresh {
		d.audit(ctx, actor, "plan-comment", dr.plan, commentNumber(c.ID))
		dr.tellComment(c)
	}
	return c, err
}

// put keeps a comment, or finds the same one that was sent before.
func (d *Desk) put(ctx context.Context, c gridmap.PlanComment) (_ gridmap.PlanComment, fresh bool, err error) {
	id, err := d.cfg.Plans.PutPlanComment(ctx, c)
	if err == nil {
		c.ID = id
		return c, true, nil
	}
	if c.Key == "" || gridmap.CodeOf(err) != gridmap.Conflict {
		return c, false, err
	}
	all, err2 := d.cfg.Plans.PlanComments(ctx, c.Plan)
	if err2 != nil {
		return c, false, err2
	}
	for _, x := range all {
		if x.Key == c.Key && x.Actor == c.Actor && x.Text == c.Text {
			return x, false, nil
		}
	}
	return c, false, err
}

// Comments returns the remarks on a plan.
func (d *Desk) Comments(ctx context.Context, actor string, id gridmap.PlanID) ([]gridmap.PlanComment, error) {
	p, err := d.cfg.Plans.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.can(ctx, actor, ActView, p); err != nil {
		return nil, err
	}
	return d.cfg.Plans.PlanComments(ctx, id)
}

// Settle closes a remark.
func (d *Desk) Settle(ctx context.Context, actor string, id gridmap.PlanID, comment int64) (gridmap.PlanComment, error) {
	none := gridmap.PlanComment{}
	dr, err := d.draft(ctx, id)
	if err != nil {
		return none, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActComment, dr.plan); err != nil {
		return none, err
	}
	if err := d.cfg.Plans.SettlePlanComment(ctx, id, comment, actor, d.now()); err != nil {
		return none, err
	}
	d.audit(ctx, actor, "plan-settle", dr.plan, commentNumber(comment))
	c, err := d.comment(ctx, id, comment)
	if err == nil {
		dr.tellComment(c)
	}
	return c, err
}

// tellComment tells followers of a comment that this process has changed.
func (dr *draft) tellComment(c gridmap.PlanComment) {
	f := &dr.followers
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told == nil {
		return // nobody has followed yet
	}
	f.told[c.ID] = commentMark(c)
	f.send(Notice{Kind: NoticeComment, Rev: dr.plan.Rev, Comment: c})
}

// commentMark changes whenever a comment does.
func commentMark(c gridmap.PlanComment) string {
	return fmt.Sprint(c.SettledBy, c.SettledAt.UnixMicro(), c.Photo)
}

// hearComments tells followers of comments that they have not been told of;
// none is, the first time.
func (dr *draft) hearComments(ctx context.Context) error {
	all, err := dr.desk.cfg.Plans.PlanComments(ctx, dr.id)
	if err != nil {
		return err
	}
	f := &dr.followers
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.told == nil
	if first {
		f.told = map[int64]string{}
	}
	for _, c := range all {
		if mark := commentMark(c); f.told[c.ID] != mark {
			f.told[c.ID] = mark
			if !first {
				f.send(Notice{Kind: NoticeComment, Rev: dr.plan.Rev, Comment: c})
			}
		}
	}
	return nil
}
