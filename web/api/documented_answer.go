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
	ID         any                          `json:"id,omitempty" doc:"of the row, as it was sent"`
	Status     string                       `json:"status" doc:"inside, outside, uncertain, unassigned … docs/api.md says what each means"`
	Point      *AnswerPoint                 `json:"point,omitempty"`
	AccuracyM  float64                      `json:"accuracy_m,omitempty" doc:"metres"`
	Network    string                       `json:"network"`
	Edition    int64                        `json:"edition"`
	DataDate   string                       `json:"data_date,omitempty" doc:"of the data, as its owner says"`
	Chain      []AnswerLink                 `json:"chain" doc:"from the top down to the responsible grid, as far down as is certain"`
	Atom       described.Maybe[AnswerAtom]  `json:"atom,omitempty"`
	Certain    described.Maybe[AnswerLevel] `json:"certain_level,omitempty" doc:"the deepest level whose grid is certain"`
	Candidates []AnswerCandidate            `json:"candidates,omitempty" doc:"grids within the accuracy, by share of the circle"`
	Border     *AnswerBorder                `json:"nearest_border,omitempty"`
	Nearest    *AnswerNearest               `json:"nearest,omitempty" doc:"outside: the nearest grid"`
	Message    string                       `json:"message"`
	Match      *AnswerMatch                 `json:"match,omitempty"`
	Duty       *AnswerDuty                  `json:"duty,omitempty"`
	Others     []AnswerItem                 `json:"others,omitempty" doc:"of the other networks"`
	Receipt    string                       `json:"receipt,omitempty"`
}

// AnswerRow is the answer to a row of a batch: an AnswerItem, the short answer
// of fields=ids, or why there is none.
type AnswerRow struct{}

// Schema implements huma.SchemaProvider.
func (AnswerRow) Schema(r huma.Registry) *huma.Schema {
	of := func(t reflect.Type) *huma.Schema { return r.Schema(t, true, t.Name()) }
	return &huma.Schema{OneOf: []*huma.Schema{of(reflect.TypeFor[AnswerItem]()), of(reflect.TypeFor[AnswerShort]()), of(reflect.TypeFor[AnswerFault]())}}
}

// AnswerShort is the answer of fields=ids.
type AnswerShort struct {
	ID     any                    `json:"id,omitempty"`
	Status string                 `json:"status"`
	Grid   described.Maybe[int64] `json:"grid" doc:"id of the responsible grid"`
}

// AnswerFault is why a row has no answer.
type AnswerFault struct {
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

// AnswerPoint is a position in the frame asked for.
type AnswerPoint struct {
	Lon float64 `json:"lon" doc:"degrees, or metres east"`
	Lat float64 `json:"lat" doc:"degrees, or metres north"`
	CRS string  `json:"crs,omitempty"`
}

// AnswerGrid names a grid; id is null for ground outside.
type AnswerGrid struct {
	ID   described.Maybe[int64] `json:"id"`
	Code string                 `json:"code"`
	Name string                 `json:"name"`
}

// AnswerLevel names a level.
type AnswerLevel struct {
	Rank int    `json:"rank" doc:"0 is the topmost"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// AnswerLink is a grid of the chain with its staff.
type AnswerLink struct {
	AnswerGrid
	Level    AnswerLevel     `json:"level"`
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

// AnswerAtom is the smallest piece of ground that holds the point.
type AnswerAtom struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// AnswerCandidate is a grid that the circle of uncertainty reaches.
type AnswerCandidate struct {
	AnswerGrid
	DistanceM float64 `json:"distance_m"`
	Share     float64 `json:"share" doc:"of the circle, 0 to 1"`
}

// AnswerBorder is the nearest border of the responsible grid.
type AnswerBorder struct {
	DistanceM float64                     `json:"distance_m"`
	Point     AnswerPoint                 `json:"point"`
	Across    described.Maybe[AnswerGrid] `json:"across" doc:"null: outside"`
}

// AnswerNearest is the nearest grid of a point outside.
type AnswerNearest struct {
	DistanceM float64      `json:"distance_m"`
	Chain     []AnswerLink `json:"chain"`
}

// AnswerMatch is how an address was understood.
type AnswerMatch struct {
	Query        string              `json:"query"`
	Status       string              `json:"status"`
	Level        string              `json:"level"`
	Confidence   float64             `json:"confidence"`
	Place        *AnswerPlace        `json:"place,omitempty"`
	Reasons      []string            `json:"reasons"`
	Components   []AnswerPart        `json:"components"`
	Unexplained  []string            `json:"unexplained"`
	Alternatives []AnswerAlternative `json:"alternatives"`
	Message      string              `json:"message"`
	MessageEn    string              `json:"message_en"`
}

// AnswerPlace is the place that an address names.
type AnswerPlace struct {
	ID      int64   `json:"id"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	Address string  `json:"address"`
	Lon     float64 `json:"lon,omitempty"`
	Lat     float64 `json:"lat,omitempty"`
}

// AnswerPart is a part of an address.
type AnswerPart struct {
	Role string `json:"role"`
	Text string `json:"text"`
	Name string `json:"name,omitempty"`
	Typo bool   `json:"typo,omitempty"`
}

// AnswerAlternative is another place that an address may mean.
type AnswerAlternative struct {
	Place      int64       `json:"place"`
	Text       string      `json:"text"`
	Confidence float64     `json:"confidence"`
	Lon        float64     `json:"lon,omitempty"`
	Lat        float64     `json:"lat,omitempty"`
	Grid       *AnswerGrid `json:"grid,omitempty"`
}

// AnswerDuty is whom to call, in order; the last always answers.
type AnswerDuty struct {
	Mode     string          `json:"mode" doc:"normal, or emergency (平/急)"`
	Because  string          `json:"because,omitempty"`
	Matter   *AnswerMatter   `json:"matter,omitempty"`
	Contacts []AnswerContact `json:"contacts"`
	Skipped  []string        `json:"skipped" doc:"who is away, and why"`
	Units    []AnswerUnit    `json:"units"`
	Liaisons []AnswerLiaison `json:"liaisons"`
}

// AnswerMatter is what the list of admitted matters says of one.
type AnswerMatter struct {
	Code       string     `json:"code,omitempty"`
	Name       string     `json:"name"`
	Listed     bool       `json:"listed"`
	Admitted   bool       `json:"admitted"`
	Class      string     `json:"class,omitempty"`
	Department string     `json:"department,omitempty"`
	SLA        *AnswerSLA `json:"sla,omitempty"`
}

// AnswerSLA is within how many minutes somebody comes, and answers.
type AnswerSLA struct {
	Class     string `json:"class"`
	OnSiteMin int    `json:"on_site_min"`
	ReplyMin  int    `json:"reply_min"`
}

// AnswerContact is one to call.
type AnswerContact struct {
	Kind        string      `json:"kind"`
	Name        string      `json:"name"`
	RoleName    string      `json:"role_name,omitempty"`
	Phone       string      `json:"phone,omitempty"`
	OfficePhone string      `json:"office_phone,omitempty"`
	Grid        *AnswerGrid `json:"grid,omitempty"`
	Why         string      `json:"why,omitempty"`
}

// AnswerUnit is a unit of another tree that is over a grid.
type AnswerUnit struct {
	Key         string     `json:"key"`
	Tree        string     `json:"tree"`
	Name        string     `json:"name"`
	OfficePhone string     `json:"office_phone,omitempty"`
	Grid        AnswerGrid `json:"grid"`
}

// AnswerLiaison is a cadre who looks after a place or a grid (包联).
type AnswerLiaison struct {
	Title       string `json:"title"`
	Name        string `json:"name"`
	Phone       string `json:"phone,omitempty"`
	OfficePhone string `json:"office_phone,omitempty"`
	Place       int64  `json:"place,omitempty"`
	Grid        int64  `json:"grid,omitempty"`
}
