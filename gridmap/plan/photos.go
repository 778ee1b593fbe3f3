package plan

import (
	"bytes"
	"context"
	"crypto/rand"
	"slices"

	"cloudgrid/gridmap"
)

// Picture is a photo that was looked at and made harmless: package photo does
// that.
type Picture struct {
	Type string // "image/jpeg" …
	Data []byte
}

// AddPhoto adds a photo to one's own remark. The same photo again is taken as
// sent twice; another one is a Conflict.
func (d *Desk) AddPhoto(ctx context.Context, actor string, id gridmap.PlanID, comment int64, p Picture) (gridmap.PlanComment, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return gridmap.PlanComment{}, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActComment, dr.plan); err != nil {
		return gridmap.PlanComment{}, err
	}
	c, err := d.comment(ctx, id, comment)
	switch {
	case err != nil:
		return c, err
	case c.Actor != actor || c.Public:
		return c, gridmap.Errorf(gridmap.Forbidden, "只能给自己的批注加照片 (a photo is added to one's own comment only)")
	case d.cfg.Journal == nil:
		return c, gridmap.Errorf(gridmap.Unavailable, "此存储不保存照片 (this store keeps no photos)")
	case c.Photo != "":
		kept, err := d.cfg.Journal.Attachment(ctx, c.Photo)
		if err == nil && !bytes.Equal(kept.Data, p.Data) {
			err = gridmap.Errorf(gridmap.Conflict, "批注 %d 已有照片，请另写一条 (the comment has a photo already)", c.ID)
		}
		return c, err
	}
	c.Photo = rand.Text()
	if err := d.cfg.Journal.PutAttachment(ctx, gridmap.Attachment{ID: c.Photo, At: d.now(), Actor: actor, Type: p.Type, Data: p.Data}); err != nil {
		return c, err
	}
	if err := d.cfg.Plans.SetPlanCommentPhoto(ctx, id, c.ID, c.Photo); err != nil {
		return c, err
	}
	d.audit(ctx, actor, "plan-photo", dr.plan, commentNumber(c.ID))
	dr.tellComment(c)
	return c, nil
}

// Photo returns the photo of a remark to whoever may look at the plan.
func (d *Desk) Photo(ctx context.Context, actor string, id gridmap.PlanID, comment int64) (gridmap.Attachment, error) {
	if _, err := d.Plan(ctx, actor, id); err != nil {
		return gridmap.Attachment{}, err
	}
	c, err := d.comment(ctx, id, comment)
	if err != nil {
		return gridmap.Attachment{}, err
	}
	if c.Photo == "" || d.cfg.Journal == nil {
		return gridmap.Attachment{}, gridmap.Errorf(gridmap.NotFound, "批注 %d 没有照片 (no photo)", comment)
	}
	return d.cfg.Journal.Attachment(ctx, c.Photo)
}

// comment finds a remark, whoever may see it.
func (d *Desk) comment(ctx context.Context, id gridmap.PlanID, comment int64) (gridmap.PlanComment, error) {
	all, err := d.cfg.Plans.PlanComments(ctx, id)
	if err != nil {
		return gridmap.PlanComment{}, err
	}
	i := slices.IndexFunc(all, func(c gridmap.PlanComment) bool { return c.ID == comment })
	if i < 0 {
		return gridmap.PlanComment{}, gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的批注 (no such comment)", comment)
	}
	return all[i], nil
}
