package api

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/load"
)

type loadInput struct {
	Network string  `query:"network" doc:"code of a network; the main one when absent"`
	Level   string  `query:"level" doc:"code of a level; the leaves when absent"`
	Parent  int64   `query:"parent" doc:"only grids below this one, at any depth"`
	Status  string  `query:"status" enum:"over,under,ok,empty,none" doc:"only grids with this verdict"`
	At      string  `query:"at" doc:"as it was then: RFC 3339 or a date"`
	Since   string  `query:"since" doc:"also what happened since then that calls for a new look, and verdicts with hysteresis from then on"`
	AtLeast float64 `query:"at_least" default:"50" minimum:"0" doc:"load that a handover or demolition must bring or take to be told of"`
}

// LoadItem is the load of a grid and the verdict on it.
type LoadItem struct {
	ID        int64          `json:"id"`
	Code      string         `json:"code"`
	Name      string         `json:"name"`
	Load      float64        `json:"load" doc:"in unit"`
	Unit      string         `json:"unit" doc:"the count it is measured in; points when counts are weighted"`
	Min       float64        `json:"min" doc:"0 is none"`
	Target    float64        `json:"target" doc:"0 is none"`
	Max       float64        `json:"max" doc:"0 is none"`
	PerStaff  bool           `json:"per_staff" doc:"the bounds were multiplied by the staff"`
	Staff     int            `json:"staff" doc:"full-time people at the grid"`
	Ratio     float64        `json:"ratio" doc:"load by target; 0 without one"`
	Status    string         `json:"status" enum:"over,under,ok,empty,none"`
	Deviation float64        `json:"deviation" doc:"from the community's mean, as a share of it"`
	Uneven    bool           `json:"uneven" doc:"deviates by more than the threshold"`
	Community *LoadCommunity `json:"community,omitempty"`
}

// LoadCommunity is what a grid is compared within.
type LoadCommunity struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	Mean float64 `json:"mean"`
}

// LoadTrigger is a reason to look at a division again.
type LoadTrigger struct {
	Kind    string  `json:"kind" enum:"handover,demolition,border_moved,became_over,became_under,became_ok"`
	Grid    int64   `json:"grid" doc:"the leaf grid; the community for border_moved"`
	Name    string  `json:"name,omitempty"`
	Atoms   []int64 `json:"atoms,omitempty"`
	Load    float64 `json:"load"`
	Share   float64 `json:"share,omitempty" doc:"of the community's ground that changed hands"`
	Message string  `json:"message"`
}

type loadOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Edition    int64                    `json:"edition"`
		Grids      []LoadItem               `json:"grids"`
		Thresholds gridmap.SizingThresholds `json:"thresholds"`
		Triggers   []LoadTrigger            `json:"triggers,omitempty" doc:"with since"`
	}
}

func (s *Service) registerLoad(doc huma.API) {
	get(doc, "/v1/load", "load", "Load of each grid against its sizing profile and its community's mean; for planners", s.load)
}

func (s *Service) load(ctx context.Context, in *loadInput) (*loadOutput, error) {
	if err := s.desk.planner(); err != nil {
		return nil, err
	}
	var at, since time.Time
	for text, to := range map[string]*time.Time{in.At: &at, in.Since: &since} {
		if text == "" {
			continue
		}
		t, err := gridmap.ParseTime(text)
		if err != nil {
			return nil, err
		}
		*to = t
	}
	now, err := s.loadAt(ctx, in, at, nil)
	if err != nil {
		return nil, err
	}
	out, within := &loadOutput{CacheControl: "private, no-cache"}, s.desk.Reach.Of(ctx, rights.Look)
	if in.Since != "" {
		then, err := s.loadAt(ctx, in, since, nil)
		if err != nil {
			return nil, err
		}
		if now, err = s.loadAt(ctx, in, at, then.verdicts()); err != nil {
			return nil, err
		}
		out.Body.Triggers = slices.DeleteFunc(triggersBetween(then, now, in.AtLeast), func(t LoadTrigger) bool { return !within.Grid(gridmap.GridID(t.Grid)) })
	}
	out.Body.Edition = now.a.Edition().Number
	out.Body.Thresholds = load.NewRules(now.a.Profiles(), now.a.Settings().Sizing).Thresholds()
	out.Body.Grids = slices.DeleteFunc(now.items(in), func(g LoadItem) bool { return !within.Grid(gridmap.GridID(g.ID)) })
	return out, nil
}

// loadView is the load of a network at one time.
type loadView struct {
	a    *atlas.Atlas
	n    *atlas.Net
	rows []load.Row
}

func (s *Service) loadAt(ctx context.Context, in *loadInput, at time.Time, before map[gridmap.GridID]load.Status) (loadView, error) {
	a, err := s.maps.AsOf(ctx, at)
	if err != nil {
		return loadView{}, err
	}
	q := ask{network: in.Network, level: in.Level}
	q.Level = -1
	n, err := q.settle(a)
	if err != nil {
		return loadView{}, err
	}
	return loadView{a: a, n: n, rows: load.OfNet(a, n, q.Level, before)}, nil
}

func (v loadView) verdicts() map[gridmap.GridID]load.Status {
	last := make(map[gridmap.GridID]load.Status, len(v.rows))
	for _, r := range v.rows {
		last[v.n.Grids[r.Index].ID] = r.Status
	}
	return last
}

func (v loadView) items(in *loadInput) []LoadItem {
	items := []LoadItem{}
	for _, r := range v.rows {
		if in.Status != "" && string(r.Status) != in.Status || in.Parent != 0 && !v.below(r.Index, gridmap.GridID(in.Parent)) {
			continue
		}
		g := &v.n.Grids[r.Index]
		item := LoadItem{
			ID: int64(g.ID), Code: g.Code, Name: g.Name, Load: r.Load, Unit: r.Unit, Min: r.Min, Target: r.Target, Max: r.Max,
			PerStaff: r.PerStaff, Staff: r.People, Ratio: r.Ratio, Status: string(r.Status), Deviation: r.Deviation, Uneven: r.Uneven,
		}
		if r.Community != atlas.None {
			c := &v.n.Grids[r.Community]
			item.Community = &LoadCommunity{ID: int64(c.ID), Name: c.Name, Mean: r.Mean}
		}
		items = append(items, item)
	}
	return items
}

// below tells whether a grid is the given one or lies under it.
func (v loadView) below(i int32, id gridmap.GridID) bool {
	for ; i != atlas.None; i = v.n.Grids[i].Parent {
		if v.n.Grids[i].ID == id {
			return true
		}
	}
	return false
}

func triggersBetween(then, now loadView, atLeast float64) []LoadTrigger {
	items := []LoadTrigger{}
	for _, t := range load.Triggers(load.StateOf(then.a, then.n, then.rows), load.StateOf(now.a, now.n, now.rows), atLeast) {
		item := LoadTrigger{Kind: string(t.Kind), Grid: int64(t.Grid), Load: t.Load, Share: t.Share}
		for _, v := range []loadView{now, then} { // a grid that is gone is named as it was
			if i := v.n.Index(t.Grid); i != atlas.None && item.Name == "" {
				item.Name = v.n.Grids[i].Name
			}
		}
		for _, id := range t.Atoms {
			item.Atoms = append(item.Atoms, int64(id))
		}
		item.Message = t.Say(item.Name)
		items = append(items, item)
	}
	return items
}
