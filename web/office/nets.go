package office

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/crosswalk"
	"cloudgrid/gridmap/load"
	"cloudgrid/gridmap/reach"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
)

// gridRef names a grid; null is ground that a network does not cover.
type gridRef struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

func refOf(n *atlas.Net, i int32) *gridRef {
	if i == atlas.None {
		return nil
	}
	g := &n.Grids[i]
	return &gridRef{int64(g.ID), g.Code, g.Name}
}

// PairItem is ground that two grids share.
type PairItem struct {
	A      *gridRef `json:"a"`
	B      *gridRef `json:"b"`
	Atoms  int      `json:"atoms"`
	Weight int64    `json:"weight"`
	AreaM2 float64  `json:"area_m2"`
	ShareA float64  `json:"share_a"`
	ShareB float64  `json:"share_b"`
}

// MergeItem is which grid to merge a grid into.
type MergeItem struct {
	A      *gridRef `json:"a"`
	B      *gridRef `json:"b"`
	Share  float64  `json:"share"`
	Moves  int64    `json:"moves"`
	Clean  bool     `json:"clean"`
	Merged int      `json:"merged"`
}

// CrosswalkItem is two networks side by side, as JSON.
type CrosswalkItem struct {
	Edition   int64       `json:"edition"`
	Unit      string      `json:"unit"`
	Pairs     []PairItem  `json:"pairs"`
	Conflicts []PairItem  `json:"conflicts"`
	Proposals []MergeItem `json:"proposals"`
	ByPoint   int         `json:"by_point"`
}

// Crosswalk compares two sides of a snapshot by a count, households where none
// is named.
func Crosswalk(a *atlas.Atlas, x, y crosswalk.Side, weight string) CrosswalkItem {
	if weight == "" {
		weight = load.Households
	}
	r := crosswalk.Between(a, x, y, weight)
	out := CrosswalkItem{Edition: a.Edition().Number, Unit: weight, Proposals: []MergeItem{}, ByPoint: r.ByPoint}
	items := func(pairs []crosswalk.Pair) []PairItem {
		list := make([]PairItem, 0, len(pairs))
		for _, p := range pairs {
			list = append(list, PairItem{refOf(x.Net, p.A), refOf(y.Net, p.B), p.Atoms, p.Weight, math.Round(p.AreaM2), share(p.ShareA), share(p.ShareB)})
		}
		return list
	}
	out.Pairs, out.Conflicts = items(r.Pairs), items(r.Conflicts)
	for _, p := range r.Proposals {
		out.Proposals = append(out.Proposals, MergeItem{refOf(x.Net, p.A), refOf(y.Net, p.B), share(p.Share), p.Moves, p.Clean, p.Merged})
	}
	return out
}

func share(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// only leaves out what is about no grid that is reached.
func (x *CrosswalkItem) only(within *auth.Reach) {
	here := func(g *gridRef) bool { return g != nil && within.Grid(gridmap.GridID(g.ID)) }
	beyond := func(p PairItem) bool { return !here(p.A) && !here(p.B) }
	x.Pairs, x.Conflicts = slices.DeleteFunc(x.Pairs, beyond), slices.DeleteFunc(x.Conflicts, beyond)
	x.Proposals = slices.DeleteFunc(x.Proposals, func(p MergeItem) bool { return !here(p.A) && !here(p.B) })
}

// crosswalk lays two networks side by side.
func (s *Service) crosswalk(c echo.Context) error {
	within, err := s.inside(c, rights.Look)
	if err != nil {
		return problem.Write(c, err)
	}
	a, err := s.at(c, "at")
	if err != nil {
		return problem.Write(c, err)
	}
	x, err := crosswalk.Find(a, c.QueryParam("a"), c.QueryParam("a_level"))
	if err != nil {
		return problem.Write(c, err)
	}
	y, err := crosswalk.Find(a, c.QueryParam("b"), c.QueryParam("b_level"))
	if err != nil {
		return problem.Write(c, err)
	}
	if x == y {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请用 a 和 b 写明两个不同的网 (name two networks)"))
	}
	item := Crosswalk(a, x, y, c.QueryParam("weight"))
	if !within.Everything() {
		item.only(within)
	}
	return c.JSON(http.StatusOK, item)
}

// WalkItem is an address that is too far from a station.
type WalkItem struct {
	Place   int64   `json:"place"`
	Address string  `json:"address"`
	Name    string  `json:"name,omitempty"`
	Station string  `json:"station,omitempty"`
	LineM   float64 `json:"line_m,omitempty"`
	Minutes float64 `json:"minutes,omitempty"`
}

// ReachItem is the addresses beyond a walk from every station.
type ReachItem struct {
	Minutes  float64    `json:"minutes"`
	Stations int        `json:"stations"`
	Far      []WalkItem `json:"far"`
}

// Reach lists the places more than so many minutes' walk from every place of a
// kind.
func Reach(a *atlas.Atlas, kind string, minutes float64) ReachItem {
	out := ReachItem{Minutes: minutes, Far: []WalkItem{}}
	for i := range a.Places() {
		if a.Places()[i].Kind == kind {
			out.Stations++
		}
	}
	for _, w := range reach.Far(a.Places(), kind, minutes) {
		item := WalkItem{Place: int64(w.Place.ID), Address: w.Place.Address.String(), Name: w.Place.Name}
		if w.Station != nil {
			item.Station, item.LineM, item.Minutes = w.Station.Name, math.Round(w.LineM), math.Round(w.Minutes*10)/10
		}
		out.Far = append(out.Far, item)
	}
	return out
}

// The usual service circle.
const (
	DefaultStation = "station"
	DefaultMinutes = 15
)

func (s *Service) reach(c echo.Context) error {
	within, err := s.inside(c, rights.Look)
	if err != nil {
		return problem.Write(c, err)
	}
	kind, minutes := c.QueryParam("kind"), float64(DefaultMinutes)
	if kind == "" {
		kind = DefaultStation
	}
	if text := c.QueryParam("minutes"); text != "" {
		m, err := strconv.ParseFloat(text, 64)
		if err != nil || !(m > 0 && m <= 24*60) {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "minutes=%q 应为 0 到 1440 之间的分钟数 (minutes)", text))
		}
		minutes = m
	}
	a, err := s.at(c, "at")
	if err != nil {
		return problem.Write(c, err)
	}
	item := Reach(a, kind, minutes)
	item.Far = slices.DeleteFunc(item.Far, func(w WalkItem) bool { return !within.Place(gridmap.PlaceID(w.Place)) })
	return c.JSON(http.StatusOK, item)
}
