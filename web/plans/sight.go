package plans

import (
	"context"
	"slices"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/load"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/auth"
)

// sight is how far who asks may look. A board shows all of its network, so that
// borders can be seen on both sides; what is counted beyond sight is left out,
// as /v1/load leaves it out. It is for one request or stream.
type sight struct{ within *auth.Reach }

func (s *Service) sight(ctx context.Context) sight { return sight{s.reach.Of(ctx, rights.Look)} }

// grid tells whether the figures of a grid are shown. What a plan made is on its
// own ground.
func (v sight) grid(id gridmap.GridID) bool {
	return id < 0 || v.within.Everything() || v.within.Grid(id)
}

// gridItem is a grid, without its figures where those are out of sight.
func (v sight) gridItem(g plan.GridState) planGridItem {
	item := planGridItemOf(g)
	if v.grid(g.ID) {
		return item
	}
	item.Masked, item.Attrs, item.Status = true, nil, string(load.Unjudged)
	item.Capacity, item.Staff, item.Households = 0, 0, 0
	item.Load, item.Min, item.Target, item.Max, item.Ratio, item.Deviation = 0, 0, 0, 0, 0, 0
	item.Counts = make([]int64, len(item.Counts))
	return item
}

// atoms leaves out what is counted at atoms of grids out of sight. The columns
// that it is given are not changed.
func (v sight) atoms(owner []gridmap.GridID, households []int64, loads []float64) ([]int64, []float64) {
	if v.within.Everything() {
		return households, loads
	}
	households, loads = slices.Clone(households), slices.Clone(loads)
	for i, g := range owner {
		if !v.grid(g) {
			households[i], loads[i] = 0, 0
		}
	}
	return households, loads
}

// atomsItem is atoms by column.
func (v sight) atomsItem(t plan.AtomTable) planAtomsItem {
	item := planAtomsItemOf(t)
	item.Households, item.Load = v.atoms(item.Owner, item.Households, item.Load)
	return item
}

// findings are those about something in sight, or about no grid at all.
func (v sight) findings(list []plan.Finding) []plan.Finding {
	if v.within.Everything() {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(f plan.Finding) bool {
		return len(f.Grids) > 0 && !slices.ContainsFunc(f.Grids, v.grid)
	})
}

// effects is what leads from one revision of a board to another.
func (v sight) effects(c plan.Change) planEffectsItem {
	d := plan.Between(c.Before, c.After)
	now := c.After.AtomsBy(d.Atoms...)
	item := planEffectsItem{
		From: c.From, Rev: c.Rev, Reload: d.All, Grids: []planGridItem{}, Removed: orEmpty(d.Removed), Gone: orEmpty(d.Gone),
		Atoms:  planOwnersItem{ID: now.ID, Owner: now.Owner, Pinned: now.Pinned},
		Ground: planGroundItem{Faces: orEmpty(d.Ground), Box: boxItem(d.Box)},
		New:    v.atomsItem(c.After.AtomsBy(d.NewAtoms...)),
		Found:  planFindingItems(v.findings(c.After.ValidateGrids(d.Grids...))),
	}
	item.Atoms.Households, item.Atoms.Load = v.atoms(now.Owner, now.Households, now.Load)
	for _, id := range d.Grids {
		if g, ok := c.After.Grid(id); ok {
			item.Grids = append(item.Grids, v.gridItem(g))
		}
	}
	return item
}
