package rebalance

// freshGrids says how many grids each area without any is to be cut into:
// the community's count shared by load, at least one each.
func (p *Problem) freshGrids(areas []*area, goal Goal) []int {
	counts := make([]int, len(areas))
	byCommunity := map[int32][]int{}
	var order []int32
	for i, a := range areas {
		if a.k() > 0 {
			continue
		}
		if byCommunity[a.community] == nil {
			order = append(order, a.community)
		}
		byCommunity[a.community] = append(byCommunity[a.community], i)
	}
	for _, c := range order {
		var total int64
		for _, i := range byCommunity[c] {
			total += areas[i].totalLoad()
		}
		count := goal.Count
		if count == 0 && goal.Norm > 0 {
			count = int((total + int64(goal.Norm)/2) / int64(goal.Norm))
		}
		share(areas, byCommunity[c], count, counts)
	}
	return counts
}

// share hands out count grids to the areas one by one, always to the one
// whose grids would be heaviest (Jefferson's divisor rule), after one each.
func share(areas []*area, members []int, count int, counts []int) {
	if count <= 0 {
		return
	}
	for _, i := range members {
		counts[i] = 1
		count--
	}
	for ; count > 0; count-- {
		best := -1
		for _, i := range members {
			if counts[i] < areas[i].n() && (best < 0 ||
				areas[i].totalLoad()*int64(counts[best]) > areas[best].totalLoad()*int64(counts[i])) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		counts[best]++
	}
}

// addGrids appends the slots of grids that the job opens or may open.
func (j *job) addGrids(goal Goal, fresh int) {
	switch goal.Task {
	case Split:
		parts := max(goal.Count, 2)
		j.addSpare(min(parts, j.n()) - 1)
	case Relieve:
		sum := make([]int64, j.k())
		stray := int64(0)
		for u, g := range j.home {
			if g >= 0 {
				sum[g] += int64(j.load[u])
			} else {
				stray += int64(j.load[u])
			}
		}
		spare := 1 + int(stray/int64(goal.Max))
		for _, l := range sum {
			if l > int64(goal.Max) {
				spare += int((l - 1) / int64(goal.Max))
			}
		}
		j.addSpare(min(spare, j.n()))
	case FirstPlan, MostBalanced, ShortestBorder:
		if j.k() == 0 {
			j.addSpare(fresh)
		}
	case Balance, Dissolve: // the grids there are
	}
}

// setRanges sets the range of every grid of the area as the goal asks.
func (j *job) setRanges(goal Goal, mean float64) {
	own := float64(j.totalLoad()) / float64(max(j.k(), 1))
	var lo, hi int32
	switch {
	case goal.Task == FirstPlan || goal.Task == Split || goal.Task == MostBalanced:
		lo, hi = balanceRange(own, goal.tolerance())
	case goal.Max > 0:
		lo, hi = goal.Min, goal.Max
	case j.fresh():
		lo, hi = balanceRange(own, goal.tolerance())
	default:
		lo, hi = balanceRange(mean, goal.tolerance())
	}
	j.setRange(lo, hi)
	for g := range j.mayEmpty {
		j.mayEmpty[g] = goal.Task == Relieve
	}
}
