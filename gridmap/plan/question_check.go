package plan

import (
	"math"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

// check refuses a wish that no plan can meet as it is put, before it waits for
// its turn. p are the bounds that hold for it.
func (q *question) check(b *Board, p gridmap.SizingProfile) error {
	w := q.wish
	for _, one := range []struct {
		zh, en     string
		value, max float64
	}{
		{"允许偏差", "tolerance", w.Tolerance, math.MaxFloat64},
		{"规模下限", "min", w.Min, math.MaxFloat64},
		{"规模上限", "max", w.Max, math.MaxFloat64},
		{"边界长度的权重", "weights.border_per_m", w.Weights.BorderPerM, rebalance.MaxOtherWeight},
		{"沿主路边界的权重", "weights.arterial", float64(w.Weights.Arterial), rebalance.MaxOtherWeight},
		{"均衡的权重", "weights.balance", w.Weights.Balance, rebalance.MaxOtherWeight},
		{"步行距离的权重", "weights.walk_per_km", w.Weights.WalkPerKm, rebalance.MaxWalkPerKm},
		{"少动网格的权重", "weights.touched_grid", w.Weights.TouchedGrid, rebalance.MaxTouchedGrid},
	} {
		switch v := one.value; {
		case math.IsNaN(v) || math.IsInf(v, 0) || v < 0:
			return gridmap.Errorf(gridmap.Invalid, "备选方案的要求中，%s为 %v：应为不小于零的数 (%s: negative, or no number)", one.zh, v, one.en)
		case v > one.max:
			return gridmap.Errorf(gridmap.Invalid, "备选方案的要求中，%s为 %v：最大为 %v (%s is above %v)", one.zh, v, one.max, one.en, one.max)
		}
	}
	switch {
	case w.Tolerance >= 1:
		return gridmap.Errorf(gridmap.Invalid, "允许偏差 %v 应小于 1，如 0.05 (the tolerance is a share below 1)", w.Tolerance)
	case p.Max > 0 && p.Min > p.Max:
		return gridmap.Errorf(gridmap.Invalid, "规模下限 %v 大于上限 %v (min is above max)", p.Min, p.Max)
	case w.Task == "relieve" && q.goal.Max == 0:
		return gridmap.Errorf(gridmap.Invalid, "减负需要规模上限：请填写上限，或先设定网格规模 (relieve needs a max)")
	case w.Task == "first_plan" && w.Count == 0 && q.goal.Norm == 0:
		return gridmap.Errorf(gridmap.Invalid, "首次划分需要网格个数，或先设定网格规模 (a first plan needs a count or a sizing profile)")
	case w.Grid != 0 && b.gridIndex(w.Grid) == none:
		return gridmap.Errorf(gridmap.Invalid, "方案中没有网格 %d (no such grid)", w.Grid)
	}
	return q.checkCount(b)
}

// checkCount compares the number of parts with what there is to divide.
func (q *question) checkCount(b *Board) error {
	count, atoms := q.wish.Count, len(q.area.Problem.Atoms)
	switch {
	case count < 0:
		return gridmap.Errorf(gridmap.Invalid, "个数 %d 为负数 (negative count)", count)
	case q.wish.Task == "split":
		g := b.gridIndex(q.wish.Grid)
		parts := count
		if parts == 0 {
			parts = 2
		}
		if atoms = len(b.facesOf(g)); parts < 2 || atoms < parts {
			return gridmap.Errorf(gridmap.Invalid, "网格 %s 有 %d 个单元，不能拆分成 %d 个网格 (a grid is split into two parts at least, and into no more than it has atoms)",
				b.grids.at(g).title(), atoms, parts)
		}
	case count > atoms:
		return gridmap.Errorf(gridmap.Invalid, "范围内只有 %d 个单元，不能分成 %d 个网格 (more grids than atoms)", atoms, count)
	}
	return nil
}
