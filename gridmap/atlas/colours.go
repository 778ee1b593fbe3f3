package atlas

// colours gives every feature a number 0…5 such that neighbours differ, for
// any planar map. They depend on the ids and on who borders on whom, and a
// changed border changes only colours near it: so that every process paints
// alike, whatever it has seen before, and a publish leaves most tiles as they
// are.
//
// Features with at most five neighbours are peeled off, all at once, then
// those that have at most five left, and so on: a planar map always has some.
// Painted in the opposite order, and by a hash of the id among those peeled
// together, each finds at most five of its neighbours painted. What precedes a
// feature in that order is found along short chains of neighbours; a global
// order, such as smallest-last, would let one border recolour the whole map.
// Features in several pieces can make a map that is not planar; then one may
// share the colour of as few neighbours as possible.
func colours(near [][]int32, ids []uint64) []uint8 {
	p := painter{near: near, ids: ids, round: peel(near), out: make([]uint8, len(near))}
	for i := range p.out {
		p.out[i] = unpainted
	}
	for i := range p.out {
		p.paint(int32(i))
	}
	return p.out
}

const unpainted = 255

type painter struct {
	near  [][]int32
	ids   []uint64
	round []int32
	out   []uint8
}

// paint gives a feature its colour once all before it have theirs.
func (p *painter) paint(i int32) {
	if p.out[i] != unpainted {
		return
	}
	var used [6]int
	for _, j := range p.near[i] {
		if p.before(j, i) {
			p.paint(j)
			used[p.out[j]]++
		}
	}
	best := 0
	for c := range used {
		if used[c] < used[best] {
			best = c
		}
	}
	p.out[i] = uint8(best)
}

// before tells whether j is painted before i.
func (p *painter) before(j, i int32) bool {
	if p.round[j] != p.round[i] {
		return p.round[j] > p.round[i]
	}
	a, b := scramble(p.ids[j]), scramble(p.ids[i])
	return a < b || a == b && j < i
}

// scramble is the finaliser of splitmix64: neighbours have like ids, and an
// order by id would make long chains.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// peel returns the round in which each feature is peeled off.
func peel(near [][]int32) []int32 {
	const most = 5
	left := make([]int32, len(near))
	round := make([]int32, len(near))
	var now, rest []int32
	for i, ns := range near {
		left[i], round[i] = int32(len(ns)), -1
		if len(ns) <= most {
			now = append(now, int32(i))
		} else {
			rest = append(rest, int32(i))
		}
	}
	for r := int32(0); len(now)+len(rest) > 0; r++ {
		if len(now) == 0 { // not planar: what has fewest neighbours left
			now, rest = fewest(left, round, rest)
			if len(now) == 0 {
				break
			}
		}
		for _, i := range now {
			round[i] = r
		}
		var next []int32
		for _, i := range now {
			for _, j := range near[i] {
				if left[j]--; left[j] == most && round[j] < 0 {
					next = append(next, j)
				}
			}
		}
		now = next
	}
	return round
}

// fewest picks, of the features not yet peeled, those with the fewest
// neighbours left.
func fewest(left, round, from []int32) (picked, rest []int32) {
	least := int32(1 << 30)
	for _, i := range from {
		if round[i] < 0 {
			rest = append(rest, i)
			least = min(least, left[i])
		}
	}
	for _, i := range rest {
		if left[i] == least {
			picked = append(picked, i)
		}
	}
	return picked, rest
}
