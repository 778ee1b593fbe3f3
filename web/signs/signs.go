package signs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/photo"
	"cloudgrid/gridmap/sign"
	"cloudgrid/spatial"
	gate "cloudgrid/web/auth"
	"cloudgrid/web/problem"
)

// Maps gives the snapshot to answer from.
type Maps interface{ Current() *atlas.Atlas }

// Config is what the pages need. Without a Journal nothing is counted and the
// form is left out; without a Desk signs cannot be registered or printed.
type Config struct {
	Maps    Maps
	Journal gridmap.Journal
	Desk    *sign.Desk  // nil: signs are only read here
	Books   *duty.Books // shared with the other faces; nil: its own
	Now     func() time.Time
	Log     *slog.Logger
	// Scope tells whether who asks may do action to what is at a place or, when
	// that is 0, at a point; nil: whoever comes this far may.
	Scope func(ctx context.Context, action auth.Action, place gridmap.PlaceID, at spatial.Point) error
	Reach gate.Reacher // what lists are filtered by
	// Photos cleans what is sent; nil: a cleaner of its own.
	Photos *photo.Cleaner
}

// Service serves /q.
type Service struct {
	Config
	pages  *template.Template
	policy string

	mu       sync.Mutex
	register *sign.Register // of the newest snapshot
	of       *atlas.Atlas

	misses, letters auth.Limiter
}

// New makes the service.
func New(cfg Config) (*Service, error) {
	if cfg.Photos == nil {
		cfg.Photos = photo.NewCleaner()
	}
	if cfg.Books == nil {
		cfg.Books = new(duty.Books)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	t, err := pages()
	if err != nil {
		return nil, err
	}
	return &Service{Config: cfg, pages: t, policy: policy()}, nil
}

// Register adds the routes.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/q", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/q/") })
	e.GET("/q/", s.ask)
	e.GET("/q/:code", s.show)
	e.GET("/q/:code/photo", s.photo)
	e.POST("/q/:code/wrong", s.wrong)
	s.registerDesk(e)
}

// signs returns the register of the newest snapshot.
func (s *Service) signs() (*sign.Register, *atlas.Atlas) {
	a := s.Maps.Current()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != a {
		book, bad := s.Books.Of(a, a)
		register, unreadable := sign.NewRegister(a, book)
		for _, err := range slices.Concat(bad, unreadable) {
			s.Log.Warn("a record cannot be used", "error", err)
		}
		s.register, s.of = register, a
	}
	return s.register, a
}

// What strangers may try: misses slow down whoever guesses codes, letters
// whoever fills in forms.
func missRate() auth.Rate   { return auth.Rate{PerMinute: 6, Burst: 12} }
func letterRate() auth.Rate { return auth.Rate{PerMinute: 2, Burst: 5} }

// seconds is a wait as Retry-After wants it.
func seconds(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}

// ask is the page to type a code into.
func (s *Service) ask(c echo.Context) error {
	if typed := c.QueryParam("code"); typed != "" {
		code, ok := sign.ParseCode(typed)
		if !ok {
			return s.missing(c)
		}
		return c.Redirect(http.StatusSeeOther, "/q/"+code)
	}
	return s.render(c, http.StatusOK, view{Heading: "公示牌查询", Message: "请扫描公示牌上的二维码，或输入牌上的编码。(Scan the code on the sign, or type it.)"})
}

// missing answers for every code that names no sign, whatever is wrong with
// it, in the same words; whoever asks often waits.
func (s *Service) missing(c echo.Context) error {
	if ok, wait := s.misses.Allow(c.RealIP(), missRate(), 1, s.Now()); !ok {
		c.Response().Header().Set("Retry-After", seconds(wait))
		return s.render(c, http.StatusTooManyRequests, view{Heading: "请稍后再试", Message: "查询过于频繁，请稍后再试。(Too many requests.)"})
	}
	return s.render(c, http.StatusNotFound, view{Heading: "没有找到这块公示牌", Message: "请核对编码，或重新扫描牌上的二维码。(No such sign.)"})
}

// show is the page of a sign.
func (s *Service) show(c echo.Context) error {
	code, ok := sign.ParseCode(c.Param("code"))
	if !ok {
		return s.missing(c)
	}
	if code != c.Param("code") {
		return c.Redirect(http.StatusMovedPermanently, "/q/"+code)
	}
	register, a := s.signs()
	e, ok := register.Find(code)
	if !ok {
		return s.missing(c)
	}
	s.count(c, code)
	v := view{
		Code: code, State: e.Status, Next: e.Successor, Photo: e.Photo != "" && s.Journal != nil, Form: s.Journal != nil,
		Edition: a.Edition().Number, Updated: updated(a), Thanks: c.QueryParam("thanks") == "1",
	}
	v.Heading, v.Message = gone(e.Status)
	content, err := register.Content(e)
	switch {
	case gridmap.CodeOf(err) == gridmap.NotFound:
		if v.Message == "" {
			v.Heading, v.Message = gone(sign.Retired)
		}
	case err != nil:
		return problem.Write(c, err)
	case e.Status == sign.Active || e.Status == sign.Moved && e.Successor == "":
		v.Content, v.Message = &content, ""
		v.Report = reportURL(a.Settings().ReportURL, content)
	}
	return s.render(c, http.StatusOK, v)
}

// gone says in kind words what became of a sign.
func gone(status sign.Status) (heading, message string) {
	switch status {
	case sign.Moved:
		return "这块公示牌已迁移", "牌子已移到新的位置。(This sign was moved.)"
	case sign.Merged:
		return "这块公示牌已合并", "此处的信息已并入另一块公示牌。(This sign was merged into another.)"
	case sign.Retired:
		return "这块公示牌已停用", "感谢您扫码。此处不再设牌，需要帮助请拨打热线。(This sign is no longer in use.)"
	case sign.Active:
	}
	return "", ""
}

func updated(a *atlas.Atlas) string {
	at := a.Edition().EffectiveAt
	if at.IsZero() {
		at = a.Head().At
	}
	if at.IsZero() {
		return "—"
	}
	return at.In(gridmap.CivilZone()).Format("2006年1月2日")
}

// count adds one scan to the sign's day, and nothing about who scanned.
func (s *Service) count(c echo.Context, code string) {
	if s.Journal == nil {
		return
	}
	if err := s.Journal.Tally(c.Request().Context(), "scan", code, s.Now(), 1); err != nil {
		s.Log.Warn("a scan was not counted", "error", err)
	}
}

func (s *Service) photo(c echo.Context) error {
	code, ok := sign.ParseCode(c.Param("code"))
	if !ok {
		return s.missing(c)
	}
	register, _ := s.signs()
	e, ok := register.Find(code)
	if !ok || e.Photo == "" || s.Journal == nil {
		return s.missing(c)
	}
	a, err := s.Journal.Attachment(c.Request().Context(), e.Photo)
	if err != nil {
		return s.missing(c)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, a.Type, a.Data)
}

// maxLetter bounds what a resident writes.
const maxLetter = 500

// FaultEvent is the kind of the event that keeps 信息有误; its key is the code.
const FaultEvent = "sign_fault"

func (s *Service) wrong(c echo.Context) error {
	code, ok := sign.ParseCode(c.Param("code"))
	register, _ := s.signs()
	if _, found := register.Find(code); !ok || !found || s.Journal == nil {
		return s.missing(c)
	}
	if ok, wait := s.letters.Allow(c.RealIP(), letterRate(), 1, s.Now()); !ok {
		c.Response().Header().Set("Retry-After", seconds(wait))
		return s.render(c, http.StatusTooManyRequests, view{Heading: "请稍后再试", Message: "提交过于频繁，请稍后再试。(Too many messages.)"})
	}
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 8<<10)
	text := strings.TrimSpace(c.FormValue("text"))
	if text == "" || len([]rune(text)) > maxLetter {
		return s.render(c, http.StatusUnprocessableEntity, view{Heading: "没有提交", Message: "请用 500 字以内写明哪里不对。(Say what is wrong in at most 500 characters.)"})
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err == nil {
		_, err = s.Journal.AppendEvents(c.Request().Context(), gridmap.Event{At: s.Now(), Kind: FaultEvent, Key: code, Body: body})
	}
	if err != nil {
		return problem.Write(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/q/"+code+"?thanks=1")
}

func (s *Service) render(c echo.Context, status int, v view) error {
	v.Hotline = s.Maps.Current().Settings().PublicHotline()
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, "sign", v); err != nil {
		return errors.Join(gridmap.Errorf(gridmap.Internal, "页面无法生成 (the page cannot be made)"), err)
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", s.policy)
	h.Set("Cache-Control", "no-cache")
	return c.HTMLBlob(status, b.Bytes())
}
