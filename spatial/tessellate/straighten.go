package tessellate

import (
	"slices"

	"cloudgrid/spatial"
)

// passing is how borders pass a point: once for each owner beside it.
type passing struct {
	ins, outs  int
	owner      [2]int32 // of outs
	came, went [2]spatial.Point
	cameOwner  [2]int32
}

// straighten leaves out the points that only sampling has put on a border, so
// that it follows the lines as they were drawn. It returns the halves sorted.
func (s *survey) straighten(hs []half) []half {
	at := map[spatial.Point]*passing{}
	get := func(p spatial.Point) *passing {
		q := at[p]
		if q == nil {
			q = &passing{}
			at[p] = q
		}
		return q
	}
	for _, h := range hs {
		if s.sampled[h.from] {
			if p := get(h.from); p.outs < 2 {
				p.owner[p.outs], p.went[p.outs] = h.owner, h.to
				p.outs++
			} else {
				p.outs = 3
			}
		}
		if s.sampled[h.to] {
			if p := get(h.to); p.ins < 2 {
				p.cameOwner[p.ins], p.came[p.ins] = h.owner, h.from
				p.ins++
			} else {
				p.ins = 3
			}
		}
	}
	for p, q := range at {
		if !q.straight(p) {
			delete(at, p)
		}
	}
	return skip(hs, at)
}

// straight tells whether all who pass p do so along one line.
func (q *passing) straight(p spatial.Point) bool {
	if q.ins != q.outs || q.ins == 0 || q.ins > 2 {
		return false
	}
	if q.ins == 2 && q.owner[0] != q.cameOwner[0] {
		q.cameOwner[0], q.cameOwner[1] = q.cameOwner[1], q.cameOwner[0]
		q.came[0], q.came[1] = q.came[1], q.came[0]
	}
	for i := range q.ins {
		if q.owner[i] != q.cameOwner[i] {
			return false
		}
	}
	if q.ins == 2 && (q.owner[0] == q.owner[1] || q.came[0] != q.went[1] || q.came[1] != q.went[0]) {
		return false
	}
	return nearLine(q.came[0], p, q.went[0])
}

// tightSteps is how near points may be for rounding to hide a corner there.
const tightSteps = 16

// nearLine tells whether p lies between a and b, off their line by no more than
// rounding can bring, and not so near to them that this says little.
func nearLine(a, p, b spatial.Point) bool {
	dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	px, py := int64(p.X)-int64(a.X), int64(p.Y)-int64(a.Y)
	if max(px, -px)+max(py, -py) < tightSteps || max(dx-px, px-dx)+max(dy-py, py-dy) < tightSteps {
		return false
	}
	cross, along := dx*py-dy*px, dx*px+dy*py
	return max(cross, -cross) <= max(dx, -dx)+max(dy, -dy) && along > 0 && along < dx*dx+dy*dy
}

// skip joins halves over the points in drop and sorts them.
func skip(hs []half, drop map[spatial.Point]*passing) []half {
	out := hs[:0]
	for _, h := range hs {
		if _, gone := drop[h.from]; gone {
			continue
		}
		for {
			q, gone := drop[h.to]
			if !gone {
				break
			}
			if q.owner[0] == h.owner {
				h.to = q.went[0]
			} else {
				h.to = q.went[1]
			}
		}
		out = append(out, h)
	}
	slices.SortFunc(out, compareHalves)
	return out
}
