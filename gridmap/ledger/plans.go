package ledger

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"cloudgrid/gridmap"
)

// MaxOpBytes bounds the body of one operation: that of a proposal which moves
// every atom of a large city takes less than a tenth.
const MaxOpBytes = 16 << 20

// maxOpIDBytes bounds the id that a sender gives: a uuid has 36.
const maxOpIDBytes = 200

// NewPlan returns a plan as it is kept when it is new, and its first event. The
// store gives both their numbers.
func NewPlan(p gridmap.Plan, networks []gridmap.Network) (gridmap.Plan, gridmap.PlanEvent, error) {
	if p.State == "" {
		p.State = gridmap.PlanDraft
	}
	p.ID = 0
	if p.ChangedAt.IsZero() {
		p.ChangedAt = p.CreatedAt
	}
	switch {
	case p.State != gridmap.PlanDraft || p.Rev != 0 || p.Edition != 0:
		return p, gridmap.PlanEvent{}, gridmap.Errorf(gridmap.Invalid, "新方案「%s」应是没有操作的草案 (a new plan must be an empty draft)", p.Name)
	case p.CreatedAt.IsZero():
		return p, gridmap.PlanEvent{}, gridmap.Errorf(gridmap.Invalid, "方案「%s」没有编制时间 (plan without a time)", p.Name)
	}
	p, err := checkPlan(p)
	if err != nil {
		return p, gridmap.PlanEvent{}, err
	}
	for _, n := range networks {
		if n.ID == p.Network {
			return p, gridmap.PlanEvent{At: p.CreatedAt, Actor: p.CreatedBy, Action: "create"}, nil
		}
	}
	return p, gridmap.PlanEvent{}, gridmap.Errorf(gridmap.Invalid, "方案「%s」: 没有网 %d (no such network)", p.Name, p.Network)
}

func checkPlan(p gridmap.Plan) (gridmap.Plan, error) {
	p.BaseAt, p.EffectiveAt, p.NoticeUntil = Trim(p.BaseAt), Trim(p.EffectiveAt), Trim(p.NoticeUntil)
	p.CreatedAt, p.ChangedAt = Trim(p.CreatedAt), Trim(p.ChangedAt)
	if err := p.Check(); err != nil {
		return p, err
	}
	if p.BaseSeq < 0 || p.BaseEdition < 0 || p.Edition < 0 || p.ChangedAt.IsZero() {
		return p, gridmap.Errorf(gridmap.Invalid, "方案「%s」的基准、版次或修改时间有误 (bad base, edition or time of change)", p.Name)
	}
	for _, t := range []time.Time{p.BaseAt, p.EffectiveAt, p.CreatedAt, p.ChangedAt, p.NoticeUntil} {
		if err := checkYears(gridmap.Span{ValidFrom: t}); err != nil {
			return p, err
		}
	}
	return p, checkText("方案「"+p.Name+"」", nil, p.Name, p.Note, p.CreatedBy)
}

// PlanStep is a checked change of a plan.
type PlanStep struct {
	Plan   gridmap.Plan // as it is to be kept
	Ops    []gridmap.PlanOp
	Events []gridmap.PlanEvent
}

// NextPlan checks a change of a plan against what is kept of it: stored, and
// of the operations' ids those that its log has already. It is
// gridmap.Plans.UpdatePlan without the writing. Network, author and time of
// creation stay as they are kept.
func NextPlan(stored, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent, logged []string) (PlanStep, error) {
	next := PlanStep{}
	if now.ID != was.ID || now.Network != was.Network {
		return next, gridmap.Errorf(gridmap.Invalid, "方案 %d 不能改编号或改网 (a plan keeps its id and its network)", was.ID)
	}
	if last := was.Rev + int64(len(ops)); now.Rev != last {
		return next, gridmap.Errorf(gridmap.Invalid, "方案「%s」的修订号应为 %d, 不是 %d (the revision must be that of the last operation)", now.Name, last, now.Rev)
	}
	now.CreatedBy, now.CreatedAt = stored.CreatedBy, stored.CreatedAt
	var err error
	if next.Plan, err = checkPlan(now); err != nil {
		return next, err
	}
	if next.Ops, err = numberOps(was, ops); err != nil {
		return next, err
	}
	if next.Events, err = planEvents(was.ID, now.Rev, events); err != nil {
		return next, err
	}
	switch {
	case stored.Rev != was.Rev || stored.State != was.State:
		return next, gridmap.Errorf(gridmap.Conflict, "方案「%s」已到第 %d 步 (%s), 此修改基于第 %d 步 (%s), 请刷新后重做 (the plan has moved on)",
			stored.Name, stored.Rev, stored.State, was.Rev, was.State)
	case stored.State == gridmap.PlanPublished:
		return next, gridmap.Errorf(gridmap.Conflict, "方案「%s」已发布, 不能再改 (a published plan never changes)", stored.Name)
	case len(ops) > 0 && !stored.State.Editable():
		return next, gridmap.Errorf(gridmap.Conflict, "方案「%s」的状态是 %s, 不收操作 (the plan is frozen)", stored.Name, stored.State)
	case len(logged) > 0:
		return next, gridmap.Errorf(gridmap.Conflict, "操作 %s 已在方案「%s」中 (the operation is in the log already)", logged[0], stored.Name)
	}
	return next, nil
}

// numberOps gives the operations their plan and revisions.
func numberOps(was gridmap.Plan, ops []gridmap.PlanOp) ([]gridmap.PlanOp, error) {
	numbered := make([]gridmap.PlanOp, len(ops))
	seen := make(map[string]bool, len(ops))
	for i, o := range ops {
		o.Plan, o.Rev, o.At = was.ID, was.Rev+int64(i)+1, Trim(o.At)
		switch {
		case o.ID == "" || len(o.ID) > maxOpIDBytes || o.Kind == "":
			return nil, gridmap.Errorf(gridmap.Invalid, "第 %d 项操作没有编号或类别, 或编号过长 (operation without an id or a kind)", i+1)
		case o.At.IsZero():
			return nil, gridmap.Errorf(gridmap.Invalid, "操作 %s 没有时间 (operation without a time)", o.ID)
		case len(o.Body) > MaxOpBytes:
			return nil, gridmap.Errorf(gridmap.Invalid, "操作 %s 的内容有 %d 字节, 超过 %d (operation too long)", o.ID, len(o.Body), MaxOpBytes)
		case seen[o.ID]:
			return nil, gridmap.Errorf(gridmap.Conflict, "操作 %s 重复 (the operation is there twice)", o.ID)
		}
		if err := checkYears(gridmap.Span{ValidFrom: o.At}); err != nil {
			return nil, err
		}
		if err := checkText("操作 "+o.ID, nil, o.ID, o.Actor, o.Kind); err != nil {
			return nil, err
		}
		if err := checkJSON("操作 "+o.ID, o.Body); err != nil {
			return nil, err
		}
		seen[o.ID] = true
		numbered[i] = o
	}
	return numbered, nil
}

func planEvents(plan gridmap.PlanID, rev int64, events []gridmap.PlanEvent) ([]gridmap.PlanEvent, error) {
	out := make([]gridmap.PlanEvent, len(events))
	for i, e := range events {
		e.Plan, e.ID, e.Rev, e.At = plan, 0, rev, Trim(e.At)
		if e.Action == "" || e.At.IsZero() {
			return nil, gridmap.Errorf(gridmap.Invalid, "方案 %d 的第 %d 条经过没有时间或没有事由 (event without a time or an action)", plan, i+1)
		}
		if err := checkYears(gridmap.Span{ValidFrom: e.At}); err != nil {
			return nil, err
		}
		if err := checkText("方案的经过", nil, e.Actor, e.Action, e.Note); err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// NewComment returns a comment as it is kept when it is new: open, and not
// numbered yet.
func NewComment(c gridmap.PlanComment) (gridmap.PlanComment, error) {
	c.ID, c.SettledBy, c.SettledAt = 0, "", time.Time{}
	if err := c.Check(); err != nil {
		return c, err
	}
	if c.At = Trim(c.At); c.At.IsZero() {
		return c, gridmap.Errorf(gridmap.Invalid, "批注没有时间 (comment without a time)")
	}
	if err := checkYears(gridmap.Span{ValidFrom: c.At}); err != nil {
		return c, err
	}
	if !c.HasPoint {
		c.Point.X, c.Point.Y = 0, 0
	} else if !onGlobe(c.Point) {
		return c, gridmap.Errorf(gridmap.Invalid, "批注的坐标 %s 不在地球上 (position is not on the globe)", c.Point)
	}
	return c, checkText("批注", nil, c.Key, c.Actor, c.Text, c.Photo)
}

// checkJSON refuses a body, where there is one, that a store could not give
// back byte for byte.
func checkJSON(whose string, body json.RawMessage) error {
	if len(body) > 0 && (!json.Valid(body) || !utf8.Valid(body)) {
		return gridmap.Errorf(gridmap.Invalid, "%s 的内容不是合法的 JSON (the body is not valid JSON)", whose)
	}
	return nil
}

// Messages that both stores give.

// NoPlan says that there is no such plan.
func NoPlan(id gridmap.PlanID) error {
	return gridmap.Errorf(gridmap.NotFound, "没有方案 %d (no such plan)", id)
}

// NoComment says that a plan has no such comment.
func NoComment(plan gridmap.PlanID, id int64) error {
	return gridmap.Errorf(gridmap.NotFound, "方案 %d 没有批注 %d (no such comment)", plan, id)
}

// CommentThere says that a plan has a comment with the key of a new one.
func CommentThere(plan gridmap.PlanID, key string) error {
	return gridmap.Errorf(gridmap.Conflict, "方案 %d 已有发送编号为 %q 的批注 (a comment with this key is there already)", plan, key)
}

// CheckPhoto complains about a photo that a comment cannot have, or has beside
// another.
func CheckPhoto(c gridmap.PlanComment, photo string) error {
	switch {
	case photo == "":
		return gridmap.Errorf(gridmap.Invalid, "照片没有编号 (photo without an id)")
	case c.Photo != "":
		return gridmap.Errorf(gridmap.Conflict, "批注 %d 已有照片 (the comment has a photo already)", c.ID)
	}
	return checkText("批注的照片", nil, photo)
}

// CommentSettled says that a comment is closed already.
func CommentSettled(id int64, by string) error {
	return gridmap.Errorf(gridmap.Conflict, "批注 %d 已由 %s 处理 (settled already)", id, by)
}

// CheckSettling complains about a comment that nobody settled, or never.
func CheckSettling(by string, at time.Time) error {
	if by == "" || at.IsZero() {
		return gridmap.Errorf(gridmap.Invalid, "批注由谁何时处理未写明 (settled by nobody, or never)")
	}
	return checkText("批注", nil, by)
}
