package atlas

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// layer is the ground divided between the grids of one level. Faces are
// numbered by the order of their grids or, where every grid is a single atom,
// of the atoms: by the state alone, not by how it came about, since the number
// decides between equally near borders.
type layer struct {
	grid  []int32 // by face
	topo  *topology.Topology
	index *locate.Index

	// Of each face; only of the leaves.
	areaM2 []float64
	box    []spatial.Box
}

// lazyLayer makes a layer when it is first asked for: most answers are about
// the leaves, and a level's borders are a fraction of theirs.
type lazyLayer struct {
	mu   sync.Mutex
	made atomic.Pointer[layer]
}

// at returns the layer of a level. Grids that own ground above that level stand
// for themselves. A level outside the network's is the leaves.
func (n *Net) at(level int) *layer {
	if level < 0 || level >= len(n.layers) {
		return n.leaf
	}
	lazy := &n.layers[level]
	if ly := lazy.made.Load(); ly != nil {
		return ly
	}
	lazy.mu.Lock()
	defer lazy.mu.Unlock()
	if ly := lazy.made.Load(); ly != nil {
		return ly
	}
	ly := n.leaf
	if owner := n.ownersAt(level); !slices.Equal(owner, n.leafOf) {
		ly = n.dissolve(owner, n.ground.index)
	}
	lazy.made.Store(ly)
	return ly
}

// ownersAt returns, by face of the ground, the grid at a level that has it.
func (n *Net) ownersAt(level int) []int32 {
	owner := make([]int32, len(n.leafOf))
	for f, g := range n.leafOf {
		owner[f] = n.Ancestor(g, level)
	}
	return owner
}

// Layer returns the coverage of the grids at a level and the grid of each face;
// a level of -1 asks for the grids that own ground.
func (n *Net) Layer(level int) (t *topology.Topology, grids []int32) {
	ly := n.at(level)
	return ly.topo, ly.grid
}

// dissolve makes the layer in which each face of the ground belongs to the
// given grid. Where that is the ground itself, so is its index, the one given:
// nil while it is being made.
func (n *Net) dissolve(owner []int32, ofGround *locate.Index) *layer {
	grids, group := groups(owner, len(n.Grids))
	if len(grids) == len(owner) {
		return &layer{grid: owner, topo: n.ground.topo, index: ofGround}
	}
	topo := n.ground.topo.Dissolve(group, len(grids))
	return &layer{grid: grids, topo: topo, index: locate.New(topo)}
}

// shareIndices gives leaves that are the ground itself its index, once made.
func (a *Atlas) shareIndices() {
	for _, n := range a.nets {
		if n.leaf.topo == n.ground.topo {
			n.leaf.index = n.ground.index
		}
	}
}

// groups numbers the grids that own something, ascending, and says which
// number each owner has.
func groups(owner []int32, grids int) (owners, group []int32) {
	number := make([]int32, grids)
	for _, g := range owner {
		number[g] = 1
	}
	for g, has := range number {
		if has == 1 {
			number[g] = int32(len(owners))
			owners = append(owners, int32(g))
		}
	}
	group = make([]int32, len(owner))
	for f, g := range owner {
		group[f] = number[g]
	}
	return owners, group
}

// redissolve is dissolve by changing an earlier layer of the same ground, which
// old owned as before says, and sharing what stays. changed are the faces of
// the layer whose ground is not what it was; all of them where nothing is
// shared.
func (n *Net) redissolve(up *layer, old *Net, before, after []int32) (ly *layer, changed []topology.FaceID) {
	grids, group := groups(after, len(n.Grids))
	sameGrid := func(i, j int32) bool { return old.Grids[i].ID == n.Grids[j].ID }
	if up.topo == n.ground.topo || len(grids) == len(after) || !slices.EqualFunc(up.grid, grids, sameGrid) {
		return n.dissolve(after, n.ground.index), nil
	}
	_, was := groups(before, len(old.Grids))
	var moved []topology.FaceID
	for f, g := range group {
		if was[f] != g {
			moved = append(moved, topology.FaceID(f))
			changed = append(changed, topology.FaceID(was[f]), topology.FaceID(g))
		}
	}
	if len(moved) > max(16, len(after)/8) {
		return n.dissolve(after, n.ground.index), nil
	}
	ly = &layer{grid: grids, topo: up.topo, index: up.index}
	if len(moved) > 0 {
		ly.topo, _ = n.ground.topo.Redissolve(up.topo, was, group, len(grids), moved)
		ly.index = up.index.Update(ly.topo)
	}
	slices.Sort(changed)
	return ly, slices.Compact(changed)
}

// measure fills areas and boxes: from an earlier layer with the same faces
// where it is given, but anew for the changed ones.
func (ly *layer) measure(from *layer, changed []topology.FaceID) {
	if from != nil {
		ly.areaM2, ly.box = slices.Clone(from.areaM2), slices.Clone(from.box)
		for _, f := range changed {
			ly.measureFace(f)
		}
		return
	}
	faces := len(ly.grid)
	ly.areaM2, ly.box = make([]float64, faces), make([]spatial.Box, faces)
	const step = 1024
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+faces/step) {
		wg.Go(func() {
			for {
				to := int(next.Add(step))
				for f := to - step; f < min(to, faces); f++ {
					ly.measureFace(topology.FaceID(f))
				}
				if to >= faces {
					return
				}
			}
		})
	}
	wg.Wait()
}

func (ly *layer) measureFace(f topology.FaceID) {
	shape := ly.topo.FacePolygon(f)
	ly.areaM2[f], ly.box[f] = measure.AreaM2(shape), shape.Box()
}
