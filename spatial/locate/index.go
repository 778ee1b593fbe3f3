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
// The ground is cut into square cells whose sides are powers of two of the
// lattice step, 16 × 16 cells a tile. A cell that no border touches holds its
// face. A cell with borders holds the pieces of them, each with the face on its
// left and right, and a base number such that
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
	tileBits  = 4 // a tile is 16 × 16 cells
	tileSide  = 1 << tileBits
	tileCells = tileSide * tileSide
	// maxTileShift keeps the corners of a grid around the whole globe inside
	// an int32: 180e7 plus two tiles of 2^27 steps.
	maxTileShift = 27
)

// Index answers point location over one Topology. It is immutable and safe for
// any number of goroutines; the zero Index has no face.
type Index struct {
	origin    spatial.Point // south-west corner of the grid
	cellShift uint32        // a cell is 1<<cellShift lattice steps wide and high
	nx, ny    uint32        // tiles
	faces     uint32
	tiles     [][]uint32  // row by row; see cell.go for the words
	stretches [][]stretch // of arcs that touch each tile
	arcs      coverage
	tuning    tuning
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
	ux, uy := uint32(p.X)-uint32(ix.origin.X), uint32(p.Y)-uint32(ix.origin.Y)
	s := ix.cellShift & 31
	tx, ty := ux>>s>>tileBits, uy>>s>>tileBits
	if tx >= ix.nx || ty >= ix.ny {
		return topology.Outside
	}
	w := ix.tiles[ty*ix.nx+tx]
	return ix.finish(p, w, w[(uy>>s)%tileSide*tileSide+(ux>>s)%tileSide], s, ux, uy)
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
	seen := make(map[*uint32]bool)
	n := 0
	for i, w := range ix.tiles {
		n += 48 + 8*cap(ix.stretches[i])
		if len(w) > 0 && !seen[&w[0]] {
			seen[&w[0]] = true
			n += 4 * cap(w)
		}
	}
	return n
}
