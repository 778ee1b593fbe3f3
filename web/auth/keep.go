package auth

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
)

// everyNetwork is a network that nobody's grant names: only a right over
// everything reaches it.
const everyNetwork gridmap.NetworkID = -1

// MayKeep tells whether somebody may keep records about a grid, of whatever
// network; about everything for grid 0. Where nobody signs in it is for the
// handler to refuse strangers.
func (g *Gate) MayKeep(a who.Actor, grid gridmap.GridID) error {
	if !g.On() {
		return nil
	}
	p := Policy{Maps: g.Maps}
	if grid == 0 {
		return p.May(a, rights.Keep, everyNetwork)
	}
	for _, n := range g.Maps.Current().Nets() {
		if n.Index(grid) != atlas.None {
			return p.May(a, rights.Keep, n.Network.ID, grid)
		}
	}
	return p.May(a, rights.Keep, everyNetwork)
}
