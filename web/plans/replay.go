package plans

import (
	"context"
	"strconv"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
)

// RevInput names a plan at a revision.
type RevInput struct {
	PlanInput
	Rev string `query:"rev" doc:"as it was at this revision; the newest when absent"`
}

// view returns a plan as it is, or as it was at a revision, and which that is.
func (s *Service) view(ctx context.Context, id gridmap.PlanID, rev string) (plan.View, int64, error) {
	if rev == "" {
		v, err := s.desk.View(ctx, actor(ctx), id)
		return v, v.Plan.Rev, err
	}
	n, err := parseRev("rev", rev)
	if err != nil {
		return plan.View{}, 0, err
	}
	v, err := s.desk.ViewAt(ctx, actor(ctx), id, n)
	return v, n, err
}

func parseRev(name, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, gridmap.Errorf(gridmap.Invalid, "%s=%q 不是修订号 (not a revision)", name, text)
	}
	return n, nil
}

type replayInput struct {
	PlanInput
	From int64 `query:"from" required:"true" minimum:"0" doc:"the revision that is on the screen"`
	To   int64 `query:"to" required:"true" minimum:"0" doc:"the one wanted, later or earlier"`
}

type replayOutput struct {
	Body struct {
		Rev     int64           `json:"rev"`
		Effects planEffectsItem `json:"effects" doc:"everything that differs from the revision from"`
	}
}

// replay answers with the way from one revision to another: what a player needs
// for a step, which is little beside a board.
func (s *Service) replay(ctx context.Context, in *replayInput) (*replayOutput, error) {
	c, err := s.desk.Replay(ctx, actor(ctx), in.plan(), in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := &replayOutput{}
	out.Body.Rev, out.Body.Effects = in.To, s.sight(ctx).effects(c)
	return out, nil
}
