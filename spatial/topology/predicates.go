package topology

import (
	"math/big"

	"cloudgrid/spatial"
)

// passesPixel tells whether the segment a–b passes through the pixel of p: the
// square of one lattice step around p, closed to the west and south and open to
// the east and north. A border that passes the pixel of a vertex is closer to
// it than coordinates can say, so the vertex belongs on it (Hobby 1999, "hot
// pixels"). The segment's own ends count too.
func passesPixel(a, b, p spatial.Point) bool {
	if p.X < min(a.X, b.X) || p.X > max(a.X, b.X) || p.Y < min(a.Y, b.Y) || p.Y > max(a.Y, b.Y) {
		return false
	}
	dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	px, py := int64(p.X)-int64(a.X), int64(p.Y)-int64(a.Y)
	adx, ady := max(dx, -dx), max(dy, -dy)
	// Twice the cross product at the pixel's corners is 2c ± dx ± dy: the line
	// passes the inside when |2c| < |dx|+|dy|, and the one corner that belongs
	// to the pixel (south-west) when 2c - dx + dy = 0.
	const small = 1 << 30
	if adx < small && ady < small {
		c2 := 2 * (dx*py - dy*px)
		return max(c2, -c2) < adx+ady || c2-dx+dy == 0
	}
	c := mul(dx, py).sub(mul(dy, px))
	c2 := c.add(c)
	if c2.abs().cmp(wide{0, uint64(adx + ady)}) < 0 {
		return true
	}
	return c2.add(mul(dy-dx, 1)).sign() == 0
}

// properCrossing tells whether the open segments a–b and c–d cross in one
// point that is an end of neither.
func properCrossing(a, b, c, d spatial.Point) bool {
	return spatial.Orient(a, b, c)*spatial.Orient(a, b, d) < 0 &&
		spatial.Orient(c, d, a)*spatial.Orient(c, d, b) < 0
}

// crossingPoint returns the lattice point whose pixel holds the crossing of
// a–b and c–d, which must cross properly. Exact, so the same on every machine.
func crossingPoint(a, b, c, d spatial.Point) spatial.Point {
	abx, aby := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	cdx, cdy := int64(d.X)-int64(c.X), int64(d.Y)-int64(c.Y)
	acx, acy := int64(c.X)-int64(a.X), int64(c.Y)-int64(a.Y)
	num := mul(acx, cdy).sub(mul(acy, cdx))
	den := mul(abx, cdy).sub(mul(aby, cdx))
	return spatial.Point{
		X: int32(int64(a.X) + roundedShare(abx, num, den)),
		Y: int32(int64(a.Y) + roundedShare(aby, num, den)),
	}
}

// roundedShare returns d·num/den rounded to the nearest integer, halves up.
func roundedShare(d int64, num, den wide) int64 {
	if den.sign() < 0 {
		num, den = num.neg(), den.neg()
	}
	n, m := bigOf(num), bigOf(den)
	n.Mul(n, big.NewInt(d))
	n.Lsh(n, 1).Add(n, m) // floor(x/m + 1/2) = floor((2x+m) / 2m)
	m.Lsh(m, 1)
	return n.Div(n, m).Int64() // Euclidean: floor, as m > 0
}

func bigOf(w wide) *big.Int {
	v := new(big.Int).Lsh(big.NewInt(w.hi), 64)
	return v.Add(v, new(big.Int).SetUint64(w.lo))
}

// byAngle orders directions from a common origin counter-clockwise, beginning
// east. The directions must differ.
func byAngle(o, p, q spatial.Point) int {
	hp, hq := lowerHalf(o, p), lowerHalf(o, q)
	if hp != hq {
		if hp {
			return 1
		}
		return -1
	}
	return -spatial.Orient(o, p, q)
}

func lowerHalf(o, p spatial.Point) bool {
	return p.Y < o.Y || p.Y == o.Y && p.X < o.X
}
