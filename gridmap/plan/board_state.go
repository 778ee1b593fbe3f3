package plan

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/load"
	"cloudgrid/spatial"
)

// lazy is what a board makes when first asked for.
type lazy struct {
	coloursOnce sync.Once
	colours     map[int32]uint8 // of grids whose colour is not the published one
	meansOnce   sync.Once
	means       map[int32]float64 // mean load of the judged leaf grids below a grid

	originalOnce sync.Once
	original     *Board
}

// GridState is one grid of a board, with what a planner looks at. Sums are over
// its ground and that of all grids below it.
type GridState struct {
	ID      gridmap.GridID
	Code    string
	Name    string
	Type    gridmap.GridType
	Attrs   map[string]string // read-only
	Level   int
	Parent  gridmap.GridID // 0 at the top
	Leaf    bool           // no grid is below it
	New     bool           // made by the plan
	Retired bool           // by the plan; its figures are then all zero
	Changed bool           // anything of it differs from the base
	Locked  bool
	Lock    string // by whom

	Atoms      int
	Counts     []int64 // in the order of Board.CountKeys; read-only
	Households int64

	load.Measure         // load, bounds, unit, ratio, status
	Deviation    float64 // of the load from the mean of the leaf grids beside it, as a share of the mean
	People       int     // full-time staff who hold posts there
	Capacity     int     // staff that it is planned for; 0 where that is not said

	AreaM2      float64
	PerimeterM  float64
	Compactness float64     // 4π·area / perimeter²: 1 for a circle (Polsby and Popper, The Third Criterion, 1991); 0 without ground
	Box         spatial.Box // empty without ground
	Label       spatial.Point
	Colour      uint8 // 0 … 5; leaf grids that share a border differ
}

// Grids returns every grid, from top to bottom, those that the plan made or
// retired included; of a level first those of the base, by id.
func (b *Board) Grids() []GridState {
	out := make([]GridState, b.grids.len())
	for i := range out {
		out[i] = b.state(int32(i))
	}
	slices.SortFunc(out, func(x, y GridState) int { return cmp.Or(cmp.Compare(x.Level, y.Level), compareIDs(x.ID, y.ID)) })
	return out
}

// compareIDs puts the grids of the base first, ascending, then those that the
// plan made, in the order made.
func compareIDs(x, y gridmap.GridID) int {
	return cmp.Or(cmp.Compare(btoi(x < 0), btoi(y < 0)), cmp.Compare(abs(x), abs(y)))
}

// Grid returns one grid; false where there is none.
func (b *Board) Grid(id gridmap.GridID) (GridState, bool) {
	i := b.gridIndex(id)
	if i == none {
		return GridState{}, false
	}
	return b.state(i), true
}

func (b *Board) state(i int32) GridState {
	g := b.grids.at(i)
	s := GridState{
		ID: g.id, Code: g.code, Name: g.name, Type: g.typ, Attrs: g.attrs, Level: g.level,
		Leaf: len(g.children) == 0, New: g.fresh, Retired: g.retired, Changed: b.changed(i),
		Locked: g.lock.closed(), Lock: g.lock.by,
		Atoms: g.atoms, Counts: g.counts, Households: b.householdsOf(&g.sums),
		Measure: b.measure(i), Deviation: b.deviation(i), People: g.staff, Capacity: g.capacity(),
		AreaM2: float64(g.areaCM2) / 1e4, PerimeterM: float64(g.perimeterMM) / 1e3,
		Box: b.boxOf(i), Label: b.labelOf(i), Colour: b.colour(i),
	}
	if g.parent != none {
		s.Parent = b.grids.at(g.parent).id
	}
	if s.PerimeterM > 0 {
		s.Compactness = 4 * math.Pi * s.AreaM2 / (s.PerimeterM * s.PerimeterM)
	}
	return s
}

// measure judges a grid by its sizing profile. The staff are those it is
// planned for or, where that is not said, those who are there.
func (b *Board) measure(i int32) load.Measure {
	g := b.grids.at(i)
	g.lazy.measureOnce.Do(func() {
		staff := g.staff
		if c := g.capacity(); c > 0 {
			staff = c
		}
		g.lazy.measure = b.base.sizing.Judge(load.Grid{
			Network: b.base.net.Network.ID, Level: g.level, Type: g.typ, Staff: staff, Count: b.counter(g.counts),
		}, "")
	})
	return g.lazy.measure
}

// counter looks counts up by their key.
func (b *Board) counter(counts []int64) func(string) int64 {
	return func(key string) int64 {
		if k, ok := slices.BinarySearch(b.base.keys, key); ok {
			return counts[k]
		}
		return 0
	}
}

// changed tells whether a grid differs from the base.
func (b *Board) changed(i int32) bool {
	g := b.grids.at(i)
	was := g.base
	if g == was {
		return false
	}
	return was == nil || g.retired || b.regrouped(i) || b.renamed(i) ||
		g.areaCM2 != was.areaCM2 || g.perimeterMM != was.perimeterMM || !slices.Equal(g.counts, was.counts) ||
		slices.ContainsFunc(g.faces, func(f int32) bool { return b.reshaped[f] })
}

// renamed tells whether what a grid is called and is differs from the base.
func (b *Board) renamed(i int32) bool {
	g := b.grids.at(i)
	was := g.base
	return was == nil || g.code != was.code || g.name != was.name || g.typ != was.typ || !maps.Equal(g.attrs, was.attrs)
}

// regrouped tells whether a grid's own atoms are others than in the base.
func (b *Board) regrouped(i int32) bool {
	g := b.grids.at(i)
	return g.base == nil || !slices.Equal(g.faces, g.base.faces)
}

// deviation of a leaf grid's load from the mean of those below the same grid.
func (b *Board) deviation(i int32) float64 {
	g := b.grids.at(i)
	if len(g.children) > 0 || g.retired || g.parent == none || g.typ == gridmap.Dedicated {
		return 0
	}
	b.lazy.meansOnce.Do(b.findMeans)
	if mean := b.lazy.means[g.parent]; mean > 0 {
		return b.measure(i).Load/mean - 1
	}
	return 0
}

// findMeans finds the mean load of the leaf grids below each grid; dedicated
// grids are another kind of work and do not count.
func (b *Board) findMeans() {
	sum, n := map[int32]float64{}, map[int32]int{}
	for i := range b.grids.len() {
		if g := b.grids.at(i); len(g.children) == 0 && !g.retired && g.parent != none && g.typ != gridmap.Dedicated {
			sum[g.parent] += b.measure(i).Load
			n[g.parent]++
		}
	}
	for p := range sum {
		sum[p] /= float64(n[p])
	}
	b.lazy.means = sum
}

// AtomTable is the atoms of a board by column, all in the order of its ground.
type AtomTable struct {
	ID         []gridmap.AtomID
	Owner      []gridmap.GridID // 0 is none
	Base       []gridmap.GridID // the owner in the base; of a piece, that of the atom it was cut from
	Code       []string
	Name       []string
	Kind       []string
	Households []int64
	Load       []float64 // by the sizing profile of the grid it belongs to
	Point      []spatial.Point
	Pinned     []bool
}

// Atoms returns the atoms of the board.
func (b *Board) Atoms() AtomTable {
	faces := make([]int32, b.owner.len())
	for f := range faces {
		faces[f] = int32(f)
	}
	return b.table(faces)
}

// AtomsBy returns the atoms named, without those that are not there.
func (b *Board) AtomsBy(ids ...gridmap.AtomID) AtomTable {
	faces := make([]int32, 0, len(ids))
	for _, id := range ids {
		if f, ok := b.face(id); ok {
			faces = append(faces, f)
		}
	}
	return b.table(faces)
}

func (b *Board) table(faces []int32) AtomTable {
	n := len(faces)
	t := AtomTable{
		ID: make([]gridmap.AtomID, n), Owner: make([]gridmap.GridID, n), Base: make([]gridmap.GridID, n),
		Code: make([]string, n), Name: make([]string, n), Kind: make([]string, n),
		Households: make([]int64, n), Load: make([]float64, n), Point: make([]spatial.Point, n), Pinned: make([]bool, n),
	}
	for i, f := range faces {
		a := b.atom(f)
		t.ID[i], t.Code[i], t.Name[i], t.Kind[i], t.Households[i] = a.id, a.code, a.name, a.kind, b.households(f)
		level, typ := len(b.base.net.Levels)-1, gridmap.General
		if g := b.owner.at(f); g != none {
			t.Owner[i], level, typ = b.grids.at(g).id, b.grids.at(g).level, b.grids.at(g).typ
		}
		if g := b.base.owner[a.of]; g != none {
			t.Base[i] = b.base.grids[g].id
		}
		p, _ := b.base.sizing.Profile(b.base.net.Network.ID, level, typ)
		t.Load[i] = load.Of(p, b.counter(a.counts))
		t.Point[i] = b.point(f)
		_, t.Pinned[i] = b.pins[f]
	}
	return t
}

// Counted calls fn with a point inside of every atom and what it counts by a
// key of CountKeys; 0 by others.
func (b *Board) Counted(key string, fn func(at spatial.Point, n int64)) {
	for f := range b.owner.len() {
		fn(b.point(f), b.counter(b.atom(f).counts)(key))
	}
}
