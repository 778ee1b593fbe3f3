package rebalance

import "math/bits"

// rng is a small counter-based generator (the wyrand construction): fast,
// seedable, the same on every machine.
type rng struct{ s uint64 }

func newRNG(seed, stream uint64) rng {
	r := rng{seed*0x9E3779B97F4A7C15 ^ (stream+1)*0xD1B54A32D192ED03}
	r.next()
	r.next()
	return r
}

func (r *rng) next() uint64 {
	r.s += 0xA0761D6478BD642F
	hi, lo := bits.Mul64(r.s, r.s^0xE7037ED1A0B428DB)
	return hi ^ lo
}

// below returns a number in [0, n); n > 0.
func (r *rng) below(n int) int { return int(pick(uint32(r.next()), n)) }

// pick scales 32 random bits to [0, n).
func pick(r uint32, n int) int32 { return int32(uint64(r) * uint64(n) >> 32) }

func trailing(x uint64) int { return bits.TrailingZeros64(x) }
