package plans

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/problem"
	"cloudgrid/web/sse"
	"cloudgrid/web/who"
)

// events streams what happens to a plan. An EventSource that comes back says
// with Last-Event-ID which revision it has; ?since= says so the first time.
func (s *Service) events(c echo.Context) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", c.Param("id")))
	}
	since, err := sinceOf(c)
	if err != nil {
		return problem.Write(c, err)
	}
	a := who.From(ctx)
	notices, err := s.desk.Follow(ctx, a.Name, a.Shown(), gridmap.PlanID(id), since)
	if err != nil {
		return problem.Write(c, err)
	}
	out, within := sse.New(c), s.sight(ctx)
	pulse := time.NewTicker(sse.Beat)
	defer pulse.Stop()
	for {
		select {
		case <-pulse.C:
			err = out.Alive()
		case n, open := <-notices:
			if !open {
				return nil // too slow, or gone; an EventSource comes back by itself
			}
			err = s.send(out, n, within)
		}
		if err != nil {
			return nil
		}
	}
}

// sinceOf is the revision that the reader has; negative when it does not say.
func sinceOf(c echo.Context) (int64, error) {
	text := c.Request().Header.Get("Last-Event-ID")
	if text == "" {
		text = c.QueryParam("since")
	}
	if text == "" {
		return -1, nil
	}
	since, err := strconv.ParseInt(text, 10, 64)
	if err != nil || since < 0 {
		return 0, gridmap.Errorf(gridmap.Invalid, "Last-Event-ID 或 since %q 不是修订号 (not a revision)", text)
	}
	return since, nil
}

// opEvent tells of operations.
type opEvent struct {
	Rev     int64           `json:"rev"`
	Actor   string          `json:"actor"` // "" when several
	Effects planEffectsItem `json:"effects"`
}

func (s *Service) send(out *sse.Stream, n plan.Notice, within sight) error {
	switch n.Kind {
	case plan.NoticeOp:
		return out.Send(strconv.FormatInt(n.Rev, 10), "op", opEvent{n.Rev, n.Change.Actor, within.effects(n.Change)})
	case plan.NoticePlan:
		return out.Send("", "plan", s.planItem(n.Plan))
	case plan.NoticeComment:
		return out.Send("", "comment", planCommentItemOf(n.Comment))
	case plan.NoticePresence:
		return out.Send("", "presence", map[string][]string{"who": orEmpty(n.Who)})
	}
	return nil
}
