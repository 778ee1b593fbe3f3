package locate

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// A line is a cell of a tile, one line of cache:
//
//	above, below  the faces beyond the strip
//	normal        of the strip: two numbers of 16 bits
//	from, width   the strip: all borders lie where
//	              from <= normal · p < from + width
//	entry         of the cell, and what it says where that fits
//
// For the strip a cell is 2^16 wide and its middle the origin.
const (
	lineAbove  = 0
	lineBelow  = 1
	lineNormal = 2
	lineFrom   = 3
	lineWidth  = 4
	lineEntry  = 5
	lineInline = 6
	lineWords  = 16
)

type line [lineWords]uint32

// beside returns the face on the side of the strip on which a place of the cell
// lies, given in parts of 2^32; or it is between the sides.
func (l *line) beside(x, y uint32) (face topology.FaceID, between bool) {
	n := int32(l[lineNormal])
	v := n<<16>>16*(int32(x^1<<31)>>16) + n>>16*(int32(y^1<<31)>>16) - int32(l[lineFrom])
	above, below := l[lineAbove], l[lineBelow] // both, so that no branch is needed
	if v < 0 {
		above = below
	}
	return topology.FaceID(int32(above)), uint32(v) < l[lineWidth]
}

// faceLine is a cell without borders.
func faceLine(face topology.FaceID) line {
	return line{lineAbove: uint32(face), lineBelow: uint32(face), lineEntry: faceEntry(face)}
}

// line makes a cell with borders.
func (b *builder) line(ps []piece, base topology.FaceID, box spatial.Box, shift uint32) (l line) {
	from := len(b.words)
	e := b.cell(0, ps, base, box, shift)
	if n := len(b.words) - from; e&tagMask == tagOne && n <= lineWords-lineInline {
		copy(l[lineInline:], b.words[from:])
		b.words = b.words[:from]
		e = e&(1<<oneOffsetAt-1) | lineInline<<oneOffsetAt
	}
	s := b.stripOf(ps, box, shift)
	l[lineAbove] = uint32(base + crossings(ps, farCorner(box, s.nx, s.ny)))
	l[lineBelow] = uint32(base + crossings(ps, farCorner(box, -s.nx, -s.ny)))
	l[lineNormal] = uint32(uint16(s.nx)) | uint32(uint16(s.ny))<<16
	l[lineFrom], l[lineWidth] = uint32(int32(s.lo)), uint32(s.hi-s.lo+1)
	l[lineEntry] = e
	return l
}

// farCorner returns the corner farthest in a direction. What of the cell lies
// beyond the strip is convex, without a border, and holds the corner if it
// holds anything.
func farCorner(box spatial.Box, nx, ny int64) spatial.Point {
	p := box.Min
	if nx > 0 {
		p.X = box.Max.X
	}
	if ny > 0 {
		p.Y = box.Max.Y
	}
	return p
}

// strip holds every border of a cell: lo <= nx·x + ny·y <= hi.
type strip struct{ nx, ny, lo, hi int64 }

// width2 returns the square of the width of the strip; that of the zero strip is
// endless.
func (s strip) width2() float64 {
	w := float64(s.hi - s.lo + 1)
	return w * w / float64(s.nx*s.nx+s.ny*s.ny)
}

// spot is a point of a cell, in the coordinates of its strip.
type spot struct{ x, y float64 }

// stripOf returns the narrowest strip along one of the pieces or, where there
// are several, along an axis or a diagonal.
func (b *builder) stripOf(ps []piece, box spatial.Box, shift uint32) strip {
	spots := b.spots[:0]
	var along [4]spot
	tries := 0
	in := scaleTo(box, shift)
	for _, p := range ps {
		first := len(spots)
		for k := 1; k < len(p.pts); k++ {
			if t0, t1 := clipClosed(p.pts[k-1], p.pts[k], box); t0 <= t1+1e-12 {
				spots = append(spots, in.at(p.pts[k-1], p.pts[k], t0), in.at(p.pts[k-1], p.pts[k], t1))
			}
		}
		if n := len(spots); n > first && tries < len(along) {
			along[tries] = spot{spots[n-1].x - spots[first].x, spots[n-1].y - spots[first].y}
			tries++
		}
	}
	b.spots = spots
	if len(spots) == 0 { // no coverage: see New
		return strip{1, 1, -1 << 29, 1 << 29}
	}
	var best strip // of endless width
	for _, d := range along[:tries] {
		best = narrower(best, spots, d)
	}
	if tries != 1 || best.width2() > 1<<28 {
		for _, d := range [4]spot{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
			best = narrower(best, spots, d)
		}
	}
	return best
}

// clipClosed returns the part of a segment within the closed square: none if
// t0 > t1 by more than rounding.
func clipClosed(a, b spatial.Point, cell spatial.Box) (t0, t1 float64) {
	t0, t1 = clipAxis(a.X, b.X, cell.Min.X, cell.Max.X, 0, 1)
	return clipAxis(a.Y, b.Y, cell.Min.Y, cell.Max.Y, t0, t1)
}

func clipAxis(v, w, lo, hi int32, t0, t1 float64) (float64, float64) {
	if v == w {
		if v < lo || v > hi {
			return 1, 0
		}
		return t0, t1
	}
	d := float64(int64(w) - int64(v))
	in, out := float64(int64(lo)-int64(v))/d, float64(int64(hi)-int64(v))/d
	return max(t0, min(in, out)), min(t1, max(in, out))
}

// scale turns lattice points into spots.
type scale struct{ midX, midY, of float64 }

func scaleTo(box spatial.Box, shift uint32) scale {
	half := float64(int64(1)<<shift) / 2
	return scale{float64(box.Min.X) + half, float64(box.Min.Y) + half, 1 << 16 / float64(int64(1)<<shift)}
}

// at returns the spot at the part t of the way from a to b.
func (s scale) at(a, b spatial.Point, t float64) spot {
	return spot{
		(float64(a.X) - s.midX + t*(float64(b.X)-float64(a.X))) * s.of,
		(float64(a.Y) - s.midY + t*(float64(b.Y)-float64(a.Y))) * s.of,
	}
}

// narrower returns the strip along d if it is narrower than the best so far.
// Over the cell the products sum to 2^29 at most, so that beside can subtract
// within 32 bits.
func narrower(best strip, spots []spot, d spot) strip {
	const limit = 1<<13 - 1
	f := limit / max(math.Abs(d.x), math.Abs(d.y))
	if !(f > 0) || math.IsInf(f, 1) {
		return best
	}
	s := strip{nx: int64(math.Round(-d.y * f)), ny: int64(math.Round(d.x * f))}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range spots {
		v := float64(s.nx)*p.x + float64(s.ny)*p.y
		lo, hi = min(lo, v), max(hi, v)
	}
	slack := stripSlack + max(s.nx, -s.nx) + max(s.ny, -s.ny)
	s.lo, s.hi = int64(math.Floor(lo))-slack, int64(math.Ceil(hi))+slack
	if s.width2() < best.width2() {
		return s
	}
	return best
}

// stripSlack is more than the rounding of a border's clipped ends can shift
// their place in the strip; a point's own place is cut to 16 bits, which shifts
// it by less than one each way.
const stripSlack = 2
