package spatial

import "math/bits"

// Orient tells on which side of the directed line a→b the point c lies: +1 to
// the left (counter-clockwise turn), -1 to the right, 0 on the line. It is
// exact for every lattice point.
func Orient(a, b, c Point) int {
	abx, aby := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	acx, acy := int64(c.X)-int64(a.X), int64(c.Y)-int64(a.Y)
	// Differences under 2^31 (214°) keep both products under 2^62, so their
	// difference fits an int64. Farther apart takes 128 bits.
	if fits31(abx) && fits31(aby) && fits31(acx) && fits31(acy) {
		return sign(abx*acy - aby*acx)
	}
	return cmpProducts(abx, acy, aby, acx)
}

// OnSegment tells whether p lies on the closed segment a–b.
func OnSegment(a, b, p Point) bool {
	return p.X >= min(a.X, b.X) && p.X <= max(a.X, b.X) &&
		p.Y >= min(a.Y, b.Y) && p.Y <= max(a.Y, b.Y) && Orient(a, b, p) == 0
}

// SegmentsCross tells whether the closed segments a–b and c–d share a point.
func SegmentsCross(a, b, c, d Point) bool {
	if max(a.X, b.X) < min(c.X, d.X) || max(c.X, d.X) < min(a.X, b.X) ||
		max(a.Y, b.Y) < min(c.Y, d.Y) || max(c.Y, d.Y) < min(a.Y, b.Y) {
		return false
	}
	return Orient(a, b, c)*Orient(a, b, d) <= 0 && Orient(c, d, a)*Orient(c, d, b) <= 0
}

func fits31(v int64) bool { return v < 1<<31 && v > -(1<<31) }

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// cmpProducts returns the sign of a*b - c*d in 128-bit arithmetic.
func cmpProducts(a, b, c, d int64) int {
	s, t := sign(a)*sign(b), sign(c)*sign(d)
	if s != t || s == 0 {
		return sign(int64(s - t))
	}
	h1, l1 := bits.Mul64(abs64(a), abs64(b))
	h2, l2 := bits.Mul64(abs64(c), abs64(d))
	switch {
	case h1 == h2 && l1 == l2:
		return 0
	case h1 > h2 || h1 == h2 && l1 > l2:
		return s
	}
	return -s
}

func abs64(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}
