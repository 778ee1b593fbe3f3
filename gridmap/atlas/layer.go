package atlas

import (
	"sync"

	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// layer is the ground divided between the grids of one level.
type layer struct {
	grid  []int32 // by face
	topo  *topology.Topology
	index *locate.Index
}

// lazyLayer makes a layer when it is first asked for: most answers are about
// the leaves, and a level's borders are a fraction of theirs.
type lazyLayer struct {
	once sync.Once
	made *layer
}

// at returns the layer of a level. Grids that own ground above that level stand
// for themselves. A level outside the network's is the leaves.
func (n *Net) at(level int) *layer {
	if level < 0 || level >= len(n.layers) {
		return n.leaf
	}
	lazy := &n.layers[level]
	lazy.once.Do(func() {
		owner := make([]int32, len(n.leafOf))
		same := true
		for f, g := range n.leafOf {
			owner[f] = n.Ancestor(g, level)
			same = same && owner[f] == g
		}
		if same {
			lazy.made = n.leaf
			return
		}
		lazy.made = n.dissolve(owner)
	})
	return lazy.made
}

// Layer returns the coverage of the grids at a level and the grid of each face;
// a level of -1 asks for the grids that own ground.
func (n *Net) Layer(level int) (t *topology.Topology, grids []int32) {
	ly := n.at(level)
	return ly.topo, ly.grid
}
