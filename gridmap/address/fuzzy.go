package address

import "slices"

// fuzzyTable finds names within one edit of a piece of text, or with the same
// sound. Every name is filed under its own hash, under the hash of each form
// with one rune left out, and under the hash of its sounds; a piece of text is
// looked up under the same keys (Garbe's symmetric deletes, distance 1).
type fuzzyTable struct {
	head []uint32 // bucket -> first entry; len is a power of two, plus one
	keys []fuzzyKey
}

type fuzzyKey struct {
	hash uint32
	name int32
}

func (t *fuzzyTable) build(keys []fuzzyKey) {
	size := 16
	for size < len(keys) {
		size *= 2
	}
	t.head = make([]uint32, size+1)
	t.keys = keys
	mask := uint32(size - 1)
	slices.SortFunc(keys, func(a, b fuzzyKey) int {
		if x, y := a.hash&mask, b.hash&mask; x != y {
			return int(int64(x) - int64(y))
		}
		if a.hash != b.hash {
			return int(int64(a.hash) - int64(b.hash))
		}
		return int(a.name - b.name)
	})
	for _, k := range keys {
		t.head[k.hash&mask+1]++
	}
	for i := 1; i <= size; i++ {
		t.head[i] += t.head[i-1]
	}
}

// get returns the entries that may have the hash (the caller compares).
func (t *fuzzyTable) get(hash uint32) []fuzzyKey {
	if len(t.head) == 0 {
		return nil
	}
	b := hash & uint32(len(t.head)-2)
	return t.keys[t.head[b]:t.head[b+1]]
}

// fuzzyHashes calls f with every key of a piece of text.
func fuzzyHashes(r []rune, t *charTables, f func(hash uint32)) {
	f(dropHash(r, -1))
	if len(r) >= 3 {
		for i := range r {
			if i > 0 && r[i] == r[i-1] {
				continue
			}
			f(dropHash(r, i))
		}
	}
	if h, ok := soundHash(r, t); ok {
		f(h)
	}
}

// dropHash hashes r without the rune at index drop.
func dropHash(r []rune, drop int) uint32 {
	h := hashSeed
	for i, x := range r {
		if i != drop {
			h = hashRune(h, x)
		}
	}
	return uint32(hashEnd(h) >> 20)
}

// soundHash hashes the coarse sounds of r; false when a rune has none.
func soundHash(r []rune, t *charTables) (uint32, bool) {
	h := hashSeed + 77
	for _, x := range r {
		s := t.syllable(x)
		if s == 0 {
			return 0, false
		}
		h = hashRune(h, rune(t.coarse[s-1]))
	}
	return uint32(hashEnd(h) >> 20), true
}

// Costs of one wrong rune, in the unit of the matcher's costs: 1 is what a
// homophone in a name costs. They order explanations; calibrate.go turns the
// total into a probability.
const (
	costSameSound = 1.0
	costLooksLike = 1.1
	costNearSound = 1.3
	costSwap      = 1.1
	costDoubled   = 1.0
	costExtra     = 1.9
	costMissing   = 1.4
	costOther     = 2.6
	costShortName = 1.2 // added when an unexplained edit hits a name of up to three runes, twice for two
	costTwoRunes  = 1.2 // a mistyped name of two runes says little
	costMore      = 0.5 // each further rune that sounds the same
)

// tooFar is returned for texts that no single edit and no likeness explains.
const tooFar = 100.0

// editCost says how far the typed text is from a name.
func editCost(typed, name []rune, t *charTables) float32 {
	switch len(typed) - len(name) {
	case 0:
		return sameLengthCost(typed, name, t)
	case 1:
		p := extraAt(typed, name)
		if p < 0 {
			return tooFar
		}
		if p > 0 && typed[p] == typed[p-1] || p+1 < len(typed) && typed[p] == typed[p+1] {
			return costDoubled
		}
		return costExtra + shortName(name)
	case -1:
		p := extraAt(name, typed)
		if p < 0 {
			return tooFar
		}
		return costMissing + shortName(name) + telling(name[p])
	}
	return tooFar
}

// shortName charges for an edit that nothing explains in a name with little to
// go by: what counts is what stands before the type word.
func shortName(name []rune) float32 {
	body := len(name)
	if n := shortRunes(name, placeTypes); n > 0 {
		body = n
	} else if isRoadWord(name[len(name)-1]) {
		body--
	}
	switch {
	case body <= 2:
		return 2 * costShortName
	case body == 3:
		return costShortName
	}
	return 0
}

func isRoadWord(r rune) bool { return r == '路' || r == '街' || r == '道' || r == '巷' }

// telling charges for leaving away a rune that tells one name from the next:
// 红旗渠路小区 from 红旗渠小区, 二区 from 区.
func telling(r rune) float32 {
	switch r {
	case '路', '街', '巷', '东', '西', '南', '北', '中', '新', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
		return costShortName
	}
	return 0
}

// extraAt returns the index in long whose removal gives short, or -1.
func extraAt(long, short []rune) int {
	i := 0
	for i < len(short) && long[i] == short[i] {
		i++
	}
	if slices.Equal(long[i+1:], short[i:]) {
		return i
	}
	return -1
}

func sameLengthCost(typed, name []rune, t *charTables) float32 {
	var cost float32
	wrong := 0
	for i := range typed {
		if typed[i] == name[i] {
			continue
		}
		if i+1 < len(typed) && typed[i] == name[i+1] && typed[i+1] == name[i] && slices.Equal(typed[i+2:], name[i+2:]) && wrong == 0 {
			return costSwap
		}
		c := runeCost(typed[i], name[i], t)
		if c == costOther {
			c += shortName(name)
		}
		if wrong++; wrong > 1 {
			if c > costNearSound {
				return tooFar
			}
			c *= costMore
		}
		cost += c
	}
	if wrong > 1 && cost > costOther {
		return tooFar
	}
	return cost
}

func runeCost(typed, name rune, t *charTables) float32 {
	switch {
	case t.sameSound(typed, name):
		return costSameSound
	case t.looksLike(typed, name):
		return costLooksLike
	case t.nearSound(typed, name):
		return costNearSound
	}
	return costOther
}
