package sign

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/spatial"
)

// Desk registers signs and keeps track of what was printed.
type Desk struct {
	Store   gridmap.Store
	Journal gridmap.Journal
	Now     func() time.Time
	Random  io.Reader
}

// New is a sign to register: at a place that there is, or at a point that
// becomes one.
type New struct {
	Place     gridmap.PlaceID
	Point     spatial.Point // with HasPoint, when Place is 0
	HasPoint  bool
	Name      string // of the new place
	Mounting  string
	Entrance  string
	Photo     string
	Network   string
	AccuracyM float64 // of Point
}

// Register registers signs, all or none, and returns them with their codes, in
// order.
func (d *Desk) Register(ctx context.Context, actor string, signs ...New) ([]Entry, error) {
	entries := make([]Entry, len(signs))
	for i, s := range signs {
		code, err := NewCode(d.Random)
		if err != nil {
			return nil, err
		}
		entries[i] = Entry{Code: code, Place: s.Place, Sign: Sign{
			Mounting: s.Mounting, Entrance: s.Entrance, Photo: s.Photo, Network: s.Network, Status: Active,
		}}
	}
	now := d.Now()
	_, err := d.Store.Update(ctx, gridmap.Commit{
		At: now, Actor: actor, Action: "sign", Note: fmt.Sprintf("登记公示牌 %d 块", len(signs)),
		Audit: []gridmap.AuditEntry{{At: now, Actor: actor, Action: "sign.register", Thing: "sign", Detail: strings.Join(codesOf(entries), " ")}},
	}, func(w gridmap.Writer) error { return put(ctx, w, signs, entries, now) })
	if err != nil {
		return nil, err
	}
	return entries, nil
}

func codesOf(entries []Entry) []string {
	codes := make([]string, len(entries))
	for i, e := range entries {
		codes[i] = e.Code
	}
	return codes
}

func put(ctx context.Context, w gridmap.Writer, signs []New, entries []Entry, now time.Time) error {
	id, err := w.NewIDs(ctx, 2*len(signs))
	if err != nil {
		return err
	}
	var places []gridmap.Place
	var records []gridmap.Record
	for i, s := range signs {
		e := &entries[i]
		e.ID = gridmap.RecordID(id + int64(2*i))
		if e.Place == 0 {
			if !s.HasPoint {
				return gridmap.Errorf(gridmap.Invalid, "第 %d 块公示牌既没有地点也没有坐标 (sign %d has neither a place nor a point)", i+1, i+1)
			}
			name := strings.TrimSpace(s.Name)
			if name == "" {
				name = "公示牌 " + Grouped(e.Code)
			}
			e.Place = gridmap.PlaceID(id + int64(2*i) + 1)
			places = append(places, gridmap.Place{
				ID: e.Place, Kind: "sign", Name: name, Point: s.Point, HasPoint: true, AccuracyM: s.AccuracyM,
				Source: "sign", Status: "in_use", Span: gridmap.Span{ValidFrom: now},
			})
		}
		r, err := e.Record(gridmap.Span{ValidFrom: now})
		if err != nil {
			return err
		}
		records = append(records, r)
	}
	if err := w.PutPlaces(ctx, places...); err != nil {
		return err
	}
	return w.PutRecords(ctx, records...)
}

// Change makes e, a registered sign with another body or place, the truth from
// now on.
func (d *Desk) Change(ctx context.Context, actor string, e Entry) error {
	now := d.Now()
	r, err := e.Record(gridmap.Span{ValidFrom: now})
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, gridmap.Commit{
		At: now, Actor: actor, Action: "sign", Note: "修改公示牌 " + Grouped(e.Code),
		Audit: []gridmap.AuditEntry{{At: now, Actor: actor, Action: "sign.change", Thing: "sign:" + e.Code, Detail: string(e.Status)}},
	}, func(w gridmap.Writer) error { return w.PutRecords(ctx, r) })
	return err
}

// Register of one snapshot: its signs by code, and what they say. Safe for any
// number of readers.
type Register struct {
	atlas  *atlas.Atlas
	book   *duty.Book
	signs  []Entry
	byCode map[string]int
}

// NewRegister reads the register of a snapshot; the errors name what could not
// be used.
func NewRegister(a *atlas.Atlas, b *duty.Book) (*Register, []error) {
	signs, bad := Read(a.Records(gridmap.SignRecord))
	r := &Register{atlas: a, book: b, signs: signs, byCode: make(map[string]int, len(signs))}
	for i, s := range signs {
		r.byCode[s.Code] = i
	}
	return r, bad
}

// Signs are all of them; read-only.
func (r *Register) Signs() []Entry { return r.signs }

// Find finds a sign by its code.
func (r *Register) Find(code string) (Entry, bool) {
	i, ok := r.byCode[code]
	if !ok {
		return Entry{}, false
	}
	return r.signs[i], true
}

// Content says what a sign says now. A sign whose place is gone says so by
// NotFound.
func (r *Register) Content(e Entry) (Content, error) {
	p := r.atlas.Place(e.Place)
	if p == nil {
		return Content{}, gridmap.Errorf(gridmap.NotFound, "公示牌 %s 所在地点已不存在 (the sign's place is gone)", Grouped(e.Code))
	}
	return Make(Input{Atlas: r.atlas, Book: r.book, Sign: e, Place: *p})
}

// Printed records prints of contents on a sheet.
func (d *Desk) Printed(ctx context.Context, actor, sheet string, edition int64, contents ...Content) error {
	events := make([]gridmap.Event, len(contents))
	for i, c := range contents {
		var err error
		if events[i], err = (Print{Hash: c.Hash(), Sheet: sheet, Edition: edition, Content: c}).Event(d.Now(), actor); err != nil {
			return err
		}
	}
	_, err := d.Journal.AppendEvents(ctx, events...)
	return err
}

// LastPrints returns the newest print of each sign.
func (d *Desk) LastPrints(ctx context.Context) (map[string]Print, map[string]time.Time, error) {
	last, when := map[string]Print{}, map[string]time.Time{}
	for e, err := range d.Journal.Events(ctx, gridmap.EventQuery{Kind: PrintEvent}) {
		if err != nil {
			return nil, nil, err
		}
		var p Print
		if err := json.Unmarshal(e.Body, &p); err != nil {
			return nil, nil, gridmap.Errorf(gridmap.Internal, "印制记录 %d 无法识别 (unreadable print): %w", e.ID, err)
		}
		last[e.Key], when[e.Key] = p, e.At
	}
	return last, when, nil
}

// Stale lists the signs in use that hang there with something that is no longer
// true, by code: what they show was printed once and would be printed
// differently today.
func (d *Desk) Stale(ctx context.Context, r *Register) ([]Stale, error) {
	last, when, err := d.LastPrints(ctx)
	if err != nil {
		return nil, err
	}
	var list []Stale
	for _, e := range r.Signs() {
		printed, ok := last[e.Code]
		if !ok || e.Status != Active {
			continue
		}
		s := Stale{Code: e.Code, Place: printed.Content.Place, Printed: when[e.Code]}
		now, err := r.Content(e)
		switch {
		case gridmap.CodeOf(err) == gridmap.NotFound:
			s.Why = []string{"所在地点已不存在，应撤牌"}
		case err != nil:
			return nil, err
		default:
			s.Why = Compare(printed, now)
		}
		if len(s.Why) > 0 {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Stale) int { return strings.Compare(a.Code, b.Code) })
	return list, nil
}
