package plans

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// beat is how often a stream that has nothing to tell says that it is there,
// so that proxies keep it and both ends notice when the other has gone.
const beat = 15 * time.Second

// sendTimeout bounds how long one event may take to go out.
const sendTimeout = 10 * time.Second

// stream writes server-sent events.
type stream struct {
	c  echo.Context
	rc *http.ResponseController
}

func newStream(c echo.Context) *stream {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	return &stream{c, http.NewResponseController(c.Response())}
}

// send writes one event; id "" keeps the reader's last one.
func (s *stream) send(id, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var b []byte
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, "event: "...), event...), "\ndata: "...)
	return s.write(append(append(b, body...), "\n\n"...))
}

func (s *stream) write(b []byte) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	if _, err := s.c.Response().Write(b); err != nil {
		return err
	}
	return s.rc.Flush()
}

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
	out := newStream(c)
	pulse := time.NewTicker(beat)
	defer pulse.Stop()
	for {
		select {
		case <-pulse.C:
			err = out.write([]byte(": \n\n"))
		case n, open := <-notices:
			if !open {
				return nil // too slow, or gone; an EventSource comes back by itself
			}
			err = s.send(out, n)
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

func (s *Service) send(out *stream, n plan.Notice) error {
	switch n.Kind {
	case plan.NoticeOp:
		return out.send(strconv.FormatInt(n.Rev, 10), "op", opEvent{n.Rev, n.Change.Actor, planEffectsItemOf(n.Change)})
	case plan.NoticePlan:
		return out.send("", "plan", s.planItem(n.Plan))
	case plan.NoticeComment:
		return out.send("", "comment", planCommentItemOf(n.Comment))
	case plan.NoticePresence:
		return out.send("", "presence", map[string][]string{"who": orEmpty(n.Who)})
	}
	return nil
}
