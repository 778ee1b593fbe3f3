package tiles

import (
	"cmp"
	"slices"
)

// tie gives the holes of one outline its exterior as parent.
func (t *tracer) tie(first int) {
	for i := first; i < len(t.rings); i++ {
		if t.rings[i].area2 > 0 {
			for j := first; j < len(t.rings); j++ {
				if t.rings[j].area2 < 0 {
					t.rings[j].parent = int32(i)
				}
			}
			return
		}
	}
}

// closeLoop makes a ring of half-edges, from its least point on, and forgets
// that the path went through them.
func (w *workspace) closeLoop(loop []int32, label int32) {
	t, g := &w.trace, &w.graph
	from := len(t.pts)
	for _, h := range loop {
		t.pts = g.along(t.pts, h)
		t.on[g.tail(h)] = 0
	}
	pts := t.pts[from:]
	area2, least := int64(0), 0
	prev := pts[len(pts)-1]
	for i, p := range pts {
		area2 += int64(prev.x)*int64(p.y) - int64(p.x)*int64(prev.y)
		if lessPixel(p, pts[least]) {
			least = i
		}
		prev = p
	}
	if len(pts) < 3 || area2 == 0 {
		t.pts = t.pts[:from]
		return
	}
	t.turn = append(t.turn[:0], pts[:least]...)
	copy(pts[copy(pts, pts[least:]):], t.turn)
	t.rings = append(t.rings, ring{label, int32(from), int32(len(t.pts)), area2, -1})
}

// adopt finds the exterior around every hole that came from an outline of its
// own: the smallest of the same feature that holds it.
func (t *tracer) adopt() {
	var exteriors map[int32][]int32 // of features with a hole to place
	for _, h := range t.rings {
		if h.area2 < 0 && h.parent < 0 {
			if exteriors == nil {
				exteriors = map[int32][]int32{}
			}
			exteriors[h.label] = nil
		}
	}
	if exteriors == nil {
		return
	}
	for i, e := range t.rings {
		if _, ok := exteriors[e.label]; ok && e.area2 > 0 {
			exteriors[e.label] = append(exteriors[e.label], int32(i))
		}
	}
	for i := range t.rings {
		h := &t.rings[i]
		if h.area2 > 0 || h.parent >= 0 {
			continue
		}
		for _, j := range exteriors[h.label] {
			e := &t.rings[j]
			if (h.parent < 0 || e.area2 < t.rings[h.parent].area2) && e.area2 > -h.area2 && t.inside(h, e) {
				h.parent = j
			}
		}
	}
}

// inside tells whether hole h lies in exterior e; they do not cross, but may
// touch in points.
func (t *tracer) inside(h, e *ring) bool {
	for _, p := range t.pts[h.from:h.to] {
		switch side := ringSide(t.pts[e.from:e.to], p); {
		case side > 0:
			return true
		case side < 0:
			return false
		}
	}
	return true
}

// ringSide is 1 for a point inside the ring, -1 outside, 0 on it.
func ringSide(r []pixel, p pixel) int {
	in := -1
	a := r[len(r)-1]
	for _, b := range r {
		if a.y > p.y != (b.y > p.y) {
			c := int64(b.x-a.x)*int64(p.y-a.y) - int64(b.y-a.y)*int64(p.x-a.x)
			if c == 0 {
				return 0
			}
			if c > 0 == (b.y > a.y) {
				in = -in
			}
		} else if a.y == p.y && b.y == p.y && p.x >= min(a.x, b.x) && p.x <= max(a.x, b.x) || b == p {
			return 0
		}
		a = b
	}
	return in
}

// order groups the rings by feature, exteriors west to east, holes after
// theirs, and drops holes without an exterior.
func (t *tracer) order() {
	first := func(i int32) pixel { return t.pts[t.rings[i].from] }
	ext := func(i int32) int32 {
		if p := t.rings[i].parent; p >= 0 {
			return p
		}
		return i
	}
	idx := t.idx[:0]
	for i, r := range t.rings {
		if r.area2 > 0 || r.parent >= 0 {
			idx = append(idx, int32(i))
		}
	}
	byPixel := func(a, b pixel) int { return cmp.Or(int(a.x-b.x), int(a.y-b.y)) }
	slices.SortFunc(idx, func(a, b int32) int {
		ra, rb := &t.rings[a], &t.rings[b]
		if ra.label != rb.label {
			return int(ra.label - rb.label)
		}
		ea, eb := ext(a), ext(b)
		if ea != eb {
			return cmp.Or(byPixel(first(ea), first(eb)), cmp.Compare(t.rings[ea].area2, t.rings[eb].area2))
		}
		if (ra.area2 > 0) != (rb.area2 > 0) {
			if ra.area2 > 0 {
				return -1
			}
			return 1
		}
		return cmp.Or(byPixel(first(a), first(b)), cmp.Compare(ra.area2, rb.area2))
	})
	out := t.spare[:0]
	for _, j := range idx {
		out = append(out, t.rings[j])
	}
	t.rings, t.spare, t.idx = out, t.rings, idx
}
