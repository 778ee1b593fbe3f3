package spatial

// Side tells where p lies: +1 inside the ring, 0 on it, -1 outside, whichever
// way the ring runs. Exact.
func (r Ring) Side(p Point) int {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a.Y > p.Y) == (b.Y > p.Y) {
			if OnSegment(a, b, p) {
				return 0
			}
			continue
		}
		switch o := Orient(a, b, p); {
		case o == 0:
			return 0
		case (o > 0) == (b.Y > a.Y):
			in = !in
		}
	}
	if in {
		return 1
	}
	return -1
}

// Encloses tells whether the ring o lies inside r. They may touch but not
// cross; a ring all of whose points are on r is not enclosed.
func (r Ring) Encloses(o Ring) bool {
	for _, p := range o {
		if s := r.Side(p); s != 0 {
			return s > 0
		}
	}
	return false
}

// Holds tells whether p belongs to m by the border rule: a point on the border
// belongs to what is just east of it, where the border runs east-west to what is
// just north. So of shapes that tile the ground exactly one holds p. Exact;
// whichever way the rings run. (For "inside or on the border" see
// relate.PointIn.)
func (m MultiPolygon) Holds(p Point) bool {
	in := false
	for _, poly := range m {
		for _, r := range poly {
			for i, a := range r {
				b := r[(i+1)%len(r)]
				if (a.Y > p.Y) == (b.Y > p.Y) {
					continue
				}
				if a.Y > b.Y {
					a, b = b, a
				}
				if Orient(a, b, p) > 0 { // the edge is east of p
					in = !in
				}
			}
		}
	}
	return in
}
