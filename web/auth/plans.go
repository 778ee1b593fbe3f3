package auth

import (
	"context"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/who"
)

// PlanPolicy says what may be done to plans where people sign in: within what
// each was granted, and with four eyes on what becomes the map.
type PlanPolicy struct {
	Policy
	Plans interface {
		PlanEvents(ctx context.Context, id gridmap.PlanID) ([]gridmap.PlanEvent, error)
	}
}

var _ plan.Policy = PlanPolicy{}

// Can implements plan.Policy. A draft is shown, remarked on, changed, approved
// and published only by those whose grants cover all of its scope.
func (p PlanPolicy) Can(ctx context.Context, actor, action string, v gridmap.Plan) error {
	a := who.From(ctx)
	if a.Name != actor {
		return gridmap.Errorf(gridmap.Forbidden, "操作人 %q 与登录的账号不符 (the actor is not who signed in)", actor)
	}
	right := rightOf(action)
	if err := p.May(a, right, v.Network, v.Scope...); err != nil {
		return err
	}
	if right == rights.Publish || right == rights.Approve && action != plan.ActReturn {
		return p.fourEyes(ctx, a.Name, v.ID)
	}
	return nil
}

// rightOf is the right that a step of a plan takes. What nobody has heard of is
// for admins.
func rightOf(action string) rights.Action {
	switch action {
	case plan.ActView:
		return rights.Look
	case plan.ActComment:
		return rights.Remark
	case plan.ActContact:
		return rights.ReadPeople
	case plan.ActCreate, plan.ActEdit, plan.ActRebase, plan.ActSubmit, plan.ActAbandon, plan.ActRename:
		return rights.Edit
	case plan.ActReturn, plan.ActApprove, plan.ActAnnounce, plan.ActProlong:
		return rights.Approve
	case plan.ActPublish:
		return rights.Publish
	}
	return rights.Operate
}

// fourEyes refuses whoever submitted the plan last.
func (p PlanPolicy) fourEyes(ctx context.Context, approver string, id gridmap.PlanID) error {
	events, err := p.Plans.PlanEvents(ctx, id)
	if err != nil {
		return err
	}
	submitter := ""
	for _, e := range events {
		if e.Action == plan.ActSubmit {
			submitter = e.Actor
		}
	}
	return rights.FourEyes(submitter, approver)
}
