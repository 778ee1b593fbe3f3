package plan

import "cloudgrid/gridmap"

// Rules are what a plan is judged by beyond the map itself. Zero values leave
// out what they stand for.
type Rules struct {
	// Taken tells whose a code of the network is or ever was; 0 for nobody's.
	// Without it only the codes of grids that are there now are known, and the
	// store refuses an older one on publishing.
	Taken func(code string) gridmap.GridID

	// Barrier tells whether the border between two neighbouring atoms cannot
	// be crossed on foot: contact across it holds no grid together.
	Barrier func(a, b gridmap.AtomID) bool
}
