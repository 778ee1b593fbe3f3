package topology

import "math/bits"

// wide is a signed 128-bit integer. Twice the area of any region of the
// lattice, and every product that the predicates need, fits.
type wide struct {
	hi int64
	lo uint64
}

func (w wide) add(v wide) wide {
	lo, carry := bits.Add64(w.lo, v.lo, 0)
	return wide{w.hi + v.hi + int64(carry), lo}
}

func (w wide) neg() wide {
	lo, borrow := bits.Sub64(0, w.lo, 0)
	return wide{-w.hi - int64(borrow), lo}
}

func (w wide) sub(v wide) wide { return w.add(v.neg()) }

func (w wide) sign() int {
	switch {
	case w.hi < 0:
		return -1
	case w.hi > 0 || w.lo > 0:
		return 1
	}
	return 0
}

func (w wide) abs() wide {
	if w.hi < 0 {
		return w.neg()
	}
	return w
}

func (w wide) cmp(v wide) int { return w.sub(v).sign() }

// float returns the nearest float64, or one next to it.
func (w wide) float() float64 { return float64(w.hi)*(1<<64) + float64(w.lo) }

// mul returns the exact product.
func mul(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return wide{h, lo}
}
