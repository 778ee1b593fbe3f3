package notices

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/web/problem"
)

func get[I, O any](doc huma.API, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	huma.Register(doc, huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Summary: summary}, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problem.Status{Details: problem.Of(err)}
		}
		return out, nil
	})
}

// noticeLine is a plan that is shown to the public.
type noticeLine struct {
	ID    int64      `json:"id"`
	Name  string     `json:"name"`
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty" doc:"the first moment after it"`
	Open  bool       `json:"open" doc:"it has not run out: opinions are taken"`
}

func noticeLineOf(l line) noticeLine {
	item := noticeLine{ID: l.ID, Name: l.Name, From: l.From, Open: l.Open}
	if !l.Until.IsZero() {
		item.Until = &l.Until
	}
	return item
}

type noticesOutput struct {
	Body struct {
		Notices []noticeLine `json:"notices"`
	}
}

func (s *Service) listJSON(ctx context.Context, _ *struct{}) (*noticesOutput, error) {
	all, err := s.Desk.Announcements(ctx)
	out := &noticesOutput{}
	out.Body.Notices = []noticeLine{}
	for _, a := range all {
		out.Body.Notices = append(out.Body.Notices, noticeLineOf(s.line(a)))
	}
	return out, err
}

type noticeInput struct {
	ID string `path:"id"`
}

// noticeGrid names a grid.
type noticeGrid struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

type noticeGridChange struct {
	noticeGrid
	How    string `json:"how"`
	Was    string `json:"name_before,omitempty"`
	Before *int64 `json:"households_before" doc:"in tens; null where too few to tell"`
	After  *int64 `json:"households_after" doc:"in tens; null where too few to tell"`
}

type noticeTransfer struct {
	From       *noticeGrid `json:"from" doc:"null: ground that no grid has"`
	To         *noticeGrid `json:"to"`
	Places     []string    `json:"places" doc:"at most 60"`
	More       int         `json:"more" doc:"places without a name, or for which there is no room"`
	Households *int64      `json:"households" doc:"in tens; null where too few to tell"`
}

type noticeFeature struct {
	Type       string         `json:"type"`
	Properties noticeProperty `json:"properties"`
	Geometry   map[string]any `json:"geometry"`
}

type noticeProperty struct {
	noticeGrid
	State string `json:"state" enum:"now,proposed"`
}

type noticeOutput struct {
	Body struct {
		noticeLine
		Note      string             `json:"note"`
		Moved     []string           `json:"moved" doc:"how its end was moved since it was announced, in words"`
		Grids     []noticeGridChange `json:"grids"`
		Transfers []noticeTransfer   `json:"transfers"`
		Outlines  struct {
			Type     string          `json:"type"`
			Features []noticeFeature `json:"features"`
		} `json:"outlines" doc:"GeoJSON: the grids that change, now and as proposed"`
	}
}

func (s *Service) showJSON(ctx context.Context, in *noticeInput) (*noticeOutput, error) {
	a, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	m, out := s.made.of(a), &noticeOutput{}
	b := &out.Body
	b.noticeLine, b.Note, b.Moved = noticeLineOf(s.line(a)), a.Note, append([]string{}, a.Moved...)
	b.Grids, b.Transfers = []noticeGridChange{}, []noticeTransfer{}
	for _, g := range m.content.Grids {
		b.Grids = append(b.Grids, noticeGridChange{noticeGrid{int64(g.ID), g.Code, g.Name}, g.How, g.Was, countOf(g.Before), countOf(g.After)})
	}
	for _, t := range m.content.Rows {
		b.Transfers = append(b.Transfers, noticeTransfer{gridOf(t.From), gridOf(t.To), t.Places, t.More, countOf(t.Households)})
	}
	b.Outlines.Type, b.Outlines.Features = "FeatureCollection", []noticeFeature{}
	for _, o := range m.drawn.outlines {
		b.Outlines.Features = append(b.Outlines.Features, noticeFeature{
			Type: "Feature", Properties: noticeProperty{noticeGrid{int64(o.Grid), o.Code, o.Name}, o.State}, Geometry: multiPolygon(o.Shape),
		})
	}
	return out, nil
}

func gridOf(g plan.GridRef) *noticeGrid {
	if g == (plan.GridRef{}) {
		return nil
	}
	return &noticeGrid{int64(g.ID), g.Code, g.Name}
}

func countOf(n About) *int64 {
	if n < 0 {
		return nil
	}
	v := int64(n)
	return &v
}

// multiPolygon is GeoJSON: rings are closed there.
func multiPolygon(m spatial.MultiPolygon) map[string]any {
	polygons := make([][][][2]float64, len(m))
	for i, p := range m {
		polygons[i] = make([][][2]float64, len(p))
		for k, ring := range p {
			for j := 0; j <= len(ring); j++ {
				lon, lat := ring[j%len(ring)].LonLat()
				polygons[i][k] = append(polygons[i][k], [2]float64{lon, lat})
			}
		}
	}
	return map[string]any{"type": "MultiPolygon", "coordinates": polygons}
}
