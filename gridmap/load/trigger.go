package load

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cloudgrid/gridmap"
)

// TriggerKind is a reason to look at a division again (动态调整的触发条件).
type TriggerKind string

// The kinds of triggers.
const (
	Handover    TriggerKind = "handover"     // 新交付: a unit with load that was not there, or had none
	Demolition  TriggerKind = "demolition"   // 拆除: a unit with load that is gone, or has none left
	BorderMoved TriggerKind = "border_moved" // a community's ground changed
	BecameOver  TriggerKind = "became_over"
	BecameUnder TriggerKind = "became_under"
	BecameOK    TriggerKind = "became_ok" // was over or under before
)

// Trigger is one such reason.
type Trigger struct {
	Kind  TriggerKind
	Grid  gridmap.GridID // the leaf grid; the community for BorderMoved
	Atoms []gridmap.AtomID
	Load  float64 // that came or went; for a verdict, the grid's load now
	Share float64 // of the community's ground that changed hands, for BorderMoved
}

// State is what triggers are found from, at one moment.
type State struct {
	Atoms       map[gridmap.AtomID]AtomState
	Grids       map[gridmap.GridID]Measure
	Communities map[gridmap.GridID]float64 // ground in square metres

	AreaM2 func(gridmap.AtomID) float64 // of an atom's ground; nil where it is not known
}

// AtomState is an atom's place and load.
type AtomState struct {
	Grid, Community gridmap.GridID
	Load            float64
}

// borderShare is the share of a community's ground under which a change is a
// correction of the drawing and not a new border: a thousandth.
const borderShare = 0.001

// Triggers tells what happened between two states that calls for a new look,
// by grid, then kind. atLeast is the load that a handover or demolition must
// bring or take within one grid to be told of.
func Triggers(before, after State, atLeast float64) []Trigger {
	found := arrivals(Handover, before, after, atLeast)
	found = append(found, arrivals(Demolition, after, before, atLeast)...)
	found = append(found, borders(before, after)...)
	for id, m := range after.Grids {
		was, known := before.Grids[id]
		if !known || was.Status == m.Status {
			continue
		}
		switch {
		case m.Status == Over:
			found = append(found, Trigger{Kind: BecameOver, Grid: id, Load: m.Load})
		case m.Status == Under:
			found = append(found, Trigger{Kind: BecameUnder, Grid: id, Load: m.Load})
		case m.Status == OK && (was.Status == Over || was.Status == Under):
			found = append(found, Trigger{Kind: BecameOK, Grid: id, Load: m.Load})
		}
	}
	slices.SortFunc(found, func(a, b Trigger) int {
		return cmp.Or(cmp.Compare(a.Grid, b.Grid), cmp.Compare(a.Kind, b.Kind))
	})
	return found
}

// arrivals are the atoms with load in after that had none in before, by grid.
func arrivals(kind TriggerKind, before, after State, atLeast float64) []Trigger {
	byGrid := map[gridmap.GridID]*Trigger{}
	for id, a := range after.Atoms {
		if a.Load <= 0 || before.Atoms[id].Load > 0 {
			continue
		}
		t := byGrid[a.Grid]
		if t == nil {
			t = &Trigger{Kind: kind, Grid: a.Grid}
			byGrid[a.Grid] = t
		}
		t.Atoms = append(t.Atoms, id)
		t.Load += a.Load
	}
	var out []Trigger
	for _, t := range byGrid {
		if t.Load < atLeast {
			continue
		}
		slices.Sort(t.Atoms)
		out = append(out, *t)
	}
	return out
}

// borders are the communities that gained or lost ground.
func borders(before, after State) []Trigger {
	moved, atoms := map[gridmap.GridID]float64{}, map[gridmap.GridID][]gridmap.AtomID{}
	for id, a := range after.Atoms {
		b, known := before.Atoms[id]
		if !known || a.Community == b.Community {
			continue
		}
		for _, c := range []gridmap.GridID{a.Community, b.Community} {
			if after.AreaM2 != nil {
				moved[c] += after.AreaM2(id)
			}
			atoms[c] = append(atoms[c], id)
		}
	}
	for c, area := range after.Communities {
		if was, known := before.Communities[c]; known {
			moved[c] = max(moved[c], math.Abs(area-was))
		}
	}
	var out []Trigger
	for c, m2 := range moved {
		area := max(after.Communities[c], before.Communities[c])
		if c == 0 || area <= 0 || m2/area < borderShare {
			continue
		}
		slices.Sort(atoms[c])
		out = append(out, Trigger{Kind: BorderMoved, Grid: c, Atoms: atoms[c], Share: m2 / area})
	}
	return out
}

// Say returns the trigger in words for a planner; name is the grid's.
func (t Trigger) Say(name string) string {
	switch t.Kind {
	case Handover:
		return fmt.Sprintf("网格「%s」新增 %d 个单元，负荷 %.0f：可能有新小区交付 (new units)", name, len(t.Atoms), t.Load)
	case Demolition:
		return fmt.Sprintf("网格「%s」减少 %d 个单元，负荷 %.0f：可能已拆除 (units gone)", name, len(t.Atoms), t.Load)
	case BorderMoved:
		return fmt.Sprintf("「%s」的边界变动，涉及 %.1f %% 的面积 (the community's border moved)", name, 100*t.Share)
	case BecameOver:
		return fmt.Sprintf("网格「%s」已超载，负荷 %.0f (now overloaded)", name, t.Load)
	case BecameUnder:
		return fmt.Sprintf("网格「%s」已偏小，负荷 %.0f (now too small)", name, t.Load)
	case BecameOK:
		return fmt.Sprintf("网格「%s」恢复适中，负荷 %.0f (within its bounds again)", name, t.Load)
	}
	return string(t.Kind)
}
