package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// stateNames are the official words.
var stateNames = map[gridmap.PlanState]string{
	gridmap.PlanDraft: "编制中", gridmap.PlanSubmitted: "已送审", gridmap.PlanReturned: "已退回", gridmap.PlanApproved: "已批准",
	gridmap.PlanAnnounced: "公示中", gridmap.PlanPublished: "已发布", gridmap.PlanAbandoned: "已作废",
}

// StateName is the official word for a state.
func StateName(s gridmap.PlanState) string { return stateNames[s] }

// transition is one way from state to state.
type transition struct {
	name string // in Chinese
	from []gridmap.PlanState
	to   gridmap.PlanState
	note bool // needs a reason
}

// transitions are the ways there are. Publishing is one, with more to do.
var transitions = map[string]transition{
	ActSubmit:   {"送审", []gridmap.PlanState{gridmap.PlanDraft, gridmap.PlanReturned}, gridmap.PlanSubmitted, false},
	ActReturn:   {"退回", []gridmap.PlanState{gridmap.PlanSubmitted, gridmap.PlanApproved, gridmap.PlanAnnounced}, gridmap.PlanReturned, true},
	ActApprove:  {"批准", []gridmap.PlanState{gridmap.PlanSubmitted}, gridmap.PlanApproved, false},
	ActAnnounce: {"公示", []gridmap.PlanState{gridmap.PlanApproved}, gridmap.PlanAnnounced, false},
	ActProlong:  {"延长公示", []gridmap.PlanState{gridmap.PlanAnnounced}, gridmap.PlanAnnounced, false},
	ActPublish:  {"发布", []gridmap.PlanState{gridmap.PlanApproved, gridmap.PlanAnnounced}, gridmap.PlanPublished, false},
	ActAbandon: {"作废", []gridmap.PlanState{
		gridmap.PlanDraft, gridmap.PlanSubmitted, gridmap.PlanReturned, gridmap.PlanApproved, gridmap.PlanAnnounced,
	}, gridmap.PlanAbandoned, false},
}

// Actions lists the steps that a plan's state allows, whoever takes them.
func Actions(s gridmap.PlanState) (list []string) {
	for action, t := range transitions {
		if slices.Contains(t.from, s) {
			list = append(list, action)
		}
	}
	if s.Editable() {
		list = append(list, ActEdit, ActRebase)
	}
	if s != gridmap.PlanPublished && s != gridmap.PlanAbandoned {
		list = append(list, ActRename)
	}
	slices.Sort(list)
	return list
}

// NewPlan is what a plan begins with.
type NewPlan struct {
	Name    string
	Network gridmap.NetworkID // 0 is the main one
	Scope   []gridmap.GridID
	Note    string
}

// Create begins a plan over the map as it is once all that is published so far
// is in effect.
func (d *Desk) Create(ctx context.Context, actor string, n NewPlan) (gridmap.Plan, error) {
	p, err := d.begin(ctx, actor, n)
	if err != nil {
		return p, err
	}
	p, err = d.cfg.Plans.CreatePlan(ctx, p)
	if err == nil {
		d.audit(ctx, actor, "plan-create", p, p.Name)
	}
	return p, err
}

// begin makes a plan that is not kept yet.
func (d *Desk) begin(ctx context.Context, actor string, n NewPlan) (gridmap.Plan, error) {
	b, err := d.headBase(ctx)
	if err != nil {
		return gridmap.Plan{}, err
	}
	a, err := d.mapAt(ctx, b)
	if err != nil {
		return gridmap.Plan{}, err
	}
	net := a.Main()
	if n.Network != 0 {
		net = netOf(a, n.Network)
	}
	if net == nil {
		return gridmap.Plan{}, gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的网，或存储里还没有数据 (no such network)", n.Network)
	}
	now := d.now()
	p := gridmap.Plan{
		Name: strings.TrimSpace(n.Name), Network: net.Network.ID, Scope: slices.Clone(n.Scope), BaseSeq: b.Seq, BaseEdition: b.Edition, BaseAt: b.At,
		State: gridmap.PlanDraft, Note: n.Note, CreatedBy: actor, CreatedAt: now, ChangedAt: now,
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	for _, id := range n.Scope {
		if err := inScope(a, net, id); err != nil {
			return p, err
		}
	}
	return p, d.can(ctx, actor, ActCreate, p)
}

// List lists the plans that an actor may see, the last changed first.
func (d *Desk) List(ctx context.Context, actor string) ([]gridmap.Plan, error) {
	all, err := d.cfg.Plans.ListPlans(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p gridmap.Plan) bool { return d.can(ctx, actor, ActView, p) != nil }), nil
}

// Plan returns a plan without its board.
func (d *Desk) Plan(ctx context.Context, actor string, id gridmap.PlanID) (gridmap.Plan, error) {
	p, err := d.cfg.Plans.Plan(ctx, id)
	if err == nil {
		err = d.can(ctx, actor, ActView, p)
	}
	return p, err
}

// Rename changes what is said about a plan; nil leaves a field.
type Rename struct {
	Name, Note  *string
	EffectiveAt *time.Time // zero: on publishing
}

// Rename changes what is said about a plan.
func (d *Desk) Rename(ctx context.Context, actor string, id gridmap.PlanID, r Rename) (gridmap.Plan, error) {
	return d.step(ctx, actor, ActRename, id, func(dr *draft) (*outcome, error) {
		p := dr.plan
		if !slices.Contains(Actions(p.State), ActRename) {
			return nil, frozen(p)
		}
		if r.Name != nil {
			p.Name = strings.TrimSpace(*r.Name)
		}
		if r.Note != nil {
			p.Note = *r.Note
		}
		if r.EffectiveAt != nil {
			p.EffectiveAt = r.EffectiveAt.UTC().Truncate(time.Microsecond)
			if at := p.EffectiveAt; !at.IsZero() && !at.Equal(dr.plan.EffectiveAt) && at.Before(dr.desk.now()) && !isToday(at, dr.desk.now()) {
				return nil, gridmap.Errorf(gridmap.Invalid, "生效时间 %s 已过，请改为以后的时间，或留空表示发布时生效 (the effective time is past)", local(at))
			}
			if err := notTooFar(p.EffectiveAt, dr.desk.now()); err != nil && p.EffectiveAt.After(p.BaseAt) {
				return nil, err
			}
		}
		if err := p.Check(); err != nil {
			return nil, err
		}
		return &outcome{plan: p, events: []gridmap.PlanEvent{{Actor: actor, Action: ActRename, Note: p.Name}}}, nil
	})
}

// Step is a step of a plan on its way.
type Step struct {
	Rev         int64 // that the actor has seen
	Note        string
	Force       bool       // submit or publish in spite of errors that Validate finds; wants a note
	EffectiveAt *time.Time // publish: when; nil is what the plan says
	Until       *time.Time // announce, prolong: when the notice ends; to announce nil is after DefaultNotice
}

// Advance takes a plan a step on: ActSubmit, ActReturn, ActApprove,
// ActAnnounce, ActProlong, ActPublish or ActAbandon. Conflict when the plan's state does not
// allow it, or the plan is not at the revision that the actor has seen.
func (d *Desk) Advance(ctx context.Context, actor, action string, id gridmap.PlanID, s Step) (gridmap.Plan, error) {
	t, ok := transitions[action]
	if !ok {
		return gridmap.Plan{}, gridmap.Errorf(gridmap.Invalid, "没有步骤 %q (no such step)", action)
	}
	s.Note = strings.TrimSpace(s.Note)
	p, err := d.step(ctx, actor, action, id, func(dr *draft) (*outcome, error) {
		if err := dr.may(t, s); err != nil {
			return nil, err
		}
		if action == ActSubmit || action == ActPublish {
			if err := dr.sound(ctx, s); err != nil {
				return nil, err
			}
		}
		if action == ActPublish {
			return dr.publish(ctx, actor, s)
		}
		p := dr.plan
		p.State, p.NoticeUntil = t.to, time.Time{}
		var err error
		switch action {
		case ActAnnounce:
			p.NoticeUntil, err = noticeUntil(d.now(), s.Until)
		case ActProlong:
			p.NoticeUntil, s.Note, err = dr.prolonged(s)
		}
		if err != nil {
			return nil, err
		}
		return &outcome{plan: p, events: []gridmap.PlanEvent{{Actor: actor, Action: action, Note: s.Note}}}, nil
	})
	if err == nil && action != ActPublish { // which has its line in its change set
		detail := s.Note
		if action == ActAnnounce {
			detail = strings.TrimSpace("公示至 " + local(p.NoticeUntil) + " " + s.Note)
		}
		d.audit(ctx, actor, "plan-"+action, p, detail)
	}
	return p, err
}

func (dr *draft) may(t transition, s Step) error {
	p := dr.plan
	switch {
	case !slices.Contains(t.from, p.State):
		return gridmap.Errorf(gridmap.Conflict, "方案「%s」%s，不能%s (a plan that is %s)", p.Name, stateNames[p.State], t.name, p.State)
	case s.Rev != p.Rev:
		return gridmap.Errorf(gridmap.Conflict, "方案已到第 %d 版修订，您看到的是第 %d 版，请刷新后再%s (the plan has moved on)", p.Rev, s.Rev, t.name)
	case t.note && s.Note == "":
		return gridmap.Errorf(gridmap.Invalid, "%s需要写明理由 (a reason is needed)", t.name)
	case s.Force && s.Note == "":
		return gridmap.Errorf(gridmap.Invalid, "带着问题%s需要写明理由 (forcing needs a reason)", t.name)
	}
	return nil
}

// sound refuses a plan with errors, unless that is wanted.
func (dr *draft) sound(ctx context.Context, s Step) error {
	if s.Force {
		return nil
	}
	b, err := dr.board(ctx)
	if err != nil {
		return err
	}
	var first *Finding
	n := 0
	for _, f := range dr.desk.Validate(b) {
		if f.Severity == Error {
			if n++; first == nil {
				first = &f
			}
		}
	}
	if n > 0 {
		e := gridmap.Errorf(gridmap.Invalid, "方案有 %d 个错误，须先处理，或写明理由后强制：%s (the plan has errors)", n, first.Message)
		e.At = first.At
		return e
	}
	return nil
}

// step is a change of a plan's state or heading.
func (d *Desk) step(ctx context.Context, actor, action string, id gridmap.PlanID, work func(*draft) (*outcome, error)) (gridmap.Plan, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return gridmap.Plan{}, err
	}
	defer dr.mu.Unlock()
	if _, err := dr.catchUp(ctx); err != nil { // a step may follow one taken at another server
		return gridmap.Plan{}, err
	}
	if err := d.can(ctx, actor, action, dr.plan); err != nil {
		return gridmap.Plan{}, err
	}
	answer, err := dr.write(ctx, func() (*outcome, error) { return work(dr) })
	return answer.Plan, err
}

// audit adds a line to the audit chain. The step itself is in the plan's own
// events; a line that cannot be kept must not undo it, but is loud in the log.
func (d *Desk) audit(ctx context.Context, actor, action string, p gridmap.Plan, detail string) {
	if d.cfg.Audit == nil {
		return
	}
	line := auditLine(d.now(), actor, action, p, detail)
	if err := d.cfg.Audit.AppendAudit(context.WithoutCancel(ctx), line); err != nil {
		d.cfg.Log.Error("an audit line could not be kept", "action", action, "plan", p.ID, "error", err)
	}
}

func auditLine(at time.Time, actor, action string, p gridmap.Plan, detail string) gridmap.AuditEntry {
	return gridmap.AuditEntry{At: at, Actor: actor, Action: action, Thing: fmt.Sprintf("plan:%d", p.ID), Detail: detail}
}

// Events returns the steps of a plan.
func (d *Desk) Events(ctx context.Context, actor string, id gridmap.PlanID) ([]gridmap.PlanEvent, error) {
	p, err := d.cfg.Plans.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.can(ctx, actor, ActView, p); err != nil {
		return nil, err
	}
	return d.cfg.Plans.PlanEvents(ctx, id)
}

// Validate returns everything that a planner should know of a board.
func (d *Desk) Validate(b *Board) []Finding { return b.Validate(d.cfg.Stale) }

// Allowed lists what an actor can do with a plan now.
func (d *Desk) Allowed(ctx context.Context, actor string, p gridmap.Plan) (list []string) {
	for _, action := range append(Actions(p.State), ActComment, ActContact) {
		if d.can(ctx, actor, action, p) == nil {
			list = append(list, action)
		}
	}
	return list
}

// Stale tells whether the map has changed under a plan, so that it must be
// rebased before it is published, and the newest edition.
func (d *Desk) Stale(ctx context.Context, p gridmap.Plan) (stale bool, edition int64, err error) {
	err = d.cfg.Store.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		edition = head.Edition
		stale, err = groundChanged(ctx, r, p.Network, p.BaseSeq)
		return err
	})
	return stale, edition, err
}
