// Package notices is what everybody sees of plans: those that are shown to the
// public before they take effect (公示), as pages without scripts and as JSON.
// A plan in any other state is, to this package, not there.
package notices

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/plan"
	"cloudgrid/gridmap/sign"
)

// Desk gives the announced plans and takes what is said about them; a
// plan.Desk is one.
type Desk interface {
	Announcements(ctx context.Context) ([]plan.Announcement, error)
	Announcement(ctx context.Context, id gridmap.PlanID) (plan.Announcement, error)
	Opine(ctx context.Context, id gridmap.PlanID, o plan.Opinion) (gridmap.PlanComment, error)
}

// Config is what the pages need.
type Config struct {
	Desk  Desk
	Maps  interface{ Current() *atlas.Atlas }
	Now   func() time.Time // nil is time.Now
	NewID func() string    // of a form that is filled in once
	Log   *slog.Logger
}

// Service serves /notices.
type Service struct {
	Config
	pages  *template.Template
	policy string
	made   memory

	letters auth.Limiter
}

// New makes the service.
func New(cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	t, err := pages()
	return &Service{Config: cfg, pages: t, policy: policy()}, err
}

// Register adds the pages.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/notices", s.list)
	e.GET("/notices/:id", s.show)
	e.GET("/notices/:id/before/:part", s.picture(func(p part) []byte { return p.before }))
	e.GET("/notices/:id/after/:part", s.picture(func(p part) []byte { return p.after }))
	e.POST("/notices/:id/opinion", s.opine)
}

// RegisterDocumented adds the JSON.
func (s *Service) RegisterDocumented(doc huma.API) {
	get(doc, "/v1/notices", "list-notices", "Plans that are shown to the public", s.listJSON)
	get(doc, "/v1/notices/{id}", "get-notice", "What an announced plan changes, with outlines before and after", s.showJSON)
}

// made is what is shown of one notice, worked out once.
type made struct {
	content content
	drawn   drawn
}

// memory keeps the newest notices as they were worked out: a plan that is
// announced does not change.
type memory struct {
	mu   sync.Mutex
	kept []remembered // the newest first
}

type remembered struct {
	id   gridmap.PlanID
	from time.Time
	rev  int64
	made made
}

const mostRemembered = 16

func (m *memory) of(a plan.Announcement) made {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.kept {
		if k.id == a.Plan.ID && k.rev == a.Plan.Rev && k.from.Equal(a.From) {
			return k.made
		}
	}
	c := tell(a.Board)
	k := remembered{a.Plan.ID, a.From, a.Plan.Rev, made{c, draw(a.Plan.Name, a.Board, c.Grids)}}
	m.kept = append([]remembered{k}, m.kept[:min(len(m.kept), mostRemembered-1)]...)
	return k.made
}

// find reads which notice a request is about: NotFound in the same words,
// whatever is wrong.
func (s *Service) find(ctx context.Context, text string) (plan.Announcement, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		id = 0 // no plan has it
	}
	return s.Desk.Announcement(ctx, gridmap.PlanID(id))
}

func (s *Service) list(c echo.Context) error {
	all, err := s.Desk.Announcements(c.Request().Context())
	if err != nil {
		return err
	}
	v := view{Heading: "网格调整公示", Empty: len(all) == 0}
	for _, a := range all {
		v.List = append(v.List, s.line(a))
	}
	return s.render(c, http.StatusOK, v)
}

func (s *Service) line(a plan.Announcement) line {
	return line{ID: int64(a.Plan.ID), Name: a.Plan.Name, From: a.From, Until: a.Plan.NoticeUntil, Open: a.Open(s.Now())}
}

func (s *Service) show(c echo.Context) error {
	a, err := s.find(c.Request().Context(), c.Param("id"))
	if err != nil {
		return s.refuse(c, err)
	}
	v := s.viewOf(c, a)
	if n, err := strconv.ParseInt(c.QueryParam("received"), 10, 64); err == nil && n > 0 {
		v.Received = n
	}
	return s.render(c, http.StatusOK, v)
}

func (s *Service) viewOf(c echo.Context, a plan.Announcement) view {
	l, m := s.line(a), s.made.of(a)
	v := view{Heading: a.Plan.Name, Notice: &l, Note: a.Note, Moved: a.Moved, Content: m.content, Key: s.NewID(), MaxText: plan.MaxOpinionRunes, MaxContact: plan.MaxContactRunes}
	for i := range m.drawn.parts {
		v.Parts = append(v.Parts, i+1)
	}
	v.Address = s.address(c, a.Plan.ID)
	var err error
	if v.QRPath, v.QRSize, err = sign.QRPath(v.Address); err != nil {
		s.Log.Warn("a notice has no QR code", "error", err)
	}
	return v
}

// address is where a notice is found from elsewhere: beside the signs, whose
// address holds for ever, else where it was asked for.
func (s *Service) address(c echo.Context, id gridmap.PlanID) string {
	base := c.Scheme() + "://" + c.Request().Host
	if u, err := url.Parse(s.Maps.Current().Settings().SignBase); err == nil && u.Host != "" {
		base = u.Scheme + "://" + u.Host
	}
	return base + "/notices/" + strconv.FormatInt(int64(id), 10)
}

func (s *Service) picture(which func(part) []byte) echo.HandlerFunc {
	return func(c echo.Context) error {
		a, err := s.find(c.Request().Context(), c.Param("id"))
		if err != nil {
			return s.refuse(c, err)
		}
		parts := s.made.of(a).drawn.parts
		i, err := strconv.Atoi(c.Param("part"))
		if err != nil || i < 1 || i > len(parts) {
			return s.refuse(c, gridmap.Errorf(gridmap.NotFound, "没有这幅图 (no such picture)"))
		}
		h := c.Response().Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		return c.Blob(http.StatusOK, "image/svg+xml", which(parts[i-1]))
	}
}

// refuse says that there is no such notice in one way for all; another failure
// is not hidden.
func (s *Service) refuse(c echo.Context, err error) error {
	if gridmap.CodeOf(err) != gridmap.NotFound {
		return err
	}
	return s.render(c, http.StatusNotFound, view{Heading: "没有这份公示", Message: "公示可能已经结束，或网址有误。(No such notice, or it is over.)"})
}

// letterRate is how often one address may speak.
func letterRate() auth.Rate { return auth.Rate{PerMinute: 2, Burst: 5} }

const maxPlace = 100

// opine takes the form.
func (s *Service) opine(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.find(ctx, c.Param("id"))
	if err != nil {
		return s.refuse(c, err)
	}
	if ok, wait := s.letters.Allow(c.RealIP(), letterRate(), 1, s.Now()); !ok {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return s.again(c, a, http.StatusTooManyRequests, "提交过于频繁，请稍后再提交一次。(Too many messages; please wait a moment.)")
	}
	o, err := opinionOf(c)
	if err == nil {
		var kept gridmap.PlanComment
		if kept, err = s.Desk.Opine(ctx, a.Plan.ID, o); err == nil {
			return c.Redirect(http.StatusSeeOther, "/notices/"+strconv.FormatInt(int64(a.Plan.ID), 10)+"?received="+strconv.FormatInt(kept.ID, 10)+"#opinion")
		}
	}
	var domain *gridmap.Error
	switch code := gridmap.CodeOf(err); {
	case code == gridmap.NotFound:
		return s.refuse(c, err)
	case errors.As(err, &domain) && code != gridmap.Internal:
		return s.again(c, a, http.StatusUnprocessableEntity, domain.Message)
	}
	return err
}

// again shows the form with what was typed and why it was not taken.
func (s *Service) again(c echo.Context, a plan.Announcement, status int, why string) error {
	v := s.viewOf(c, a)
	v.Problem = why
	v.Typed = typed{Text: c.FormValue("text"), Place: c.FormValue("place"), Grid: c.FormValue("grid"), Contact: c.FormValue("contact")}
	if key := c.FormValue("key"); key != "" && len(key) <= gridmap.MaxCommentKey {
		v.Key = key
	}
	return s.render(c, status, v)
}

func opinionOf(c echo.Context) (plan.Opinion, error) {
	o := plan.Opinion{Key: c.FormValue("key"), Text: strings.TrimSpace(c.FormValue("text")), Contact: c.FormValue("contact")}
	if o.Text == "" {
		return o, gridmap.Errorf(gridmap.Invalid, "请写明您的意见 (say something)")
	}
	if place := strings.Join(strings.Fields(c.FormValue("place")), " "); place != "" {
		if len([]rune(place)) > maxPlace {
			return o, gridmap.Errorf(gridmap.Invalid, "地点请在 %d 字以内 (the place is too long)", maxPlace)
		}
		o.Text = plan.PlaceMark + place + "\n" + o.Text
	}
	if grid := c.FormValue("grid"); grid != "" {
		id, err := strconv.ParseInt(grid, 10, 64)
		if err != nil {
			return o, gridmap.Errorf(gridmap.Invalid, "所选的网格无效 (no such grid)")
		}
		o.Grid = gridmap.GridID(id)
	}
	return o, nil
}

func (s *Service) render(c echo.Context, status int, v view) error {
	settings := s.Maps.Current().Settings()
	v.Title, v.Hotline, v.Source, v.MapReviewNo = settings.Title, settings.PublicHotline(), settings.SourceLine, settings.MapReviewNo
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, "notices", v); err != nil {
		return errors.Join(gridmap.Errorf(gridmap.Internal, "页面无法生成 (the page cannot be made)"), err)
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", s.policy)
	h.Set("Cache-Control", "no-cache")
	return c.HTMLBlob(status, b.Bytes())
}
