package rebalance

import (
	"cmp"
	"math"
	"slices"
)

// blend is a rule by which each area picks one of the plans that its walk
// found: the least moved + border * BorderPerM among those that deviate by at
// most deviation. Areas do not touch each other's grids, so any mix is a plan.
// The zero blend takes each area's latest plan.
type blend struct {
	deviation  float64
	borderPerM float64
	wants      Weights
	tally      float64 // factor on the worth of walking and touched grids
	picks      []int
	// what the mix comes to, to drop poor blends before measuring them
	moved, border, worst float64
	walkedM              float64
	touched              int
}

// blends lists the promising rules, in a fixed order.
func blends(walks []*walk, wants Weights) []blend {
	least, most := 0.0, 0.0
	for _, w := range walks {
		l := math.Inf(1)
		for _, t := range w.plans {
			l = min(l, t.deviation)
			most = max(most, t.deviation)
		}
		if len(w.plans) > 0 {
			least = max(least, l)
		}
	}
	var all []blend
	tallies := []float64{1}
	if wants.tallied() {
		tallies = []float64{0, 1, 4}
	}
	const steps = 8
	for i := range steps {
		limit := most - (most-least)*float64(i)/(steps-1)
		for _, tally := range tallies {
			for _, f := range []float64{0, 0.5, 1, 2, 4, 8, 16} {
				b := blend{deviation: limit + 1e-9, borderPerM: f * wants.borderPerM(), wants: wants, tally: tally}
				b.choose(walks)
				all = append(all, b)
			}
		}
	}
	var good []blend
	for i, b := range all {
		beaten := slices.ContainsFunc(all[:i], b.noBetter) ||
			slices.ContainsFunc(all[i+1:], func(o blend) bool { return b.noBetter(o) && !o.noBetter(b) })
		if !beaten {
			good = append(good, b)
		}
	}
	return good
}

// noBetter says that o is at least as good as b in everything.
func (b blend) noBetter(o blend) bool {
	return o.moved <= b.moved && o.border <= b.border && o.worst <= b.worst && o.walkedM <= b.walkedM && o.touched <= b.touched
}

func (b *blend) choose(walks []*walk) {
	for _, w := range walks {
		best := -1
		for i := range w.plans {
			if best < 0 || b.compare(w.plans[i], w.plans[best]) < 0 {
				best = i
			}
		}
		b.picks = append(b.picks, best)
		t := w.plans[best]
		b.moved += t.moved
		b.border += t.border
		b.walkedM += t.walkedM
		b.touched += t.touched
		b.worst = max(b.worst, t.deviation)
	}
}

// compare orders plans: allowed ones first, then those within the deviation,
// then by worth.
func (b *blend) compare(x, y tried) int {
	over := func(t tried) float64 { return max(0, t.deviation-b.deviation) }
	worth := func(t tried) float64 {
		return t.moved + b.borderPerM*t.border + b.tally*(b.wants.WalkPerKm/1000*t.walkedM+b.wants.TouchedGrid*float64(t.touched))
	}
	return cmp.Or(cmp.Compare(x.violation, y.violation), cmp.Compare(over(x), over(y)), cmp.Compare(worth(x), worth(y)))
}

// candidate measures the mix as one plan.
func (b blend) candidate(p, q *Problem, goal Goal, jobs []*job, walks []*walk) Candidate {
	for i, w := range walks {
		pick := len(w.plans) - 1
		if b.picks != nil {
			pick = b.picks[i]
		}
		jobs[i].plan, jobs[i].violation = w.plans[pick].plan, w.plans[pick].violation
	}
	return Candidate{Result: assemble(p, q, goal, jobs), BorderPerM: b.borderPerM, wants: b.wants}
}
