package plan

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
)

// Rules are what a plan is judged by beyond the map itself. Zero values leave
// out what they stand for.
type Rules struct {
	// Taken tells whose a code of the network is or ever was; 0 for nobody's.
	// Without it only the codes of grids that are there now are known, and the
	// store refuses an older one on publishing.
	Taken func(code string) gridmap.GridID

	// Code complains about the code of a new grid, or returns "". parent is the
	// code of the grid above. Without it codes are compared with those of their
	// level.
	Code func(level int, parent, code string) string

	// Barrier tells whether the border between two neighbouring atoms cannot
	// be crossed on foot: contact across it holds no grid together.
	Barrier func(a, b gridmap.AtomID) bool

	// Marks tells what kinds of line atoms of the base share, for proposals.
	Marks func() []district.Mark
}
