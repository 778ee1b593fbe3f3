package atlas

import (
	"slices"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// ground is the coverage of a set of atoms. Networks that divide the same atoms
// share it; networks with atoms of their own, such as shop grids over
// residential ones, have their own, since the two would overlap.
type ground struct {
	atoms    []int32 // by face: index of the atom
	topo     *topology.Topology
	index    *locate.Index
	problems []topology.Problem // with the shapes as they were drawn

	once     sync.Once
	geometry *tiles.Geometry
}

// drawn is the ground prepared for cutting tiles; it is made when first asked
// for.
func (g *ground) drawn() *tiles.Geometry {
	g.once.Do(func() { g.geometry = tiles.NewGeometry(g.topo) })
	return g.geometry
}

// faceOf finds the face of an atom.
func (g *ground) faceOf(atom int32) (int, bool) { return slices.BinarySearch(g.atoms, atom) }

// groundworks makes each ground once, in the background.
type groundworks struct {
	shapes  []spatial.MultiPolygon // by atom index
	begun   []*groundwork
	digging sync.Mutex     // one topology at a time: each uses all cores
	under   sync.WaitGroup // of all that is under way
}

// groundwork is a ground being made.
type groundwork struct {
	*ground
	ready chan struct{} // closed when it is there, but for its index
}

// begin begins to make the ground of the given atoms, which must be sorted,
// unless it is begun.
func (w *groundworks) begin(atoms []int32) *groundwork {
	for _, g := range w.begun {
		if slices.Equal(g.atoms, atoms) {
			return g
		}
	}
	g := &groundwork{&ground{atoms: atoms}, make(chan struct{})}
	w.begun = append(w.begun, g)
	w.under.Go(func() {
		faces := make([]spatial.MultiPolygon, len(atoms))
		for f, a := range atoms {
			faces[f] = w.shapes[a]
		}
		w.digging.Lock()
		g.topo, g.problems = topology.Build(faces)
		w.digging.Unlock()
		close(g.ready)
		g.index = locate.New(g.topo)
	})
	return g
}

// of returns the ground of the given atoms, which must be sorted. Its index is
// there when nothing is under way any more.
func (w *groundworks) of(atoms []int32) *ground {
	g := w.begin(atoms)
	<-g.ready
	return g.ground
}

// claimGround gives each atom to its grid and makes the coverage of the grids
// that own ground.
func (n *Net) claimGround(l *loader) error {
	type claim struct{ atom, grid int32 }
	var claims []claim
	for _, m := range l.members[n.Network.ID] {
		atom, known := l.a.atomIndex[m.Atom]
		grid := n.Index(m.Grid)
		if !known || grid == None {
			return gridmap.Errorf(gridmap.Invalid, "单元 %d 归属的网格 %d 当前不存在 (atom %d belongs to a grid that is not there)",
				m.Atom, m.Grid, m.Atom)
		}
		claims = append(claims, claim{atom, grid})
	}
	slices.SortFunc(claims, func(a, b claim) int { return int(a.atom - b.atom) })
	atoms := make([]int32, len(claims))
	n.leafOf = make([]int32, len(claims))
	for f, c := range claims {
		atoms[f], n.leafOf[f] = c.atom, c.grid
	}
	n.ground = l.grounds.of(atoms)

	n.leaf = n.dissolve(n.leafOf, nil) // shareIndices gives it that of the ground
	n.leaf.measure(nil, nil)
	n.layers = make([]lazyLayer, len(n.Levels))
	return nil
}

// sumUp adds counts and extents from the ground to the top. Of foreign ground
// only a rim is known: nothing is counted there.
func (n *Net) sumUp(a *Atlas) {
	keys := len(a.countKeys)
	counts := make([]int64, keys*len(n.Grids))
	for i := range n.Grids {
		g := &n.Grids[i]
		g.Atoms, g.AreaM2, g.Box = 0, 0, spatial.EmptyBox()
		g.Counts = counts[i*keys : (i+1)*keys : (i+1)*keys]
	}
	for f, i := range n.leafOf {
		g := &n.Grids[i]
		if g.Foreign || a.atoms[n.ground.atoms[f]].Foreign {
			continue
		}
		g.Atoms++
		for k, c := range a.AtomCounts(n.ground.atoms[f]) {
			g.Counts[k] += c
		}
	}
	for f, g := range n.leaf.grid {
		n.Grids[g].AreaM2, n.Grids[g].Box = n.leaf.areaM2[f], n.leaf.box[f]
	}
	for i := len(n.Grids) - 1; i >= 0; i-- { // children come after parents
		g := &n.Grids[i]
		if g.Parent == None || g.Foreign && !n.Grids[g.Parent].Foreign {
			continue
		}
		p := &n.Grids[g.Parent]
		p.Atoms += g.Atoms
		p.AreaM2 += g.AreaM2
		p.Box = p.Box.Union(g.Box)
		for k, c := range g.Counts {
			p.Counts[k] += c
		}
	}
}
