package plan

import (
	"strconv"
	"sync"
	"sync/atomic"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/load"
	"cloudgrid/spatial"
)

// sums are totals over the ground of a grid and of all below it. They are
// whole numbers: what is added and taken away again leaves no trace, and the
// order does not matter.
type sums struct {
	atoms       int
	counts      []int64
	areaCM2     int64
	perimeterMM int64
}

func (s *sums) add(o *sums) {
	s.atoms += o.atoms
	s.areaCM2 += o.areaCM2
	for k, c := range o.counts {
		s.counts[k] += c
	}
}

// lock says who locked or pinned something, with which operation; the zero
// lock is open.
type lock struct {
	by  string
	rev int64
}

func (l lock) closed() bool { return l.rev != 0 }

// grid is one grid of a board. It is immutable once its board is made, and
// shared by all boards in which nothing of it differs.
type grid struct {
	id             gridmap.GridID
	level          int
	parent         int32
	code, name     string
	typ            gridmap.GridType
	attrs          map[string]string // read-only
	children       []int32           // living ones, ascending; read-only
	faces          []int32           // of its own, ascending; read-only
	staff          int
	lock           lock
	retired, fresh bool
	sums
	base *grid // as it was before the plan; nil for a new one
	lazy *gridLazy
}

// gridLazy is made when first asked for.
type gridLazy struct {
	drawOnce    sync.Once
	box         spatial.Box
	label       spatial.Point
	measureOnce sync.Once
	measure     load.Measure
	parts       atomic.Pointer[gridParts]
}

// capacityAttr is the attribute that holds how many staff a grid is planned
// for.
const capacityAttr = "capacity"

// capacity is the number of staff planned; 0 when that is not said.
func (g *grid) capacity() int {
	n, err := strconv.Atoi(g.attrs[capacityAttr])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// households of the grid; 0 when nobody counted any.
func (b *Board) householdsOf(s *sums) int64 {
	if b.base.households < 0 {
		return 0
	}
	return s.counts[b.base.households]
}

// households of an atom.
func (b *Board) households(f int32) int64 {
	if b.base.households < 0 {
		return 0
	}
	return b.atom(f).counts[b.base.households]
}

// title names a grid for a planner.
func (g *grid) title() string {
	if g.name == "" || g.name == g.code {
		return g.code
	}
	return g.code + "「" + g.name + "」"
}

// title names an atom for a planner.
func (a *atom) title() string {
	if a.name == "" || a.name == a.code {
		return a.code
	}
	return a.code + "「" + a.name + "」"
}
