package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// line is a run of edges between two nodes with the same rings along it.
type line struct {
	pts      []spatial.Point
	from, to uint32 // nodes
	rings    ringSet
}

// plane is the input cut into cells: the connected pieces of ground that no
// edge crosses. Cell 0 is the unbounded one.
type plane struct {
	lines []line
	free  []bool // line i is closed and alone
	nodes int
	cell  []int32 // per dart: the cell on its left
	cells int
}

func (p *plane) points(i int) []spatial.Point { return p.lines[i].pts }

func (p *plane) ends(i int) (from, to uint32) { return p.lines[i].from, p.lines[i].to }

// newPlane joins the graph's edges into lines and finds the cells. The graph
// must be noded; its edges and vertices are released.
func newPlane(g *graph) *plane {
	p := joinEdges(g, nil)
	g.edges, g.verts = nil, nil
	next := p.nextDarts()
	p.findCells(next)
	return p
}

// joinEdges joins edges into lines that end where other than two edges meet,
// and at fixed vertices.
func joinEdges(g *graph, fixed func(v uint32) bool) *plane {
	ends := func(i int) (uint32, uint32) { return g.edges[i].u, g.edges[i].v }
	c := joinLines(len(g.edges), len(g.verts.pts), ends, fixed)
	p := &plane{lines: make([]line, c.len()), free: c.free}
	slab := make([]spatial.Point, 0, len(g.edges)+c.len())
	nodeOf := make([]uint32, len(g.verts.pts))
	node := func(v uint32) uint32 {
		if nodeOf[v] == 0 {
			p.nodes++
			nodeOf[v] = uint32(p.nodes)
		}
		return nodeOf[v] - 1
	}
	tail := func(d dart) (from, to uint32) {
		e := g.edges[d.item()]
		if d.backward() {
			return e.v, e.u
		}
		return e.u, e.v
	}
	for i := range p.lines {
		run := c.run(i)
		first, last := uint32(0), uint32(0)
		off := len(slab)
		for k, d := range run {
			from, to := tail(d)
			if k == 0 {
				first = from
				slab = append(slab, g.verts.pts[from])
			}
			slab = append(slab, g.verts.pts[to])
			last = to
		}
		p.lines[i] = line{
			pts:  slab[off:len(slab):len(slab)],
			from: node(first), to: node(last),
			rings: g.edges[run[0].item()].rings,
		}
	}
	return p
}

// dartPoint returns the k-th point along the dart.
func (p *plane) dartPoint(d dart, k int) spatial.Point {
	pts := p.points(d.item())
	if d.backward() {
		return pts[len(pts)-1-k]
	}
	return pts[k]
}

// nextDarts returns for every dart the one that follows when walking with the
// cell on the left: at its end, the first one clockwise from where it came.
func (p *plane) nextDarts() []dart {
	s := newStars(len(p.lines), p.nodes, p.ends)
	next := make([]dart, 2*len(p.lines))
	for v := range uint32(p.nodes) {
		out := s.at(v)
		if len(out) == 0 {
			continue
		}
		o := p.dartPoint(out[0], 0)
		slices.SortFunc(out, func(a, b dart) int {
			return byAngle(o, p.dartPoint(a, 1), p.dartPoint(b, 1))
		})
		for i, d := range out {
			next[d.twin()] = out[(i+len(out)-1)%len(out)]
		}
	}
	return next
}

// cycle is a closed walk of darts around one border of a cell.
type cycle struct {
	area wide // twice; positive around the cell, negative around an island in it
	low  spatial.Point
}

// findCells gives every dart its cell: the cell is the inside of a
// counter-clockwise cycle, and a clockwise one (the outer border of a
// connected group of lines) lies in the cell that surrounds the group.
func (p *plane) findCells(next []dart) {
	of, cycles := p.traceCycles(next)
	cellOf := make([]int32, len(cycles))
	var islands []int32
	p.cells = 1
	for i, c := range cycles {
		if c.area.sign() > 0 {
			cellOf[i] = int32(p.cells)
			p.cells++
		} else {
			islands = append(islands, int32(i))
		}
	}
	// West to east: what lies under an island's westernmost point is either
	// a cell or an island farther west, already placed.
	slices.SortFunc(islands, func(a, b int32) int { return comparePoints(cycles[a].low, cycles[b].low) })
	if len(islands) > 1 {
		below := newBelow(p)
		for _, i := range islands {
			if d, ok := below.find(cycles[i].low); ok {
				cellOf[i] = cellOf[of[d]]
			}
		}
	}
	for d, c := range of {
		of[d] = cellOf[c]
	}
	p.cell = of
}

func (p *plane) traceCycles(next []dart) (of []int32, cycles []cycle) {
	of = make([]int32, len(next))
	for d := range of {
		of[d] = -1
	}
	area := make([]wide, len(p.lines))
	low := make([]spatial.Point, len(p.lines))
	for i := range p.lines {
		area[i], low[i] = shoelace(p.points(i)), lowest(p.points(i))
	}
	for d := range next {
		if of[d] >= 0 {
			continue
		}
		c := cycle{low: low[d>>1]}
		for e := dart(d); of[e] < 0; e = next[e] {
			of[e] = int32(len(cycles))
			if e.backward() {
				c.area = c.area.sub(area[e.item()])
			} else {
				c.area = c.area.add(area[e.item()])
			}
			if low[e.item()].Less(c.low) {
				c.low = low[e.item()]
			}
		}
		cycles = append(cycles, c)
	}
	return of, cycles
}

// shoelace returns the line's share of twice the area of a ring that it is
// part of.
func shoelace(pts []spatial.Point) wide {
	var sum wide
	for i := 1; i < len(pts); i++ {
		a, b := pts[i-1], pts[i]
		// Each product is under 2^62, so their difference fits.
		c := int64(a.X)*int64(b.Y) - int64(b.X)*int64(a.Y)
		sum = sum.add(wide{c >> 63, uint64(c)})
	}
	return sum
}

func lowest(pts []spatial.Point) spatial.Point {
	low := pts[0]
	for _, p := range pts {
		if p.Less(low) {
			low = p
		}
	}
	return low
}

func comparePoints(a, b spatial.Point) int {
	switch {
	case a.Less(b):
		return -1
	case b.Less(a):
		return 1
	}
	return 0
}
