package district

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

// Move is an atom that changes hands.
type Move struct {
	Atom gridmap.AtomID
	Face int32
	From int32 // grid of the map; None where no grid held it
	To   int32 // grid of the map; None when New says which
	New  int   // 1 for the first new grid of the plan, and so on; 0 when To says
}

// Moves lists what a plan changes, by face.
func (x *Area) Moves(plan []int32) []Move {
	var moves []Move
	for i, g := range plan {
		was := x.Problem.Initial[i]
		if g == was || g < 0 {
			continue
		}
		m := Move{Atom: x.m.Atoms[x.Faces[i]].ID, Face: x.Faces[i], From: None}
		m.To, m.New = x.MapGrid(g)
		if was >= 0 {
			m.From = x.Grids[was]
		}
		moves = append(moves, m)
	}
	return moves
}

// MapGrid says which grid of the map a plan means by g, or which of its new
// grids, counted from 1.
func (x *Area) MapGrid(g int32) (grid int32, fresh int) {
	switch {
	case g < 0:
		return None, 0
	case int(g) < len(x.Grids):
		return x.Grids[g], 0
	}
	return None, int(g) - len(x.Grids) + 1
}

// GridIndex finds the grid of the problem that a grid of the map is.
func (x *Area) GridIndex(grid int32) (int32, error) {
	for i, g := range x.Grids {
		if g == grid {
			return int32(i), nil
		}
	}
	if grid < 0 || int(grid) >= len(x.m.Grids) {
		return None, gridmap.Errorf(gridmap.NotFound, "没有这个网格 (no such grid)")
	}
	g := x.m.Grids[grid]
	return None, gridmap.Errorf(gridmap.Invalid, "%s「%s」不是所选范围内的末级网格 (not one of the lowest grids in the chosen part)", g.Code, g.Name)
}

// ParentOf is the grid of the map below which a new grid of a plan belongs.
func (x *Area) ParentOf(fresh rebalance.Grid) int32 { return x.Communities[fresh.Community] }

// CommunityName implements rebalance.Namer.
func (x *Area) CommunityName(c int32) string {
	if c < 0 || int(c) >= len(x.Communities) || x.Communities[c] == None {
		return "全域"
	}
	g := x.m.Grids[x.Communities[c]]
	return fmt.Sprintf("%s（%s）", g.Name, g.Code)
}

// GridName implements rebalance.Namer; new grids are called by their number.
func (x *Area) GridName(g int32) string {
	grid, fresh := x.MapGrid(g)
	switch {
	case fresh > 0:
		return fmt.Sprintf("新%d", fresh)
	case grid == None:
		return "（无）"
	}
	return fmt.Sprintf("%s（%s）", x.m.Grids[grid].Name, x.m.Grids[grid].Code)
}

// AtomName implements rebalance.Namer.
func (x *Area) AtomName(i int32) string {
	if i < 0 || int(i) >= len(x.Faces) {
		return fmt.Sprintf("#%d", i)
	}
	a := x.m.Atoms[x.Faces[i]]
	if a.Name == "" {
		return a.Code
	}
	return fmt.Sprintf("%s（%s）", a.Name, a.Code)
}
