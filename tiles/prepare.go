package tiles

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// preparer holds the scratch of one goroutine that prepares arcs.
type preparer struct {
	pts []spatial.Point
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
		a := g.topo.Arc(topology.ArcID(i))
		pts, left, right := canonical(a, false, p.pts)
		p.pts = pts
		for _, q := range pts {
			b.pts = append(b.pts, project(q))
			b.rank = append(b.rank, 255)
		}
		b.off = append(b.off, uint32(len(b.pts)))
		b.sides = append(b.sides, [2]int32{left, right})
	}
	return b
}
