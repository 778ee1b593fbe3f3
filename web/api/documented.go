package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web/described"
)

// RegisterDocumented adds the routes that the OpenAPI library serves, and
// describes those that it does not.
func (s *Service) RegisterDocumented(doc huma.API) {
	get(doc, "/v1/meta", "meta", "What this service covers: title, source, networks, levels, bounds", s.meta)
	get(doc, "/v1/grids", "list-grids", "Grids of a network, by level, parent or text", s.listGrids)
	get(doc, "/v1/grids/{id}", "get-grid", "One grid with its chain, staff and counts", s.getGrid)
	get(doc, "/v1/suggest", "suggest", "Grids and places for a search box", s.suggest)
	s.registerDesk(doc)
	s.registerLoad(doc)
	describeHot(doc.OpenAPI())
}

// get registers a handler; its errors become problem details as everywhere.
func get[I, O any](doc huma.API, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	register(doc, huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Summary: summary}, handler)
}

// maxBody bounds what is sent to a route that writes.
const maxBody = 64 << 10

// write registers a handler that takes a small JSON body.
func write[I, O any](doc huma.API, path, id, summary string, status int, handler func(context.Context, *I) (*O, error)) {
	register(doc, huma.Operation{Method: http.MethodPost, Path: path, OperationID: id, Summary: summary, DefaultStatus: status, MaxBodyBytes: maxBody}, handler)
}

func register[I, O any](doc huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Responses = described.Refuses[timedRefusal](doc.OpenAPI())
	huma.Register(doc, op,
		func(ctx context.Context, in *I) (*O, error) {
			out, err := handler(ctx, in)
			if err != nil {
				return nil, refusalAt(err)
			}
			return out, nil
		})
}

// NetworkItem is a network and its levels.
type NetworkItem struct {
	ID     int64       `json:"id"`
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Main   bool        `json:"main" doc:"answers when no network is asked for"`
	Levels []LevelItem `json:"levels"`
	Grids  []int       `json:"grids" doc:"how many grids, by level"`
}

type metaOutput struct {
	Body struct {
		Title       string        `json:"title"`
		SourceLine  string        `json:"source_line"`
		MapReviewNo string        `json:"map_review_no"`
		DataDate    string        `json:"data_date"`
		Hotline     string        `json:"hotline"`
		Edition     int64         `json:"edition"`
		Seq         int64         `json:"seq" doc:"the newest change set in the snapshot"`
		At          time.Time     `json:"at" doc:"the valid time that the snapshot shows"`
		Bounds      []float64     `json:"bounds" doc:"west, south, east, north in WGS84 degrees"`
		Scope       string        `json:"scope,omitempty" doc:"the counties this server serves, as codes and prefixes; absent: everything"`
		Networks    []NetworkItem `json:"networks"`
		Atoms       int           `json:"atoms"`
		Places      int           `json:"places"`
		CRS         []string      `json:"crs"`
	}
}

type metaInput struct {
	At string `query:"at" doc:"as it was or will be then: RFC 3339 or a date"`
}

// atlas is the snapshot that at= names, the newest when that is empty; NotFound
// for a time when there was no map.
func (s *Service) atlas(ctx context.Context, at string) (*atlas.Atlas, error) {
	if at == "" {
		return s.maps.Current(), nil
	}
	t, err := gridmap.ParseTime(at)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "at=: %w", err)
	}
	a, err := s.maps.AsOf(ctx, t)
	if err == nil && a.Bounds().Empty() && !s.maps.Current().Bounds().Empty() {
		return nil, s.tooEarly(ctx, at)
	}
	return a, err
}

func (s *Service) meta(ctx context.Context, in *metaInput) (*metaOutput, error) {
	a, err := s.atlas(ctx, in.At)
	if err != nil {
		return nil, err
	}
	out := &metaOutput{}
	b, set := &out.Body, a.Settings()
	b.Title, b.SourceLine, b.MapReviewNo, b.Hotline = set.Title, set.SourceLine, set.MapReviewNo, set.Hotline
	if !set.DataDate.IsZero() {
		b.DataDate = set.DataDate.Format("2006-01-02")
	}
	b.Edition, b.Seq, b.At = a.Edition().Number, int64(a.Head().Seq), a.At()
	b.Bounds = []float64{}
	if box := a.Bounds(); !box.Empty() {
		b.Bounds = lonLats(box.Min, box.Max)
	}
	b.Scope = a.Scope().String()
	b.Networks = []NetworkItem{}
	for _, n := range a.Nets() {
		b.Networks = append(b.Networks, networkItem(n))
	}
	b.Atoms, b.Places = a.NumAtoms(), len(a.Places())
	b.CRS = []string{"wgs84", "cgcs2000", "gcj02", "bd09"}
	return out, nil
}

func networkItem(n *atlas.Net) NetworkItem {
	item := NetworkItem{ID: int64(n.Network.ID), Code: n.Network.Code, Name: n.Network.Name, Main: n.Network.Main}
	item.Grids = make([]int, len(n.Levels))
	for rank := range n.Levels {
		item.Levels = append(item.Levels, levelItem(n, rank))
	}
	for i := range n.Grids {
		if l := n.Grids[i].Level; l < len(item.Grids) && !n.Foreign(int32(i)) {
			item.Grids[l]++
		}
	}
	return item
}

type gridOutput struct {
	Body struct {
		GridItem
		Chain json.RawMessage `json:"chain" doc:"the grids from the top down to this one, each with its staff"`
		Units []UnitItem      `json:"units" doc:"units of other trees over this grid: branches, stations, departments"`
	}
}

// UnitItem is a unit of another tree than the map's.
type UnitItem struct {
	Key    string `json:"key"`
	Tree   string `json:"tree"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty" doc:"key of the unit above"`
	Phone  string `json:"phone,omitempty" doc:"an office line"`
}

func (s *Service) getGrid(ctx context.Context, in *gridInput) (*gridOutput, error) {
	var at time.Time
	if in.At != "" {
		t, err := gridmap.ParseTime(in.At)
		if err != nil {
			return nil, err
		}
		at = t
	}
	v, err := s.viewAt(ctx, at)
	if err != nil {
		return nil, err
	}
	n, i, err := findGrid(v.atlas, in.ID)
	if err != nil {
		return nil, err
	}
	out := &gridOutput{}
	out.Body.GridItem = gridItem(v.atlas, n, i)
	out.Body.Chain = append(append([]byte{'['}, v.link(n, i).chain...), ']')
	out.Body.Units = []UnitItem{}
	for _, u := range v.book.UnitsOver(n.Grids[i].ID) {
		out.Body.Units = append(out.Body.Units, UnitItem{u.Key, u.Body.Tree, u.Body.Name, u.Body.Parent, u.Body.Phone})
	}
	return out, nil
}

// describeHot writes the routes that plain handlers serve into the document.
func describeHot(doc *huma.OpenAPI) {
	one := described.Get(doc, "/v1/resolve", "resolve", "The grid responsible at a coordinate, its chain of parents and their staff").
		Number("lon", "longitude in degrees, or easting in metres").
		Number("lat", "latitude in degrees, or northing in metres").
		Query("crs", "frame of lon and lat: wgs84, cgcs2000, gcj02, bd09, epsg:NNNN. Mandatory beside a coordinate: a GCJ-02 position read as WGS84 is about 500 m off").
		Query("address", "an address, instead of a coordinate or beside one").
		Query("receipt", "1: keep the answer and return its receipt id")
	described.Gives[AnswerItem](likewise(one), http.StatusOK, "the answer; docs/api.md says what its members mean")

	many := described.Add(doc, http.MethodPost, "/v1/resolve", "resolve-batch", "The same for many: a JSON array, or NDJSON streamed both ways").
		Query("crs", "frame of rows that do not say theirs").
		Query("fields", "ids: only id, status and grid; full: everything (default)").
		TakesMedia("application/json", ndjson)
	described.Gives[[]AnswerRow](likewise(many), http.StatusOK, "an answer a row, in their order").GivesMedia(http.StatusOK, "", ndjson)

	described.GivesAs[FeatureCollection](described.Get(doc, "/v1/grids.geojson", "grids-geojson", "Grids of a level or a subtree, or their atoms, as GeoJSON").
		Query("network", "code of a network; the main one when absent").
		Query("level", "code of a level").
		Number("subtree", "id of a grid: only it and what is below").
		Query("atoms", "1: the atoms instead of the grids"), http.StatusOK, "a FeatureCollection", geoJSON)
	described.GivesAs[FeatureCollection](described.Get(doc, "/v1/grids/{id}/geojson", "grid-geojson", "One grid as GeoJSON"), http.StatusOK, "a FeatureCollection", geoJSON)
}

// likewise adds what one question and many have in common.
func likewise(r *described.Route) *described.Route {
	return r.
		Number("accuracy", "radius in metres of the circle in which the position is known to be").
		Query("network", "code of a network; the main one when absent; * adds the answers of all others").
		Query("level", "code of the deepest level wanted").
		Query("at", "valid time: RFC 3339 or a date").
		Query("known_at", "as the system believed it at this time: RFC 3339 or a date; without at, also valid then").
		Query("duty", "1: also whom to call now, in order, ending with a line that always answers").
		Query("matter", "code or name of a matter: routes to its role, or to its department when it is not admitted; implies duty").
		Query("out_crs", "frame of the coordinates in the answer; wgs84 when absent")
}
