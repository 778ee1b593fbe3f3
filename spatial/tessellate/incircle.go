package tessellate

import (
	"math/bits"

	"cloudgrid/spatial"
)

// plane says how lattice steps compare: a step east is √(east/north) of a step
// north. Both are under 128, so that inCircle stays within 128 bits.
type plane struct{ east, north int64 }

// circleErr bounds the rounding error of the determinant in floating point,
// relative to its permanent: (10 + 96ε)ε and room for the two factors
// (Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997).
const circleErr = 4e-15

// inCircle tells whether d lies within the circle through a, b and c, which
// run counter-clockwise; on the circle is not within. It is exact for points
// within spanSteps of each other.
func (m plane) inCircle(a, b, c, d spatial.Point) bool {
	ax, ay := int64(a.X)-int64(d.X), int64(a.Y)-int64(d.Y)
	bx, by := int64(b.X)-int64(d.X), int64(b.Y)-int64(d.Y)
	cx, cy := int64(c.X)-int64(d.X), int64(c.Y)-int64(d.Y)
	la := m.east*ax*ax + m.north*ay*ay
	lb := m.east*bx*bx + m.north*by*by
	lc := m.east*cx*cx + m.north*cy*cy
	bc, ca, ab := bx*cy-by*cx, cx*ay-cy*ax, ax*by-ay*bx
	ta, tb, tc := float64(la)*float64(bc), float64(lb)*float64(ca), float64(lc)*float64(ab)
	det := ta + tb + tc
	if bound := circleErr * (max(ta, -ta) + max(tb, -tb) + max(tc, -tc)); det > bound || det < -bound {
		return det > 0
	}
	return sumPositive(la, bc, lb, ca, lc, ab)
}

// sumPositive tells whether a·b + c·d + e·f > 0, the sum being under 2^127.
func sumPositive(a, b, c, d, e, f int64) bool {
	var hi int64
	var lo uint64
	for _, p := range [3][2]int64{{a, b}, {c, d}, {e, f}} {
		h, l := bits.Mul64(uint64(p[0]), uint64(p[1]))
		sh := int64(h)
		if p[0] < 0 {
			sh -= p[1]
		}
		if p[1] < 0 {
			sh -= p[0]
		}
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi += sh + int64(carry)
	}
	return hi > 0 || hi == 0 && lo > 0
}
