// Package api is the JSON face of CloudGrid: /v1. Everything it answers comes
// from snapshots in memory.
package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/web/problem"
)

// Maps gives the snapshots to answer from.
type Maps interface {
	// Current is the newest; it never blocks.
	Current() *atlas.Atlas
	// AsOf is the one valid at t; it may load from the store.
	AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error)
	// AsKnown is the one valid at t as the system believed it at the time known.
	AsKnown(ctx context.Context, t, known time.Time) (*atlas.Atlas, error)
}

// Service answers /v1.
type Service struct {
	maps Maps
	view atomic.Pointer[view] // of the current snapshot
	then atomic.Pointer[then] // of the other moment that was asked for last
	bufs sync.Pool            // of *[]byte, for answers
	desk Desk

	large     chan struct{} // a slot for each large array that is held
	strangers auth.Limiter  // of what is dear
}

// New makes the service.
func New(maps Maps, desk Desk) *Service {
	if desk.Now == nil {
		desk.Now = time.Now
	}
	if desk.Books == nil {
		desk.Books = new(duty.Books)
	}
	return &Service{maps: maps, desk: desk, large: make(chan struct{}, largeArrays)}
}

// Register adds the routes of the hot paths; RegisterDocumented adds the rest.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/v1/resolve", s.resolveOne)
	e.POST("/v1/resolve", s.resolveMany)
	e.GET("/v1/grids.geojson", s.gridsGeoJSON)
	e.GET("/v1/grids/:id/geojson", s.gridGeoJSON)
	e.GET(feedbackPath, s.feedbackPage)
	e.POST(feedbackPath+"/:id", s.settleForm)
}

// viewAt returns the renderer of the snapshot valid at t (zero: now).
func (s *Service) viewAt(ctx context.Context, t time.Time) (*view, error) {
	a, err := s.maps.AsOf(ctx, t)
	if err != nil {
		return nil, err
	}
	return s.viewOf(a), nil
}

// then is the renderer of another moment, made when a map was today's.
type then struct {
	*view
	today *atlas.Atlas
}

// viewOf returns the renderer of a snapshot.
func (s *Service) viewOf(a *atlas.Atlas) *view {
	today := s.maps.Current()
	if a == today {
		if v := s.view.Load(); v != nil && v.atlas == a {
			return v
		}
		v := s.newView(a, a)
		s.view.Store(v)
		return v
	}
	if t := s.then.Load(); t != nil && t.atlas == a && t.today == today {
		return t.view
	}
	v := s.newView(a, today)
	s.then.Store(&then{v, today})
	return v
}

// viewFor returns the renderer of the snapshot that a question is about.
func (s *Service) viewFor(ctx context.Context, q ask) (*view, error) {
	a, err := s.atMoment(ctx, q)
	switch {
	case err != nil:
		return nil, err
	case a.Bounds().Empty() && !s.maps.Current().Bounds().Empty(): // to be outside is to be nobody's
		return nil, gridmap.Errorf(gridmap.NotFound, "%s 还没有网格数据 (there was no map then)", q.at.In(gridmap.CivilZone()).Format("2006-01-02 15:04"))
	}
	return s.viewOf(a), nil
}

// atMoment returns the snapshot that a question is about.
func (s *Service) atMoment(ctx context.Context, q ask) (*atlas.Atlas, error) {
	if q.knownAt.IsZero() {
		return s.maps.AsOf(ctx, q.at)
	}
	return s.maps.AsKnown(ctx, q.at, q.knownAt)
}

func (s *Service) resolveOne(c echo.Context) error {
	r, plain := plainQuery(c.Request().URL.RawQuery)
	if !plain {
		params, err := parseQuery(c.Request().URL.RawQuery)
		if err != nil {
			return problem.Write(c, err)
		}
		if r, err = questionFromQuery(params); err != nil {
			return problem.Write(c, err)
		}
	}
	if err := s.dear(c, r); err != nil {
		return err
	}
	buf, _ := s.bufs.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer s.bufs.Put(buf)
	body, err := s.answer(c.Request().Context(), (*buf)[:0], r)
	if err != nil {
		return problem.Write(c, err)
	}
	*buf = body
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body))) // without it a long answer is sent in chunks
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// Resolve answers one question as GET /v1/resolve does: a JSON object.
func (s *Service) Resolve(ctx context.Context, q Question) ([]byte, error) {
	return s.answer(ctx, nil, q)
}

// answer appends the answer to one question.
func (s *Service) answer(ctx context.Context, b []byte, r Question) ([]byte, error) {
	q, err := r.parse()
	if err != nil {
		return b, err
	}
	v, err := s.viewFor(ctx, q)
	if err != nil {
		return b, err
	}
	n, err := q.settle(v.atlas)
	if err != nil {
		return b, err
	}
	q.now = s.desk.Now()
	b, err = v.answer(b, n, q)
	if err == nil && q.every {
		b, err = v.answerOthers(b, n, q)
	}
	if err == nil && q.receipt {
		b, err = s.keepReceipt(ctx, v, r.String(), b)
	}
	return b, err
}

// answer appends the answer of one snapshot.
func (v *view) answer(b []byte, n *atlas.Net, q ask) ([]byte, error) {
	if q.duty {
		return v.answerDuty(b, n, q)
	}
	return v.answerPlain(b, n, q)
}

func (v *view) answerPlain(b []byte, n *atlas.Net, q ask) ([]byte, error) {
	if q.address != "" {
		return v.answerAddress(b, n, q)
	}
	a := n.Resolve(q.Ask)
	return v.appendAnswer(b, n, q, &a)
}

// errorRow renders what is wrong with one row of a batch.
func errorRow(b []byte, id string, err error) []byte {
	d := problem.Of(err)
	b = append(b, '{')
	b = appendID(b, id)
	b = jsontext.Key(b, `"error":{"code":`, d.Code)
	return append(jsontext.Key(b, `,"detail":`, d.Detail), `}}`...)
}
