package tiles

import (
	"math/bits"
	"slices"
)

// Snap rounding (Hobby 1999; Guibas and Marimont 1998): a pixel is hot when it
// holds a vertex or a crossing. Every segment is drawn through the centres of
// all hot pixels that it passes, in its order. Rounded so, lines may meet but
// never cross, and what was between them stays between them or vanishes.
//
// Arcs of a sound topology do not cross, nor do they once simplified. Lines
// that cross all the same were bent or moved over each other by projecting and
// by rounding to fine coordinates. In moving, the end of one then came to lie
// on the other, and still lies within what both were moved by: a segment's
// slack. So only segments that pass an end so closely are looked at.

// snapper finds which segments pass which hot pixels.
type snapper struct {
	frame  frame
	shift  uint    // cell width is 1<<shift pixels
	side   int32   // cells per row
	first  []int32 // per cell: where its nodes end in hot
	hot    []hotPixel
	passes []pass
	ends   []int32 // per node: a segment's end there + 1; even for na
	ending []int32 // per segment's end: another at its node + 1
}

// pass says that a segment runs through a node's pixel, along its way.
type pass struct {
	seg, node int32
	along     int64
}

// snapAll fills w.snap.passes, ordered by segment and along it.
func (w *workspace) snapAll() {
	s := &w.snap
	s.frame, s.passes = w.frame, s.passes[:0]
	s.bucketNodes(w.nodes.at)
	for i := range w.segs {
		w.passNear(int32(i))
	}
	known := int32(len(w.nodes.at))
	w.heatCrossings()
	for n := known; n < int32(len(w.nodes.at)); n++ {
		for i := range w.segs {
			s.passes = append(s.passes, pass{seg: int32(i), node: n})
		}
	}
	through := s.passes[:0]
	for _, p := range s.passes {
		if w.runsThrough(&p) {
			through = append(through, p)
		}
	}
	s.passes = through
	slices.SortFunc(s.passes, func(a, b pass) int {
		switch {
		case a.seg != b.seg:
			return int(a.seg - b.seg)
		case a.along < b.along:
			return -1
		case a.along > b.along:
			return 1
		}
		return int(a.node - b.node)
	})
}

// runsThrough tells whether the segment runs through the node's pixel, and
// fills in where.
func (w *workspace) runsThrough(p *pass) bool {
	g, at := &w.segs[p.seg], w.nodes.at[p.node]
	x0, y0 := at.x<<fineBits-fineHalf, at.y<<fineBits-fineHalf
	if max(g.ax, g.bx) < x0 || min(g.ax, g.bx) >= x0+fineOne ||
		max(g.ay, g.by) < y0 || min(g.ay, g.by) >= y0+fineOne ||
		g.na == p.node || g.nb == p.node || !g.entersSquare(x0, y0) {
		return false
	}
	dx, dy := int64(g.bx-g.ax), int64(g.by-g.ay)
	p.along = int64(x0+fineHalf-g.ax)*dx + int64(y0+fineHalf-g.ay)*dy
	return true
}

// entersSquare tells whether the line of g meets the half-open pixel square
// with the least corner x0, y0, given that their boxes do.
func (g *segment) entersSquare(x0, y0 int32) bool {
	dx, dy := int64(g.bx-g.ax), int64(g.by-g.ay)
	c00 := dx*int64(y0-g.ay) - dy*int64(x0-g.ax)
	c10, c01 := c00-dy*fineOne, c00+dx*fineOne
	c11 := c10 + dx*fineOne
	lo, hi := min(c00, c10, c01, c11), max(c00, c10, c01, c11)
	switch {
	case lo < 0 && hi > 0:
		return true
	case lo > 0 || hi < 0:
		return false
	}
	return c00 == 0 // the square owns its least corner and the two edges there
}

// heatCrossings makes the pixels of proper crossings hot: those between a
// segment and what ends in a pixel that it passes or, where several points are
// in one pixel, ends in.
func (w *workspace) heatCrossings() {
	s, n := &w.snap, len(w.nodes.at)
	if len(s.passes) == 0 && !slices.Contains(w.nodes.mixed, true) {
		return
	}
	s.ends, s.ending = zeroed(s.ends, n), sized(s.ending, 2*len(w.segs))
	for i := range w.segs {
		for k, node := range [2]int32{w.segs[i].na, w.segs[i].nb} {
			end := int32(2*i + k)
			s.ending[end], s.ends[node] = s.ends[node], end+1
		}
	}
	for _, p := range s.passes {
		w.heatAgainst(p.seg, s.ends[p.node])
	}
	for node := range n {
		if w.nodes.mixed[node] {
			for e := s.ends[node]; e != 0; e = s.ending[e-1] {
				w.heatAgainst((e-1)>>1, s.ending[e-1])
			}
		}
	}
}

// heatAgainst heats where a segment crosses those of a list of ends.
func (w *workspace) heatAgainst(seg, end int32) {
	g := &w.segs[seg]
	x0, x1, y0, y1 := min(g.ax, g.bx), max(g.ax, g.bx), min(g.ay, g.by), max(g.ay, g.by)
	for ; end != 0; end = w.snap.ending[end-1] {
		h := &w.segs[(end-1)>>1]
		if max(h.ax, h.bx) < x0 || min(h.ax, h.bx) > x1 || max(h.ay, h.by) < y0 || min(h.ay, h.by) > y1 {
			continue
		}
		if x, y, ok := crossing(g, h); ok {
			w.node(x, y)
		}
	}
}

// crossing returns the fine point at which two segments cross properly, in the
// interior of both, rounded down, which leaves it in its pixel. It does not
// depend on their order or directions.
func crossing(g, h *segment) (x, y int32, ok bool) {
	o1, o2 := g.orient(h.ax, h.ay), g.orient(h.bx, h.by)
	if o1 == 0 || o2 == 0 || o1 > 0 == (o2 > 0) {
		return 0, 0, false
	}
	o3, o4 := h.orient(g.ax, g.ay), h.orient(g.bx, g.by)
	if o3 == 0 || o4 == 0 || o3 > 0 == (o4 > 0) {
		return 0, 0, false
	}
	ax, ay, bx, by := g.ax, g.ay, g.bx, g.by
	if h.ax+h.bx < ax+bx || h.ax+h.bx == ax+bx && h.ay+h.by < ay+by { // the same one first, always
		ax, ay, bx, by = h.ax, h.ay, h.bx, h.by
		o3, o4 = o1, o2
	}
	if bx < ax || bx == ax && by < ay {
		ax, ay, bx, by = bx, by, ax, ay
		o3, o4 = o4, o3
	}
	part, whole := max(o3, -o3), max(o3-o4, o4-o3)
	return ax + int32(scaleDown(int64(bx-ax), part, whole)), ay + int32(scaleDown(int64(by-ay), part, whole)), true
}

// scaleDown returns floor(v × part / whole), exactly, for 0 ≤ part ≤ whole.
func scaleDown(v, part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(max(v, -v)), uint64(part))
	q, r := bits.Div64(hi, lo, uint64(whole))
	if v >= 0 {
		return int64(q)
	}
	if r > 0 {
		q++
	}
	return -int64(q)
}

// orient is positive when x, y lies on the mathematical left of g.
func (g *segment) orient(x, y int32) int64 {
	return int64(g.bx-g.ax)*int64(y-g.ay) - int64(g.by-g.ay)*int64(x-g.ax)
}
