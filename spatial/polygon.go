package spatial

import "math/bits"

// Ring is a closed line, stored without repeating its first point. Exteriors
// run counter-clockwise and holes clockwise wherever this project made the
// ring; a ring read from outside may run either way.
type Ring []Point

// Polygon is one exterior ring followed by its holes.
type Polygon []Ring

// MultiPolygon is a set of polygons whose interiors do not touch; a grid in
// several pieces is one MultiPolygon.
type MultiPolygon []Polygon

// Area2 returns twice the signed planar area of the ring in square lattice
// steps as a 128-bit two's-complement number (hi, lo): positive when the ring
// runs counter-clockwise. Exact.
func (r Ring) Area2() (hi int64, lo uint64) {
	if len(r) < 3 {
		return 0, 0
	}
	o := r[0]
	for i := 1; i+1 < len(r); i++ {
		ax, ay := int64(r[i].X)-int64(o.X), int64(r[i].Y)-int64(o.Y)
		bx, by := int64(r[i+1].X)-int64(o.X), int64(r[i+1].Y)-int64(o.Y)
		hi, lo = addProduct(hi, lo, ax, by)
		hi, lo = addProduct(hi, lo, -ay, bx)
	}
	return hi, lo
}

// CCW tells whether the ring runs counter-clockwise. A ring without area does
// not.
func (r Ring) CCW() bool {
	hi, lo := r.Area2()
	return hi > 0 || hi == 0 && lo > 0
}

// Reverse turns the ring around in place.
func (r Ring) Reverse() {
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
}

// Box returns the smallest box around the ring.
func (r Ring) Box() Box {
	b := EmptyBox()
	for _, p := range r {
		b = b.Extend(p)
	}
	return b
}

// Box returns the smallest box around all exterior rings.
func (m MultiPolygon) Box() Box {
	b := EmptyBox()
	for _, p := range m {
		if len(p) > 0 {
			b = b.Union(p[0].Box())
		}
	}
	return b
}

// NumPoints counts the points of all rings.
func (m MultiPolygon) NumPoints() int {
	n := 0
	for _, p := range m {
		for _, r := range p {
			n += len(r)
		}
	}
	return n
}

func addProduct(hi int64, lo uint64, a, b int64) (int64, uint64) {
	if a == 0 || b == 0 {
		return hi, lo
	}
	h, l := bits.Mul64(abs64(a), abs64(b))
	if (a < 0) != (b < 0) { // negate
		l = ^l + 1
		h = ^h
		if l == 0 {
			h++
		}
	}
	sum, carry := bits.Add64(lo, l, 0)
	return hi + int64(h) + int64(carry), sum
}
