package plan

import (
	"encoding/json"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Effects is what an operation did to a board.
type Effects struct {
	Footprint Footprint
	Grids     []gridmap.GridID // changed or made, of all levels; ascending, as all lists here
	Removed   []gridmap.GridID // retired
	Atoms     []gridmap.AtomID // that changed owner, count or pin
	NewAtoms  []gridmap.AtomID
	Ground    []gridmap.AtomID // that changed shape, NewAtoms included
	Box       spatial.Box      // around the ground of all atoms concerned, before and after; may be empty
	// Body is what is to be logged: the operation with everything filled in
	// that was left to the board, so that it means the same at any later time.
	Body json.RawMessage
}
