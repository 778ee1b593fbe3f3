package tiles

import "math"

// bucketSegments sorts the segments into cells that are about as many as they
// are; a segment is in every cell within a pixel of it.
func (s *snapper) bucketSegments(segs []segment) {
	width := s.frame.hi - s.frame.lo
	s.shift = 9
	for s.shift > 2 && (width>>s.shift)*(width>>s.shift) < int32(len(segs)) {
		s.shift--
	}
	s.side = width>>s.shift + 1
	s.segStart = zeroed(s.segStart, int(s.side*s.side)+1)
	for i := range segs {
		x0, y0, x1, y1 := s.cells(&segs[i])
		if x1-x0 > 1 || y1-y0 > 1 {
			s.eachCell(&segs[i], func(cell int32) { s.segStart[cell]++ })
			continue
		}
		for y := y0; y <= y1; y++ { // most segments: one cell, or a few
			for x := x0; x <= x1; x++ {
				s.segStart[y*s.side+x]++
			}
		}
	}
	s.segList = sized(s.segList, int(sumUp(s.segStart)))
	s.cursor = append(s.cursor[:0], s.segStart...)
	for i := range segs {
		x0, y0, x1, y1 := s.cells(&segs[i])
		if x1-x0 > 1 || y1-y0 > 1 {
			s.eachCell(&segs[i], func(cell int32) {
				s.segList[s.cursor[cell]] = int32(i)
				s.cursor[cell]++
			})
			continue
		}
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				at := &s.cursor[y*s.side+x]
				s.segList[*at] = int32(i)
				*at++
			}
		}
	}
}

// cells returns the columns and rows that the segment's box is in, a pixel
// widened.
func (s *snapper) cells(g *segment) (x0, y0, x1, y1 int32) {
	lo, last := s.frame.lo, s.side-1
	x0, x1 = toPixel(min(g.ax, g.bx))-1-lo, toPixel(max(g.ax, g.bx))+1-lo
	y0, y1 = toPixel(min(g.ay, g.by))-1-lo, toPixel(max(g.ay, g.by))+1-lo
	return max(x0, 0) >> s.shift, max(y0, 0) >> s.shift, min(x1>>s.shift, last), min(y1>>s.shift, last)
}

func (s *snapper) eachCell(g *segment, do func(cell int32)) {
	cx0, cy0, cx1, cy1 := s.cells(g)
	if cx0 == cx1 || cy0 == cy1 || g.ax == g.bx {
		for cy := cy0; cy <= cy1; cy++ {
			for cx := cx0; cx <= cx1; cx++ {
				do(cy*s.side + cx)
			}
		}
		return
	}
	slope := float64(g.by-g.ay) / float64(g.bx-g.ax)
	for cx := cx0; cx <= cx1; cx++ {
		// Where the segment is within this column widened by two pixels.
		left := max((cx<<s.shift+s.frame.lo-2)<<fineBits, min(g.ax, g.bx))
		right := min(((cx+1)<<s.shift+s.frame.lo+2)<<fineBits, max(g.ax, g.bx))
		ya := float64(g.ay) + slope*float64(left-g.ax)
		yb := float64(g.ay) + slope*float64(right-g.ax)
		ra := int32(math.Floor(min(ya, yb)/fineOne)) - 2 - s.frame.lo
		rb := int32(math.Ceil(max(ya, yb)/fineOne)) + 2 - s.frame.lo
		for cy := max(cy0, ra>>s.shift); cy <= min(cy1, rb>>s.shift); cy++ {
			do(cy*s.side + cx)
		}
	}
}

func (s *snapper) bucketNodes(at []pixel) {
	s.hotStart = zeroed(s.hotStart, int(s.side*s.side)+1)
	cell := func(p pixel) int32 {
		return (p.y-s.frame.lo)>>s.shift*s.side + (p.x-s.frame.lo)>>s.shift
	}
	for _, p := range at {
		s.hotStart[cell(p)]++
	}
	s.hotList = sized(s.hotList, int(sumUp(s.hotStart)))
	s.cursor = append(s.cursor[:0], s.hotStart...)
	for i, p := range at {
		c := cell(p)
		s.hotList[s.cursor[c]] = int32(i)
		s.cursor[c]++
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
