package rebalance

import "math"

// Task is what the planner asks for.
type Task uint8

const (
	// Balance keeps the number of grids and brings each within Tolerance of
	// its community's mean load, moving the fewest households.
	Balance Task = iota
	// Relieve brings each grid between Min and Max; grids may open and close.
	Relieve
	// FirstPlan cuts communities that have no grids into Count grids each, or
	// into as many as Norm asks for; balanced within Tolerance, short borders.
	FirstPlan
	// Split cuts Grid into Count parts (2 when 0), balanced within Tolerance;
	// nothing else changes and the part with most households keeps the grid.
	Split
	// Dissolve hands all atoms of Grid to its neighbours, which must end
	// between Min and Max, or, with Max 0, within Tolerance of the new mean.
	Dissolve
	// MostBalanced makes the worst deviation from the mean as small as it
	// can, with the grids there are or, where there are none, with Count.
	MostBalanced
	// ShortestBorder makes the border between grids as short as it can with
	// each grid between Min and Max (within Tolerance when Max is 0); homes do
	// not count. With every LengthM 1 it minimises the number of cut edges.
	ShortestBorder
)

// Goal is a task with its figures. The zero value balances within 5 %.
type Goal struct {
	Task      Task
	Tolerance float64 // share of the mean load; 0 means DefaultTolerance
	Min, Max  int32   // bounds on a grid's load
	Norm      int32   // wanted load of a grid, for FirstPlan without Count
	Count     int     // grids per community or parts, see the tasks
	Grid      int32   // the grid of Split and Dissolve
}

// DefaultTolerance is the deviation from the mean that grid offices accept
// when they balance (5 %).
const DefaultTolerance = 0.05

func (g Goal) tolerance() float64 {
	if g.Tolerance > 0 {
		return g.Tolerance
	}
	return DefaultTolerance
}

func (g Goal) check(p *Problem) error {
	switch {
	case g.Task > ShortestBorder:
		return bad("unknown task %d", g.Task)
	case !finite(g.Tolerance) || g.Tolerance < 0 || g.Tolerance >= 1:
		return bad("tolerance %v is not a share below 1", g.Tolerance)
	case g.Min < 0 || g.Max < 0 || (g.Max > 0 && g.Min > g.Max):
		return bad("bounds %d..%d are no range", g.Min, g.Max)
	case g.Count < 0 || g.Count > len(p.Atoms):
		return bad("count %d is not between 0 and the number of atoms", g.Count)
	case g.Norm < 0:
		return bad("norm %d is negative", g.Norm)
	case g.Task == Relieve && g.Max == 0:
		return bad("relieve needs a maximum load")
	case g.Task == FirstPlan && g.Count == 0 && g.Norm == 0:
		return bad("a first plan needs a count or a norm")
	case g.Task == Split || g.Task == Dissolve:
		if g.Grid < 0 || int(g.Grid) >= len(p.Grids) {
			return bad("grid %d is not there", g.Grid)
		}
		if p.Grids[g.Grid].Locked || p.Grids[g.Grid].Dedicated {
			return bad("grid %d is locked", g.Grid)
		}
		for i, a := range p.Atoms {
			if a.Locked && p.Initial[i] == g.Grid {
				return bad("atom %d is locked in grid %d, which is to be split or dissolved", i, g.Grid)
			}
		}
	}
	return nil
}

// Weights say what one unit of each objective is worth in moved households.
// Zero weights are left out of the search, except that a zero BorderPerM
// stands for DefaultBorderPerM.
type Weights struct {
	BorderPerM float64 // households one is ready to move to save a metre of border
	Arterial   float32 // what a metre of border along an arterial road counts, 0 means 1
	Balance    float64 // per unit of load that a grid lies off the mean
	// WalkPerKm is per household-kilometre of walking to the middle of the
	// grid (see cluster.walk): 10 moves one household to bring ten households
	// 10 m nearer. 0 leaves walking out; at most MaxWalkPerKm.
	WalkPerKm float64
	// TouchedGrid is per grid that loses or gains an atom; 0 leaves it out, at
	// most MaxTouchedGrid. It says nothing where homes do not count.
	TouchedGrid float64
}

// The largest weights. Far below them already nothing else counts beside one
// of them; above, energies would lose their last digits.
const (
	MaxWalkPerKm   = 1000 // a household moved for each household-metre
	MaxTouchedGrid = 1e5
	MaxOtherWeight = 1e6 // of each of the others
)

// DefaultBorderPerM keeps borders within about 1.17 of what they were while
// hardly costing moved households: one household for 50 m.
const DefaultBorderPerM = 0.02

func (w Weights) borderPerM() float64 {
	if w.BorderPerM > 0 {
		return w.BorderPerM
	}
	return DefaultBorderPerM
}

func (w Weights) arterial() float32 {
	if w.Arterial > 0 {
		return w.Arterial
	}
	return 1
}

// tallied says that something counts which only a tally knows.
func (w Weights) tallied() bool { return w.WalkPerKm > 0 || w.TouchedGrid > 0 }

// check names the first weight that is no number from 0 to its maximum.
func (w Weights) check() error {
	for _, one := range []struct {
		name       string
		value, max float64
	}{
		{"border per metre", w.BorderPerM, MaxOtherWeight},
		{"arterial", float64(w.Arterial), MaxOtherWeight},
		{"balance", w.Balance, MaxOtherWeight},
		{"walk per km", w.WalkPerKm, MaxWalkPerKm},
		{"touched grid", w.TouchedGrid, MaxTouchedGrid},
	} {
		if !(one.value >= 0 && one.value <= one.max) {
			return bad("weight %s: %v is not a number from 0 to %v", one.name, one.value, one.max)
		}
	}
	return nil
}

// Effort scales how long the search looks: 1 is about a second of one core
// for a street of 5,000 atoms.
func proposalsPerUnit(total int, effort float64) float64 {
	per := 1150 * math.Pow(5500/math.Max(float64(total), 1), 0.45)
	return math.Min(per, 3000*math.Sqrt(math.Min(1, float64(total)/250))) * effort
}
