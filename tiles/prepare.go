package tiles

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// preparer holds the scratch of one goroutine that prepares arcs.
type preparer struct {
	simplify  topology.Simplifier
	pts, near []spatial.Point
}

func (p *preparer) block(g *Geometry, block int) *arcBlock {
	from := block << blockBits
	to := min(from+blockSize, g.topo.NumArcs())
	n := 0
	for i := from; i < to; i++ {
		n += len(g.topo.Arc(topology.ArcID(i)).Points)
	}
	b := &arcBlock{
		off: make([]uint32, 1, to-from+1), pts: make([]worldPoint, 0, n),
		rank: make([]uint8, 0, n), sides: make([][2]int32, 0, to-from),
	}
	for i := from; i < to; i++ {
		b.add(p, g, topology.ArcID(i))
	}
	return b
}

// add projects and ranks one arc.
func (b *arcBlock) add(p *preparer, g *Geometry, id topology.ArcID) {
	a := g.topo.Arc(id)
	keep, atNode := p.surroundings(g, id, a.Points)
	pts, left, right := canonical(a, atNode, p.pts)
	p.pts = pts
	for _, q := range pts {
		b.pts = append(b.pts, project(q))
	}
	b.rank = p.simplify.Ranks(b.rank, pts, p.near, keep)
	b.off = append(b.off, uint32(len(b.pts)))
	b.sides = append(b.sides, [2]int32{left, right})
}

// surroundings collects the vertices of other arcs within the arc's box in
// p.near. keep is how many inner points the arc must keep (see
// topology.Simplifier), atNode whether a closed arc's ends are a node.
func (p *preparer) surroundings(g *Geometry, id topology.ArcID, pts []spatial.Point) (keep int, atNode bool) {
	p.near = p.near[:0]
	if len(pts) < 3 {
		return 0, false
	}
	first, last := pts[0], pts[len(pts)-1]
	box := spatial.Ring(pts).Box()
	g.search(box, func(other int32) {
		if topology.ArcID(other) == id {
			return
		}
		o := g.topo.Arc(topology.ArcID(other)).Points
		oFirst, oLast := o[0], o[len(o)-1]
		if oFirst == first && oLast == last || oFirst == last && oLast == first {
			keep = 1
		}
		atNode = atNode || oFirst == first || oLast == first
		for _, q := range o {
			if box.Contains(q) {
				p.near = append(p.near, q)
			}
		}
	})
	if first == last {
		keep = 2
	}
	return keep, atNode
}

// coarse is how large a triangle, in square tile units, may go unseen at a
// zoom: eight units make a pixel of a 512-pixel tile. Overviews are generalised
// more, for the size of their tiles.
func coarse(z uint8) float64 {
	switch {
	case z < 9:
		return 48
	case z < 12:
		return 24
	}
	return 8
}

// needAt is the least rank of a vertex that is drawn at a zoom. The deepest
// zoom draws all.
func needAt(z, maxZoom uint8) uint8 {
	if z >= maxZoom {
		return 0
	}
	unit := float64(2*int64(spatial.MaxX)) / math.Exp2(float64(12+z)) // lattice steps
	return uint8(1 + math.Floor(math.Log2(coarse(z)*unit*unit)))
}
