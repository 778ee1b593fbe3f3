// Package locate answers which face of a coverage holds a point: exactly, the
// same on every machine and after every rebuild, for points on borders and
// corners too; and how near the borders are, in metres.
//
// # The border rule
//
// A point p is read as p + (ε, ε²), a step east so small that it passes no
// border, and a far smaller one north. So a point on a border belongs to the
// face just east of it, and where the border runs exactly east-west there, to
// the face just north. If that is Outside while p lies on the border of some
// face, turn counter-clockwise from east around p: the first face met that is
// not Outside has the point. Every point of the closed jurisdiction has thereby
// exactly one answer, decided by geometry alone.
//
// # The structure
//
// The ground is cut into square tiles, and each tile into square cells, finer
// where borders are dense; all sides are powers of two of the lattice step. A
// cell is one line of cache. It begins with a strip: two parallel lines between
// which all borders of the cell lie, and the faces beyond them. Most points are
// answered by the strip alone: one read from memory, two products and a
// comparison, nearly always foretold, so that the processor goes on to the next
// question while the memory is still busy with this one. A cell without borders
// is a strip of no width.
//
// For the points in the strip a cell holds the pieces of its borders, each with
// the face on its left and right, and a base number such that
//
//	face(p) = base + Σ over border pieces  crossings(p) · (left - right)
//
// where crossings counts how often the ray from p to the east crosses the piece
// upward less downward. Along that ray the faces form a chain in which each
// crossing replaces one face by its neighbour, so that the sum telescopes: no
// order of crossings and no division is needed, only the sign of one integer
// cross product for each segment that spans p's latitude. A crowded cell is
// divided again.
package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

const (
	// A tile has 16 × 16 cells on the average, 64 × 64 at most.
	tileBits    = 4
	maxTileBits = 6
	// maxTileShift keeps the corners of a grid around the whole globe inside
	// an int32: 180e7 plus two tiles of 2^27 steps.
	maxTileShift = 27
)

// Index answers point location over one Topology. It is immutable and safe for
// any number of goroutines; the zero Index has no face.
type Index struct {
	origin    spatial.Point // south-west corner of the grid
	tileShift uint32        // a tile is 1<<tileShift lattice steps wide and high
	nx, ny    uint32        // tiles
	faces     uint32
	tiles     []tile      // row by row
	more      [][]uint32  // of each tile: what does not fit its lines; see cell.go
	stretches [][]stretch // of arcs that touch each tile
	arcs      coverage
	tuning    tuning
}

// tile is a square of side × side cells, row by row from the south-west.
type tile struct {
	cells []line
	side  uint32 // a power of two
}

// coverage is what the index reads of a Topology.
type coverage interface {
	NumFaces() int
	NumArcs() int
	Arc(topology.ArcID) topology.Arc
}

// Locate returns the face that holds p by the border rule of the package, or
// Outside. It allocates nothing.
func (ix *Index) Locate(p spatial.Point) topology.FaceID {
	l, x, y, at := ix.cellAt(p)
	face, between := l.beside(x, y)
	if between {
		return ix.between(p, l, at)
	}
	return face
}

// beyond is the cell of points that are in no tile.
var beyond = faceLine(topology.Outside)

// cellAt returns the cell of a point, where in the cell it is, in parts of 2^32,
// and the number of its tile.
func (ix *Index) cellAt(p spatial.Point) (l *line, x, y, at uint32) {
	ux, uy := uint32(p.X)-uint32(ix.origin.X), uint32(p.Y)-uint32(ix.origin.Y)
	s := ix.tileShift & 31
	tx, ty := ux>>s, uy>>s
	if tx >= ix.nx || ty >= ix.ny {
		return &beyond, 0, 0, 0
	}
	at = ty*ix.nx + tx
	t := &ix.tiles[at]
	// The place in the tile, in parts of 2^32, times the side: the cell, and
	// the place in it.
	fx, fy := uint64(ux<<(-s&31))*uint64(t.side), uint64(uy<<(-s&31))*uint64(t.side)
	return &t.cells[uint32(fy>>32)*t.side+uint32(fx>>32)], uint32(fx), uint32(fy), at
}

// between answers for any point of a tile's cell.
func (ix *Index) between(p spatial.Point, l *line, at uint32) topology.FaceID {
	ux, uy := uint32(p.X)-uint32(ix.origin.X), uint32(p.Y)-uint32(ix.origin.Y)
	w, e := ix.wordsOf(l, at)
	return ix.finish(p, w, e, ix.shiftOf(at), ux, uy)
}

// shiftOf returns the size of the cells of a tile.
func (ix *Index) shiftOf(at uint32) uint32 {
	return shiftOfSide(ix.tileShift, ix.tiles[at].side)
}

// wordsOf returns a cell's entry and the words to which its offset refers: the
// line itself or what the tile has more.
func (ix *Index) wordsOf(l *line, at uint32) (w []uint32, e uint32) {
	e = l[lineEntry]
	if e&tagMask == tagOne && e>>oneOffsetAt < lineWords {
		return l[:], e
	}
	return ix.more[at], e
}

// finish follows a cell's entry to the answer.
func (ix *Index) finish(p spatial.Point, w []uint32, e, s, ux, uy uint32) topology.FaceID {
	for e&tagMask == tagNode {
		e, s = child(w, e, s, ux, uy)
	}
	var face topology.FaceID
	switch e & tagMask {
	case tagFace:
		return topology.FaceID(int32(e) >> tagBits)
	case tagOne:
		face = oneFace(w, e, inCell(ux, s), inCell(uy, s))
	default:
		face = manyFace(w[e>>tagBits:], p, inCell(ux, s), inCell(uy, s))
	}
	if uint32(face) < ix.faces {
		return face
	}
	return ix.onOutline(p, w, e, s)
}

// MemoryBytes returns the memory that the index holds beside its topology,
// counting a slab shared with another index in full.
func (ix *Index) MemoryBytes() int {
	seen := make(map[*line]bool)
	n := 0
	for i, t := range ix.tiles {
		n += 80 + 8*cap(ix.stretches[i]) + 4*cap(ix.more[i])
		if c := t.cells; len(c) > 0 && !seen[&c[0]] {
			seen[&c[0]] = true
			n += 4 * lineWords * cap(c)
		}
	}
	return n
}
