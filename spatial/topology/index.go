package topology

import (
	"slices"
	"sync"

	"cloudgrid/spatial"
)

// arcIndex finds arcs by place. It is made when first asked and shared by all
// topologies edited from one, which list the arcs that it does not know.
type arcIndex struct {
	once   sync.Once
	blocks []*arcBlock
	tree   *boxTree
}

// maxExtra is how many arcs a topology lists beside its index before it asks
// for a new one; a query looks at each of them.
const maxExtra = 4096

func (x *arcIndex) build() {
	n := 0
	for _, b := range x.blocks {
		n += len(b.left)
	}
	x.tree = newBoxTree(n, func(i int) spatial.Box {
		return boxOfPoints(x.blocks[i>>blockBits].arc(i & blockMask).Points)
	})
	x.blocks = nil
}

// indexed returns the index, made now if it was not yet.
func (t *Topology) indexed() *boxTree {
	if t.index == nil { // the zero Topology
		return &boxTree{}
	}
	t.index.once.Do(t.index.build)
	return t.index.tree
}

// ArcsIn returns the arcs whose boxes meet the box, ascending.
func (t *Topology) ArcsIn(box spatial.Box) []ArcID {
	var ids []ArcID
	add := func(id ArcID) {
		if pts := t.Arc(id).Points; len(pts) > 0 && boxOfPoints(pts).Intersects(box) {
			ids = append(ids, id)
		}
	}
	t.indexed().visit(box.Intersects, func(item uint32) { add(ArcID(item)) })
	for _, id := range t.extra {
		add(id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// arcsAt returns the arcs that end at p.
func (t *Topology) arcsAt(p spatial.Point) []ArcID {
	return slices.DeleteFunc(t.ArcsIn(spatial.Box{Min: p, Max: p}), func(id ArcID) bool {
		pts := t.Arc(id).Points
		return pts[0] != p && pts[len(pts)-1] != p
	})
}
