package tiles

import (
	"container/heap"
	"math"
)

// poleOf finds a point inside the outline whose distance from it is within
// some percent of the greatest there is (the pole of inaccessibility): squares
// that could hold a better point are quartered, the most promising first. The
// lines may come in any order: the winner does not depend on it. False when
// the outline encloses nothing.
func poleOf(lines [][4]float64) (x, y float64, ok bool) {
	if len(lines) == 0 {
		return 0, 0, false
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, l := range lines {
		x0, x1 = min(x0, l[0], l[2]), max(x1, l[0], l[2])
		y0, y1 = min(y0, l[1], l[3]), max(y1, l[1], l[3])
	}
	size := min(x1-x0, y1-y0)
	if size <= 0 {
		return 0, 0, false
	}
	var q squares
	best := square{d: 0}
	try := func(x, y, half float64) {
		reach := half * math.Sqrt2
		d, ok := distanceBeyond(lines, x, y, best.d-reach)
		if !ok {
			return // nothing in the square is better
		}
		s := square{x, y, half, d, d + reach}
		if d > best.d {
			best = s
		}
		if s.reach > best.d {
			heap.Push(&q, s)
		}
	}
	half := size / 2
	for x := x0 + half; x < x1+half; x += size {
		for y := y0 + half; y < y1+half; y += size {
			try(x, y, half)
		}
	}
	for tries := 0; len(q) > 0 && tries < 300; tries++ {
		s := heap.Pop(&q).(square)
		if s.reach-best.d <= max(0.08*best.d, 1) {
			break
		}
		h := s.half / 2
		try(s.x-h, s.y-h, h)
		try(s.x+h, s.y-h, h)
		try(s.x-h, s.y+h, h)
		try(s.x+h, s.y+h, h)
	}
	return math.Floor(best.x), math.Floor(best.y), best.d > 0
}

// signedDistance is the distance to the nearest line, negative outside (even-odd).
func signedDistance(lines [][4]float64, x, y float64) float64 {
	d, _ := distanceBeyond(lines, x, y, math.Inf(-1))
	return d
}

// distanceBeyond is signedDistance; false, without it, as soon as it is clear
// that it is no more than most.
func distanceBeyond(lines [][4]float64, x, y, most float64) (d float64, beyond bool) {
	least, enough := math.Inf(1), -1.0
	if most > 0 {
		enough = most * most
	}
	in := false
	for i := range lines {
		l := &lines[i]
		ax, ay, bx, by := l[0]-x, l[1]-y, l[2]-x, l[3]-y
		dx, dy := bx-ax, by-ay
		c := float64(ax*dy) - float64(ay*dx) // not fused: every processor rounds alike
		if ay > 0 != (by > 0) && (c > 0) == (dy > 0) {
			in = !in
		}
		// To the line itself where the foot lies on it, else to the nearer end.
		n, along := float64(dx*dx)+float64(dy*dy), -float64(ax*dx)-float64(ay*dy)
		var sq float64
		switch {
		case along <= 0:
			sq = float64(ax*ax) + float64(ay*ay)
		case along >= n:
			sq = float64(bx*bx) + float64(by*by)
		default:
			sq = c * c / n
		}
		if sq < least {
			if least = sq; sq <= enough {
				return 0, false
			}
		}
	}
	d = math.Sqrt(least)
	if !in {
		d = -d
	}
	return d, d > most
}

// square is a candidate: its centre, half its side, the centre's distance and
// the greatest distance that any point of it can have.
type square struct{ x, y, half, d, reach float64 }

type squares []square

func (q squares) Len() int { return len(q) }
func (q squares) Less(i, j int) bool {
	if q[i].reach != q[j].reach {
		return q[i].reach > q[j].reach
	}
	return q[i].x < q[j].x || q[i].x == q[j].x && q[i].y < q[j].y
}
func (q squares) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *squares) Push(v any)   { *q = append(*q, v.(square)) }
func (q *squares) Pop() any {
	old := *q
	v := old[len(old)-1]
	*q = old[:len(old)-1]
	return v
}
