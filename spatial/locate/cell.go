package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// A tile has a line for each cell, from the south-west row by row (see line.go),
// and one stretch of words for what does not fit the lines; its first lineWords
// words are empty, so that an offset below that is one within the line. A line
// ends in an entry: a tag in its lowest bits and what the tag says.
//
//	tagFace  the face id of the whole cell
//	tagOne   one border piece: offset, and the fields of a oneEntry; at the
//	         offset left, right and the points, 16 bits a coordinate, counted
//	         from the middle of the cell
//	tagMany  offset of: base, pieces<<2 | form, and per piece left, right,
//	         points<<2 | end flags and the points in that form
//	tagNode  offset and bits of a finer grid: 1<<2·bits entries, each cell
//	         1<<bits times narrower. What its cells point to follows it, so
//	         that one stretch of memory holds an answer
const (
	tagBits = 2
	tagMask = 1<<tagBits - 1
	tagFace = 0
	tagOne  = 1
	tagMany = 2
	tagNode = 3

	nodeBits   = 3 // of a tagNode entry, for how finely it divides
	nodeMask   = 1<<nodeBits - 1
	maxNodeOff = 1<<(32-tagBits-nodeBits) - 1
)

// The forms of the points of a tagMany cell.
const (
	formNarrow = 0 // 16 bits a coordinate, as for tagOne
	formWide   = 1 // 32 bits, absolute, within maxWide of every point of the cell
	formHuge   = 2 // 32 bits, absolute
	formBits   = 2
	formMask   = 1<<formBits - 1
	// maxWide is 107°: products of two such differences leave room for sums.
	maxWide = 1 << 30
)

// A oneEntry is, from the lowest bit: tag, end flags, turns, points, offset.
// The base of the cell is right + (turns - turnsZero) · (left - right).
const (
	oneOpenAt   = tagBits
	oneTurnsAt  = oneOpenAt + openBits
	onePointsAt = oneTurnsAt + 3
	oneOffsetAt = onePointsAt + 4
	turnsZero   = 4
	maxOneTurns = 7
	maxOnePts   = 15
	maxOneOff   = 1<<(32-oneOffsetAt) - 1
)

// A piece is cut off where its line leaves the cell for good. An end that lies
// east of the cell within the cell's range of latitude would make the count of
// crossings jump there; it is thought to go on straight north for ever. Ends
// elsewhere need nothing: west of the cell no ray sees them, north and south
// no ray passes them, and inside the cell they are nodes, around which the
// faces agree.
const (
	startOpen = 1
	endOpen   = 2
	openBits  = 2
	openMask  = 1<<openBits - 1
)

// child takes one step from a tagNode entry of a cell 1<<shift wide.
func child(w []uint32, e, shift, ux, uy uint32) (entry, childShift uint32) {
	at, bits := e>>(tagBits+nodeBits), e>>tagBits&nodeMask
	s := (shift - bits) & 31
	m := uint32(1)<<bits - 1
	return w[at+(uy>>s&m)<<bits+(ux>>s&m)], s
}

// lookAhead asks for the memory behind an entry before it is needed.
func lookAhead(w []uint32, e uint32) {
	switch e & tagMask {
	case tagNode:
		touch(&w[e>>(tagBits+nodeBits)])
	case tagMany:
		touch(&w[e>>tagBits])
	}
}

// inCell turns an offset from the grid's corner into a cell coordinate, counted
// from the middle of the cell: that way the longest borders still fit 16 bits.
func inCell(u, shift uint32) int64 {
	side := uint32(1) << (shift & 31)
	return int64(u&(side-1)) - int64(side>>1)
}

// oneFace evaluates a cell with one piece at a point in cell coordinates.
func oneFace(w []uint32, e uint32, px, py int64) topology.FaceID {
	at, n := e>>oneOffsetAt, e>>onePointsAt&maxOnePts
	c := w[at : at+2+n]
	left, right := c[0], c[1]
	k := narrowCrossings(c[2:], e>>oneOpenAt, px, py) + e>>oneTurnsAt&maxOneTurns - turnsZero
	return topology.FaceID(int32(right + k*(left-right)))
}

// manyFace evaluates a cell with several pieces at p, which is px, py in cell
// coordinates.
func manyFace(c []uint32, p spatial.Point, px, py int64) topology.FaceID {
	face, pieces, form := c[0], c[1]>>formBits, c[1]&formMask
	c = c[2:]
	for range pieces {
		n, left, right, open := c[2]>>openBits, c[0], c[1], c[2]
		c = c[3:]
		var k uint32
		switch form {
		case formNarrow:
			k = narrowCrossings(c[:n], open, px, py)
		case formWide:
			n *= 2
			k = wideCrossings(c[:n], open, int64(p.X), int64(p.Y))
		default:
			n *= 2
			k = hugeCrossings(c[:n], open, int64(p.X), int64(p.Y))
		}
		c = c[n:]
		face += k * (left - right)
	}
	return topology.FaceID(int32(face))
}

func narrowXY(w uint32) (x, y int64) { return int64(int16(w)), int64(int32(w) >> 16) }

func packNarrow(x, y int64) (uint32, bool) {
	if x != int64(int16(x)) || y != int64(int16(y)) {
		return 0, false
	}
	return uint32(uint16(x)) | uint32(uint16(y))<<16, true
}

// segment is one straight piece of a border, with the faces beside it.
type segment struct {
	a, b        spatial.Point
	left, right topology.FaceID
}

// eachSegment calls f for every segment stored with a border cell whose
// south-west corner is sw and whose side is 1<<shift.
func eachSegment(w []uint32, e, shift uint32, sw spatial.Point, f func(segment)) {
	half := int32(1 << shift >> 1)
	mid := spatial.Point{X: sw.X + half, Y: sw.Y + half}
	if e&tagMask == tagOne {
		at, n := e>>oneOffsetAt, e>>onePointsAt&maxOnePts
		narrowSegments(w[at], w[at+1], w[at+2:at+2+n], mid, f)
		return
	}
	c := w[e>>tagBits:]
	pieces, form := c[1]>>formBits, c[1]&formMask
	c = c[2:]
	for range pieces {
		left, right, n := c[0], c[1], c[2]>>openBits
		c = c[3:]
		if form != formNarrow {
			n *= 2
			wideSegments(left, right, c[:n], f)
		} else {
			narrowSegments(left, right, c[:n], mid, f)
		}
		c = c[n:]
	}
}

func narrowSegments(left, right uint32, pts []uint32, mid spatial.Point, f func(segment)) {
	s := segment{left: topology.FaceID(int32(left)), right: topology.FaceID(int32(right))}
	for i, w := range pts {
		x, y := narrowXY(w)
		s.a, s.b = s.b, spatial.Point{X: int32(int64(mid.X) + x), Y: int32(int64(mid.Y) + y)}
		if i > 0 {
			f(s)
		}
	}
}

func wideSegments(left, right uint32, pts []uint32, f func(segment)) {
	s := segment{left: topology.FaceID(int32(left)), right: topology.FaceID(int32(right))}
	for i := 0; i+1 < len(pts); i += 2 {
		s.a, s.b = s.b, spatial.Point{X: int32(pts[i]), Y: int32(pts[i+1])}
		if i > 0 {
			f(s)
		}
	}
}
