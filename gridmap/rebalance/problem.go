// Package rebalance proposes balanced grids with the fewest households
// changing hands: it redraws which atom belongs to which grid, keeping every
// grid in one piece and inside its community. It is pure: no file, no clock,
// no global; the same problem, goal and seed give the same plan on any number
// of threads and under any load of the machine.
package rebalance

import (
	"errors"
	"fmt"
	"math"
)

// Unassigned marks an atom that no grid holds yet.
const Unassigned = int32(-1)

// Atom is the smallest thing a plan moves: a building, a compound, a plot.
type Atom struct {
	XM, YM     float64 // a point inside it, metres in any planar frame
	Community  int32   // index from 0; grids never cross communities
	Households int32   // what "moved" counts, >= 0
	Load       int32   // what grids are balanced by, >= 0; zero is fine
	Pin        int32   // atoms of the same Pin > 0 stay in one grid (a gated compound)
	Locked     bool    // stays in its initial grid
}

// Edge is a stretch of border that two atoms share.
type Edge struct {
	A, B     int32   // atom indexes
	LengthM  float32 // metres of shared border, >= 0
	Arterial bool    // runs along an arterial road: a good place for a border
	Barrier  bool    // trunk road, rail, water: the atoms touch on the map, not on foot
}

// Grid is a grid of the plan being changed.
type Grid struct {
	Community int32
	Locked    bool // frozen by the planner: loses and gains nothing, yet is judged like the others
	Dedicated bool // school, park, factory: untouched, and not part of the mean or of the judgement
}

// Problem is one planning question over one or many communities.
type Problem struct {
	Atoms   []Atom
	Edges   []Edge
	Grids   []Grid
	Initial []int32 // per atom a grid index, or Unassigned
}

// ErrProblem is wrapped by every complaint about the problem or the goal.
var ErrProblem = errors.New("rebalance: bad problem")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrProblem}, args...)...)
}

// Check returns the first thing that makes p unusable, naming the atom, edge
// or grid by its index; nil when p can be solved.
func (p *Problem) Check() error {
	n, k := len(p.Atoms), len(p.Grids)
	if n == 0 {
		return bad("no atoms")
	}
	if len(p.Initial) != n {
		return bad("%d atoms but %d initial grids", n, len(p.Initial))
	}
	var households, load int64
	for i, a := range p.Atoms {
		switch {
		case a.Community < 0 || int(a.Community) >= n+k:
			return bad("atom %d: community %d out of range", i, a.Community)
		case a.Households < 0 || a.Load < 0:
			return bad("atom %d: negative households or load", i)
		case a.Pin < 0:
			return bad("atom %d: negative pin", i)
		case !(math.Abs(a.XM) <= 1e9 && math.Abs(a.YM) <= 1e9):
			return bad("atom %d: position %v, %v is not a place in metres", i, a.XM, a.YM)
		}
		households += int64(a.Households)
		load += int64(a.Load)
	}
	if households > math.MaxInt32/4 || load > math.MaxInt32/4 {
		return bad("more than %d households or units of load in all", math.MaxInt32/4)
	}
	for i, g := range p.Grids {
		if g.Community < 0 || int(g.Community) >= n+k {
			return bad("grid %d: community %d out of range", i, g.Community)
		}
	}
	return p.checkLinks()
}

func (p *Problem) checkLinks() error {
	n, k := len(p.Atoms), len(p.Grids)
	for i, e := range p.Edges {
		switch {
		case e.A < 0 || int(e.A) >= n || e.B < 0 || int(e.B) >= n:
			return bad("edge %d: names an atom that is not there", i)
		case e.A == e.B:
			return bad("edge %d: joins atom %d to itself", i, e.A)
		case !(e.LengthM >= 0) || float64(e.LengthM) > 1e9:
			return bad("edge %d: border length %v is not a length in metres", i, e.LengthM)
		}
	}
	for i, g := range p.Initial {
		if g < Unassigned || int(g) >= k {
			return bad("atom %d: initial grid %d is not there", i, g)
		}
		if g >= 0 && p.Grids[g].Community != p.Atoms[i].Community {
			return bad("atom %d: its grid %d lies in another community", i, g)
		}
		if g < 0 && p.Atoms[i].Locked {
			return bad("atom %d: locked but in no grid", i)
		}
	}
	return p.checkPins()
}

// checkPins wants the atoms of a pin to touch, to lie in one community, and
// not to be held by two locks at once.
func (p *Problem) checkPins() error {
	units := p.atomUnits()
	first := map[int32]int32{}
	held := map[int32]int32{} // the grid that a pin is locked in
	for i, a := range p.Atoms {
		if a.Pin == 0 {
			continue
		}
		i := int32(i)
		f, ok := first[a.Pin]
		if !ok {
			first[a.Pin], f = i, i
		}
		switch {
		case p.Atoms[f].Community != a.Community:
			return bad("atoms %d and %d: pinned together across communities", f, i)
		case units.Find(f) != units.Find(i):
			return bad("atoms %d and %d: pinned together but they do not touch", f, i)
		case p.inFixedGrid(f) != p.inFixedGrid(i):
			return bad("atoms %d and %d: pinned together, one in a locked grid, one not", f, i)
		}
		if a.Locked {
			if g, ok := held[a.Pin]; ok && g != p.Initial[i] {
				return bad("atom %d: pinned to atoms that are locked in grid %d", i, g)
			}
			held[a.Pin] = p.Initial[i]
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
