package topology

import (
	"encoding/binary"
	"slices"
)

// ringSet is a small set of numbers: the input rings that run along an edge,
// or that surround a cell. {-1,-1} is empty, {a,-1} has one, {a,b} two, and
// {-2-k,-1} is list k of the ringSets it belongs to. Equal sets of one
// ringSets are equal values.
type ringSet struct{ a, b int32 }

var noRings = ringSet{-1, -1}

func oneRing(r int32) ringSet { return ringSet{r, -1} }

type ringSets struct {
	many  [][]int32
	index map[string]int32
}

// members appends the set's numbers to buf in ascending order.
func (s *ringSets) members(r ringSet, buf []int32) []int32 {
	switch {
	case r.a <= -2:
		return append(buf, s.many[-2-r.a]...)
	case r.a == -1:
		return buf
	case r.b == -1:
		return append(buf, r.a)
	}
	return append(buf, r.a, r.b)
}

// of returns the set of the ascending numbers.
func (s *ringSets) of(m []int32) ringSet {
	switch len(m) {
	case 0:
		return noRings
	case 1:
		return oneRing(m[0])
	case 2:
		return ringSet{m[0], m[1]}
	}
	key := make([]byte, 0, 4*len(m))
	for _, v := range m {
		key = binary.LittleEndian.AppendUint32(key, uint32(v))
	}
	if k, ok := s.index[string(key)]; ok {
		return ringSet{-2 - k, -1}
	}
	if s.index == nil {
		s.index = map[string]int32{}
	}
	k := int32(len(s.many))
	s.many = append(s.many, slices.Clone(m))
	s.index[string(key)] = k
	return ringSet{-2 - k, -1}
}

// xor returns what is in exactly one of the two sets.
func (s *ringSets) xor(p, q ringSet) ringSet {
	switch {
	case p == q:
		return noRings
	case p == noRings:
		return q
	case q == noRings:
		return p
	}
	only, _ := s.compare(p, q)
	return s.of(only)
}

// compare splits two sets into what is in exactly one and what is in both.
func (s *ringSets) compare(p, q ringSet) (only, both []int32) {
	var bufP, bufQ [8]int32
	a, b := s.members(p, bufP[:0]), s.members(q, bufQ[:0])
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		case a[0] < b[0]:
			only = append(only, a[0])
			a = a[1:]
		default:
			only = append(only, b[0])
			b = b[1:]
		}
	}
	only = append(only, a...)
	return append(only, b...), both
}
