package auth

import (
	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
)

// everyNetwork is a network that nobody's grant names: only a right over
// everything reaches it.
const everyNetwork gridmap.NetworkID = -1

// MayDo tells whether somebody may do something about a grid, of whatever
// network; about everything for grid 0. Where nobody signs in it is for the
// handler to refuse strangers.
func (g *Gate) MayDo(a who.Actor, action rights.Action, grid gridmap.GridID) error {
	if !g.On() {
		return nil
	}
	p := Policy{Maps: g.Maps}
	if grid == 0 {
		return p.May(a, action, everyNetwork)
	}
	return p.mayGrid(a, action, grid)
}
