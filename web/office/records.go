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
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/publish"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

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

// recordsAnswer lists records.
type recordsAnswer struct {
	Records []recordItem `json:"records"`
}

// recordsBody is what is to be kept, all or none.
type recordsBody struct {
	Records []recordItem `json:"records"`
	Note    string       `json:"note,omitempty" doc:"for the history"`
}

// keptAnswer names what was kept, in the order sent.
type keptAnswer struct {
	IDs []int64 `json:"ids"`
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
	within, err := s.inside(c, rights.Look)
	if err != nil {
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
			if g := c.QueryParam("grid"); g != "" && g != strconv.FormatInt(int64(r.Grid), 10) || !reaches(within, r) {
				continue
			}
			items = append(items, itemOf(r))
		}
	}
	return c.JSON(http.StatusOK, recordsAnswer{items})
}

// reaches tells whether a record is about a part of the map that is reached.
// What is about no part of it is everybody's inside, as matters and units are;
// but absences and liaisons tell of people.
func reaches(within *auth.Reach, r gridmap.Record) bool {
	switch {
	case r.Grid != 0:
		return within.Grid(r.Grid)
	case r.Place != 0:
		return within.Place(r.Place)
	case r.Person != 0:
		return within.Person(r.Person)
	}
	return r.Kind != gridmap.AbsenceRecord && r.Kind != gridmap.LiaisonRecord || within.Main()
}

// maxRecords bounds one request.
const maxRecords = 5000

// putRecords keeps records, all or none. One with an id is a new version of
// that record from its time on.
func (s *Service) putRecords(c echo.Context) error {
	var body recordsBody
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
			actor, err = s.may(c, rights.Keep, r.Grid)
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
	return c.JSON(http.StatusCreated, keptAnswer{ids})
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
				_, err = s.may(c, rights.Keep, was.Grid)
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
	actor, err := s.may(c, rights.Keep, found.Grid)
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
