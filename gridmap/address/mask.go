package address

import "math/bits"

// mask is a set of rune positions of one text.
type mask [(maxRunes + 63) / 64]uint64

func (m *mask) add(i, j int) {
	for ; i < j && i < maxRunes; i++ {
		m[i>>6] |= 1 << (i & 63)
	}
}

func (m *mask) has(i int) bool { return m[i>>6]&(1<<(i&63)) != 0 }

func (m *mask) or(o *mask) {
	for k := range m {
		m[k] |= o[k]
	}
}

// any says whether a position of [i, j) is in the set.
func (m *mask) any(i, j int) bool {
	for ; i < j; i++ {
		if m.has(i) {
			return true
		}
	}
	return false
}

func (m *mask) count() int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}
