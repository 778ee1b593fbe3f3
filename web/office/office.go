// Package office is the face for the people who keep the map: records of duty
// and publication, visits, teams, and the rolls on paper.
package office

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/publish"
	"cloudgrid/gridmap/rolls"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// Maps gives the snapshots to answer from.
type Maps interface {
	Current() *atlas.Atlas
	AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error)
}

// Config is what the desk needs. May, which may be nil, refuses whoever may not
// write about a grid (0: everywhere).
type Config struct {
	Maps    Maps
	Store   gridmap.Store
	Journal gridmap.Journal
	Now     func() time.Time
	May     func(who.Actor, gridmap.GridID) error
}

// Service serves the office.
type Service struct {
	Config
	mu   sync.Mutex
	book *duty.Book // of the newest snapshot
	of   *atlas.Atlas
}

// New makes the service.
func New(cfg Config) *Service {
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

// bookOf is the book of a snapshot; that of the newest is kept.
func (s *Service) bookOf(a *atlas.Atlas) *duty.Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == a {
		return s.book
	}
	book, _ := duty.NewBook(duty.RecordsUnder(a, s.Maps.Current()), a.Settings()) // what it cannot use, a check tells
	if a == s.Maps.Current() {
		s.book, s.of = book, a
	}
	return book
}

func (s *Service) may(c echo.Context, grid gridmap.GridID) (who.Actor, error) {
	actor := who.From(c.Request().Context())
	if actor.Public() || s.Store == nil {
		return actor, gridmap.Errorf(gridmap.Forbidden, "由工作人员办理 (for the office's people)")
	}
	if s.May != nil {
		return actor, s.May(actor, grid)
	}
	return actor, nil
}

// recordItem is a record as it is sent.
type recordItem struct {
	ID     int64           `json:"id,omitempty"`
	Kind   string          `json:"kind"`
	Key    string          `json:"key,omitempty"`
	Grid   int64           `json:"grid,omitempty"`
	Person int64           `json:"person,omitempty"`
	Place  int64           `json:"place,omitempty"`
	Body   json.RawMessage `json:"body"`
	From   *time.Time      `json:"from,omitempty"`
	To     *time.Time      `json:"to,omitempty"`
}

func itemOf(r gridmap.Record) recordItem {
	item := recordItem{ID: int64(r.ID), Kind: string(r.Kind), Key: r.Key, Grid: int64(r.Grid), Person: int64(r.Person), Place: int64(r.Place), Body: r.Body}
	if !r.ValidFrom.IsZero() {
		item.From = &r.ValidFrom
	}
	if !r.ValidTo.IsZero() {
		item.To = &r.ValidTo
	}
	return item
}

// kinds are those that this desk keeps; signs have a desk of their own.
func kinds() []gridmap.RecordKind {
	return []gridmap.RecordKind{
		gridmap.AbsenceRecord, gridmap.LiaisonRecord, gridmap.LinkRecord, gridmap.MatterRecord, gridmap.ModeRecord,
		gridmap.PolicyRecord, gridmap.RosterRecord, gridmap.TeamRecord, gridmap.UnitRecord,
	}
}

func kindOf(text string) (gridmap.RecordKind, error) {
	var known []string
	for _, k := range kinds() {
		if string(k) == text {
			return k, nil
		}
		known = append(known, string(k))
	}
	return "", gridmap.Errorf(gridmap.Invalid, "没有类别 %q；现有：%s (no such kind)", text, strings.Join(known, ", "))
}

func (s *Service) listRecords(c echo.Context) error {
	if _, err := s.may(c, 0); gridmap.CodeOf(err) == gridmap.Forbidden && who.From(c.Request().Context()).Public() {
		return problem.Write(c, err)
	}
	wanted := kinds()
	if k := c.QueryParam("kind"); k != "" {
		kind, err := kindOf(k)
		if err != nil {
			return problem.Write(c, err)
		}
		wanted = []gridmap.RecordKind{kind}
	}
	a, err := s.at(c, "at")
	if err != nil {
		return problem.Write(c, err)
	}
	items := []recordItem{}
	for _, k := range wanted {
		for _, r := range a.Records(k) {
			if g := c.QueryParam("grid"); g != "" && g != strconv.FormatInt(int64(r.Grid), 10) {
				continue
			}
			items = append(items, itemOf(r))
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"records": items})
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

// maxRecords bounds one request.
const maxRecords = 5000

// putRecords keeps records, all or none. One with an id is a new version of
// that record from its time on.
func (s *Service) putRecords(c echo.Context) error {
	var body struct {
		Records []recordItem `json:"records"`
		Note    string       `json:"note"`
	}
	d := json.NewDecoder(c.Request().Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请求体不是所要的 JSON (malformed body): %w", err))
	}
	if len(body.Records) == 0 || len(body.Records) > maxRecords {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "应有 1 至 %d 条记录 (1 to %d records)", maxRecords, maxRecords))
	}
	now, actor := s.Now(), who.Actor{}
	records := make([]gridmap.Record, len(body.Records))
	for i, item := range body.Records {
		r, err := item.record(now)
		if err == nil {
			actor, err = s.may(c, r.Grid)
		}
		if err != nil {
			return problem.Write(c, gridmap.Errorf(gridmap.CodeOf(err), "第 %d 条：%w", i+1, err))
		}
		records[i] = r
	}
	err := s.mayReplace(c, records)
	if err == nil {
		err = duty.CheckReferences(s.Maps.Current(), records)
	}
	if err != nil {
		return problem.Write(c, err)
	}
	if err := s.keep(c.Request().Context(), actor, now, body.Note, records); err != nil {
		return problem.Write(c, err)
	}
	ids := make([]int64, len(records))
	for i, r := range records {
		ids[i] = int64(r.ID)
	}
	return c.JSON(http.StatusCreated, map[string]any{"ids": ids})
}

func (item recordItem) record(now time.Time) (gridmap.Record, error) {
	kind, err := kindOf(item.Kind)
	if err != nil {
		return gridmap.Record{}, err
	}
	r := gridmap.Record{
		ID: gridmap.RecordID(item.ID), Kind: kind, Key: strings.TrimSpace(item.Key), Grid: gridmap.GridID(item.Grid),
		Person: gridmap.PersonID(item.Person), Place: gridmap.PlaceID(item.Place), Body: bytes.TrimSpace(item.Body), Span: gridmap.Span{ValidFrom: now},
	}
	if item.From != nil {
		r.ValidFrom = *item.From
	}
	if item.To != nil {
		r.ValidTo = *item.To
	}
	if err := duty.CheckRecord(r); err != nil {
		return r, err
	}
	return r, publish.CheckRecord(r)
}

// keep writes records in one change set.
func (s *Service) keep(ctx context.Context, actor who.Actor, now time.Time, note string, records []gridmap.Record) error {
	_, err := s.Store.Update(ctx, gridmap.Commit{
		At: now, Actor: actor.Name, Action: "records", Note: note,
		Audit: []gridmap.AuditEntry{{At: now, Actor: actor.Name, Action: "records.put", Thing: string(records[0].Kind), Detail: fmt.Sprintf("%d 条 %s", len(records), note)}},
	}, func(w gridmap.Writer) error {
		for i := range records {
			if records[i].ID != 0 {
				continue
			}
			id, err := w.NewIDs(ctx, 1)
			if err != nil {
				return err
			}
			records[i].ID = gridmap.RecordID(id)
		}
		return w.PutRecords(ctx, records...)
	})
	return err
}

// mayReplace refuses new versions of records that were never there, whose ids
// the sender made up, and of those about ground that the sender may not write
// about.
func (s *Service) mayReplace(c echo.Context, records []gridmap.Record) error {
	unknown := map[gridmap.RecordID]bool{}
	for _, r := range records {
		if r.ID != 0 {
			unknown[r.ID] = true
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sent, ctx := maps.Clone(unknown), c.Request().Context()
	err := s.Store.View(ctx, func(r gridmap.Reader) error {
		for was, err := range r.Records(ctx, gridmap.Query{}, kinds()...) {
			if err == nil && sent[was.ID] {
				delete(unknown, was.ID)
				_, err = s.may(c, was.Grid)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(unknown) > 0 {
		id := slices.Min(slices.Collect(maps.Keys(unknown)))
		err = gridmap.Errorf(gridmap.NotFound, "没有记录 %d；新记录不写 id (no such record; a new one has no id)", id)
	}
	return err
}

// endRecord ends a record now: what it said was true until then.
func (s *Service) endRecord(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有记录 %q (no such record)", c.Param("id")))
	}
	var found *gridmap.Record
	for _, k := range kinds() {
		for _, r := range s.Maps.Current().Records(k) {
			if int64(r.ID) == id {
				found = &r
			}
		}
	}
	if found == nil {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有有效的记录 %d (no such record now)", id))
	}
	actor, err := s.may(c, found.Grid)
	if err != nil {
		return problem.Write(c, err)
	}
	now, ctx := s.Now(), c.Request().Context()
	_, err = s.Store.Update(ctx, gridmap.Commit{
		At: now, Actor: actor.Name, Action: "records",
		Audit: []gridmap.AuditEntry{{At: now, Actor: actor.Name, Action: "records.end", Thing: string(found.Kind) + ":" + c.Param("id")}},
	}, func(w gridmap.Writer) error { return w.EndRecords(ctx, now, gridmap.RecordID(id)) })
	if err != nil {
		return problem.Write(c, err)
	}
	return c.NoContent(http.StatusNoContent)
}

// visit records that a liaison was seen to.
func (s *Service) visit(c echo.Context) error {
	var body struct {
		Liaison int64      `json:"liaison"`
		At      *time.Time `json:"at"`
		Note    string     `json:"note"`
	}
	if err := json.NewDecoder(c.Request().Body).Decode(&body); err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请求体不是所要的 JSON (malformed body): %w", err))
	}
	for _, r := range s.Maps.Current().Records(gridmap.LiaisonRecord) {
		if int64(r.ID) != body.Liaison {
			continue
		}
		actor, err := s.may(c, r.Grid)
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
	a := s.Maps.Current()
	liaisons, _ := duty.Read[duty.Liaison](a.Records(gridmap.LiaisonRecord))
	last, err := LastVisits(c.Request().Context(), s.Journal)
	if err != nil {
		return problem.Write(c, err)
	}
	type item struct {
		Liaison int64      `json:"liaison"`
		Person  string     `json:"person"`
		Title   string     `json:"title"`
		Grid    int64      `json:"grid,omitempty"`
		Place   int64      `json:"place,omitempty"`
		Last    *time.Time `json:"last"`
		Due     *time.Time `json:"due,omitempty"`
	}
	items := []item{}
	add := func(l duty.Entry[duty.Liaison], seen, due time.Time) {
		person, _ := a.PersonOf(l.Person)
		x := item{Liaison: int64(l.ID), Person: person.Name, Title: l.Body.Title, Grid: int64(l.Grid), Place: int64(l.Place)}
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
	return c.JSON(http.StatusOK, map[string]any{"overdue": items})
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
	a := s.Maps.Current()
	n, err := netOf(a, c.QueryParam("network"))
	if err != nil {
		return problem.Write(c, err)
	}
	teams, _ := duty.Read[duty.Team](a.Records(gridmap.TeamRecord))
	type item struct {
		Grid    int64  `json:"grid"`
		Code    string `json:"code"`
		Name    string `json:"name"`
		Rule    string `json:"rule"`
		Message string `json:"message"`
	}
	items := []item{}
	for _, f := range duty.Shortfalls(a, n, teams) {
		g := &n.Grids[f.Grid]
		items = append(items, item{int64(g.ID), g.Code, g.Name, f.Rule, f.Say(n)})
	}
	return c.JSON(http.StatusOK, map[string]any{"shortfalls": items})
}

func netOf(a *atlas.Atlas, code string) (*atlas.Net, error) {
	n := a.Main()
	if code != "" {
		n = a.Net(code)
	}
	if n == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q (no such network)", code)
	}
	return n, nil
}

// roll answers with a roll as /v1/rolls/NAME.xlsx or .csv. With since only what
// changed since then. Phones are as the publication policy allows.
func (s *Service) roll(c echo.Context) error {
	name, format, _ := strings.Cut(c.Param("file"), ".")
	now, err := s.at(c, "at")
	if err != nil {
		return problem.Write(c, err)
	}
	var before *atlas.Atlas
	if c.QueryParam("since") != "" {
		if before, err = s.at(c, "since"); err != nil {
			return problem.Write(c, err)
		}
	}
	tables, err := s.tables(name, c.QueryParam("network"), before, now)
	if err != nil {
		return problem.Write(c, err)
	}
	var b bytes.Buffer
	kind := "text/csv; charset=utf-8"
	switch format {
	case "csv":
		err = tables[0].WriteCSV(&b)
	case "xlsx":
		kind, err = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", rolls.WriteXLSX(&b, tables...)
	default:
		err = gridmap.Errorf(gridmap.NotFound, "台账格式应为 .csv 或 .xlsx (want .csv or .xlsx)")
	}
	if err != nil {
		return problem.Write(c, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+"."+format+`"`)
	return c.Blob(http.StatusOK, kind, b.Bytes())
}

// tables makes a roll of a snapshot, or what changed since another.
func (s *Service) tables(name, network string, before, now *atlas.Atlas) ([]rolls.Table, error) {
	source := func(a *atlas.Atlas) (rolls.Source, error) {
		n, err := netOf(a, network)
		return rolls.Source{Atlas: a, Net: n, Book: s.bookOf(a)}, err
	}
	to, err := source(now)
	if err != nil {
		return nil, err
	}
	if before == nil {
		if name == "handover" {
			return nil, gridmap.Errorf(gridmap.Invalid, "移交清单需要写明从何时起 since (a handover needs since)")
		}
		t, err := rolls.Named(name, to)
		return []rolls.Table{t}, err
	}
	from, err := source(before)
	if err != nil {
		return nil, err
	}
	if name == "handover" {
		return []rolls.Table{rolls.Handover(from, to)}, nil
	}
	was, err := rolls.Named(name, from)
	if err != nil {
		return nil, err
	}
	is, err := rolls.Named(name, to)
	return []rolls.Table{rolls.Changed(was, is), rolls.Gone(was, is)}, err
}
