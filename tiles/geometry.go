package tiles

import (
	"runtime"
	"slices"
	"sync"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Geometry is a topology prepared for cutting: its arcs projected to Web
// Mercator, with a rank per vertex that says from which zoom on it is drawn.
// It is immutable and safe for concurrent use, and may serve several pyramids
// (networks and draft plans over the same ground).
//
// It takes nine bytes per arc vertex and some thirty per arc, beside the
// topology itself.
type Geometry struct {
	topo   *topology.Topology
	blocks []*arcBlock
	index  *boxIndex
	// Arcs changed since index was built: out of it, or in with other boxes.
	moved map[int32]spatial.Box
	box   spatial.Box
}

// Arcs are kept in blocks; an update makes anew only the blocks it touches.
const (
	blockBits = 8
	blockSize = 1 << blockBits
)

type arcBlock struct {
	off   []uint32 // of each arc's first vertex; one more at the end
	pts   []worldPoint
	rank  []uint8
	sides [][2]int32 // per arc: the faces left and right of its canonical direction
}

// world is one prepared arc. Seen on the tile, where y runs down, face left is
// on the right hand.
type world struct {
	pts         []worldPoint
	rank        []uint8
	left, right int32
}

// NewGeometry prepares a topology, on all cores. The result does not depend on
// the order or direction of the arcs.
func NewGeometry(t *topology.Topology) *Geometry {
	g := &Geometry{topo: t}
	g.reindex()
	g.blocks = make([]*arcBlock, (t.NumArcs()+blockSize-1)/blockSize)
	each := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var p preparer
			for b := range each {
				g.blocks[b] = p.block(g, b)
			}
		})
	}
	for b := range g.blocks {
		each <- b
	}
	close(each)
	wg.Wait()
	return g
}

// Box returns the smallest lattice box around the whole coverage.
func (g *Geometry) Box() spatial.Box { return g.box }

func (g *Geometry) reindex() {
	boxes := make([]spatial.Box, g.topo.NumArcs())
	items := make([]int32, 0, len(boxes))
	g.box = spatial.EmptyBox()
	for i := range boxes {
		pts := g.topo.Arc(topology.ArcID(i)).Points
		if len(pts) == 0 {
			continue
		}
		boxes[i] = spatial.Ring(pts).Box()
		g.box = g.box.Union(boxes[i])
		items = append(items, int32(i))
	}
	g.index = newBoxIndex(items, func(i int32) spatial.Box { return boxes[i] })
	g.moved = nil
}

// search calls do with every arc whose box touches b, in no particular order.
func (g *Geometry) search(b spatial.Box, do func(arc int32)) {
	if len(g.moved) == 0 {
		g.index.search(b, do)
		return
	}
	g.index.search(b, func(arc int32) {
		if _, ok := g.moved[arc]; !ok {
			do(arc)
		}
	})
	for arc, box := range g.moved {
		if box.Intersects(b) {
			do(arc)
		}
	}
}

func (g *Geometry) arc(i int32) world {
	b := g.blocks[i>>blockBits]
	k := i & (blockSize - 1)
	from, to := b.off[k], b.off[k+1]
	return world{b.pts[from:to], b.rank[from:to], b.sides[k][0], b.sides[k][1]}
}

// sides returns the faces left and right of an arc.
func (g *Geometry) sides(i int32) (left, right int32) {
	s := &g.blocks[i>>blockBits].sides[i&(blockSize-1)]
	return s[0], s[1]
}

// canonical turns an arc so that its points do not depend on how the topology
// happens to hold it: from the lesser end, and a closed arc that begins at no
// node from its least point. pts may be scratch; it is overwritten.
func canonical(a topology.Arc, closedAtNode bool, pts []spatial.Point) ([]spatial.Point, int32, int32) {
	pts = append(pts[:0], a.Points...)
	n := len(pts)
	if n == 0 {
		return pts, -1, -1
	}
	left, right := int32(a.Left), int32(a.Right)
	backward := pts[n-1].Less(pts[0])
	if pts[0] == pts[n-1] {
		if !closedAtNode {
			least := 0
			for i, p := range pts[:n-1] {
				if p.Less(pts[least]) {
					least = i
				}
			}
			ring := pts[:n-1]
			slices.Reverse(ring[:least])
			slices.Reverse(ring[least:])
			slices.Reverse(ring)
			pts[n-1] = pts[0]
		}
		backward = n > 2 && pts[n-2].Less(pts[1])
	}
	if backward {
		slices.Reverse(pts)
		left, right = right, left
	}
	return pts, left, right
}
