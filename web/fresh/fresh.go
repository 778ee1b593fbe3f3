// Package fresh lets somebody who changed the map at one server read the change
// at another: answers say which change set they know, and a request may ask for
// one that is not older.
package fresh

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web/problem"
)

// The headers. Seq and Edition are of the map that an answer was made from, or
// of a later one's predecessor: the map may have moved on while it was made.
// After a change Seq is that of the change.
const (
	SeqHeader     = "X-CloudGrid-Seq"
	EditionHeader = "X-CloudGrid-Edition"
	MinSeqHeader  = "X-CloudGrid-Min-Seq"
)

// Patience is how long a request waits for a map that is new enough.
const Patience = 2 * time.Second

// Maps is where the map comes from.
type Maps interface {
	Current() *atlas.Atlas
	Reach(ctx context.Context, seq gridmap.Seq) bool
}

// Middleware adds the headers to answers, and has requests that ask for a change
// set wait until the map knows it, for as long as patience. Then it is 503, with
// what there is. An answer to a change waits likewise, so that whoever made it
// finds it here.
func Middleware(maps Maps, patience time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if wanted := r.Header.Get(MinSeqHeader); wanted != "" {
				seq, err := strconv.ParseInt(wanted, 10, 64)
				if err != nil || seq < 0 {
					return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "%s 应为变更号 (a change set's number)", MinSeqHeader))
				}
				if !reached(r.Context(), maps, gridmap.Seq(seq), patience) {
					return tooEarly(c, maps.Current(), seq)
				}
			}
			say(c.Response().Header(), maps.Current())
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				m := &made{}
				c.SetRequest(r.WithContext(context.WithValue(r.Context(), madeKey{}, m)))
				c.Response().Before(func() {
					if seq := m.seq.Load(); seq > 0 {
						reached(r.Context(), maps, gridmap.Seq(seq), patience) // too late is no fault: the change is made
					}
					m.say(c.Response().Header())
				})
			}
			return next(c)
		}
	}
}

// reached waits for a change set.
func reached(ctx context.Context, maps Maps, seq gridmap.Seq, patience time.Duration) bool {
	if a := maps.Current(); a != nil && a.Head().Seq >= seq {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return maps.Reach(ctx, seq)
}

// tooEarly says what there is instead of what was wanted.
func tooEarly(c echo.Context, a *atlas.Atlas, wanted int64) error {
	say(c.Response().Header(), a)
	var have int64
	if a != nil {
		have = int64(a.Head().Seq)
	}
	c.Response().Header().Set("Retry-After", "1")
	return problem.Send(c, problem.Details{
		Type: "about:blank", Status: http.StatusServiceUnavailable, Code: string(gridmap.Unavailable), Title: "暂时不可用 Unavailable",
		Detail: fmt.Sprintf("此服务的地图到变更 %d，还没有 %d，请稍后再试 (the map here is at change set %d and does not have %d yet; try again)", have, wanted, have, wanted),
	})
}

func say(h http.Header, a *atlas.Atlas) {
	if a == nil {
		return
	}
	h.Set(SeqHeader, strconv.FormatInt(int64(a.Head().Seq), 10))
	h.Set(EditionHeader, strconv.FormatInt(a.Edition().Number, 10))
}

// made is what a request changed.
type made struct{ seq, edition atomic.Int64 }

type madeKey struct{}

func (m *made) say(h http.Header) {
	if seq := m.seq.Load(); seq > 0 {
		h.Set(SeqHeader, strconv.FormatInt(seq, 10))
	}
	if edition := m.edition.Load(); edition > 0 {
		h.Set(EditionHeader, strconv.FormatInt(edition, 10))
	}
}

// Noting returns a store whose changes are told to whoever made the request
// that they belong to.
func Noting(s gridmap.Store) gridmap.Store { return noting{s} }

type noting struct{ gridmap.Store }

// Update implements gridmap.Store.
func (n noting) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	cs, err := n.Store.Update(ctx, c, fn)
	if m, ok := ctx.Value(madeKey{}).(*made); ok && err == nil {
		m.seq.Store(int64(cs.Seq))
		m.edition.Store(cs.Edition)
	}
	return cs, err
}

// FullSince implements gridmap.Capacity, where the store does.
func (n noting) FullSince() time.Time {
	if room, ok := n.Store.(gridmap.Capacity); ok {
		return room.FullSince()
	}
	return time.Time{}
}

// Settled returns a store whose changes are in the map, or late, when Update
// returns: for work that no request waits for.
func Settled(s gridmap.Store, maps Maps) gridmap.Store { return settled{s, maps} }

type settled struct {
	gridmap.Store
	maps Maps
}

// Update implements gridmap.Store.
func (w settled) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	cs, err := w.Store.Update(ctx, c, fn)
	if err == nil {
		reached(ctx, w.maps, cs.Seq, Patience)
	}
	return cs, err
}
