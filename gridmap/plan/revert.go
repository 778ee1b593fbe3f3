package plan

import (
	"context"

	"cloudgrid/gridmap"
)

// Revert begins a plan whose operations bring the grids of an edition back.
func (d *Desk) Revert(_ context.Context, _ string, _ gridmap.NetworkID, edition int64, _ string) (gridmap.Plan, error) {
	return gridmap.Plan{}, gridmap.Errorf(gridmap.Invalid, "尚不能恢复第 %d 版 (not there yet)", edition)
}
