package address

// mask is a set of rune positions of one text.
type mask [(maxRunes + 63) / 64]uint64

func (m *mask) add(i, j int) {
	for ; i < j && i < maxRunes; i++ {
		m[i>>6] |= 1 << (i & 63)
	}
}

func (m *mask) has(i int) bool { return m[i>>6]&(1<<(i&63)) != 0 }

// any says whether a position of [i, j) is in the set.
func (m *mask) any(i, j int) bool {
	for ; i < j; i++ {
		if m.has(i) {
			return true
		}
	}
	return false
}
