package plan

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// Published says what a board became in the store.
type Published struct {
	Grids   map[gridmap.GridID]gridmap.GridID // the ids that new grids got
	Atoms   map[gridmap.AtomID]gridmap.AtomID
	Lineage []Descent        // with the ids of the store
	Changed []gridmap.GridID // that got a new version, new ones included
	Ended   []gridmap.GridID
}

// Write writes what the draft changes, valid from a time.
func (b *Board) Write(_ context.Context, _ gridmap.Writer, _ time.Time) (Published, error) {
	return Published{}, gridmap.Errorf(gridmap.Internal, "尚不能发布 (not written yet)")
}
