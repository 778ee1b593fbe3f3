package office

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/web/problem"
)

// visitBody tells of a visit.
type visitBody struct {
	Liaison int64      `json:"liaison" doc:"id of the liaison's record"`
	At      *time.Time `json:"at,omitempty" doc:"now when absent"`
	Note    string     `json:"note,omitempty"`
}

// overdueItem is a liaison that was not visited in time.
type overdueItem struct {
	Liaison int64      `json:"liaison"`
	Person  string     `json:"person"`
	Title   string     `json:"title"`
	Grid    int64      `json:"grid,omitempty"`
	Place   int64      `json:"place,omitempty"`
	Last    *time.Time `json:"last" doc:"null: never"`
	Due     *time.Time `json:"due,omitempty"`
}

type overdueAnswer struct {
	Overdue []overdueItem `json:"overdue"`
}

// shortfallItem is a grid that a team rule finds wanting.
type shortfallItem struct {
	Grid    int64  `json:"grid"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

type shortfallsAnswer struct {
	Shortfalls []shortfallItem `json:"shortfalls"`
}

// visit records that a liaison was seen to.
func (s *Service) visit(c echo.Context) error {
	var body visitBody
	if err := json.NewDecoder(c.Request().Body).Decode(&body); err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请求体不是所要的 JSON (malformed body): %w", err))
	}
	for _, r := range s.Maps.Current().Records(gridmap.LiaisonRecord) {
		if int64(r.ID) != body.Liaison {
			continue
		}
		actor, err := s.may(c, rights.Visit, r.Grid)
		if err != nil {
			return problem.Write(c, err)
		}
		at := s.Now()
		if body.At != nil && body.At.Before(at) {
			at = *body.At
		}
		note, err := json.Marshal(map[string]string{"note": body.Note})
		if err == nil {
			_, err = s.Journal.AppendEvents(c.Request().Context(), gridmap.Event{
				At: at, Actor: actor.Name, Kind: duty.VisitEvent, Key: strconv.FormatInt(body.Liaison, 10), Grid: r.Grid, Body: note,
			})
		}
		if err != nil {
			return problem.Write(c, err)
		}
		return c.NoContent(http.StatusCreated)
	}
	return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有包联 %d (no such liaison)", body.Liaison))
}

// overdue lists the liaisons that were not visited in time; month=1 those
// without a visit this calendar month.
func (s *Service) overdue(c echo.Context) error {
	within, err := s.inside(c, rights.Look)
	if err != nil {
		return problem.Write(c, err)
	}
	a := s.Maps.Current()
	liaisons, _ := duty.Read[duty.Liaison](a.Records(gridmap.LiaisonRecord))
	last, err := LastVisits(c.Request().Context(), s.Journal)
	if err != nil {
		return problem.Write(c, err)
	}
	items := []overdueItem{}
	add := func(l duty.Entry[duty.Liaison], seen, due time.Time) {
		if !reaches(within, l.Record) {
			return
		}
		person, _ := a.PersonOf(l.Person)
		x := overdueItem{Liaison: int64(l.ID), Person: person.Name, Title: l.Body.Title, Grid: int64(l.Grid), Place: int64(l.Place)}
		if !seen.IsZero() {
			x.Last = &seen
		}
		if !due.IsZero() {
			x.Due = &due
		}
		items = append(items, x)
	}
	if c.QueryParam("month") == "1" {
		for _, l := range duty.MissedMonth(liaisons, last, s.Now()) {
			add(l, last[l.ID], time.Time{})
		}
	} else {
		for _, o := range duty.OverdueAt(liaisons, last, a.Edition().EffectiveAt, s.Now()) {
			add(o.Liaison, o.Last, o.Due)
		}
	}
	return c.JSON(http.StatusOK, overdueAnswer{items})
}

// LastVisits returns the time of the newest visit of each liaison.
func LastVisits(ctx context.Context, j gridmap.Journal) (map[gridmap.RecordID]time.Time, error) {
	last := map[gridmap.RecordID]time.Time{}
	for e, err := range j.Events(ctx, gridmap.EventQuery{Kind: duty.VisitEvent}) {
		if err != nil {
			return nil, err
		}
		id, err := strconv.ParseInt(e.Key, 10, 64)
		if err != nil {
			continue
		}
		if e.At.After(last[gridmap.RecordID(id)]) {
			last[gridmap.RecordID(id)] = e.At
		}
	}
	return last, nil
}

// shortfalls lists the grids that a team rule finds wanting.
func (s *Service) shortfalls(c echo.Context) error {
	within, err := s.inside(c, rights.Look)
	if err != nil {
		return problem.Write(c, err)
	}
	a := s.Maps.Current()
	n, err := netOf(a, c.QueryParam("network"))
	if err != nil {
		return problem.Write(c, err)
	}
	teams, _ := duty.Read[duty.Team](a.Records(gridmap.TeamRecord))
	items := []shortfallItem{}
	for _, f := range duty.Shortfalls(a, n, teams) {
		g := &n.Grids[f.Grid]
		if !within.Grid(g.ID) {
			continue
		}
		items = append(items, shortfallItem{int64(g.ID), g.Code, g.Name, f.Rule, f.Say(n)})
	}
	return c.JSON(http.StatusOK, shortfallsAnswer{items})
}
