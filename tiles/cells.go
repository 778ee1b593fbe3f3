package tiles

import "math"

// bucketNodes sorts the nodes into cells, of which there are some more.
func (s *snapper) bucketNodes(at []pixel) {
	lo, width := s.frame.lo, s.frame.hi-s.frame.lo
	s.shift = 9
	for s.shift > 2 && (width>>s.shift)*(width>>s.shift) < 2*int32(len(at)) {
		s.shift--
	}
	s.side = width>>s.shift + 1
	s.first = zeroed(s.first, int(s.side*s.side)+1)
	for _, p := range at {
		s.first[(p.y-lo)>>s.shift*s.side+(p.x-lo)>>s.shift]++
	}
	sumUp(s.first)
	if cap(s.hot) < len(at) {
		s.hot = make([]hotPixel, len(at)+len(at)/4)
	}
	s.hot = s.hot[:len(at)]
	for i, p := range at { // each cell's start runs on to its end, which is the next one's start
		c := (p.y-lo)>>s.shift*s.side + (p.x-lo)>>s.shift
		s.hot[s.first[c]] = hotPixel{p.x << fineBits, p.y << fineBits, int32(i)}
		s.first[c]++
	}
}

// hotPixel is a node and the fine coordinates of its centre.
type hotPixel struct{ x, y, node int32 }

// cellsOf returns the nodes in the cells of a row, from one column to another.
func (s *snapper) cellsOf(row, from, to int32) []hotPixel {
	c, start := row*s.side+from, int32(0)
	if c > 0 {
		start = s.first[c-1]
	}
	return s.hot[start:s.first[row*s.side+to]]
}

// passNear adds a pass for every node, but its own ends, whose pixel a segment
// comes within its slack of; it need not run through all of them.
func (w *workspace) passNear(seg int32) {
	s, g := &w.snap, &w.segs[seg]
	far := fineHalf + g.slack
	left, right := min(g.ax, g.bx), max(g.ax, g.bx)
	top, foot := min(g.ay, g.by), max(g.ay, g.by)
	r := reach{seg: seg, x0: left - far, x1: right + far, y0: top - far, y1: foot + far}
	r.dx, r.dy = int64(g.bx-g.ax), int64(g.by-g.ay)
	r.most = int64(far) * (max(r.dx, -r.dx) + max(r.dy, -r.dy))
	cx0, cx1, cy0, cy1 := s.cell(r.x0), s.cell(r.x1), s.cell(r.y0), s.cell(r.y1)
	if cx1-cx0 <= 2 || cy1-cy0 <= 1 || r.dy == 0 { // most segments
		for cy := cy0; cy <= cy1; cy++ {
			w.passCells(&r, s.cellsOf(cy, cx0, cx1))
		}
		return
	}
	slope := float64(r.dx) / float64(r.dy)
	for cy := cy0; cy <= cy1; cy++ {
		// Where the segment is within this row, as high as its reach.
		from := max((cy<<s.shift+s.frame.lo-1)<<fineBits-far, top)
		to := min(((cy+1)<<s.shift+s.frame.lo+1)<<fineBits+far, foot)
		xa := float64(g.ax) + slope*float64(from-g.ay)
		xb := float64(g.ax) + slope*float64(to-g.ay)
		first, last := int32(math.Floor(min(xa, xb)))-far-fineOne, int32(math.Ceil(max(xa, xb)))+far+fineOne
		w.passCells(&r, s.cellsOf(cy, max(s.cell(first), cx0), min(s.cell(last), cx1)))
	}
}

// cell returns in which column, or row, of cells a fine coordinate is, clamped
// to the frame.
func (s *snapper) cell(fine int32) int32 {
	return min(max(fine>>fineBits-s.frame.lo, 0), s.frame.hi-s.frame.lo) >> s.shift
}

// reach is a segment and a box around it in which nodes may count as passed.
type reach struct {
	seg            int32
	x0, y0, x1, y1 int32 // fine
	dx, dy, most   int64
}

// passCells tries some nodes.
func (w *workspace) passCells(r *reach, nodes []hotPixel) {
	g := &w.segs[r.seg]
	for i := range nodes {
		n := &nodes[i]
		if n.x < r.x0 || n.x > r.x1 || n.y < r.y0 || n.y > r.y1 || n.node == g.na || n.node == g.nb {
			continue
		}
		if off := r.dx*int64(n.y-g.ay) - r.dy*int64(n.x-g.ax); off <= r.most && off >= -r.most {
			w.snap.passes = append(w.snap.passes, pass{seg: r.seg, node: n.node})
		}
	}
}

// zeroed returns s with n zeros, sized returns it with n values of any kind.
func zeroed(s []int32, n int) []int32 {
	s = sized(s, n)
	clear(s)
	return s
}

func sized(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n, n+n/4)
	}
	return s[:n]
}

// sumUp turns counts into start offsets and returns the total, which is also
// left in the last place.
func sumUp(counts []int32) int32 {
	sum := int32(0)
	for i, c := range counts {
		counts[i] = sum
		sum += c
	}
	return sum
}
