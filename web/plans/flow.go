package plans

import (
	"context"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
)

type listInput struct {
	State string `query:"state" enum:"draft,submitted,returned,approved,announced,published,abandoned" doc:"only plans in this state"`
}

type listOutput struct {
	Body struct {
		Plans []PlanItem `json:"plans"`
	}
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	all, err := s.desk.List(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Plans = []PlanItem{}
	for _, p := range all {
		if in.State == "" || in.State == string(p.State) {
			out.Body.Plans = append(out.Body.Plans, s.planItem(p))
		}
	}
	return out, nil
}

type createInput struct {
	Body struct {
		Name    string  `json:"name" minLength:"1" maxLength:"400"`
		Network string  `json:"network,omitempty" doc:"code; the main one when absent"`
		Scope   []int64 `json:"scope,omitempty" doc:"grids whose ground it may change; none is the whole network"`
		Note    string  `json:"note,omitempty" maxLength:"8000"`
	}
}

type planOutput struct{ Body PlanItem }

func (s *Service) create(ctx context.Context, in *createInput) (*planOutput, error) {
	n, err := netByCode(s.maps.Current(), in.Body.Network)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Create(ctx, actor(ctx), plan.NewPlan{Name: in.Body.Name, Network: n.Network.ID, Scope: gridIDs(in.Body.Scope), Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	return &planOutput{s.planItem(p)}, nil
}

func gridIDs(ids []int64) []gridmap.GridID {
	out := make([]gridmap.GridID, len(ids))
	for i, id := range ids {
		out[i] = gridmap.GridID(id)
	}
	return out
}

type revertInput struct {
	Body struct {
		Edition int64  `json:"edition" minimum:"1"`
		Name    string `json:"name" minLength:"1" maxLength:"400"`
		Network string `json:"network,omitempty" doc:"code; the main one when absent"`
	}
}

func (s *Service) revert(ctx context.Context, in *revertInput) (*planOutput, error) {
	n, err := netByCode(s.maps.Current(), in.Body.Network)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Revert(ctx, actor(ctx), n.Network.ID, in.Body.Edition, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &planOutput{s.planItem(p)}, nil
}

type getOutput struct {
	Body struct {
		PlanItem
		StaleBase bool            `json:"stale_base" doc:"the map has changed under it: rebase before publishing"`
		BaseHead  int64           `json:"base_head" doc:"the newest edition"`
		Can       map[string]bool `json:"can" doc:"what its state and your rights allow"`
		Opinions  *opinionsItem   `json:"opinions,omitempty" doc:"what the public said, if it was asked"`
	}
}

// everything that somebody may be allowed to do.
var allActions = []string{
	plan.ActEdit, plan.ActComment, plan.ActContact, plan.ActRebase, plan.ActRename, plan.ActSubmit, plan.ActReturn, plan.ActApprove,
	plan.ActAnnounce, plan.ActProlong, plan.ActPublish, plan.ActAbandon,
}

func (s *Service) get(ctx context.Context, in *PlanInput) (*getOutput, error) {
	p, err := s.desk.Plan(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	out := &getOutput{}
	out.Body.PlanItem = s.planItem(p)
	if out.Body.StaleBase, out.Body.BaseHead, err = s.desk.Stale(ctx, p); err != nil {
		return nil, err
	}
	if p.State == gridmap.PlanPublished || p.State == gridmap.PlanAbandoned {
		out.Body.StaleBase = false // it is over
	}
	if out.Body.Opinions, err = s.opinions(ctx, p); err != nil {
		return nil, err
	}
	allowed := s.desk.Allowed(ctx, actor(ctx), p)
	out.Body.Can = map[string]bool{}
	for _, action := range allActions {
		out.Body.Can[action] = slices.Contains(allowed, action)
	}
	return out, nil
}

type patchInput struct {
	PlanInput
	Body struct {
		Name        *string `json:"name,omitempty" maxLength:"400"`
		Note        *string `json:"note,omitempty" maxLength:"8000"`
		EffectiveAt *string `json:"effective_at,omitempty" doc:"a date (its start in UTC+8) or RFC 3339; empty: on publishing"`
	}
}

func (s *Service) patch(ctx context.Context, in *patchInput) (*planOutput, error) {
	at, err := effective(in.Body.EffectiveAt)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Rename(ctx, actor(ctx), in.plan(), plan.Rename{Name: in.Body.Name, Note: in.Body.Note, EffectiveAt: at})
	if err != nil {
		return nil, err
	}
	return &planOutput{s.planItem(p)}, nil
}

// effective reads an effective date; nil where none was sent.
func effective(text *string) (*time.Time, error) {
	switch {
	case text == nil:
		return nil, nil //nolint:nilnil // nothing was sent, which is no fault
	case *text == "":
		return &time.Time{}, nil
	}
	t, err := gridmap.ParseTime(*text)
	return &t, err
}

// lastDay reads until when something lasts: a day is included whole.
func lastDay(text *string) (*time.Time, error) {
	if text == nil || *text == "" {
		return nil, nil //nolint:nilnil // nothing was sent, which is no fault
	}
	t, err := gridmap.ParseTime(*text)
	if len(*text) == len(time.DateOnly) {
		t = t.AddDate(0, 0, 1)
	}
	return &t, err
}

type stepInput struct {
	PlanInput
	Body struct {
		Rev         int64   `json:"rev" minimum:"0" doc:"the revision that you have seen"`
		Note        string  `json:"note,omitempty" maxLength:"8000" doc:"mandatory when returning, and with force"`
		Force       bool    `json:"force,omitempty" doc:"submit, publish: in spite of errors"`
		EffectiveAt *string `json:"effective_at,omitempty" doc:"publish: a date (its start in UTC+8) or RFC 3339; now when absent"`
		Until       *string `json:"until,omitempty" doc:"announce, prolong: the last day of the public notice (in UTC+8), or RFC 3339; to announce seven days when absent"`
	}
}

func (s *Service) step(action string) func(context.Context, *stepInput) (*planOutput, error) {
	return func(ctx context.Context, in *stepInput) (*planOutput, error) {
		at, err := effective(in.Body.EffectiveAt)
		if err != nil {
			return nil, err
		}
		until, err := lastDay(in.Body.Until)
		if err != nil {
			return nil, err
		}
		p, err := s.desk.Advance(ctx, actor(ctx), action, in.plan(), plan.Step{Rev: in.Body.Rev, Note: in.Body.Note, Force: in.Body.Force, EffectiveAt: at, Until: until})
		if err != nil {
			return nil, err
		}
		return &planOutput{s.planItem(p)}, nil
	}
}

type rebaseInput struct {
	PlanInput
	Body struct {
		BaseRev int64    `json:"base_rev" minimum:"0"`
		Drop    []string `json:"drop,omitempty" doc:"ids of operations to leave behind"`
	}
}

func (s *Service) rebase(ctx context.Context, in *rebaseInput) (*planOutput, error) {
	p, err := s.desk.Rebase(ctx, actor(ctx), in.plan(), in.Body.BaseRev, in.Body.Drop)
	if err != nil {
		return nil, err
	}
	return &planOutput{s.planItem(p)}, nil
}

type planEventItem struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Rev    int64     `json:"rev"`
	Note   string    `json:"note"`
}

type historyOutput struct {
	Body struct {
		Events []planEventItem `json:"events"`
	}
}

func (s *Service) history(ctx context.Context, in *PlanInput) (*historyOutput, error) {
	events, err := s.desk.Events(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	out := &historyOutput{}
	out.Body.Events = []planEventItem{}
	for _, e := range events {
		out.Body.Events = append(out.Body.Events, planEventItem{e.ID, e.At, e.Actor, e.Action, e.Rev, e.Note})
	}
	return out, nil
}
