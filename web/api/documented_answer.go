package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/described"
)

// The types of this file describe what the renderer writes by hand, for the
// OpenAPI document; a test holds real answers against them.

// AnswerItem is what /v1/resolve says of one question. Beside a coordinate
// there are point, atom, candidates and the nearest border; beside an address,
// how its text was understood.
type AnswerItem struct {
	ID         any                             `json:"id,omitempty" doc:"of the row, as it was sent"`
	Status     string                          `json:"status" doc:"inside, outside, uncertain, unassigned … docs/api.md says what each means"`
	Point      *PointItem                      `json:"point,omitempty"`
	AccuracyM  float64                         `json:"accuracy_m,omitempty" doc:"metres"`
	Network    string                          `json:"network"`
	Edition    int64                           `json:"edition"`
	DataDate   string                          `json:"data_date,omitempty" doc:"of the data, as its owner says"`
	Chain      []ChainItem                     `json:"chain" doc:"from the top down to the responsible grid, as far down as is certain"`
	Atom       described.Maybe[AnswerAtomItem] `json:"atom,omitempty"`
	Certain    described.Maybe[RankItem]       `json:"certain_level,omitempty" doc:"the deepest level whose grid is certain"`
	Candidates []AnswerCandidate               `json:"candidates,omitempty" doc:"grids within the accuracy, by share of the circle"`
	Border     *BorderItem                     `json:"nearest_border,omitempty"`
	Nearest    *NearestItem                    `json:"nearest,omitempty" doc:"outside: the nearest grid"`
	Message    string                          `json:"message"`
	Match      *MatchItem                      `json:"match,omitempty"`
	Duty       *DutyItem                       `json:"duty,omitempty"`
	Others     []AnswerItem                    `json:"others,omitempty" doc:"of the other networks"`
	Receipt    string                          `json:"receipt,omitempty"`
}

// RowItem is the answer to a row of a batch: an AnswerItem, the short answer
// of fields=ids, or why there is none.
type RowItem struct{}

// Schema implements huma.SchemaProvider.
func (RowItem) Schema(r huma.Registry) *huma.Schema {
	of := func(t reflect.Type) *huma.Schema { return r.Schema(t, true, t.Name()) }
	return &huma.Schema{OneOf: []*huma.Schema{of(reflect.TypeFor[AnswerItem]()), of(reflect.TypeFor[ShortItem]()), of(reflect.TypeFor[RowFault]())}}
}

// ShortItem is the answer of fields=ids.
type ShortItem struct {
	ID     any                    `json:"id,omitempty"`
	Status string                 `json:"status"`
	Grid   described.Maybe[int64] `json:"grid" doc:"id of the responsible grid"`
}

// RowFault is why a row has no answer.
type RowFault struct {
	ID    any `json:"id,omitempty"`
	Error struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	} `json:"error"`
}

// FeatureCollection is GeoJSON (RFC 7946).
type FeatureCollection struct {
	Type     string           `json:"type" enum:"FeatureCollection"`
	Features []map[string]any `json:"features"`
	_        struct{}         `additionalProperties:"true"`
}

// PointItem is a position in the frame asked for.
type PointItem struct {
	Lon float64 `json:"lon" doc:"degrees, or metres east"`
	Lat float64 `json:"lat" doc:"degrees, or metres north"`
	CRS string  `json:"crs,omitempty"`
}

// GridRefItem names a grid; id is null for ground outside.
type GridRefItem struct {
	ID   described.Maybe[int64] `json:"id"`
	Code string                 `json:"code"`
	Name string                 `json:"name"`
}

// RankItem names a level.
type RankItem struct {
	Rank int    `json:"rank" doc:"0 is the topmost"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// ChainItem is a grid of the chain with its staff.
type ChainItem struct {
	GridRefItem
	Level    RankItem        `json:"level"`
	Type     string          `json:"type"`
	TypeName string          `json:"type_name"`
	Staff    []AnswerStaffer `json:"staff"`
}

// AnswerStaffer is who holds a post, as far as the policy publishes it.
type AnswerStaffer struct {
	Role        string `json:"role"`
	RoleName    string `json:"role_name"`
	Rank        int    `json:"rank"`
	Employment  string `json:"employment,omitempty"`
	Vacant      bool   `json:"vacant,omitempty"`
	Name        string `json:"name,omitempty"`
	Phone       string `json:"phone,omitempty"`
	OfficePhone string `json:"office_phone,omitempty"`
}

// AnswerAtomItem is the smallest piece of ground that holds the point.
type AnswerAtomItem struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// AnswerCandidate is a grid that the circle of uncertainty reaches.
type AnswerCandidate struct {
	GridRefItem
	DistanceM float64 `json:"distance_m"`
	Share     float64 `json:"share" doc:"of the circle, 0 to 1"`
}

// BorderItem is the nearest border of the responsible grid.
type BorderItem struct {
	DistanceM float64                      `json:"distance_m"`
	Point     PointItem                    `json:"point"`
	Across    described.Maybe[GridRefItem] `json:"across" doc:"null: outside"`
}

// NearestItem is the nearest grid of a point outside.
type NearestItem struct {
	DistanceM float64     `json:"distance_m"`
	Chain     []ChainItem `json:"chain"`
}

// MatchItem is how an address was understood.
type MatchItem struct {
	Query        string            `json:"query"`
	Status       string            `json:"status"`
	Level        string            `json:"level"`
	Confidence   float64           `json:"confidence"`
	Place        *MatchPlaceItem   `json:"place,omitempty"`
	Reasons      []string          `json:"reasons"`
	Components   []MatchPartItem   `json:"components"`
	Unexplained  []string          `json:"unexplained"`
	Alternatives []AlternativeItem `json:"alternatives"`
	Message      string            `json:"message"`
	MessageEn    string            `json:"message_en"`
}

// MatchPlaceItem is the place that an address names.
type MatchPlaceItem struct {
	ID      int64   `json:"id"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	Address string  `json:"address"`
	Lon     float64 `json:"lon,omitempty"`
	Lat     float64 `json:"lat,omitempty"`
}

// MatchPartItem is a part of an address.
type MatchPartItem struct {
	Role string `json:"role"`
	Text string `json:"text"`
	Name string `json:"name,omitempty"`
	Typo bool   `json:"typo,omitempty"`
}

// AlternativeItem is another place that an address may mean.
type AlternativeItem struct {
	Place      int64        `json:"place"`
	Text       string       `json:"text"`
	Confidence float64      `json:"confidence"`
	Lon        float64      `json:"lon,omitempty"`
	Lat        float64      `json:"lat,omitempty"`
	Grid       *GridRefItem `json:"grid,omitempty"`
}

// DutyItem is whom to call, in order; the last always answers.
type DutyItem struct {
	Mode     string         `json:"mode" doc:"normal, or emergency (平/急)"`
	Because  string         `json:"because,omitempty"`
	Matter   *MatterItem    `json:"matter,omitempty"`
	Contacts []ContactItem  `json:"contacts"`
	Skipped  []string       `json:"skipped" doc:"who is away, and why"`
	Units    []DutyUnitItem `json:"units"`
	Liaisons []LiaisonItem  `json:"liaisons"`
}

// MatterItem is what the list of admitted matters says of one.
type MatterItem struct {
	Code       string   `json:"code,omitempty"`
	Name       string   `json:"name"`
	Listed     bool     `json:"listed"`
	Admitted   bool     `json:"admitted"`
	Class      string   `json:"class,omitempty"`
	Department string   `json:"department,omitempty"`
	SLA        *SLAItem `json:"sla,omitempty"`
}

// SLAItem is within how many minutes somebody comes, and answers.
type SLAItem struct {
	Class     string `json:"class"`
	OnSiteMin int    `json:"on_site_min"`
	ReplyMin  int    `json:"reply_min"`
}

// ContactItem is one to call.
type ContactItem struct {
	Kind        string       `json:"kind"`
	Name        string       `json:"name"`
	RoleName    string       `json:"role_name,omitempty"`
	Phone       string       `json:"phone,omitempty"`
	OfficePhone string       `json:"office_phone,omitempty"`
	Grid        *GridRefItem `json:"grid,omitempty"`
	Why         string       `json:"why,omitempty"`
}

// DutyUnitItem is a unit of another tree that is over a grid.
type DutyUnitItem struct {
	Key         string      `json:"key"`
	Tree        string      `json:"tree"`
	Name        string      `json:"name"`
	OfficePhone string      `json:"office_phone,omitempty"`
	Grid        GridRefItem `json:"grid"`
}

// LiaisonItem is a cadre who looks after a place or a grid (包联).
type LiaisonItem struct {
	Title       string `json:"title"`
	Name        string `json:"name"`
	Phone       string `json:"phone,omitempty"`
	OfficePhone string `json:"office_phone,omitempty"`
	Place       int64  `json:"place,omitempty"`
	Grid        int64  `json:"grid,omitempty"`
}
