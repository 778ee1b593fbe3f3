// Package layers serves what planners lay under a draft: reference layers as
// tiles and as exact features, and the heat of what atoms count. It is for whoever
// works here (Look), not for the public: footprints and roads are often survey
// data under terms of their own, and the published map is generalised on purpose.
package layers

import (
	"context"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/backdrop"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/tiles"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
)

// tileBytes bounds the cache of tiles: those on the screens of an office.
const tileBytes = 64 << 20

// Maps gives the snapshot whose atoms are counted.
type Maps interface{ Current() *atlas.Atlas }

// Drafts gives the state of a plan to whom may look at it.
type Drafts interface {
	View(ctx context.Context, actor string, id gridmap.PlanID) (plan.View, error)
}

// Config is what the service needs. Drafts may be nil.
type Config struct {
	Maps   Maps
	Layers *backdrop.Keeper
	Drafts Drafts
	Reach  auth.Reacher // what heat is summed of, and who sees small counts
}

// Service answers /v1/layers, /v1/heat and /tiles/layers.
type Service struct {
	Config
	cache *tiles.Cache

	mu   sync.Mutex
	warm []warmed // sums of the newest snapshot, the latest asked for first
}

// New makes the service.
func New(cfg Config) *Service {
	return &Service{Config: cfg, cache: tiles.NewCache(tileBytes)}
}

// Register adds the routes.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/v1/layers", s.list)
	e.GET("/v1/layers/:name/features", s.features, middleware.Gzip())
	e.GET("/v1/heat", s.heat, middleware.Gzip())
	e.GET("/tiles/layers/:name/:z/:x/:y", s.tile)
	e.GET("/tiles/layers/:file", s.tileJSON)
}

// layerItem is a layer, as JSON.
type layerItem struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Title    string    `json:"title"`
	Source   string    `json:"source"`
	Features int64     `json:"features"`
	Seq      int64     `json:"seq"` // of the change set that put it: a new one makes new addresses of tiles
	TileJSON string    `json:"tilejson"`
	Tiles    string    `json:"tiles"`
	MinZoom  uint8     `json:"minzoom"`
	MaxZoom  uint8     `json:"maxzoom"`
	Bounds   []float64 `json:"bounds,omitempty"` // west, south, east, north; absent without features
}

// list answers GET /v1/layers.
func (s *Service) list(c echo.Context) error {
	items := []layerItem{}
	for _, l := range s.Layers.Layers() {
		f, err := l.Features(c.Request().Context())
		if err != nil {
			return problem.Write(c, err)
		}
		items = append(items, layerItem{
			Name: l.Name, Kind: string(l.Kind), Title: l.Title, Source: l.Source, Features: l.Layer.Features, Seq: int64(l.Seq),
			TileJSON: "/tiles/layers/" + l.Name + ".json", Tiles: tilesOf(l), MinZoom: backdrop.MinZoom(l.Kind), MaxZoom: tiles.ShapesMaxZoom,
			Bounds: boundsOf(f.Shapes.Box()),
		})
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.JSON(http.StatusOK, map[string]any{"layers": items, "heat": s.measures()})
}

func boundsOf(b spatial.Box) []float64 {
	if b.Empty() {
		return nil
	}
	west, south := b.Min.LonLat()
	east, north := b.Max.LonLat()
	return []float64{west, south, east, north}
}

// Operations describes the routes for the document.
func Operations() []*huma.Operation {
	text, number := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeInteger}
	query := func(name, about string, schema *huma.Schema, required bool) *huma.Param {
		return &huma.Param{Name: name, In: "query", Schema: schema, Description: about, Required: required}
	}
	get := func(path, id, summary, media string, params ...*huma.Param) *huma.Operation {
		return &huma.Operation{
			Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Parameters: params,
			Responses: map[string]*huma.Response{
				"200":     {Description: "see docs/layers.md", Content: map[string]*huma.MediaType{media: {}}},
				"default": {Description: "why not", Content: map[string]*huma.MediaType{problem.MediaType: {}}},
			},
		}
	}
	name := &huma.Param{Name: "name", In: "path", Required: true, Schema: text}
	return []*huma.Operation{
		get("/v1/layers", "list-layers", "Reference layers (buildings, roads, water), and what heat maps there are", "application/json"),
		get("/v1/layers/{name}/features", "layer-features", "Features of a reference layer in a box, in exact coordinates", "application/geo+json", name,
			query("bbox", "west,south,east,north in WGS84", text, true), query("limit", "at most so many (default and most 20000)", number, false)),
		get("/v1/heat", "heat", "What atoms count, summed by cells of about equal size", "application/geo+json",
			query("measure", "a count of atoms, such as households", text, true), query("res", "H3 resolution, 6 to 11 (default 9)", number, false),
			query("bbox", "west,south,east,north in WGS84", text, false), query("network", "code of a network", text, false), query("plan", "a draft instead of the map", number, false)),
	}
}
