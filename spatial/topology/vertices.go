package topology

import "cloudgrid/spatial"

// vertices numbers distinct points in order of first sight. It is an open
// hash table of numbers, four bytes a slot: for 25 million points a Go map
// would need ten times as much.
type vertices struct {
	pts   []spatial.Point
	slots []uint32 // number plus one; 0 is free
}

func newVertices(expect int) *vertices {
	size := 16
	for size < expect*2 {
		size *= 2
	}
	return &vertices{pts: make([]spatial.Point, 0, expect), slots: make([]uint32, size)}
}

// number returns the point's number, giving it the next one if it is new.
func (t *vertices) number(p spatial.Point) uint32 {
	if len(t.pts)*8 >= len(t.slots)*5 {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := hashPoint(p) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			t.pts = append(t.pts, p)
			t.slots[i] = uint32(len(t.pts))
			return uint32(len(t.pts) - 1)
		}
		if t.pts[s-1] == p {
			return s - 1
		}
	}
}

func (t *vertices) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for n, p := range t.pts {
		i := hashPoint(p) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(n + 1)
	}
}

// hashPoint mixes both coordinates (the finaliser of MurmurHash3).
func hashPoint(p spatial.Point) uint64 {
	h := uint64(uint32(p.X))<<32 | uint64(uint32(p.Y))
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
