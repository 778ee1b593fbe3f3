package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// A tile is one slab of words. Its first 256 words are the entries of its
// cells, row by row from the south-west. An entry is a tag and a payload:
//
//	tagFace    the face id of the whole cell
//	tagNarrow  offset of the cell's border pieces, 16 bits a coordinate,
//	           counted from the cell's south-west corner
//	tagWide    offset of the cell's border pieces, absolute 32-bit coordinates
//	tagNode    offset of a finer grid: a word (bits<<5 | shift) and 1<<2·bits
//	           entries, each cell 1<<shift steps wide
//
// Border pieces: base, number of pieces, and per piece left, right, points<<2 |
// end flags, points.
const (
	tagBits   = 2
	tagMask   = 1<<tagBits - 1
	tagFace   = 0
	tagNarrow = 1
	tagWide   = 2
	tagNode   = 3
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

func child(w []uint32, e, ux, uy uint32) (entry, shift uint32) {
	at := e >> tagBits
	head := w[at]
	s, bits := head&31, head>>5&31
	m := uint32(1)<<bits - 1
	return w[at+1+(uy>>s&m)<<bits+(ux>>s&m)], s
}

// wideFace evaluates a cell's pieces at p. The products cannot overflow:
// differences of longitude are under 2^31.8 and of latitude, between the ends
// of a segment, under 2^30.8.
func wideFace(c []uint32, p spatial.Point) topology.FaceID {
	px, py := int64(p.X), int64(p.Y)
	face, pieces := c[0], c[1]
	c = c[2:]
	for range pieces {
		n, left, right := c[2]>>openBits, c[0], c[1]
		open := c[2] & openMask
		pts := c[3 : 3+2*n]
		c = c[3+2*n:]
		ax, ay := int64(int32(pts[0])), int64(int32(pts[1]))
		above := ay > py
		var crossings uint32
		if open&startOpen != 0 && !above {
			crossings--
		}
		for i := 2; i+1 < len(pts); i += 2 {
			bx, by := int64(int32(pts[i])), int64(int32(pts[i+1]))
			if bAbove := by > py; bAbove != above {
				crossings += crossing(bAbove, (bx-ax)*(py-ay), (by-ay)*(px-ax))
				above = bAbove
			}
			ax, ay = bx, by
		}
		if open&endOpen != 0 && !above {
			crossings++
		}
		face += crossings * (left - right)
	}
	return topology.FaceID(int32(face))
}

// narrowFace is wideFace for pieces in cell coordinates.
func narrowFace(c []uint32, px, py int64) topology.FaceID {
	face, pieces := c[0], c[1]
	c = c[2:]
	for range pieces {
		n, left, right := c[2]>>openBits, c[0], c[1]
		open := c[2] & openMask
		pts := c[3 : 3+n]
		c = c[3+n:]
		ax, ay := narrowXY(pts[0])
		above := ay > py
		var crossings uint32
		if open&startOpen != 0 && !above {
			crossings--
		}
		for _, b := range pts[1:] {
			bx, by := narrowXY(b)
			if bAbove := by > py; bAbove != above {
				crossings += crossing(bAbove, (bx-ax)*(py-ay), (by-ay)*(px-ax))
				above = bAbove
			}
			ax, ay = bx, by
		}
		if open&endOpen != 0 && !above {
			crossings++
		}
		face += crossings * (left - right)
	}
	return topology.FaceID(int32(face))
}

// crossing counts a segment that spans the ray's latitude: +1 if it runs upward
// and passes strictly east of p, -1 if downward, 0 if it passes p or west of
// it. The products are those of the cross product, east iff the upward segment
// has p on its left.
func crossing(up bool, l, r int64) uint32 {
	if up {
		if l > r {
			return 1
		}
		return 0
	}
	if l < r {
		return ^uint32(0)
	}
	return 0
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
// south-west corner is sw.
func eachSegment(w []uint32, e uint32, sw spatial.Point, f func(segment)) {
	c := w[e>>tagBits:]
	narrow := e&tagMask == tagNarrow
	pieces := c[1]
	c = c[2:]
	for range pieces {
		n := int(c[2] >> openBits)
		s := segment{left: topology.FaceID(int32(c[0])), right: topology.FaceID(int32(c[1]))}
		c = c[3:]
		for i := range n {
			var q spatial.Point
			if narrow {
				x, y := narrowXY(c[i])
				q = spatial.Point{X: int32(int64(sw.X) + x), Y: int32(int64(sw.Y) + y)}
			} else {
				q = spatial.Point{X: int32(c[2*i]), Y: int32(c[2*i+1])}
			}
			if i > 0 {
				s.b = q
				f(s)
			}
			s.a = q
		}
		if narrow {
			c = c[n:]
		} else {
			c = c[2*n:]
		}
	}
}
