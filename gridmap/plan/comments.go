package plan

import (
	"context"
	"fmt"

	"cloudgrid/gridmap"
)

// Comment keeps a remark on a plan.
func (d *Desk) Comment(ctx context.Context, actor string, c gridmap.PlanComment) (gridmap.PlanComment, error) {
	dr, err := d.draft(ctx, c.Plan)
	if err != nil {
		return c, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActComment, dr.plan); err != nil {
		return c, err
	}
	c.ID, c.Actor, c.At, c.SettledBy = 0, actor, d.now(), ""
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
	if c.ID, err = d.cfg.Plans.PutPlanComment(ctx, c); err != nil {
		return c, err
	}
	dr.tellComment(c)
	return c, nil
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
	all, err := d.cfg.Plans.PlanComments(ctx, id)
	if err != nil {
		return none, err
	}
	for _, c := range all {
		if c.ID == comment {
			dr.tellComment(c)
			return c, nil
		}
	}
	return none, gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的批注 (no such comment)", comment)
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
	return fmt.Sprint(c.SettledBy, c.SettledAt.UnixMicro())
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
