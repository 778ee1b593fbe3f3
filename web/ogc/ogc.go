// Package ogc serves the published map by the standards of the OGC: API Features
// Part 1 (core, GeoJSON, HTML), Part 2 (CRS), Part 3 with CQL2 text filters, and
// API Tiles, so that GIS programs connect by address.
package ogc

import (
	"context"
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
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
)

// Media types of the answers.
const (
	geoJSON    = "application/geo+json"
	jsonSchema = "application/schema+json"
	mvt        = "application/vnd.mapbox-vector-tile"
)

// Maps gives the snapshots to answer from.
type Maps interface {
	Current() *atlas.Atlas
	AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error)
}

// Service answers /ogc.
type Service struct {
	Maps Maps
	Now  func() time.Time
	API  func() ([]byte, error) // the OpenAPI 3.0 document; nil: none is told of
	// Reach tells of what part of the map who asks may see small counts.
	Reach auth.Reacher

	mu   sync.Mutex
	view *view // of the newest snapshot, as the public sees it
	then *view // of the other moment that was asked for last
}

// New makes the service.
func New(maps Maps) *Service { return &Service{Maps: maps, Now: time.Now} }

// Register adds the routes.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/ogc", s.landing)
	if s.API != nil {
		e.GET("/ogc/api", s.definition)
	}
	e.GET("/ogc/conformance", s.conformance)
	e.GET("/ogc/collections", s.list)
	e.GET("/ogc/collections/:collection", s.describe)
	e.GET("/ogc/collections/:collection/queryables", s.queryables)
	e.GET("/ogc/collections/:collection/items", s.items)
	e.GET("/ogc/collections/:collection/items/:feature", s.item)
	e.GET("/ogc/tiles", s.tilesets)
	e.GET("/ogc/tiles/WebMercatorQuad", s.tileset)
	e.GET("/ogc/tiles/WebMercatorQuad/:tileMatrix/:tileRow/:tileCol", s.tile)
	e.GET("/ogc/tileMatrixSets", s.matrixSets)
	e.GET("/ogc/tileMatrixSets/WebMercatorQuad", s.matrixSet)
}

// viewOf returns the snapshot that a request asks for, with what the asker may
// see: whoever may look at what is not public sees small counts too, within what
// was granted.
func (s *Service) viewOf(c echo.Context) (*view, error) {
	within := s.Reach.Of(c.Request().Context(), rights.Look)
	a := s.Maps.Current()
	if text := c.QueryParam("datetime"); text != "" {
		at, err := momentOf(text)
		if err != nil {
			return nil, err
		}
		if a, err = s.Maps.AsOf(c.Request().Context(), at); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := &s.view
	if a != s.Maps.Current() {
		kept = &s.then
	}
	if *kept == nil || (*kept).atlas != a {
		v := newView(a)
		for _, n := range a.Nets() {
			v.facesOf(n) // before it is shared
		}
		*kept = v
	}
	return (*kept).of(within), nil
}

// momentOf reads a datetime; an interval is answered by its end, an open end by
// now. Invalid for one that ends before it begins.
func momentOf(text string) (time.Time, error) {
	from, to, interval := strings.Cut(text, "/")
	if !interval {
		return gridmap.ParseTime(text)
	}
	begin, err := endOf(from)
	if err != nil {
		return begin, err
	}
	end, err := endOf(to)
	if err == nil && !end.IsZero() && end.Before(begin) {
		return end, gridmap.Errorf(gridmap.Invalid, "datetime=%s：起始晚于终止 (the interval ends before it begins)", text)
	}
	return end, err
}

// endOf is one end of an interval; zero where it is open.
func endOf(text string) (time.Time, error) {
	if text == "" || text == ".." {
		return time.Time{}, nil
	}
	return gridmap.ParseTime(text)
}

// asked is the snapshot and the collection that a request is about.
func (s *Service) asked(c echo.Context) (*view, *collection, error) {
	v, err := s.viewOf(c)
	if err != nil {
		return nil, nil, err
	}
	col, err := find(c, v)
	return v, col, err
}

func find(c echo.Context, v *view) (*collection, error) {
	id := c.Param("collection")
	if col := v.collection(id); col != nil {
		return col, nil
	}
	var known []string
	for _, col := range v.collections() {
		known = append(known, col.id)
	}
	return nil, gridmap.Errorf(gridmap.NotFound, "没有图层 %q；现有：%s (no such collection)", id, strings.Join(known, ", "))
}

// link is one of the links that every answer carries.
type link struct{ href, rel, kind, title string }

func appendLinks(b []byte, links []link) []byte {
	b = append(b, '[')
	for i, l := range links {
		b = jsontext.Key(jsontext.Comma(b, i), `{"href":`, l.href)
		b = jsontext.Key(b, `,"rel":`, l.rel)
		b = jsontext.Key(b, `,"type":`, l.kind)
		b = append(jsontext.Key(b, `,"title":`, l.title), '}')
	}
	return append(b, ']')
}

// root is the address of /ogc as the asker reached it.
func (s *Service) root(c echo.Context) string { return c.Scheme() + "://" + c.Request().Host + "/ogc" }

// html tells whether a page was asked for: by f, else by what is accepted.
func html(c echo.Context) bool {
	if f := c.QueryParam("f"); f != "" {
		return f == "html"
	}
	accept := c.Request().Header.Get(echo.HeaderAccept)
	page, data := strings.Index(accept, "text/html"), strings.Index(accept, "json")
	return page >= 0 && (data < 0 || page < data)
}

func (s *Service) landing(c echo.Context) error {
	root := s.root(c)
	host := strings.TrimSuffix(root, "/ogc")
	st := s.Maps.Current().Settings()
	links := []link{
		{root + "?f=json", "self", "application/json", "本页"},
		{root + "?f=html", "alternate", "text/html", "网页"},
		{root + "/api", "service-desc", openAPI, "接口定义"},
		{host + "/docs", "service-doc", "text/html", "接口文档"},
		{root + "/conformance", "conformance", "application/json", "符合的标准"},
		{root + "/collections", "data", "application/json", "图层"},
		{root + "/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "application/json", "矢量瓦片"},
	}
	if html(c) {
		return s.page(c, pageData{Title: st.Title, Text: st.SourceLine, Links: links})
	}
	b := jsontext.Key(nil, `{"title":`, st.Title)
	b = jsontext.Key(b, `,"description":`, st.SourceLine)
	if st.SourceLine != "" {
		b = jsontext.Key(b, `,"attribution":`, st.SourceLine)
	}
	b = append(appendLinks(append(b, `,"links":`...), links), '}')
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
}

// openAPI is the media type of an OpenAPI 3.0 document that GIS programs know.
const openAPI = "application/vnd.oai.openapi+json;version=3.0"

func (s *Service) definition(c echo.Context) error {
	b, err := s.API()
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.Internal, "接口定义无法生成 (the definition cannot be made): %w", err))
	}
	return c.Blob(http.StatusOK, openAPI, b)
}

// Operations describes the routes for an OpenAPI document.
func Operations() []*huma.Operation {
	text, number := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeInteger}
	in := func(where, name, about string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: where, Description: about, Schema: schema, Required: where == "path"}
	}
	collection := in("path", "collection", "id of a collection: grids, atoms, places …", text)
	crs := in("query", "crs", "URI of the coordinate system of the answer", text)
	const page = "text/html"
	answers := func(media ...string) map[string]*huma.Response {
		ok := &huma.Response{Description: "the answer", Content: map[string]*huma.MediaType{}}
		for _, m := range media {
			ok.Content[m] = &huma.MediaType{}
		}
		return map[string]*huma.Response{"200": ok, "default": {Description: "why not", Content: map[string]*huma.MediaType{problem.MediaType: {}}}}
	}
	one := func(path, id, summary string, params ...*huma.Param) *huma.Operation {
		return &huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Parameters: params, Responses: answers(echo.MIMEApplicationJSON, page), Tags: []string{"OGC API"}}
	}
	of := func(op *huma.Operation, media ...string) *huma.Operation {
		op.Responses = answers(media...)
		return op
	}
	tile := one("/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", "ogc-tile", "OGC API: a vector tile",
		in("path", "tileMatrix", "zoom", number), in("path", "tileRow", "row", number), in("path", "tileCol", "column", number))
	of(tile, mvt).Responses["204"] = &huma.Response{Description: "there is nothing in it"}
	return []*huma.Operation{
		one("/ogc", "ogc-landing", "OGC API: landing page"),
		one("/ogc/conformance", "ogc-conformance", "OGC API: conformance classes"),
		one("/ogc/collections", "ogc-collections", "OGC API: collections"),
		one("/ogc/collections/{collection}", "ogc-collection", "OGC API: one collection", collection),
		of(one("/ogc/collections/{collection}/queryables", "ogc-queryables", "OGC API: what filters may name", collection), jsonSchema, page),
		of(one("/ogc/collections/{collection}/items", "ogc-items", "OGC API: features", collection,
			in("query", "limit", "features a page, at most 10000", number), in("query", "offset", "features to leave out first", number),
			in("query", "bbox", "west,south,east,north in bbox-crs", text), in("query", "bbox-crs", "URI of the coordinate system of bbox", text),
			in("query", "datetime", "RFC 3339; an interval is answered by its end", text),
			in("query", "filter", "CQL2 text", text), in("query", "filter-lang", "cql2-text", text), in("query", "filter-crs", "URI of the coordinate system of shapes in the filter", text), crs), geoJSON, page),
		of(one("/ogc/collections/{collection}/items/{feature}", "ogc-item", "OGC API: one feature", collection, in("path", "feature", "id", number), crs), geoJSON, page),
		one("/ogc/tiles", "ogc-tilesets", "OGC API: tile sets"),
		tile,
	}
}

// classes are the conformance classes that this service keeps.
func classes() []string {
	const features, cql, tiles = "http://www.opengis.net/spec/ogcapi-features-", "http://www.opengis.net/spec/cql2/1.0/conf/", "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
	return []string{
		features + "1/1.0/conf/core", features + "1/1.0/conf/geojson", features + "1/1.0/conf/html", features + "1/1.0/conf/oas30",
		features + "2/1.0/conf/crs", features + "3/1.0/conf/filter", features + "3/1.0/conf/features-filter", features + "3/1.0/conf/queryables",
		cql + "cql2-text", cql + "basic-cql2", cql + "advanced-comparison-operators", cql + "case-insensitive-comparison", cql + "basic-spatial-functions",
		tiles + "core", tiles + "tileset", tiles + "tilesets-list", tiles + "dataset-tilesets", tiles + "mvt",
	}
}

func (s *Service) conformance(c echo.Context) error {
	if html(c) {
		return s.page(c, pageData{Title: "符合的标准 Conformance", List: classes()})
	}
	return c.JSON(http.StatusOK, map[string]any{"conformsTo": classes()})
}

func (s *Service) list(c echo.Context) error {
	v, err := s.viewOf(c)
	if err != nil {
		return problem.Write(c, err)
	}
	root := s.root(c)
	links := []link{{root + "/collections?f=json", "self", "application/json", "本页"}, {root + "/collections?f=html", "alternate", "text/html", "网页"}}
	if html(c) {
		for _, col := range v.collections() {
			links = append(links, link{root + "/collections/" + col.id, "data", "text/html", col.title})
		}
		return s.page(c, pageData{Title: "图层 Collections", Links: links})
	}
	b := append([]byte(nil), `{"collections":[`...)
	for i, col := range v.collections() {
		b = s.appendCollection(jsontext.Comma(b, i), c, v, col)
	}
	b = append(appendLinks(append(b, `],"links":`...), links), '}')
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
}

func (s *Service) collectionLinks(c echo.Context, col *collection) []link {
	self := s.root(c) + "/collections/" + url.PathEscape(col.id)
	return []link{
		{self, "self", "application/json", col.title},
		{self + "/items?f=json", "items", geoJSON, "要素"},
		{self + "/items?f=html", "items", "text/html", "要素"},
		{self + "/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", jsonSchema, "可查询的属性"},
	}
}

func (s *Service) appendCollection(b []byte, c echo.Context, v *view, col *collection) []byte {
	b = jsontext.Key(b, `{"id":`, col.id)
	b = jsontext.Key(b, `,"title":`, col.title)
	b = jsontext.Key(b, `,"description":`, col.about)
	b = append(b, `,"itemType":"feature"`...)
	if !col.bounds.Empty() {
		west, south := col.bounds.Min.LonLat()
		east, north := col.bounds.Max.LonLat()
		b = append(b, `,"extent":{"spatial":{"bbox":[[`...)
		for i, x := range []float64{west, south, east, north} {
			b = strconv.AppendFloat(jsontext.Comma(b, i), x, 'f', 7, 64)
		}
		b = append(jsontext.Key(b, `]],"crs":`, crs84), `}}`...)
	}
	b = append(b, `,"crs":[`...)
	for i, f := range frames(v.atlas.Bounds()) {
		b = jsontext.String(jsontext.Comma(b, i), f.uri)
	}
	b = jsontext.Key(b, `],"storageCrs":`, crs84)
	return append(appendLinks(append(b, `,"links":`...), s.collectionLinks(c, col)), '}')
}

func (s *Service) describe(c echo.Context) error {
	v, col, err := s.asked(c)
	if err != nil {
		return problem.Write(c, err)
	}
	if html(c) {
		return s.page(c, pageData{Title: col.title, Text: col.about, Links: s.collectionLinks(c, col)})
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, s.appendCollection(nil, c, v, col))
}

// queryables are the properties that filters may name, as a JSON Schema.
func (s *Service) queryables(c echo.Context) error {
	_, col, err := s.asked(c)
	if err != nil {
		return problem.Write(c, err)
	}
	properties := map[string]any{"geometry": map[string]any{"format": "geometry-" + strings.ToLower(col.geometry), "x-ogc-role": "primary-geometry"}}
	for _, p := range col.properties {
		kind := "string"
		if p.typ != 0 {
			kind = "number"
		}
		if p.whole {
			kind = "integer"
		}
		properties[p.name] = map[string]any{"title": p.title, "type": kind}
	}
	c.Response().Header().Set(echo.HeaderContentType, jsonSchema)
	return c.JSON(http.StatusOK, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": s.root(c) + "/collections/" + col.id + "/queryables",
		"type": "object", "title": col.title, "properties": properties, "additionalProperties": false,
	})
}
