// Package load reckons how much work a grid is and whether it is too much
// (负荷、超载): the sum of its atoms' counts by the weights of a sizing profile,
// against the profile's bounds, the staff, and the mean of its community.
package load

import (
	"math"

	"cloudgrid/gridmap"
)

// Defaults of gridmap.SizingThresholds. A grid is over when it passes its
// maximum and under when it falls short of its minimum; a fifth off the mean is
// what grid offices begin to complain of; a twentieth of hysteresis keeps a
// grid at its bound from changing its mark with every birth and death.
const (
	DefaultOver       = 1.0
	DefaultUnder      = 1.0
	DefaultDeviation  = 0.20
	DefaultHysteresis = 0.05
)

// Households is the count that is summed where no profile names another.
const Households = "households"

// Rules judges the grids of one tenant. The zero value knows no profile.
type Rules struct {
	profiles   []gridmap.SizingProfile
	thresholds gridmap.SizingThresholds
}

// NewRules takes the profiles and thresholds as the tenant set them.
func NewRules(profiles []gridmap.SizingProfile, t gridmap.SizingThresholds) Rules {
	return Rules{profiles: profiles, thresholds: withDefaults(t)}
}

func withDefaults(t gridmap.SizingThresholds) gridmap.SizingThresholds {
	for _, d := range []struct {
		value *float64
		usual float64
	}{{&t.Over, DefaultOver}, {&t.Under, DefaultUnder}, {&t.Deviation, DefaultDeviation}, {&t.Hysteresis, DefaultHysteresis}} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	return t
}

// Thresholds are those in force, defaults filled in.
func (r Rules) Thresholds() gridmap.SizingThresholds { return withDefaults(r.thresholds) }

// Profile returns the profile for a grid: that of its own type, else that for
// general grids of its level.
func (r Rules) Profile(n gridmap.NetworkID, level int, t gridmap.GridType) (gridmap.SizingProfile, bool) {
	if t == "" {
		t = gridmap.General
	}
	var general gridmap.SizingProfile
	found := false
	for _, p := range r.profiles {
		if p.Network != n || p.Level != level {
			continue
		}
		switch {
		case p.Type == t:
			return p, true
		case p.Type == "" || p.Type == gridmap.General:
			general, found = p, true
		}
	}
	return general, found
}

// Weights are the counts that make up the load by a profile: its weights, else
// its unit, else households.
func Weights(p gridmap.SizingProfile) map[string]float64 {
	switch {
	case len(p.Weights) > 0:
		return p.Weights
	case p.Unit != "":
		return map[string]float64{p.Unit: 1}
	}
	return map[string]float64{Households: 1}
}

// Of returns the load of what has these counts.
func Of(p gridmap.SizingProfile, count func(key string) int64) float64 {
	sum := 0.0
	for key, w := range Weights(p) {
		sum += w * float64(count(key))
	}
	return math.Round(sum*1e6) / 1e6 // the order of a map must not show
}

// Status is the verdict on a grid.
type Status string

// The verdicts.
const (
	Unjudged Status = "none"  // no profile says what it should be
	Empty    Status = "empty" // nothing to do there
	Under    Status = "under" // 偏小
	OK       Status = "ok"    // 适中
	Over     Status = "over"  // 超载
)

// Grid is what is to be judged.
type Grid struct {
	Network gridmap.NetworkID
	Level   int
	Type    gridmap.GridType
	Staff   int // full-time staff, for profiles per staff member
	Count   func(key string) int64
}

// Measure is a judged grid. Loads and bounds are in Unit; with Weights they are
// in points.
type Measure struct {
	Load             float64
	Min, Target, Max float64 // of the whole grid; 0 is none
	Unit             string
	PerStaff         bool
	Staff            int     // that the bounds were multiplied by, when PerStaff
	Ratio            float64 // load by target; by the middle of the bounds where no target is set; 0 without either
	Status           Status
}

// Judge measures one grid. before is its last verdict, "" when there is none:
// a grid that was over stays so until it is below the bound by the hysteresis.
func (r Rules) Judge(g Grid, before Status) Measure {
	p, known := r.Profile(g.Network, g.Level, g.Type)
	m := Measure{Load: Of(p, g.Count), Unit: unitOf(p), Status: Unjudged}
	if !known {
		if m.Load == 0 {
			m.Status = Empty
		}
		return m
	}
	times := 1.0
	if p.PerStaff {
		m.PerStaff, m.Staff = true, max(g.Staff, 1) // a vacant grid is judged as if one person had it
		times = float64(m.Staff)
	}
	m.Min, m.Target, m.Max = p.Min*times, p.Target*times, p.Max*times
	if m.Target == 0 && m.Max > 0 {
		m.Target = (m.Min + m.Max) / 2
	}
	if m.Target > 0 {
		m.Ratio = m.Load / m.Target
	}
	m.Status = r.verdict(m, before)
	return m
}

func unitOf(p gridmap.SizingProfile) string {
	switch {
	case len(p.Weights) > 0:
		return "points"
	case p.Unit != "":
		return p.Unit
	}
	return Households
}

func (r Rules) verdict(m Measure, before Status) Status {
	t := withDefaults(r.thresholds)
	over, under := m.Max*t.Over, m.Min*t.Under
	if before == Over {
		over *= 1 - t.Hysteresis
	}
	if before == Under {
		under *= 1 + t.Hysteresis
	}
	switch {
	case m.Load == 0:
		return Empty
	case m.Max > 0 && m.Load > over:
		return Over
	case m.Load < under:
		return Under
	}
	return OK
}

// Deviations returns how far each load is off the mean of its group, as a share
// of the mean: 0.2 is a fifth above. Groups are communities; a group whose mean
// is 0 deviates by nothing.
func Deviations(loads []float64, group []int32) (deviation []float64, mean map[int32]float64) {
	sum, n := map[int32]float64{}, map[int32]int{}
	for i, g := range group {
		sum[g] += loads[i]
		n[g]++
	}
	mean = make(map[int32]float64, len(sum))
	for g, s := range sum {
		mean[g] = s / float64(n[g])
	}
	deviation = make([]float64, len(loads))
	for i, g := range group {
		if m := mean[g]; m > 0 {
			deviation[i] = loads[i]/m - 1
		}
	}
	return deviation, mean
}

// Uneven tells whether a deviation is worth a planner's look.
func (r Rules) Uneven(deviation float64) bool {
	return math.Abs(deviation) > withDefaults(r.thresholds).Deviation
}
