package district

import (
	"math"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

// mostLoad is what package rebalance can add up.
const mostLoad = math.MaxInt32 / 4

// weigh enters households and loads. A load is the weighted sum of the
// atom's counts, times Scale: the least power of ten up to 1000 that makes all
// weights whole numbers (or 1000; less when sums would grow too large),
// rounded.
func (x *Area) weigh() error {
	households, err := x.householdsKey()
	if err != nil {
		return err
	}
	weights, err := x.weights(households)
	if err != nil {
		return err
	}
	loads := make([]float64, len(x.Faces))
	var total float64
	for i, f := range x.Faces {
		for k, w := range weights {
			loads[i] += w * float64(x.m.Counts[f][k])
		}
		total += math.Abs(loads[i])
	}
	x.Scale = scaleOf(weights)
	for x.Scale > 1 && total*float64(x.Scale) > mostLoad {
		x.Scale /= 10
	}
	for i, f := range x.Faces {
		hh, load := x.m.Counts[f][households], math.Round(loads[i]*float64(x.Scale))
		if hh < 0 || hh > mostLoad || load < 0 || load > mostLoad {
			return gridmap.Errorf(gridmap.Invalid, "单元 %s 的户数 %d 或负荷 %.0f 超出可计算的范围 (counts out of range)", x.m.Atoms[f].Code, hh, load)
		}
		x.Problem.Atoms[i].Households, x.Problem.Atoms[i].Load = int32(hh), int32(load)
	}
	return nil
}

func (x *Area) householdsKey() (int, error) {
	key := x.opt.Households
	if key == "" {
		key = "households"
		if unit := x.opt.Profile.Unit; unit != "" && !slices.Contains(x.m.CountKeys, key) {
			key = unit
		}
	}
	return x.m.keyIndex(key)
}

// weights gives each count its weight, by the order of Map.CountKeys.
func (x *Area) weights(households int) ([]float64, error) {
	weights := make([]float64, len(x.m.CountKeys))
	p := x.opt.Profile
	switch {
	case len(p.Weights) > 0:
		for key, w := range p.Weights {
			k, err := x.m.keyIndex(key)
			if err != nil {
				if w == 0 {
					continue
				}
				return nil, err
			}
			if !(w >= 0 && w <= 1e6) {
				return nil, gridmap.Errorf(gridmap.Invalid, "%s 的权重 %v 不是 0 至 100 万的数 (bad weight)", key, w)
			}
			weights[k] = w
		}
	case p.Unit != "":
		k, err := x.m.keyIndex(p.Unit)
		if err != nil {
			return nil, err
		}
		weights[k] = 1
	default:
		weights[households] = 1
	}
	return weights, nil
}

func scaleOf(weights []float64) int {
	for scale := 1; scale < 1000; scale *= 10 {
		whole := func(w float64) bool { v := w * float64(scale); return math.Abs(v-math.Round(v)) < 1e-9 }
		if !slices.ContainsFunc(weights, func(w float64) bool { return !whole(w) }) {
			return scale
		}
	}
	return 1000
}

// Units turns a load of the profile into one of the problem.
func (x *Area) Units(load float64) float64 { return load * float64(x.Scale) }

// Load turns a load of the problem into one of the profile.
func (x *Area) Load(units int64) float64 { return float64(units) / float64(x.Scale) }

// Bounds are the profile's least, wanted and greatest load of a grid, in units
// of the problem; 0 for those it does not set.
func (x *Area) Bounds() (least, target, most int32) {
	p, staff := x.opt.Profile, 1.0
	if p.PerStaff {
		staff = float64(max(x.opt.Staff, 1))
	}
	in := func(load float64, round func(float64) float64) int32 {
		return int32(min(max(round(x.Units(load)*staff), 0), mostLoad))
	}
	return in(p.Min, math.Ceil), in(p.Target, math.Round), in(p.Max, math.Floor)
}

// Goal fills in a task from the profile: its bounds, and the wanted load of a
// grid for a first plan.
func (x *Area) Goal(task rebalance.Task) rebalance.Goal {
	least, target, most := x.Bounds()
	goal := rebalance.Goal{Task: task}
	switch task {
	case rebalance.Relieve, rebalance.Dissolve, rebalance.ShortestBorder:
		goal.Min, goal.Max = least, most
	case rebalance.FirstPlan:
		if goal.Norm = target; target == 0 {
			goal.Norm = (least + most) / 2
		}
	case rebalance.Balance, rebalance.Split, rebalance.MostBalanced:
	}
	return goal
}

// DefaultGoal relieves where the profile says what is too much, and balances
// otherwise; communities without a grid get a first plan.
func (x *Area) DefaultGoal() rebalance.Goal {
	_, _, most := x.Bounds()
	switch {
	case len(x.Grids) == 0:
		return x.Goal(rebalance.FirstPlan)
	case most > 0:
		return x.Goal(rebalance.Relieve)
	}
	return x.Goal(rebalance.Balance)
}
