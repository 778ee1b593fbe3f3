// Package settings is where an office says what its map is called, where its
// data comes from, which number always answers, how its staff are called and how
// big a grid should be: for programs as JSON, for its admin as a page.
package settings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/described"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// Config is what the service needs. Token and FromForm make and check the mark
// by which a form is known to be ours.
type Config struct {
	Store    gridmap.Store
	Now      func() time.Time
	Token    func(echo.Context) string
	FromForm func(echo.Context) bool
}

// Service serves the settings of one map.
type Service struct{ Config }

// New makes the service.
func New(cfg Config) *Service { return &Service{cfg} }

// Register adds the routes.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/v1/settings", s.get)
	e.PUT("/v1/settings", s.put)
	e.GET("/admin/settings", s.page)
	e.POST("/admin/settings", s.save)
}

// Describe writes the routes for programs into the document.
func (s *Service) Describe(doc *huma.OpenAPI) {
	described.Gives[Office](described.Get(doc, "/v1/settings", "get-settings", "What the office says about its map: title, source, hotline, roles, sizes of grids"), http.StatusOK, "the settings")
	described.Gives[Office](described.Takes[Office](described.Add(doc, http.MethodPut, "/v1/settings", "put-settings", "Say all of it anew; roles and sizes that are not named stay")), http.StatusOK, "the settings as they are now")
}

// Office is all that is set about a map. Version is that of what was read: a
// change is refused (Conflict) when somebody else was faster.
type Office struct {
	Version       string                   `json:"version" doc:"of what was read; sent back with a change"`
	Title         string                   `json:"title" doc:"name of the map"`
	SourceLine    string                   `json:"source_line" doc:"where the data comes from, on every public page"`
	MapReviewNo   string                   `json:"map_review_no" doc:"审图号"`
	DataDate      string                   `json:"data_date" doc:"of the map data: 2026-01-31, or empty"`
	Hotline       string                   `json:"hotline" doc:"the number that always answers; 12345 when empty"`
	PublishPhones bool                     `json:"publish_phones" doc:"show phones of staff in full to everybody; masked otherwise"`
	NearestLimitM float64                  `json:"nearest_limit_m" doc:"how far outside the map the nearest grid is still named, in metres; 0: the default"`
	SignBase      string                   `json:"sign_base" doc:"what the QR codes of signs begin with, for ever: https://…/q/"`
	ReportURL     string                   `json:"report_url" doc:"where 我要反映 of a sign leads; {code}, {place} and {grid} are filled in"`
	Hotlines      []gridmap.Line           `json:"hotlines" doc:"on every sign beside the hotline; 110, 119, 120 when empty"`
	Duties        []string                 `json:"duties" doc:"what grid staff do, on every sign; those of the field when empty"`
	Sizing        gridmap.SizingThresholds `json:"sizing" doc:"when a grid counts as overloaded; 0: the defaults"`
	Roles         []Role                   `json:"roles" doc:"of grid staff, in their order"`
	Sizes         []Size                   `json:"sizes" doc:"how big a grid of a level and type should be"`
}

// Role is a role of grid staff.
type Role struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Order int    `json:"order"`
}

// Size is how big a grid should be.
type Size struct {
	Network  string             `json:"network" doc:"code of a network"`
	Level    string             `json:"level" doc:"code of a level"`
	Type     string             `json:"type" doc:"type of grid; empty: every type without a size of its own"`
	Unit     string             `json:"unit" doc:"what is counted: households, persons, shops …"`
	Min      float64            `json:"min"`
	Target   float64            `json:"target"`
	Max      float64            `json:"max"`
	PerStaff bool               `json:"per_staff" doc:"for each full-time member of its staff"`
	Weights  map[string]float64 `json:"weights,omitempty" doc:"several counts, weighted, instead of one"`
}

const day = "2006-01-02"

// read tells what is set.
func read(ctx context.Context, r gridmap.Reader) (o Office, err error) {
	set, err := r.Settings(ctx)
	if err != nil {
		return o, err
	}
	o = Office{
		Title: set.Title, SourceLine: set.SourceLine, MapReviewNo: set.MapReviewNo, Hotline: set.Hotline, PublishPhones: set.PublishPhones,
		NearestLimitM: set.NearestLimitM, SignBase: set.SignBase, ReportURL: set.ReportURL, Sizing: set.Sizing,
		Hotlines: append([]gridmap.Line{}, set.Hotlines...), Duties: append([]string{}, set.Duties...), Roles: []Role{}, Sizes: []Size{},
	}
	if !set.DataDate.IsZero() {
		o.DataDate = set.DataDate.Format(day)
	}
	roles, err := r.Roles(ctx)
	if err != nil {
		return o, err
	}
	for _, role := range roles {
		o.Roles = append(o.Roles, Role{role.Code, role.Name, role.Order})
	}
	profiles, err := r.Profiles(ctx)
	if err != nil {
		return o, err
	}
	names, err := namesOf(ctx, r)
	for _, p := range profiles {
		o.Sizes = append(o.Sizes, Size{
			Network: names.networks[p.Network].Code, Level: names.level(p.Network, p.Level).Code, Type: string(p.Type), Unit: p.Unit,
			Min: p.Min, Target: p.Target, Max: p.Max, PerStaff: p.PerStaff, Weights: p.Weights,
		})
	}
	text, jerr := json.Marshal(o)
	if err == nil {
		err = jerr
	}
	sum := sha256.Sum256(text)
	o.Version = hex.EncodeToString(sum[:8])
	return o, err
}

// names are the networks of a map and their levels.
type names struct {
	networks map[gridmap.NetworkID]gridmap.Network
	levels   []gridmap.Level
}

func namesOf(ctx context.Context, r gridmap.Reader) (n names, err error) {
	all, err := r.Networks(ctx)
	n.networks = make(map[gridmap.NetworkID]gridmap.Network, len(all))
	for _, w := range all {
		n.networks[w.ID] = w
	}
	if err == nil {
		n.levels, err = r.Levels(ctx)
	}
	return n, err
}

func (n names) level(network gridmap.NetworkID, rank int) gridmap.Level {
	for _, l := range n.levels {
		if l.Network == network && l.Rank == rank {
			return l
		}
	}
	return gridmap.Level{}
}

// profile reads a size; NotFound names what the map does not have.
func (n names) profile(z Size) (gridmap.SizingProfile, error) {
	for id, w := range n.networks {
		if w.Code != z.Network {
			continue
		}
		for _, l := range n.levels {
			if l.Network == id && l.Code == z.Level {
				return gridmap.SizingProfile{
					Network: id, Level: l.Rank, Type: gridmap.GridType(z.Type), Unit: z.Unit, Min: z.Min, Target: z.Target, Max: z.Max, PerStaff: z.PerStaff, Weights: z.Weights,
				}, nil
			}
		}
	}
	return gridmap.SizingProfile{}, gridmap.Errorf(gridmap.Invalid, "规模标准：没有网 %q 的层级 %q (no such network or level)", z.Network, z.Level)
}

// settings checks what is said beside roles and sizes.
func (o Office) settings() (set gridmap.Settings, err error) {
	set = gridmap.Settings{
		Title: strings.TrimSpace(o.Title), SourceLine: strings.TrimSpace(o.SourceLine), MapReviewNo: strings.TrimSpace(o.MapReviewNo), Hotline: strings.TrimSpace(o.Hotline),
		PublishPhones: o.PublishPhones, NearestLimitM: o.NearestLimitM, SignBase: strings.TrimSpace(o.SignBase), ReportURL: strings.TrimSpace(o.ReportURL),
		Hotlines: o.Hotlines, Duties: o.Duties, Sizing: o.Sizing,
	}
	if o.DataDate != "" {
		if set.DataDate, err = time.Parse(day, o.DataDate); err != nil {
			return set, gridmap.Errorf(gridmap.Invalid, "数据日期 %q 应如 2026-01-31 (want a date)", o.DataDate)
		}
	}
	texts := map[string]string{"标题 title": set.Title, "数据来源 source line": set.SourceLine, "审图号 map review number": set.MapReviewNo, "热线 hotline": set.Hotline, "公示牌网址 sign base": set.SignBase, "反映网址 report URL": set.ReportURL}
	for _, l := range set.Hotlines {
		if strings.TrimSpace(l.Name) == "" || strings.TrimSpace(l.Number) == "" {
			return set, gridmap.Errorf(gridmap.Invalid, "公示牌上的电话 %q %q 应有名称和号码 (a line needs a name and a number)", l.Name, l.Number)
		}
		texts["电话 line "+l.Name] = l.Name + l.Number
	}
	for _, d := range set.Duties {
		texts["职责 duty"] += d
	}
	const most = 500 // characters: a public page has one line for each
	for what, text := range texts {
		if utf8.RuneCountInString(text) > most || !utf8.ValidString(text) {
			return set, gridmap.Errorf(gridmap.Invalid, "%s 太长，或不是合法文字；最多 %d 字 (too long, or no text)", what, most)
		}
	}
	if err := address("公示牌网址 sign base", set.SignBase); err != nil {
		return set, err
	}
	if err := address("反映网址 report URL", set.ReportURL); err != nil {
		return set, err
	}
	const farthest = 100_000 // metres
	for what, x := range map[string]float64{"最近网格的距离 nearest_limit_m": set.NearestLimitM, "over": set.Sizing.Over, "under": set.Sizing.Under, "deviation": set.Sizing.Deviation, "hysteresis": set.Sizing.Hysteresis} {
		if !(x >= 0 && x <= farthest) {
			return set, gridmap.Errorf(gridmap.Invalid, "%s 应在 0 至 %d 之间，现为 %v (out of bounds)", what, farthest, x)
		}
	}
	return set, nil
}

// address refuses what a browser should not be sent to.
func address(what, text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return gridmap.Errorf(gridmap.Invalid, "%s %q 应以 https:// 或 http:// 开头 (want an http address)", what, text)
	}
	return nil
}

// write says everything anew, in one change set.
func (s *Service) write(ctx context.Context, o Office) (now Office, err error) {
	set, err := o.settings()
	if err != nil {
		return o, err
	}
	for _, z := range o.Sizes {
		for k, x := range z.Weights {
			if math.IsNaN(x) || x < 0 || x > 1e6 {
				return o, gridmap.Errorf(gridmap.Invalid, "规模标准的权重 %s 应在 0 至 1000000 之间，现为 %v (weight out of bounds)", k, x)
			}
		}
		if z.Max > 1e9 {
			return o, gridmap.Errorf(gridmap.Invalid, "规模标准的上限 %v 太大 (maximum too large)", z.Max)
		}
	}
	at, actor := s.Now(), who.From(ctx)
	_, err = s.Store.Update(ctx, gridmap.Commit{
		At: at, Actor: actor.Name, Action: "settings",
		Audit: []gridmap.AuditEntry{{At: at, Actor: actor.Name, Action: "settings.put", Thing: "settings", Detail: set.Title}},
	}, func(w gridmap.Writer) error { return s.say(ctx, w, o, set) })
	if err != nil {
		return o, err
	}
	err = s.Store.View(ctx, func(r gridmap.Reader) (err error) {
		now, err = read(ctx, r)
		return err
	})
	return now, err
}

func (s *Service) say(ctx context.Context, w gridmap.Writer, o Office, set gridmap.Settings) error {
	was, err := read(ctx, w)
	if err != nil {
		return err
	}
	if o.Version != was.Version {
		return gridmap.Errorf(gridmap.Conflict, "设置已被他人修改，请刷新后再改 (the settings were changed by somebody else: read them again)")
	}
	if was.SignBase != "" && set.SignBase != was.SignBase {
		for _, err := range w.Records(ctx, gridmap.Query{}, gridmap.SignRecord) {
			if err == nil {
				err = gridmap.Errorf(gridmap.Conflict, "已有公示牌印着 %s，网址不能再改 (signs were printed with this address)", was.SignBase)
			}
			return err
		}
	}
	if err := w.PutSettings(ctx, set); err != nil {
		return err
	}
	for _, r := range o.Roles {
		if err := w.PutRole(ctx, gridmap.Role{Code: r.Code, Name: r.Name, Order: r.Order}); err != nil {
			return err
		}
	}
	names, err := namesOf(ctx, w)
	if err != nil {
		return err
	}
	for _, z := range o.Sizes {
		p, err := names.profile(z)
		if err != nil {
			return err
		}
		if err := w.PutProfile(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) get(c echo.Context) error {
	o, err := s.now(c.Request().Context())
	if err != nil {
		return problem.Write(c, err)
	}
	return c.JSON(http.StatusOK, o)
}

func (s *Service) now(ctx context.Context) (o Office, err error) {
	err = s.Store.View(ctx, func(r gridmap.Reader) (err error) {
		o, err = read(ctx, r)
		return err
	})
	return o, err
}

func (s *Service) put(c echo.Context) error {
	var o Office
	d := json.NewDecoder(c.Request().Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请求体不是所要的 JSON (malformed body): %w", err))
	}
	now, err := s.write(c.Request().Context(), o)
	if err != nil {
		return problem.Write(c, err)
	}
	return c.JSON(http.StatusOK, now)
}
