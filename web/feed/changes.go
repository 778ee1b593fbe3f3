package feed

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/described"
	"cloudgrid/web/problem"
	"cloudgrid/web/sse"
)

// Bounds of one answer.
const (
	mostChanges = 500
	mostGrids   = 1000 // named in a change; more is told by grids_more
	lookedInto  = 100  // newest change sets whose rows are read; of older ones all counts as touched
	longestWait = 55 * time.Second
)

// Change is a change set as other programs see it: what kinds of things it
// touched, not who made it.
type Change struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	Action    string    `json:"action"` // "publish", "import", "sign", "records" …
	Edition   int64     `json:"edition,omitempty"`
	Effective time.Time `json:"effective_at,omitzero"` // of the edition: when it comes into effect
	Touched   []string  `json:"touched"`               // "grids", "borders", "staff", "places", "records", "signs", "layers"
	Grids     []int64   `json:"grids"`                 // ids whose answers may differ
	More      bool      `json:"grids_more,omitempty"`  // there are more than are named: take all as changed
}

// Service answers /v1/changes.
type Service struct {
	Store gridmap.Store
	Hub   *Hub

	mu    sync.Mutex
	known map[gridmap.Seq]Change // looked into before: every follower asks for the same
}

// changesAnswer is some changes, and where to go on.
type changesAnswer struct {
	Changes []Change `json:"changes"`
	Next    int64    `json:"next" doc:"since of the next question"`
	Head    int64    `json:"head" doc:"the newest change set"`
	More    bool     `json:"more"`
}

// Describe writes the route into the document.
func (s *Service) Describe(doc *huma.OpenAPI) {
	described.Gives[changesAnswer](described.Get(doc, "/v1/changes", "changes", "What changed since, so that copies know when to ask again").
		Number("since", "the last change set that you know").Number("wait", "seconds to wait for one, at most 55"), http.StatusOK, "the changes").
		GivesMedia(http.StatusOK, "", sse.MediaType)
}

// Register adds the route.
func (s *Service) Register(e *echo.Echo) { e.GET("/v1/changes", s.changes) }

func (s *Service) changes(c echo.Context) error {
	since, err := number(c, "since")
	if err == nil && c.Request().Header.Get("Last-Event-ID") != "" {
		since, err = strconv.ParseInt(c.Request().Header.Get("Last-Event-ID"), 10, 64)
	}
	if err != nil || since < 0 {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "since 应为已知的最后一个变更号 (since is the last seq that you know)"))
	}
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), sse.MediaType) {
		return s.stream(c, gridmap.Seq(since))
	}
	wait, err := number(c, "wait")
	if err != nil || wait < 0 {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "wait 应为秒数 (wait is in seconds)"))
	}
	ctx := c.Request().Context()
	list, head, err := s.After(ctx, gridmap.Seq(since))
	if err == nil && len(list) == 0 && wait > 0 {
		limited, cancel := context.WithTimeout(ctx, min(time.Duration(wait)*time.Second, longestWait))
		s.Hub.After(limited, gridmap.Seq(since))
		cancel()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the asker has gone
		}
		list, head, err = s.After(ctx, gridmap.Seq(since))
	}
	if err != nil {
		return problem.Write(c, err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	next := since
	if len(list) > 0 {
		next = list[len(list)-1].Seq
	}
	return c.JSON(http.StatusOK, changesAnswer{list, next, int64(head.Seq), next < int64(head.Seq)})
}

func number(c echo.Context, name string) (int64, error) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// stream sends changes as they come, as server-sent events.
func (s *Service) stream(c echo.Context, since gridmap.Seq) error {
	out := sse.New(c)
	ctx := c.Request().Context()
	err := out.Alive()
	for err == nil && ctx.Err() == nil {
		var list []Change
		if list, _, err = s.After(ctx, since); err != nil {
			return out.Send("", "unavailable", struct{}{}) // the reader comes back where it was
		}
		for _, x := range list {
			if err = out.Send(strconv.FormatInt(x.Seq, 10), "change", x); err != nil {
				return nil //nolint:nilerr // the reader has gone
			}
			since = gridmap.Seq(x.Seq)
		}
		if len(list) > 0 {
			continue
		}
		if _, _, ended := s.Hub.waiting(); ended {
			return nil
		}
		waiting, cancel := context.WithTimeout(ctx, sse.Beat)
		s.Hub.After(waiting, since)
		idle := waiting.Err() != nil
		cancel()
		if idle {
			err = out.Alive()
		}
	}
	return nil
}

// After lists the change sets after one, at most mostChanges of them, and says
// where the store stands.
func (s *Service) After(ctx context.Context, since gridmap.Seq) (list []Change, head gridmap.Head, err error) {
	list = []Change{}
	err = s.Store.View(ctx, func(r gridmap.Reader) error {
		if head, err = r.Head(ctx); err != nil || head.Seq <= since {
			return err
		}
		editions, err := r.Editions(ctx)
		if err != nil {
			return err
		}
		for c, err := range r.ChangeSets(ctx, since) {
			if err != nil {
				return err
			}
			if len(list) == mostChanges {
				break
			}
			x := Change{Seq: int64(c.Seq), At: c.At, Action: c.Action, Edition: c.Edition, Touched: []string{}, Grids: []int64{}}
			for _, e := range editions {
				if c.Edition != 0 && e.Number == c.Edition {
					x.Effective = e.EffectiveAt
				}
			}
			list = append(list, x)
		}
		return s.look(ctx, r, head.Seq, list)
	})
	return list, head, err
}

// look fills in what the changes touched. The first change set, which made the
// map, and old ones are not worth reading: whoever is that far behind takes all
// as changed.
func (s *Service) look(ctx context.Context, r gridmap.Reader, head gridmap.Seq, list []Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, from := map[gridmap.Seq]int{}, head
	for i := range list {
		seq := gridmap.Seq(list[i].Seq)
		switch x, ok := s.known[seq]; {
		case ok:
			list[i] = x
		case seq == 1 || head-seq >= lookedInto:
			list[i].Touched, list[i].More = []string{"grids", "borders", "staff", "places", "records", "signs", "layers"}, true
		default:
			at[seq], from = i, min(from, seq-1)
		}
	}
	if len(at) == 0 {
		return nil
	}
	if err := touch(ctx, r, from, at, list); err != nil {
		return err
	}
	if s.known == nil || len(s.known) > 10*lookedInto {
		s.known = map[gridmap.Seq]Change{}
	}
	for seq, i := range at {
		s.known[seq] = list[i]
	}
	return nil
}

// touch finds out what each of the change sets at touched; none is before since.
func touch(ctx context.Context, r gridmap.Reader, since gridmap.Seq, at map[gridmap.Seq]int, list []Change) error {
	q := gridmap.Query{Since: since, All: true}
	note := func(s gridmap.Span, what string, grids ...gridmap.GridID) {
		for _, seq := range [2]gridmap.Seq{s.RecordedFrom, s.RecordedTo} {
			i, ok := at[seq]
			if !ok || seq <= since {
				continue
			}
			x := &list[i]
			if !slices.Contains(x.Touched, what) {
				x.Touched = append(x.Touched, what)
			}
			for _, g := range grids {
				k, found := slices.BinarySearch(x.Grids, int64(g))
				switch {
				case found || g == 0:
				case len(x.Grids) == mostGrids:
					x.More = true
				default:
					x.Grids = slices.Insert(x.Grids, k, int64(g))
				}
			}
		}
	}
	for v, err := range r.Grids(ctx, q) {
		if err != nil {
			return err
		}
		note(v.Span, "grids", v.ID)
	}
	for v, err := range r.Memberships(ctx, q) {
		if err != nil {
			return err
		}
		note(v.Span, "borders", v.Grid)
	}
	for v, err := range r.Posts(ctx, q) {
		if err != nil {
			return err
		}
		note(v.Span, "staff", v.Grid)
	}
	for v, err := range r.Persons(ctx, q) {
		if err != nil {
			return err
		}
		note(v.Span, "staff")
	}
	for v, err := range r.Places(ctx, q) {
		if err != nil {
			return err
		}
		note(v.Span, "places")
	}
	for v, err := range r.Records(ctx, q) {
		if err != nil {
			return err
		}
		what := "records"
		if v.Kind == gridmap.SignRecord {
			what = "signs"
		}
		note(v.Span, what, v.Grid)
	}
	return touchLayers(ctx, r, at, list)
}

// layerAction is that of a change set that is about reference layers only: one
// that dropped a layer has left nothing else behind.
const layerAction = "layer"

// touchLayers finds out which of the change sets put or dropped layers. What has
// been replaced since is found at its successor.
func touchLayers(ctx context.Context, r gridmap.Reader, at map[gridmap.Seq]int, list []Change) error {
	layers, err := r.Layers(ctx)
	if err != nil {
		return err
	}
	for seq, i := range at {
		put := slices.ContainsFunc(layers, func(l gridmap.Layer) bool { return l.Seq == seq })
		if put || list[i].Action == layerAction {
			list[i].Touched = append(list[i].Touched, "layers")
		}
	}
	return nil
}
