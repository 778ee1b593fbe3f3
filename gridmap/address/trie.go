package address

// prefixTree finds every name that starts at a position of a text. It is a
// trie flattened into one open-addressing table keyed by the hash of the
// prefix: a step of a walk is one probe, and there is nothing to allocate.
// Hashes are 64 bits; a hit on a whole name is verified against its text.
type prefixTree struct {
	slots []prefixSlot
	used  int
}

type prefixSlot struct {
	key   uint64 // hash of the prefix, never 0
	full  int32  // name whose text is this prefix, +1
	short int32  // first name whose text without its type word is this prefix, +1
}

// insert adds the runes of a name; short is the length of its shortened form,
// 0 for none. It returns the previous head of the short chain (for the caller
// to link).
func (t *prefixTree) insert(text []rune, id int32, short int) (prevShort int32) {
	h := hashSeed
	for i, r := range text {
		h = hashRune(h, r)
		s := t.place(hashEnd(h))
		if i+1 == short {
			prevShort = s.short
			s.short = id + 1
		}
		if i+1 == len(text) {
			s.full = id + 1
		}
	}
	return prevShort
}

// place returns the slot of a prefix, making it when it is new.
func (t *prefixTree) place(h uint64) *prefixSlot {
	if t.used*8 >= len(t.slots)*5 {
		t.grow()
	}
	key := h | 1
	for i := t.start(key); ; i++ {
		if i == len(t.slots) {
			i = 0
		}
		s := &t.slots[i]
		if s.key == 0 {
			s.key = key
			t.used++
			return s
		}
		if s.key == key {
			return s
		}
	}
}

// start maps a key to the slot where its search begins.
func (t *prefixTree) start(key uint64) int {
	return int(key >> 32 * uint64(len(t.slots)) >> 32)
}

func (t *prefixTree) grow() {
	old := t.slots
	t.slots = make([]prefixSlot, max(64, len(old)*3/2))
	for _, s := range old {
		if s.key == 0 {
			continue
		}
		i := t.start(s.key)
		for t.slots[i].key != 0 {
			if i++; i == len(t.slots) {
				i = 0
			}
		}
		t.slots[i] = s
	}
}

// find returns the slot of a prefix, or nil.
func (t *prefixTree) find(h uint64) *prefixSlot {
	if len(t.slots) == 0 {
		return nil
	}
	key := h | 1
	for i := t.start(key); ; i++ {
		if i == len(t.slots) {
			i = 0
		}
		s := &t.slots[i]
		if s.key == key {
			return s
		}
		if s.key == 0 {
			return nil
		}
	}
}
