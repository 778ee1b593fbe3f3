package tiles

import "math"

// bucketNodes lists the nodes by cells, of which there are some more.
func (s *snapper) bucketNodes(at []pixel) {
	width := s.frame.hi - s.frame.lo
	s.shift = 9
	for s.shift > 2 && (width>>s.shift)*(width>>s.shift) < 4*int32(len(at)) {
		s.shift--
	}
	s.side = width>>s.shift + 1
	s.first, s.after = zeroed(s.first, int(s.side*s.side)), sized(s.after, len(at))
	for i, p := range at {
		c := (p.y-s.frame.lo)>>s.shift*s.side + (p.x-s.frame.lo)>>s.shift
		s.after[i], s.first[c] = s.first[c], int32(i+1)
	}
}

// passNear adds a pass for every node, but its own ends, whose pixel a segment
// comes within its slack of; it need not run through all of them.
func (w *workspace) passNear(seg int32) {
	s, g := &w.snap, &w.segs[seg]
	r := reach{g: g, seg: seg, far: fineHalf + g.slack}
	left, right := min(g.ax, g.bx), max(g.ax, g.bx)
	r.x0, r.x1 = s.column(left-r.far), s.column(right+r.far)
	r.y0, r.y1 = s.column(min(g.ay, g.by)-r.far), s.column(max(g.ay, g.by)+r.far)
	r.dx, r.dy = int64(g.bx-g.ax), int64(g.by-g.ay)
	r.most = int64(r.far) * (max(r.dx, -r.dx) + max(r.dy, -r.dy))
	cx0, cx1, cy0, cy1 := r.x0>>s.shift, r.x1>>s.shift, r.y0>>s.shift, r.y1>>s.shift
	if cx1-cx0 <= 1 || cy1-cy0 <= 1 || r.dx == 0 { // most segments
		for cy := cy0; cy <= cy1; cy++ {
			for cx := cx0; cx <= cx1; cx++ {
				if s.first[cy*s.side+cx] != 0 {
					w.passCell(&r, s.first[cy*s.side+cx])
				}
			}
		}
		return
	}
	slope := float64(r.dy) / float64(r.dx)
	for cx := cx0; cx <= cx1; cx++ {
		// Where the segment is within this column, as wide as its reach.
		from := max((cx<<s.shift+s.frame.lo-1)<<fineBits-r.far, left)
		to := min(((cx+1)<<s.shift+s.frame.lo+1)<<fineBits+r.far, right)
		ya := float64(g.ay) + slope*float64(from-g.ax)
		yb := float64(g.ay) + slope*float64(to-g.ax)
		top := s.column(int32(math.Floor(min(ya, yb)))-r.far-fineOne) >> s.shift
		foot := s.column(int32(math.Ceil(max(ya, yb)))+r.far+fineOne) >> s.shift
		for cy := top; cy <= foot; cy++ {
			if s.first[cy*s.side+cx] != 0 {
				w.passCell(&r, s.first[cy*s.side+cx])
			}
		}
	}
}

// column returns in which pixel from the frame's edge a fine coordinate is,
// clamped to the frame.
func (s *snapper) column(fine int32) int32 {
	return min(max(fine>>fineBits-s.frame.lo, 0), s.frame.hi-s.frame.lo)
}

// reach is a segment and how far around it nodes count as passed.
type reach struct {
	g              *segment
	seg            int32
	far            int32 // from a pixel's centre, along each axis
	x0, y0, x1, y1 int32 // pixels from the frame's edge
	dx, dy, most   int64
}

// passCell tries the nodes of one cell.
func (w *workspace) passCell(r *reach, node int32) {
	s := &w.snap
	for ; node != 0; node = s.after[node-1] {
		n := node - 1
		at := w.nodes.at[n]
		if x, y := at.x-s.frame.lo, at.y-s.frame.lo; x < r.x0 || x > r.x1 || y < r.y0 || y > r.y1 || n == r.g.na || n == r.g.nb {
			continue
		}
		off := r.dx*int64(at.y<<fineBits-r.g.ay) - r.dy*int64(at.x<<fineBits-r.g.ax)
		if off <= r.most && off >= -r.most {
			s.passes = append(s.passes, pass{seg: r.seg, node: n})
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
