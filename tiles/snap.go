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
// Arcs of a sound topology do not cross; crossings of a fraction of a pixel can
// come from projecting and from rounding to fine coordinates, and are made hot.

// snapper finds which segments pass which hot pixels.
type snapper struct {
	frame    frame
	shift    uint    // cell width is 1<<shift pixels
	side     int32   // cells per row
	segStart []int32 // per cell, into segList
	segList  []int32
	hotStart []int32 // per cell, into hotList
	hotList  []int32
	passes   []pass
	cursor   []int32
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
	s.bucketSegments(w.segs)
	w.heatCrossings()
	s.bucketNodes(w.nodes.at)
	for cell := range s.side * s.side {
		segs := s.segList[s.segStart[cell]:s.segStart[cell+1]]
		if len(segs) == 0 {
			continue
		}
		for _, n := range s.hotList[s.hotStart[cell]:s.hotStart[cell+1]] {
			s.passNode(w.segs, segs, n, w.nodes.at[n])
		}
	}
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

func (s *snapper) passNode(all []segment, segs []int32, node int32, at pixel) {
	x0, y0 := at.x<<fineBits-fineHalf, at.y<<fineBits-fineHalf
	for _, i := range segs {
		g := &all[i]
		if max(g.ax, g.bx) < x0 || min(g.ax, g.bx) >= x0+fineOne ||
			max(g.ay, g.by) < y0 || min(g.ay, g.by) >= y0+fineOne ||
			g.na == node || g.nb == node || !g.entersSquare(x0, y0) {
			continue
		}
		dx, dy := int64(g.bx-g.ax), int64(g.by-g.ay)
		along := int64(x0+fineHalf-g.ax)*dx + int64(y0+fineHalf-g.ay)*dy
		s.passes = append(s.passes, pass{i, node, along})
	}
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

// heatCrossings makes the pixels of proper crossings hot.
func (w *workspace) heatCrossings() {
	s := &w.snap
	for cell := range s.side * s.side {
		segs := s.segList[s.segStart[cell]:s.segStart[cell+1]]
		for i, a := range segs {
			g := &w.segs[a]
			x0, x1, y0, y1 := min(g.ax, g.bx), max(g.ax, g.bx), min(g.ay, g.by), max(g.ay, g.by)
			for _, b := range segs[i+1:] {
				h := &w.segs[b]
				if max(h.ax, h.bx) < x0 || min(h.ax, h.bx) > x1 || max(h.ay, h.by) < y0 || min(h.ay, h.by) > y1 {
					continue
				}
				if x, y, ok := crossing(g, h); ok {
					w.node(x, y)
				}
			}
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
