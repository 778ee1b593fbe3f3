package locate

// hugeCrossings counts the crossings of a piece in absolute coordinates, however
// far apart. The products cannot overflow, though their difference could:
// differences of longitude are under 2^31.8 and of latitude, between the ends of
// a segment, under 2^30.8.
func hugeCrossings(pts []uint32, open uint32, px, py int64) uint32 {
	ax, ay := int64(int32(pts[0])), int64(int32(pts[1]))
	above := ay > py
	var k uint32
	if open&startOpen != 0 && !above {
		k--
	}
	for i := 2; i+1 < len(pts); i += 2 {
		bx, by := int64(int32(pts[i])), int64(int32(pts[i+1]))
		if bAbove := by > py; bAbove != above {
			k += crossing(bAbove, (bx-ax)*(py-ay), (by-ay)*(px-ax))
			above = bAbove
		}
		ax, ay = bx, by
	}
	if open&endOpen != 0 && !above {
		k++
	}
	return k
}

// wideCrossings is hugeCrossings for points at most maxWide away, without a
// branch that depends on where p is: such branches cannot be foretold, and each
// miss costs more than two segments.
func wideCrossings(pts []uint32, open uint32, px, py int64) uint32 {
	ax, ay := px-int64(int32(pts[0])), py-int64(int32(pts[1])) // p seen from a
	above := uint64(ay) >> 63
	k := -int64(uint64(open&startOpen) &^ above)
	for i := 2; i+1 < len(pts); i += 2 {
		bx, by := px-int64(int32(pts[i])), py-int64(int32(pts[i+1]))
		bAbove := uint64(by) >> 63
		k += turn(above, bAbove, (ax-bx)*ay-(ay-by)*ax)
		ax, ay, above = bx, by, bAbove
	}
	k += int64(uint64(open>>1&1) &^ above)
	return uint32(k)
}

// turn counts a segment whose ends are above p's latitude (1) or not (0) and
// whose cross product with p is side: +1 if it runs upward and passes strictly
// east of p, -1 if downward.
func turn(aAbove, bAbove uint64, side int64) int64 {
	up := int64(bAbove - aAbove) // +1 upward across p's latitude, -1 downward, 0 not
	return up & (-(up * side) >> 63)
}

// narrowCrossings is wideCrossings in cell coordinates.
func narrowCrossings(pts []uint32, open uint32, px, py int64) uint32 {
	ax, ay := narrowXY(pts[0])
	ax, ay = px-ax, py-ay // p seen from a
	above := uint64(ay) >> 63
	k := -int64(uint64(open&startOpen) &^ above)
	for _, b := range pts[1:] {
		bx, by := narrowXY(b)
		bx, by = px-bx, py-by
		bAbove := uint64(by) >> 63
		k += turn(above, bAbove, (ax-bx)*ay-(ay-by)*ax)
		ax, ay, above = bx, by, bAbove
	}
	k += int64(uint64(open>>1&1) &^ above)
	return uint32(k)
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
