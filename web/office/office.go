// Package office is the face for the people who keep the map: records of duty
// and publication, visits, teams, and the rolls on paper.
package office

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/web/auth"
	"cloudgrid/web/who"
)

// Maps gives the snapshots to answer from.
type Maps interface {
	Current() *atlas.Atlas
	AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error)
}

// Config is what the desk needs. May, which may be nil, refuses whoever may not
// do something about a grid (0: everywhere); Reach is what lists are filtered by.
type Config struct {
	Maps    Maps
	Store   gridmap.Store
	Journal gridmap.Journal
	Books   *duty.Books // shared with the other faces; nil: its own
	Now     func() time.Time
	May     func(who.Actor, rights.Action, gridmap.GridID) error
	Reach   auth.Reacher
}

// Service serves the office.
type Service struct {
	Config
}

// New makes the service.
func New(cfg Config) *Service {
	if cfg.Books == nil {
		cfg.Books = new(duty.Books)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Service{Config: cfg}
}

// Register adds the routes.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/v1/records", s.listRecords)
	e.POST("/v1/records", s.putRecords)
	e.DELETE("/v1/records/:id", s.endRecord)
	e.POST("/v1/visits", s.visit)
	e.GET("/v1/liaisons/overdue", s.overdue)
	e.GET("/v1/teams/shortfalls", s.shortfalls)
	e.GET("/v1/rolls/:file", s.roll)
	e.GET("/v1/crosswalk", s.crosswalk)
	e.GET("/v1/reach", s.reach)
}

// bookOf is the book of a snapshot.
func (s *Service) bookOf(a *atlas.Atlas) *duty.Book {
	book, _ := s.Books.Of(a, s.Maps.Current()) // what it cannot use, a check tells
	return book
}

func (s *Service) may(c echo.Context, action rights.Action, grid gridmap.GridID) (who.Actor, error) {
	actor := who.From(c.Request().Context())
	if actor.Public() || s.Store == nil {
		return actor, gridmap.Errorf(gridmap.Forbidden, "由工作人员办理 (for the office's people)")
	}
	if s.May != nil {
		return actor, s.May(actor, action, grid)
	}
	return actor, nil
}

// inside is the part of the map whose inside who asks may look at; an error for
// strangers.
func (s *Service) inside(c echo.Context, action rights.Action) (*auth.Reach, error) {
	ctx := c.Request().Context()
	if who.From(ctx).Public() {
		return nil, gridmap.Errorf(gridmap.Forbidden, "由工作人员查看 (for the office's people)")
	}
	return s.Reach.Of(ctx, action), nil
}

// at is the snapshot of a time that a query parameter names.
func (s *Service) at(c echo.Context, param string) (*atlas.Atlas, error) {
	text := c.QueryParam(param)
	if text == "" {
		return s.Maps.Current(), nil
	}
	t, err := gridmap.ParseTime(text)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "%s：%w", param, err)
	}
	return s.Maps.AsOf(c.Request().Context(), t)
}
