package plan

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/load"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// base is what all boards of a plan share: the state that they started from.
type base struct {
	atlas  *atlas.Atlas
	net    *atlas.Net
	scope  map[gridmap.GridID]bool
	rules  Rules
	sizing load.Rules

	keys       []string
	households int // index in keys, or -1
	topo       *topology.Topology
	atoms      []atom   // by face
	faceOf     []idFace // ascending
	owner      []int32
	grids      []*grid
	staffed    bool // somebody holds a post in the network
	*baseLazy
}

// baseLazy is made when first asked for.
type baseLazy struct {
	pointsOnce sync.Once
	points     []spatial.Point // by face: a point inside
	codesOnce  sync.Once
	codes      map[string]bool // of atoms
	othersOnce sync.Once
	others     map[gridmap.AtomID]string // atoms that are in other grounds as well: of which network

	inspectOnce sync.Once
	problems    []topology.Problem
}

// atom is what a face is. Immutable.
type atom struct {
	id      gridmap.AtomID
	code    string
	name    string
	kind    string
	counts  []int64 // in the order of base.keys; read-only
	areaCM2 int64   // a whole number, so that sums do not depend on their order
	box     spatial.Box
	of      int32 // face of the base that it is a piece of; itself unless it was split
}

func newBase(a *atlas.Atlas, net *atlas.Net, scope []gridmap.GridID) (*base, error) {
	if a == nil || net == nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "没有可供编制方案的网 (no network to plan)")
	}
	topo, atoms, owner := net.Ground()
	bs := &base{atlas: a, net: net, keys: a.CountKeys(), topo: topo, owner: owner, scope: map[gridmap.GridID]bool{}, baseLazy: &baseLazy{}}
	bs.sizing = load.NewRules(a.Profiles(), a.Settings().Sizing)
	bs.households = slices.Index(bs.keys, "households")
	for _, id := range scope {
		if err := inScope(a, net, id); err != nil {
			return nil, err
		}
		bs.scope[id] = true
	}
	bs.atoms = make([]atom, len(atoms))
	bs.faceOf = make([]idFace, len(atoms))
	each(len(atoms), func(f int) {
		at := a.Atom(atoms[f])
		shape := topo.FacePolygon(topology.FaceID(f))
		bs.atoms[f] = atom{
			id: at.ID, code: at.Code, name: at.Name, kind: at.Kind, counts: a.AtomCounts(atoms[f]),
			areaCM2: areaCM2(shape), box: shape.Box(), of: int32(f),
		}
		bs.faceOf[f] = idFace{at.ID, int32(f)}
	})
	slices.SortFunc(bs.faceOf, func(x, y idFace) int { return cmp.Compare(x.id, y.id) })
	bs.plant()
	return bs, nil
}

// plant makes the grids with their sums.
func (bs *base) plant() {
	n := len(bs.net.Grids)
	bs.grids = make([]*grid, n)
	for i := range n {
		g := &bs.net.Grids[i]
		bs.staffed = bs.staffed || len(g.Posts) > 0
		bs.grids[i] = &grid{
			id: g.ID, level: g.Level, parent: g.Parent, code: g.Code, name: g.Name, typ: g.Type, attrs: g.Attrs,
			children: g.Children, staff: load.FullTime(bs.atlas, g.Posts), sums: sums{counts: make([]int64, len(bs.keys))}, lazy: &gridLazy{},
		}
	}
	for f, i := range bs.owner {
		g := bs.grids[i]
		g.faces = append(g.faces, int32(f))
		g.atoms++
		g.areaCM2 += bs.atoms[f].areaCM2
		for k, c := range bs.atoms[f].counts {
			g.counts[k] += c
		}
	}
	for i := n - 1; i >= 0; i-- { // children come after parents
		if p := bs.grids[i].parent; p != none {
			bs.grids[p].add(&bs.grids[i].sums)
		}
	}
	bs.perimeters()
	for _, g := range bs.grids {
		g.base = g
	}
}

// perimeters adds each arc to the grids that it bounds.
func (bs *base) perimeters() {
	length := make([]int64, bs.topo.NumArcs())
	each(len(length), func(i int) { length[i] = lengthMM(bs.topo.Arc(topology.ArcID(i)).Points) })
	var left, right []int32
	for i, mm := range length {
		arc := bs.topo.Arc(topology.ArcID(i))
		left, right = bs.chainOf(left[:0], arc.Left), bs.chainOf(right[:0], arc.Right)
		for len(left) > 0 && len(right) > 0 && left[len(left)-1] == right[len(right)-1] { // the same from here up
			left, right = left[:len(left)-1], right[:len(right)-1]
		}
		for _, g := range left {
			bs.grids[g].perimeterMM += mm
		}
		for _, g := range right {
			bs.grids[g].perimeterMM += mm
		}
	}
}

// chainOf lists the grids of a face, bottom up.
func (bs *base) chainOf(dst []int32, f topology.FaceID) []int32 {
	if f < 0 {
		return dst
	}
	for g := bs.owner[f]; g != none; g = bs.grids[g].parent {
		dst = append(dst, g)
	}
	return dst
}

// each runs fn for 0 … n-1 on all processors.
func each(n int, fn func(i int)) {
	const step = 512
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+n/step) {
		wg.Go(func() {
			for {
				to := int(next.Add(step))
				for i := to - step; i < min(to, n); i++ {
					fn(i)
				}
				if to >= n {
					return
				}
			}
		})
	}
	wg.Wait()
}

// areaCM2 is the ellipsoidal area in whole square centimetres.
func areaCM2(m spatial.MultiPolygon) int64 { return int64(math.Round(measure.AreaM2(m) * 1e4)) }

// lengthMM is the length of a line in whole millimetres.
func lengthMM(points []spatial.Point) int64 {
	var m float64
	for i := 1; i < len(points); i++ {
		m += measure.NearM(points[i-1], points[i])
	}
	return int64(math.Round(m * 1e3))
}
