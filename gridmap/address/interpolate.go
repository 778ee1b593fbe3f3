package address

import (
	"slices"

	"cloudgrid/spatial"
)

// maxNumberGap is the widest gap between two known doors that is still
// interpolated: about one long block.
const maxNumberGap = 60

// neighbours returns the nearest known doors below and above a missing number
// on its own side (odd or even) and, for the message, up to two on either
// side.
func (q *query) neighbours(m *roadMiss) (lo, hi *row, same []*row) {
	v := uint32(m.tail.door.val[0])
	rows := q.x.streets.at(m.street).rows
	at, _ := slices.BinarySearchFunc(rows, v, func(i int32, v uint32) int {
		if q.x.rows.at(i).num < v {
			return -1
		}
		return 1
	})
	for i := at - 1; i >= 0 && lo == nil; i-- {
		if r := q.x.rows.at(rows[i]); r.num%2 == v%2 && r.num > 0 && r.num < v {
			lo = r
		}
	}
	for i := at; i < len(rows) && hi == nil; i++ {
		if r := q.x.rows.at(rows[i]); r.num%2 == v%2 && r.num > v {
			hi = r
		}
	}
	if lo != nil {
		same = append(same, lo)
	}
	if hi != nil {
		same = append(same, hi)
	}
	return lo, hi, same
}

// interpolate places a missing number between two doors of its side, in
// proportion to the numbers. It refuses wide gaps and doors of different
// districts.
func interpolate(lo, hi *row, v uint32) (spatial.Point, bool) {
	if lo == nil || hi == nil || lo.flags&hi.flags&rowPoint == 0 || hi.num-lo.num > maxNumberGap {
		return spatial.Point{}, false
	}
	w := float64(v-lo.num) / float64(hi.num-lo.num)
	mid := func(a, b int32) int32 { return a + int32(float64(b-a)*w) }
	p := spatial.Point{X: mid(lo.pt.X, hi.pt.X), Y: mid(lo.pt.Y, hi.pt.Y)}
	return p, true
}
