package tiles

import "math"

// simplify leaves out of d.fine the points that lie within the tolerance of the
// line through those that stay (Douglas and Peucker 1973). The ends stay, and of
// a ring its first point and the one farthest from it.
func (d *drawer) simplify(ring bool) {
	n := len(d.fine)
	if d.tolerance == 0 || n < 3 {
		return
	}
	if ring {
		d.fine = append(d.fine, d.fine[0])
		n++
	}
	d.keep = sizedBool(d.keep, n)
	clear(d.keep)
	d.keep[0], d.keep[n-1] = true, true
	if ring {
		far := d.farthest()
		d.keep[far] = true
		d.split(0, far)
		d.split(far, n-1)
	} else {
		d.split(0, n-1)
	}
	out := d.fine[:0]
	for i, p := range d.fine {
		if d.keep[i] {
			out = append(out, p)
		}
	}
	if ring {
		out = out[:len(out)-1]
	}
	d.fine = out
}

func (d *drawer) farthest() int {
	best, far := int64(-1), 0
	for i, p := range d.fine {
		dx, dy := p.x-d.fine[0].x, p.y-d.fine[0].y
		if s := dx*dx + dy*dy; s > best {
			best, far = s, i
		}
	}
	return far
}

// split keeps what lies farther than the tolerance from the line between two
// kept points. It walks a list of its own, as a long line could be deep.
func (d *drawer) split(from, to int) {
	type span struct{ from, to int }
	for todo := []span{{from, to}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		worst, at := float64(d.tolerance), -1
		for i := s.from + 1; i < s.to; i++ {
			if off := distance(d.fine[i], d.fine[s.from], d.fine[s.to]); off > worst {
				worst, at = off, i
			}
		}
		if at >= 0 {
			d.keep[at] = true
			todo = append(todo, span{s.from, at}, span{at, s.to})
		}
	}
}

// distance is that of a point from a segment.
func distance(p, a, b finePoint) float64 {
	dx, dy := float64(b.x-a.x), float64(b.y-a.y)
	px, py := float64(p.x-a.x), float64(p.y-a.y)
	if long := dx*dx + dy*dy; long > 0 {
		t := max(0, min(1, (px*dx+py*dy)/long))
		px, py = px-t*dx, py-t*dy
	}
	return math.Hypot(px, py)
}
