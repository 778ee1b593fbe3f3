package api

import (
	"context"
	"fmt"
	"math"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
	"cloudgrid/spatial"
)

// LevelItem is a rung of a network.
type LevelItem struct {
	Rank int    `json:"rank" doc:"0 is the top"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// GridItem is a grid as lists and panels show it.
type GridItem struct {
	ID       int64             `json:"id"`
	Code     string            `json:"code"`
	Name     string            `json:"name"`
	Network  string            `json:"network"`
	Level    LevelItem         `json:"level"`
	Type     string            `json:"type"`
	TypeName string            `json:"type_name"`
	Parent   *int64            `json:"parent"`
	Colour   int               `json:"colour" doc:"0 to 5; neighbours at a level differ"`
	BBox     []float64         `json:"bbox,omitempty" doc:"west, south, east, north in WGS84 degrees; absent without ground"`
	Label    []float64         `json:"label,omitempty" doc:"a point inside, lon and lat in WGS84 degrees"`
	Children int               `json:"children"`
	Atoms    int               `json:"atoms"`
	Counts   map[string]*int64 `json:"counts" doc:"null where the number is too small to tell"`
	AreaM2   float64           `json:"area_m2" doc:"ellipsoidal, in square metres"`
}

// levelItem describes a rank of a network.
func levelItem(n *atlas.Net, rank int) LevelItem {
	l := LevelItem{Rank: rank}
	if rank < len(n.Levels) {
		l.Code, l.Name = n.Levels[rank].Code, n.Levels[rank].Name
	}
	return l
}

func gridItem(a *atlas.Atlas, n *atlas.Net, i int32) GridItem {
	g := &n.Grids[i]
	item := GridItem{
		ID: int64(g.ID), Code: g.Code, Name: g.Name, Network: n.Network.Code, Level: levelItem(n, g.Level),
		Type: string(export.TypeOf(g.Type)), TypeName: g.Type.Name(), Colour: int(n.Colour(a, i)),
		Children: len(g.Children), Atoms: g.Atoms, Counts: map[string]*int64{}, AreaM2: math.Round(g.AreaM2),
	}
	if g.Parent != atlas.None {
		id := int64(n.Grids[g.Parent].ID)
		item.Parent = &id
	}
	if !g.Box.Empty() {
		item.BBox = lonLats(g.Box.Min, g.Box.Max)
		item.Label = lonLats(n.Label(a, i))
	}
	for k, key := range a.CountKeys() {
		item.Counts[key] = export.TellPublic(g.Counts[k])
	}
	return item
}

func lonLats(points ...spatial.Point) []float64 {
	var out []float64
	for _, p := range points {
		lon, lat := p.LonLat()
		out = append(out, lon, lat)
	}
	return out
}

type gridsInput struct {
	Network string `query:"network" doc:"code of a network; the main one when absent"`
	Level   string `query:"level" doc:"code of a level"`
	Parent  int64  `query:"parent" doc:"only children of this grid"`
	At      string `query:"at" doc:"as it was or will be then: RFC 3339 or a date"`
	Q       string `query:"q" doc:"only grids whose name or code contains this"`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}

type gridsOutput struct {
	Body struct {
		Grids []GridItem `json:"grids"`
		Total int        `json:"total" doc:"how many match, more than listed when limit cut the list"`
	}
}

func (s *Service) listGrids(ctx context.Context, in *gridsInput) (*gridsOutput, error) {
	a, err := s.atlas(ctx, in.At)
	if err != nil {
		return nil, err
	}
	q := ask{network: in.Network, level: in.Level}
	q.Level = -1
	n, err := q.settle(a)
	if err != nil {
		return nil, err
	}
	out := &gridsOutput{}
	out.Body.Grids = []GridItem{}
	for i := range n.Grids {
		if !in.wants(n, int32(i), q.Level) {
			continue
		}
		out.Body.Total++
		if len(out.Body.Grids) < in.Limit {
			out.Body.Grids = append(out.Body.Grids, gridItem(a, n, int32(i)))
		}
	}
	return out, nil
}

func (in *gridsInput) wants(n *atlas.Net, i int32, level int) bool {
	g := &n.Grids[i]
	switch {
	case g.Foreign:
		return false
	case level >= 0 && g.Level != level:
		return false
	case in.Parent != 0 && (g.Parent == atlas.None || int64(n.Grids[g.Parent].ID) != in.Parent):
		return false
	case in.Q != "" && !strings.Contains(g.Name, in.Q) && !strings.Contains(strings.ToLower(g.Code), strings.ToLower(in.Q)):
		return false
	}
	return true
}

type gridInput struct {
	ID int64  `path:"id"`
	At string `query:"at" doc:"as it was then: RFC 3339 or a date"`
}

// findGrid finds a grid of any network by its identity.
func findGrid(a *atlas.Atlas, id int64) (*atlas.Net, int32, error) {
	for _, n := range a.Nets() {
		if i := n.Index(gridmap.GridID(id)); i != atlas.None {
			return n, i, a.HereGrid(n, i)
		}
	}
	if s := a.Scope(); !s.Whole() {
		return nil, atlas.None, gridmap.Errorf(gridmap.Elsewhere, "编号为 %d 的网格不在本服务器的范围内，或不存在；本服务器只服务 %s (grid %d is out of this server's scope, or nowhere)", id, s, id)
	}
	if heirs := successors(a, id); heirs != "" {
		return nil, atlas.None, gridmap.Errorf(gridmap.NotFound, "网格 %d 已撤销，并入 %s (no grid with id %d any more; merged into these)", id, heirs, id)
	}
	return nil, atlas.None, gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的网格 (no grid with id %d at this time)", id, id)
}

// successors names the grids that the ground of one that ended came to; "" where
// none is known.
func successors(a *atlas.Atlas, id int64) string {
	var names []string
	for _, heir := range a.Successors(gridmap.GridID(id)) {
		for _, n := range a.Nets() {
			if i := n.Index(heir); i != atlas.None {
				names = append(names, fmt.Sprintf("%d「%s」", heir, n.Grids[i].Name))
			}
		}
	}
	return strings.Join(names, "、")
}
