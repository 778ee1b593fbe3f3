package api

import (
	"context"
	"slices"
	"strings"

	"cloudgrid/gridmap/atlas"
)

// suggestion is one line under the search box.
type suggestion struct {
	Kind   string    `json:"kind" enum:"grid,place,area,road,compound,number,building" doc:"grid and place have an id and a position; the others complete the text"`
	ID     int64     `json:"id" doc:"of the grid or the place, otherwise 0"`
	Text   string    `json:"text"`
	Detail string    `json:"detail"`
	Lon    float64   `json:"lon,omitempty"`
	Lat    float64   `json:"lat,omitempty"`
	BBox   []float64 `json:"bbox,omitempty" doc:"west, south, east, north in WGS84 degrees"`
}

type suggestInput struct {
	Q     string `query:"q" maxLength:"100" doc:"characters, full pinyin or initials"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"10"`
}

type suggestOutput struct {
	Body struct {
		Items []suggestion `json:"items"`
	}
}

// suggest lists grids by code or name, then what completes the text as an
// address. Grids take at most half of the list where addresses fit too.
func (s *Service) suggest(_ context.Context, in *suggestInput) (*suggestOutput, error) {
	a := s.maps.Current()
	out := &suggestOutput{}
	out.Body.Items = []suggestion{}
	q := strings.TrimSpace(in.Q)
	if q == "" {
		return out, nil
	}
	index, err := a.Addresses()
	if err != nil {
		return nil, err
	}
	grids := suggestGrids(a, strings.ToLower(q), in.Limit)
	var places []suggestion
	for _, found := range index.Suggest(q, in.Limit) {
		item := suggestion{Kind: "place", ID: found.ID, Text: found.Text, Detail: found.Context}
		if found.ID == 0 {
			item.Kind = string(found.Kind)
		}
		if found.HasPoint {
			item.Lon, item.Lat = found.Point.LonLat()
		}
		places = append(places, item)
	}
	room := max(in.Limit-len(places), (in.Limit+1)/2)
	out.Body.Items = append(out.Body.Items, grids[:min(len(grids), room)]...)
	out.Body.Items = append(out.Body.Items, places[:min(len(places), in.Limit-len(out.Body.Items))]...)
	return out, nil
}

// suggestGrids lists grids whose code or name fits, the best fit first.
func suggestGrids(a *atlas.Atlas, q string, limit int) []suggestion {
	type hit struct {
		rank int
		net  *atlas.Net
		grid int32
	}
	var hits []hit
	for _, n := range a.Nets() {
		for i := range n.Grids {
			if n.Foreign(int32(i)) {
				continue
			}
			if rank := rankOf(q, strings.ToLower(n.Grids[i].Code), n.Grids[i].Name); rank >= 0 {
				hits = append(hits, hit{rank, n, int32(i)})
			}
		}
	}
	slices.SortStableFunc(hits, func(x, y hit) int { return x.rank - y.rank })
	var list []suggestion
	for _, h := range hits[:min(len(hits), limit)] {
		g := &h.net.Grids[h.grid]
		item := suggestion{Kind: "grid", ID: int64(g.ID), Text: g.Name, Detail: levelItem(h.net, g.Level).Name + " " + g.Code}
		if !g.Box.Empty() {
			item.BBox = lonLats(g.Box.Min, g.Box.Max)
			item.Lon, item.Lat = h.net.Label(a, h.grid).LonLat()
		}
		list = append(list, item)
	}
	return list
}

// rankOf says how well a grid fits: 0 exactly, 1 from the start, 2 within; -1
// not at all.
func rankOf(q, code, name string) int {
	lower := strings.ToLower(name)
	switch {
	case code == q || lower == q:
		return 0
	case strings.HasPrefix(code, q) || strings.HasPrefix(lower, q):
		return 1
	case strings.Contains(code, q) || strings.Contains(lower, q):
		return 2
	}
	return -1
}
