package locate

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// cellRef is a cell of the grid or of a division of it.
type cellRef struct {
	words []uint32
	entry uint32
	sw    spatial.Point
	shift uint32
}

func (c cellRef) each(f func(segment)) { eachSegment(c.words, c.entry, c.shift, c.sw, f) }

// steps is a closed rectangle counted in lattice steps from the grid's corner.
type steps struct{ x0, y0, x1, y1 int64 }

func (ix *Index) steps(b spatial.Box) steps {
	ox, oy := int64(ix.origin.X), int64(ix.origin.Y)
	return steps{int64(b.Min.X) - ox, int64(b.Min.Y) - oy, int64(b.Max.X) - ox, int64(b.Max.Y) - oy}
}

// eachBorderCell visits the undivided cells with borders that meet the box.
func (ix *Index) eachBorderCell(box spatial.Box, visit func(cellRef)) {
	q := ix.steps(box)
	ix.eachCell(q, func(c cellRef) { ix.borderCells(c, q, visit) })
}

// eachCell visits the cells of tiles that meet the rectangle.
func (ix *Index) eachCell(q steps, visit func(cellRef)) {
	if len(ix.tiles) == 0 {
		return
	}
	s := ix.tileShift
	i0, i1 := max(q.x0>>s, 0), min(q.x1>>s, int64(ix.nx)-1)
	j0, j1 := max(q.y0>>s, 0), min(q.y1>>s, int64(ix.ny)-1)
	for j := j0; j <= j1; j++ {
		for i := i0; i <= i1; i++ {
			ix.eachCellOf(i, j, q, visit)
		}
	}
}

// eachCellOf visits the cells of one tile that meet the rectangle.
func (ix *Index) eachCellOf(tx, ty int64, q steps, visit func(cellRef)) {
	at := uint32(ty*int64(ix.nx) + tx)
	t, s := &ix.tiles[at], ix.shiftOf(at)
	bits := ix.tileShift - s
	x, y, last := tx<<ix.tileShift, ty<<ix.tileShift, int64(1)<<bits-1
	i0, i1 := max((q.x0-x)>>s, 0), min((q.x1-x)>>s, last)
	j0, j1 := max((q.y0-y)>>s, 0), min((q.y1-y)>>s, last)
	for j := j0; j <= j1; j++ {
		for i := i0; i <= i1; i++ {
			w, e := ix.wordsOf(&t.cells[j<<bits+i], at)
			visit(cellRef{
				words: w, entry: e, shift: s,
				sw: spatial.Point{X: int32(int64(ix.origin.X) + x + i<<s), Y: int32(int64(ix.origin.Y) + y + j<<s)},
			})
		}
	}
}

func (ix *Index) borderCells(c cellRef, q steps, visit func(cellRef)) {
	switch c.entry & tagMask {
	case tagFace:
	case tagNode:
		for k := range c.numParts() {
			part := c.part(k)
			x, y := int64(part.sw.X)-int64(ix.origin.X), int64(part.sw.Y)-int64(ix.origin.Y)
			if side := int64(1) << part.shift; x <= q.x1 && y <= q.y1 && x+side > q.x0 && y+side > q.y0 {
				ix.borderCells(part, q, visit)
			}
		}
	default:
		visit(c)
	}
}

// numParts is how many cells a divided cell has.
func (c cellRef) numParts() uint32 { return 1 << (2 * (c.entry >> tagBits & nodeMask)) }

// part returns a cell of a divided cell, counted row by row from the south-west.
func (c cellRef) part(k uint32) cellRef {
	at, bits := c.entry>>(tagBits+nodeBits), c.entry>>tagBits&nodeMask
	shift := c.shift - bits
	return cellRef{
		words: c.words, entry: c.words[at+k], shift: shift,
		sw: spatial.Point{X: c.sw.X + int32(k&(1<<bits-1)<<shift), Y: c.sw.Y + int32(k>>bits<<shift)},
	}
}

// partOf returns which part of a divided cell holds p, or numParts if none.
func (c cellRef) partOf(p spatial.Point) uint32 {
	x, y := uint32(p.X)-uint32(c.sw.X), uint32(p.Y)-uint32(c.sw.Y)
	if x>>c.shift != 0 || y>>c.shift != 0 {
		return c.numParts()
	}
	bits := c.entry >> tagBits & nodeMask
	shift := c.shift - bits
	return y>>shift<<bits + x>>shift
}

// box returns the closed square of the cell.
func (c cellRef) box() spatial.Box { return frame{sw: c.sw, shift: c.shift}.box(0, 0) }

// boxNear2 returns the square of the distance from the frame's origin to a
// box, in the frame.
func boxNear2(f measure.Frame, b spatial.Box) float64 {
	return square2(f, gap(f.Origin.X, b.Min.X, b.Max.X), gap(f.Origin.Y, b.Min.Y, b.Max.Y))
}

func square2(f measure.Frame, dx, dy int64) float64 {
	x, y := float64(dx)*f.EastM, float64(dy)*f.NorthM
	return x*x + y*y
}

// gap is how far v lies outside lo…hi.
func gap(v, lo, hi int32) int64 {
	return max(int64(lo)-int64(v), int64(v)-int64(hi), 0)
}

// around returns a box that holds the circle of a radius around the origin, with
// a little to spare for the narrowing of the parallels.
func around(f measure.Frame, radiusM float64) spatial.Box {
	reachM := radiusM * (1 + radiusM/1e6)
	side := func(v int32, stepM float64, limit int32) (lo, hi int32) {
		if stepM <= 0 || math.IsNaN(reachM) {
			return -limit, limit
		}
		n := reachM/stepM + 1
		return int32(max(float64(v)-n, -float64(limit))), int32(min(float64(v)+n, float64(limit)))
	}
	var b spatial.Box
	b.Min.X, b.Max.X = side(f.Origin.X, f.EastM, spatial.MaxX)
	b.Min.Y, b.Max.Y = side(f.Origin.Y, f.NorthM, spatial.MaxY)
	return b
}
