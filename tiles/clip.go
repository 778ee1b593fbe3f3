package tiles

import "math"

// Coordinates in a tile are counted two ways: in pixels, the tile's integer
// units, and in 1/256 pixel ("fine"), in which lines are held until they are
// rounded. Pixel (i, j) is the half-open square of fine points that round to
// (i<<fineBits, j<<fineBits).
const (
	fineBits = 8
	fineOne  = 1 << fineBits
	fineHalf = fineOne / 2

	pixelMin = -Buffer
	pixelMax = Extent + Buffer
	clipMin  = pixelMin << fineBits
	clipMax  = pixelMax << fineBits
)

func toPixel(fine int32) int32 { return (fine + fineHalf) >> fineBits }

// Labels of a side that is no face.
const (
	outside = -1 // topology.Outside
	beyond  = -2 // past the clip box
	unknown = -3 // inside the clip box, decided by the rest of the outline
)

// segment is a straight piece of an arc inside the clip box, with the faces on
// its mathematical left and right (y runs down).
type segment struct {
	ax, ay, bx, by int32 // fine
	na, nb         int32 // nodes: the pixels of both ends
	l, r           int32
}

// finePoint places world coordinates on the tile, not clipped.
type finePoint struct{ x, y int64 }

// placer maps world coordinates to a tile's fine coordinates.
type placer struct {
	up, down uint
	half     int64
	x0, y0   int64
}

func newPlacer(t Tile) placer {
	p := placer{x0: int64(t.X) << (12 + fineBits), y0: int64(t.Y) << (12 + fineBits)}
	if t.Z < 12 {
		p.down = uint(12 - t.Z)
		p.half = 1 << (p.down - 1)
	} else {
		p.up = uint(t.Z - 12)
	}
	return p
}

func (p *placer) place(w worldPoint) finePoint {
	return finePoint{
		(int64(w.x)<<p.up+p.half)>>p.down - p.x0,
		(int64(w.y)<<p.up+p.half)>>p.down - p.y0,
	}
}

func (a finePoint) code() uint {
	c := uint(0)
	if a.x < clipMin {
		c = 1
	} else if a.x > clipMax {
		c = 2
	}
	if a.y < clipMin {
		c |= 4
	} else if a.y > clipMax {
		c |= 8
	}
	return c
}

// addArc clips an arc, without the vertices whose rank is under need, to the
// box and adds the pieces inside as segments.
func (w *workspace) addArc(p *placer, a world, need uint8) {
	last := len(a.pts) - 1
	prev := p.place(a.pts[0])
	prevCode := prev.code()
	node := int32(-1) // of prev, when it has been looked up
	for i := 1; i <= last; i++ {
		if a.rank[i] < need && i != last {
			continue
		}
		cur := p.place(a.pts[i])
		code := cur.code()
		switch {
		case prevCode|code == 0:
			if node < 0 {
				node = w.node(int32(prev.x), int32(prev.y))
			}
			nb := w.node(int32(cur.x), int32(cur.y))
			if nb != node {
				w.segs = append(w.segs, segment{
					int32(prev.x), int32(prev.y), int32(cur.x), int32(cur.y),
					node, nb, a.right, a.left,
				})
			}
			node = nb
		case prevCode&code == 0:
			w.addClipped(prev, cur, a)
			node = -1
		default:
			node = -1
		}
		prev, prevCode = cur, code
	}
}

func (w *workspace) addClipped(a, b finePoint, arc world) {
	a, b, ok := clipToBox(a, b)
	if !ok || a == b {
		return
	}
	na, nb := w.node(int32(a.x), int32(a.y)), w.node(int32(b.x), int32(b.y))
	if na != nb {
		w.segs = append(w.segs, segment{int32(a.x), int32(a.y), int32(b.x), int32(b.y), na, nb, arc.right, arc.left})
	}
}

// clipToBox cuts a segment to the closed clip box; false when they do not
// meet. The same segment gives the same end points in either direction.
func clipToBox(a, b finePoint) (finePoint, finePoint, bool) {
	swapped := b.x < a.x || b.x == a.x && b.y < a.y
	if swapped {
		a, b = b, a
	}
	from, to := a, b // cuts are computed on the whole segment
	for ca, cb := a.code(), b.code(); ca|cb != 0; ca, cb = a.code(), b.code() {
		switch {
		case ca&cb != 0:
			return a, b, false
		case ca != 0:
			a = cutAt(from, to, ca)
		default:
			b = cutAt(from, to, cb)
		}
	}
	if swapped {
		a, b = b, a
	}
	return a, b, true
}

// cutAt returns the point where the line from–to meets the edge that code
// names. The conversions forbid fused arithmetic, so that every processor
// rounds alike.
func cutAt(from, to finePoint, code uint) finePoint {
	at := func(u0, u1, v0, v1, edge int64) int64 {
		t := float64(edge-u0) / float64(u1-u0)
		return v0 + int64(math.Round(float64(t*float64(v1-v0))))
	}
	switch {
	case code&1 != 0:
		return finePoint{clipMin, at(from.x, to.x, from.y, to.y, clipMin)}
	case code&2 != 0:
		return finePoint{clipMax, at(from.x, to.x, from.y, to.y, clipMax)}
	case code&4 != 0:
		return finePoint{at(from.y, to.y, from.x, to.x, clipMin), clipMin}
	}
	return finePoint{at(from.y, to.y, from.x, to.x, clipMax), clipMax}
}
