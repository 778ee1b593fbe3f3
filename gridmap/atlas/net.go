package atlas

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// None is the index of no grid, no atom.
const None int32 = -1

// Net is one network of the snapshot: a tree of grids over the ground of their
// atoms. Grids are numbered 0 … len(Grids)-1 from top to bottom.
type Net struct {
	Network gridmap.Network
	Levels  []gridmap.Level
	Grids   []Grid // by level, then id; read-only

	byID   map[gridmap.GridID]int32
	byCode map[string]int32

	ground *ground // faces are atoms
	leafOf []int32 // by face of ground: the grid that owns the atom, or None

	leaf   *layer      // the grids that own ground
	layers []lazyLayer // by level: the grids at that level or, where there are none below, above it

	drawing drawing
}

// Grid is a node of a network's tree.
type Grid struct {
	ID       gridmap.GridID
	Level    int
	Parent   int32 // index, or None
	Children []int32
	Code     string
	Name     string
	Type     gridmap.GridType
	Attrs    map[string]string
	Posts    []Post // in the order in which to try them
	Foreign  bool   // another county's: see Net.Foreign

	// Sums over the ground of the grid and all grids below it.
	Atoms  int
	Counts []int64 // in the order of Atlas.CountKeys
	AreaM2 float64
	Box    spatial.Box // empty for a grid without ground

	parentID gridmap.GridID
}

// Index finds a grid by its identity; None when the network has no such grid
// at the snapshot's time.
func (n *Net) Index(id gridmap.GridID) int32 {
	if i, ok := n.byID[id]; ok {
		return i
	}
	return None
}

// ByCode finds a grid by its code; None when there is no such grid.
func (n *Net) ByCode(code string) int32 {
	if i, ok := n.byCode[code]; ok {
		return i
	}
	return None
}

// Level finds a level by its code.
func (n *Net) Level(code string) (gridmap.Level, bool) {
	for _, l := range n.Levels {
		if l.Code == code {
			return l, true
		}
	}
	return gridmap.Level{}, false
}

// Chain appends the grids from the top down to grid i, and returns the result.
func (n *Net) Chain(dst []int32, i int32) []int32 {
	from := len(dst)
	for ; i != None; i = n.Grids[i].Parent {
		dst = append(dst, i)
	}
	slices.Reverse(dst[from:])
	return dst
}

// Ancestor returns the grid at the given level above (or at) grid i, and i
// itself when it is already higher.
func (n *Net) Ancestor(i int32, level int) int32 {
	for i != None && n.Grids[i].Level > level {
		i = n.Grids[i].Parent
	}
	return i
}

// Bounds returns the box around the network's ground.
func (n *Net) Bounds() spatial.Box {
	b := spatial.EmptyBox()
	for i := range n.Grids {
		if n.Grids[i].Level == 0 {
			b = b.Union(n.Grids[i].Box)
		}
	}
	return b
}

// Ground returns the coverage of the network's atoms, the atom of each face,
// and the grid that owns each face.
func (n *Net) Ground() (t *topology.Topology, atoms, owner []int32) {
	return n.ground.topo, n.ground.atoms, n.leafOf
}

func (l *loader) buildNet(network gridmap.Network) (*Net, error) {
	n := &Net{Network: network, Grids: l.grids[network.ID], Levels: l.levelsOf(network.ID)}
	if err := n.plantTree(); err != nil {
		return nil, err
	}
	for i := range n.Grids {
		n.Grids[i].Posts = l.posts[n.Grids[i].ID]
	}
	if err := n.claimGround(l); err != nil {
		return nil, err
	}
	n.sumUp(l.a)
	return n, nil
}

// plantTree orders the grids and joins children to parents.
func (n *Net) plantTree() error {
	slices.SortFunc(n.Grids, func(a, b Grid) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.ID, b.ID))
	})
	n.byID = make(map[gridmap.GridID]int32, len(n.Grids))
	n.byCode = make(map[string]int32, len(n.Grids))
	for i := range n.Grids {
		g := &n.Grids[i]
		n.byID[g.ID], n.byCode[g.Code] = int32(i), int32(i)
		g.Parent, g.Box = None, spatial.EmptyBox()
		if g.parentID == 0 {
			continue
		}
		p := n.Index(g.parentID)
		if p == None || n.Grids[p].Level >= g.Level {
			return gridmap.Errorf(gridmap.Invalid, "网格 %s「%s」的上级 %d 不在其上一层 (the parent of grid %s is not above it)",
				g.Code, g.Name, g.parentID, g.Code)
		}
		g.Parent = p
		n.Grids[p].Children = append(n.Grids[p].Children, int32(i))
	}
	return nil
}
