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
)

// frame is the clip box of a tile: the tile and its buffer, in pixels.
type frame struct{ lo, hi int32 }

func frameAt(z uint8) frame {
	e := ExtentAt(z)
	b := e * Buffer / Extent
	return frame{-b, e + b}
}

func (f frame) onEdge(p pixel) bool {
	return p.x == f.lo || p.x == f.hi || p.y == f.lo || p.y == f.hi
}

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
	slack          int32 // fine: how far projecting and rounding may have moved it against others
}

// finePoint places world coordinates on the tile, not clipped.
type finePoint struct{ x, y int64 }

// placer maps world coordinates to a tile's fine coordinates.
type placer struct {
	up, down uint
	half     int64
	x0, y0   int64
	lo, hi   int64 // the clip box
	world    uint  // the whole square is 1<<world fine points wide
}

func newPlacer(t Tile) placer {
	bits := extentBits(t.Z) + fineBits
	f := frameAt(t.Z)
	p := placer{
		x0: int64(t.X) << bits, y0: int64(t.Y) << bits,
		lo: int64(f.lo) << fineBits, hi: int64(f.hi) << fineBits, world: bits + uint(t.Z),
	}
	if have := bits + uint(t.Z); have < 32 {
		p.down = 32 - have
		p.half = 1 << (p.down - 1)
	} else {
		p.up = have - 32
	}
	return p
}

func (p *placer) place(w worldPoint) finePoint {
	return finePoint{
		(int64(w.x)<<p.up+p.half)>>p.down - p.x0,
		(int64(w.y)<<p.up+p.half)>>p.down - p.y0,
	}
}

// slack bounds how far drawing the line a–b between its rounded ends may have
// moved it against a vertex beside it. Rounding moves each end, and the vertex,
// by half a step of the world and half of the fine coordinates along each axis,
// clipping by half a step more. And what is straight on the lattice is curved
// on the map, beside its chord by at most φ²/8 · d²y/dφ², of which Δy² · π/4 by
// the width of the world is a bound. Beyond the latitudes that are drawn, all
// is moved to the edge, however far.
func (p *placer) slack(a, b finePoint) int32 {
	const all = 1 << 20
	edge := int64(1) << p.world
	dy := b.y - a.y
	if top, foot := min(a.y, b.y)+p.y0, max(a.y, b.y)+p.y0; top <= 0 || foot >= edge || dy > 1<<30 || dy < -1<<30 {
		return all
	}
	return int32(min(all, 4+int64(2)<<p.up+(dy*dy)>>p.world))
}

// code says past which edges of the clip box a point lies.
func (p *placer) code(a finePoint) uint {
	c := uint(0)
	if a.x < p.lo {
		c = 1
	} else if a.x > p.hi {
		c = 2
	}
	if a.y < p.lo {
		c |= 4
	} else if a.y > p.hi {
		c |= 8
	}
	return c
}

// addArc clips an arc, without the vertices whose rank is under need, to the
// box and adds the pieces inside as segments.
func (w *workspace) addArc(p *placer, a world, need uint8) {
	last := len(a.pts) - 1
	prev := p.place(a.pts[0])
	prevCode := p.code(prev)
	node := int32(-1) // of prev, when it has been looked up
	for i := 1; i <= last; i++ {
		if a.rank[i] < need && i != last {
			continue
		}
		cur := p.place(a.pts[i])
		code := p.code(cur)
		switch {
		case prevCode|code == 0:
			if node < 0 {
				node = w.node(int32(prev.x), int32(prev.y))
			}
			nb := w.node(int32(cur.x), int32(cur.y))
			if nb != node {
				w.segs = append(w.segs, segment{
					int32(prev.x), int32(prev.y), int32(cur.x), int32(cur.y),
					node, nb, a.right, a.left, p.slack(prev, cur),
				})
			}
			node = nb
		case prevCode&code == 0:
			w.addClipped(p, prev, cur, a)
			node = -1
		default:
			node = -1
		}
		prev, prevCode = cur, code
	}
}

func (w *workspace) addClipped(p *placer, a, b finePoint, arc world) {
	slack := p.slack(a, b)
	a, b, ok := p.clip(a, b)
	if !ok || a == b {
		return
	}
	na, nb := w.node(int32(a.x), int32(a.y)), w.node(int32(b.x), int32(b.y))
	if na != nb {
		w.segs = append(w.segs, segment{int32(a.x), int32(a.y), int32(b.x), int32(b.y), na, nb, arc.right, arc.left, slack})
	}
}

// clip cuts a segment to the closed clip box; false when they do not
// meet. The same segment gives the same end points in either direction.
func (p *placer) clip(a, b finePoint) (finePoint, finePoint, bool) {
	swapped := b.x < a.x || b.x == a.x && b.y < a.y
	if swapped {
		a, b = b, a
	}
	from, to := a, b // cuts are computed on the whole segment
	for ca, cb := p.code(a), p.code(b); ca|cb != 0; ca, cb = p.code(a), p.code(b) {
		switch {
		case ca&cb != 0:
			return a, b, false
		case ca != 0:
			a = p.cutAt(from, to, ca)
		default:
			b = p.cutAt(from, to, cb)
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
func (p *placer) cutAt(from, to finePoint, code uint) finePoint {
	at := func(u0, u1, v0, v1, edge int64) int64 {
		t := float64(edge-u0) / float64(u1-u0)
		return v0 + int64(math.Round(float64(t*float64(v1-v0))))
	}
	switch {
	case code&1 != 0:
		return finePoint{p.lo, at(from.x, to.x, from.y, to.y, p.lo)}
	case code&2 != 0:
		return finePoint{p.hi, at(from.x, to.x, from.y, to.y, p.hi)}
	case code&4 != 0:
		return finePoint{at(from.y, to.y, from.x, to.x, p.lo), p.lo}
	}
	return finePoint{at(from.y, to.y, from.x, to.x, p.hi), p.hi}
}
