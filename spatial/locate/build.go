package locate

import (
	"runtime"
	"sync"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// tuning trades memory for time; it changes no answer.
type tuning struct {
	// segmentsPerCell sets the size of the cells: finer ones take more memory,
	// coarser ones have more points between the sides of a strip, or borders
	// that do not fit their line.
	segmentsPerCell float64
	// maxCellPoints and maxLeafPoints are how crowded a cell and a part of a
	// cell may be before they are divided.
	maxCellPoints, maxLeafPoints int
	// minCellShift bounds the division.
	minCellShift uint32
}

var tuned = tuning{segmentsPerCell: 1.7, maxCellPoints: 12, maxLeafPoints: 24, minCellShift: 4}

// New builds the index of a topology. The topology's invariants are its
// precondition; without them answers are wrong, but nothing panics.
func New(t *topology.Topology) *Index { return build(t, tuned) }

func build(t coverage, how tuning) *Index {
	ix := layOut(t, how)
	lists := make([][]run, ix.nx*ix.ny)
	f := ix.tileFrame()
	for id := range t.NumArcs() {
		f.scatter(lists, uint32(id), t.Arc(topology.ArcID(id)).Points, 0)
	}
	for i, l := range lists {
		ix.stretches[i] = firsts(l)
	}
	shared := newConstTiles()
	eachRow(int(ix.ny), func(row int) {
		b := builder{ix: ix, shared: shared}
		b.buildRow(row, func(int) bool { return true })
	})
	ix.pack()
	return ix
}

// eachRow spreads rows over the cores.
func eachRow(rows int, work func(row int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), rows) {
		wg.Go(func() {
			for row := range next {
				work(row)
			}
		})
	}
	for row := range rows {
		next <- row
	}
	close(next)
	wg.Wait()
}

// tileFrame is the grid of the tiles.
func (ix *Index) tileFrame() frame {
	return frame{ix.origin, ix.tileShift, int64(ix.nx), int64(ix.ny)}
}

// builder makes a row of tiles, one after the other.
type builder struct {
	ix     *Index
	shared *constTiles
	cells  []line
	words  []uint32
	levels [][][]run // scratch lists, one set per depth
	spots  []spot    // scratch
}

// buildRow builds the tiles of a row that are wanted, from west to east: the
// face at the south-east corner of one tile is that at the south-west corner of
// the next. West of the grid everything is Outside.
func (b *builder) buildRow(row int, wanted func(tile int) bool) {
	ix, f := b.ix, b.ix.tileFrame()
	face := topology.Outside
	for col := range int(ix.nx) {
		tile := row*int(ix.nx) + col
		box := f.box(int64(col), int64(row))
		switch {
		case len(ix.stretches[tile]) == 0:
			// A face without a border here may still have changed its name.
			if old := ix.tiles[tile].cells; old == nil || wanted(tile) || old[0] != faceLine(face) {
				ix.tiles[tile], ix.more[tile] = b.shared.of(face), nil
			}
			continue
		case wanted(tile):
			face = b.buildTile(tile, box, face)
		default:
			face = ix.southEast(tile, box)
		}
	}
}

// buildTile makes a tile, given the face at its south-west corner, and
// returns the face at its south-east corner.
func (b *builder) buildTile(at int, box spatial.Box, sw topology.FaceID) topology.FaceID {
	ps, segments := make([]piece, 0, len(b.ix.stretches[at])), 0
	for _, s := range b.ix.stretches[at] {
		arc := b.ix.arcs.Arc(topology.ArcID(s.line))
		p := pieceIn(arc.Left, arc.Right, s.points(arc.Points, box), box)
		ps, segments = append(ps, p), segments+len(p.pts)-1
	}
	base := sw - crossings(ps, box.Min)
	bits := b.ix.bitsFor(segments)
	side := int64(1) << bits
	b.cells = b.cells[:0]
	b.words = append(b.words[:0], make([]uint32, lineWords)...)
	b.divide(0, 0, frame{box.Min, b.ix.tileShift - bits, side, side}, ps, base)
	b.ix.tiles[at] = tile{append([]line(nil), b.cells...), uint32(side)}
	b.ix.more[at] = nil
	if len(b.words) > lineWords {
		b.ix.more[at] = append([]uint32(nil), b.words...)
	}
	return base + crossings(ps, spatial.Point{X: box.Max.X, Y: box.Min.Y})
}

// narrowShift is the size of the largest cells whose points 16 bits can hold.
const narrowShift = 16

// bitsFor tells how finely to divide a tile with so many segments.
func (ix *Index) bitsFor(segments int) uint32 {
	bits := uint32(0)
	for limit := min(maxTileBits, ix.tileShift-ix.tuning.minCellShift); bits < limit; bits++ {
		full := 2 * ix.tuning.segmentsPerCell
		if ix.tileShift-bits > narrowShift {
			full *= 3 // points take twice the room, and most do not fit the line
		}
		if full*float64(int64(1)<<(2*bits)) > float64(segments) {
			break
		}
	}
	return bits
}

// divide makes the lines of a tile's cells (depth 0) or fills the entries at
// words[at:] of the cells of a finer grid, over the given pieces, whose base is
// known for the grid as a whole.
func (b *builder) divide(depth, at int, f frame, ps []piece, base topology.FaceID) {
	lists := b.scratch(depth, int(f.width*f.height))
	for i, p := range ps {
		f.scatter(lists, uint32(i), p.pts, 0)
	}
	for j := range f.height {
		box := f.box(0, j)
		face := base + crossings(ps, box.Min)
		for i := range f.width {
			c := j*f.width + i
			box = f.box(i, j)
			var cell []piece
			for _, r := range lists[c] {
				p := ps[r.line]
				cell = append(cell, pieceIn(p.left, p.right, p.pts[r.first:r.last+1], box))
			}
			cellBase := face - crossings(cell, box.Min)
			switch {
			case depth > 0:
				b.words[at+int(c)] = b.cell(depth, cell, cellBase, box, f.shift)
			case len(cell) == 0:
				b.cells = append(b.cells, faceLine(cellBase))
			default:
				b.cells = append(b.cells, b.line(cell, cellBase, box, f.shift))
			}
			face = cellBase + crossings(cell, spatial.Point{X: box.Max.X, Y: box.Min.Y})
		}
	}
}

func (b *builder) scratch(depth, n int) [][]run {
	for len(b.levels) <= depth {
		b.levels = append(b.levels, nil)
	}
	for len(b.levels[depth]) < n {
		b.levels[depth] = append(b.levels[depth], nil)
	}
	lists := b.levels[depth][:n]
	for i := range lists {
		lists[i] = lists[i][:0]
	}
	return lists
}

// cell writes a cell and returns its entry.
func (b *builder) cell(depth int, ps []piece, base topology.FaceID, box spatial.Box, shift uint32) uint32 {
	if len(ps) == 0 {
		return faceEntry(base)
	}
	points := 0
	for _, p := range ps {
		points += len(p.pts)
	}
	limit := b.ix.tuning.maxLeafPoints
	if depth == 0 {
		limit = b.ix.tuning.maxCellPoints
	}
	bits, at := divideBits(points), len(b.words)
	if points > limit && shift >= b.ix.tuning.minCellShift+bits && at <= maxNodeOff {
		b.words = append(b.words, make([]uint32, 1<<(2*bits))...)
		side := int64(1) << bits
		b.divide(depth+1, at, frame{box.Min, shift - bits, side, side}, ps, base)
		return uint32(at)<<(tagBits+nodeBits) | bits<<tagBits | tagNode
	}
	return b.leaf(ps, base, box)
}

// divideBits grows with the crowd: a cell of n points gets about n/6 cells.
func divideBits(points int) uint32 {
	switch {
	case points > 400:
		return 4
	case points > 100:
		return 3
	}
	return 2
}
