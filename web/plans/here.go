package plans

import (
	"context"

	"cloudgrid/gridmap/plan"
)

type hereInput struct {
	PlanInput
	At  string `query:"at" required:"true" doc:"lon,lat"`
	CRS string `query:"crs" doc:"wgs84 or cgcs2000; mandatory"`
}

// gridRefItem names a grid.
type gridRefItem struct {
	ID    int64    `json:"id"`
	Code  string   `json:"code"`
	Name  string   `json:"name"`
	Upper []string `json:"upper,omitempty" doc:"names of the grids above it, from the top"`
}

// spotItem is a place in one state of the map.
type spotItem struct {
	Grid      *gridRefItem `json:"grid" doc:"that holds the place; null in none"`
	DistanceM *float64     `json:"border_m" doc:"metres to the border of that grid; of the nearest one, in none"`
	At        []float64    `json:"border_at,omitempty" doc:"where on the border"`
	Across    *gridRefItem `json:"across,omitempty" doc:"the grid on the other side there"`
}

type hereOutput struct {
	Body struct {
		Rev      int64    `json:"rev"`
		Now      spotItem `json:"now" doc:"in the map that the plan is over"`
		Proposed spotItem `json:"proposed" doc:"in the map that the plan would make"`
		Changes  bool     `json:"changes" doc:"another grid would hold the place"`
	}
}

func (s *Service) here(ctx context.Context, in *hereInput) (*hereOutput, error) {
	at, err := pointOf(in.At, in.CRS)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Plan(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	h, err := s.desk.Here(ctx, actor(ctx), in.plan(), at)
	if err != nil {
		return nil, err
	}
	out := &hereOutput{}
	out.Body.Rev, out.Body.Now, out.Body.Proposed = p.Rev, spotItemOf(h.Now), spotItemOf(h.Proposed)
	out.Body.Changes = h.Now.Grid.ID != h.Proposed.Grid.ID
	return out, nil
}

func spotItemOf(s plan.Spot) spotItem {
	item := spotItem{Grid: gridRefItemOf(s.Grid, s.Upper)}
	if s.Known {
		d := rounded(s.DistanceM, 10)
		item.DistanceM, item.At, item.Across = &d, pointItem(s.At), gridRefItemOf(s.Across, nil)
	}
	return item
}

func gridRefItemOf(g plan.GridRef, upper []string) *gridRefItem {
	if g == (plan.GridRef{}) {
		return nil
	}
	return &gridRefItem{ID: int64(g.ID), Code: g.Code, Name: g.Name, Upper: upper}
}
