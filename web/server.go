// Package web is the HTTP server: it puts the faces (JSON API, tiles, map page)
// behind one echo instance with the same errors, headers and limits.
package web

import (
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/backdrop"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/photo"
	"cloudgrid/gridmap/plan"
	"cloudgrid/gridmap/sign"
	"cloudgrid/web/api"
	"cloudgrid/web/app"
	"cloudgrid/web/auth"
	"cloudgrid/web/feed"
	"cloudgrid/web/fresh"
	"cloudgrid/web/imports"
	"cloudgrid/web/layers"
	"cloudgrid/web/maptiles"
	"cloudgrid/web/metrics"
	"cloudgrid/web/notices"
	"cloudgrid/web/office"
	"cloudgrid/web/ogc"
	"cloudgrid/web/past"
	"cloudgrid/web/plans"
	"cloudgrid/web/problem"
	"cloudgrid/web/settings"
	"cloudgrid/web/signs"
)

// Limits of one request.
const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
)

// Config is what the server needs; Log may be nil.
type Config struct {
	Maps      *atlas.Keeper
	Log       *slog.Logger
	Version   string
	TileBytes int64 // bound of the tile cache; 0 is the default
	Desk      api.Desk
	Plans     *plan.Desk // nil: no plans are made here
	Gate      *auth.Gate // nil: there are no accounts
	Signs     *sign.Desk // nil: signs are read, not registered
	Journal   gridmap.Journal
	Feed      *feed.Service    // nil: nobody is told of changes
	Layers    *backdrop.Keeper // nil: there are no reference layers
	Imports   *imports.Service // nil: files are imported by command only
	Drain     *Drain           // nil: it ends without notice
	Databases func() []Database
}

// New puts the server together.
func New(cfg Config) (*echo.Echo, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = func(err error, c echo.Context) { refuse(cfg.Log, err, c) }
	gate := cfg.gate()
	e.IPExtractor = gate.Address
	e.Pre(forwarded(gate), geoJSONSuffix)
	counters := metrics.New(cfg.Maps, time.Now)
	e.Use(requestID, counters.Middleware, logged(cfg.Log, time.Now))
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true, LogErrorFunc: func(_ echo.Context, err error, stack []byte) error {
		cfg.Log.Error("a request panicked", "error", err, "stack", string(stack))
		return err
	}}))
	e.Use(securityHeaders(gate), marked(cfg.Maps, time.Now), parting(cfg.Drain))
	if gate.Mode == auth.Local {
		e.Use(localOnly, plans.LocalActor)
	}
	e.Use(bounded(gate), sameSite(gate), gate.Middleware, fresh.Middleware(cfg.Maps, fresh.Patience))
	gate.Register(e)

	photos, books := photo.NewCleaner(), new(duty.Books)
	cfg.Desk.Books = books
	then := past.New(cfg.Maps, time.Now)
	service := api.New(then, cfg.Desk)
	service.Register(e)
	huma.NewError = problem.Library // the library knows one way to make errors for all its APIs
	doc := humaecho.New(e, documentConfig(cfg.Version))
	service.RegisterDocumented(doc)
	describe(doc.OpenAPI())
	gate.Describe(doc.OpenAPI())
	if cfg.Plans != nil {
		drafts := plans.New(cfg.Plans, cfg.Maps, photos, gate.Reach)
		drafts.Register(e)
		drafts.RegisterDocumented(doc)
		shown, err := notices.New(notices.Config{Desk: cfg.Plans, Maps: cfg.Maps, NewID: rand.Text, Log: cfg.Log})
		if err != nil {
			return nil, err
		}
		shown.Register(e)
		shown.RegisterDocumented(doc)
	}
	if cfg.Imports != nil {
		cfg.Imports.Register(e)
		cfg.Imports.RegisterDocumented(doc)
	}
	boards, err := signs.New(signs.Config{Photos: photos, Maps: cfg.Maps, Books: books, Journal: cfg.Journal, Desk: cfg.Signs, Log: cfg.Log, Scope: gate.Scope(), Reach: gate.Reach})
	if err != nil {
		return nil, err
	}
	boards.Register(e)
	boards.Describe(doc.OpenAPI())
	if cfg.Layers != nil {
		under := layers.Config{Maps: cfg.Maps, Layers: cfg.Layers, Reach: gate.Reach}
		if cfg.Plans != nil {
			under.Drafts = cfg.Plans
		}
		layers.New(under).Register(e)
		for _, op := range layers.Operations() {
			doc.OpenAPI().AddOperation(op)
		}
	}
	if cfg.Feed != nil {
		cfg.Feed.Register(e)
		cfg.Feed.Describe(doc.OpenAPI())
	}
	standard := ogc.New(then)
	standard.API, standard.Reach = doc.OpenAPI().Downgrade, gate.Reach
	for _, op := range ogc.Operations() {
		doc.OpenAPI().AddOperation(op)
	}
	standard.Register(e)
	desk := office.New(office.Config{Maps: then, Books: books, Store: cfg.Desk.Store, Journal: cfg.Journal, May: gate.MayDo, Reach: gate.Reach})
	desk.Register(e)
	desk.Describe(doc.OpenAPI())
	set := settings.New(settings.Config{Store: cfg.Desk.Store, Now: time.Now, Token: gate.FormMark, FromForm: gate.OwnForm})
	set.Register(e)
	set.Describe(doc.OpenAPI())
	e.GET("/docs", docsPage(doc.OpenAPI()))

	maptiles.New(then, cfg.TileBytes).Register(e)
	room, _ := cfg.Desk.Store.(gridmap.Capacity)
	health(e, state{maps: cfg.Maps, room: room, drain: cfg.Drain, databases: cfg.Databases, now: time.Now})
	if cfg.Databases != nil {
		counters.Databases(func() []metrics.Database { return forMetrics(cfg.Databases()) })
	}
	inside(e, counters)
	if err := page(e); err != nil {
		return nil, err
	}
	gate.Seal(e.Routes())
	return e, nil
}

// gate returns the gate that was given, or one without accounts.
func (cfg Config) gate() *auth.Gate {
	if cfg.Gate != nil {
		return cfg.Gate
	}
	mode := auth.Nobody
	if cfg.Desk.Planners {
		mode = auth.Local
	}
	return auth.New(auth.Config{Mode: mode, Maps: cfg.Maps, Rules: Rules(), Log: cfg.Log})
}

func documentConfig(version string) huma.Config {
	c := huma.DefaultConfig("CloudGrid 云上网格", version)
	c.DocsPath = ""    // the library's page loads scripts from other hosts
	c.SchemasPath = "" // one document is enough
	c.CreateHooks = nil
	c.Info.Description = "坐标或地址 → 责任网格、上级链、负责人员。From a coordinate or an address to the responsible grid, its parents and the staff to call."
	return c
}

// refuse answers every error that a handler returned and logs what is ours.
func refuse(log *slog.Logger, err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if d := problem.Of(err); d.Status >= http.StatusInternalServerError {
		log.Error("a request failed", "error", err, "path", c.Path(), "request_id", c.Response().Header().Get(echo.HeaderXRequestID))
	}
	if werr := problem.Write(c, err); werr != nil {
		log.Debug("an answer could not be sent", "error", werr)
	}
}

var geoJSONPath = regexp.MustCompile(`^/v1/grids/([0-9]+)\.geojson$`)

// geoJSONSuffix lets /v1/grids/12.geojson mean /v1/grids/12/geojson: the router
// cannot end a parameter inside a path segment.
func geoJSONSuffix(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if m := geoJSONPath.FindStringSubmatch(c.Request().URL.Path); m != nil {
			c.Request().URL.Path = "/v1/grids/" + m[1] + "/geojson"
		}
		return next(c)
	}
}

// contentSecurityPolicy lets the page load its own files and nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// securityHeaders also has browsers come back over TLS only, where they came
// over TLS.
func securityHeaders(gate *auth.Gate) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", contentSecurityPolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
			if gate.OverTLS(c) {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			return next(c)
		}
	}
}

// page serves the built map page: hashed assets for ever, the rest revalidated.
func page(e *echo.Echo) error {
	files := app.FS()
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return err
	}
	e.GET("/assets/*", func(c echo.Context) error {
		name := c.Param("*")
		if info, err := fs.Stat(assets, name); err != nil || info.IsDir() {
			return echo.ErrNotFound
		}
		c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		return echo.StaticFileHandler(name, assets)(c)
	}, middleware.Gzip())
	e.GET("/*", func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-cache")
		name := c.Param("*")
		if name == "" {
			name = "index.html"
		}
		if _, err := fs.Stat(files, name); err != nil {
			return echo.ErrNotFound
		}
		return echo.StaticFileHandler(name, files)(c)
	}, middleware.Gzip())
	return nil
}
