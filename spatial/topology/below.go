package topology

import "cloudgrid/spatial"

// below finds the edge straight under a point.
type below struct {
	p      *plane
	tree   *boxTree
	pieces []piece
}

// piece is a short run of a line's points, so that a long line does not make
// one useless box.
type piece struct{ line, first, n uint32 }

const pieceEdges = 16

func newBelow(p *plane) *below {
	b := &below{p: p}
	for i, l := range p.lines {
		n := uint32(len(l.pts))
		for k := uint32(0); k+1 < n; k += pieceEdges {
			b.pieces = append(b.pieces, piece{uint32(i), k, min(pieceEdges+1, n-k)})
		}
	}
	b.tree = newBoxTree(len(b.pieces), func(i int) spatial.Box { return boxOfPoints(b.points(b.pieces[i])) })
	return b
}

func (b *below) points(c piece) []spatial.Point {
	return b.p.points(int(c.line))[c.first : c.first+c.n]
}

func boxOfPoints(pts []spatial.Point) spatial.Box {
	box := spatial.EmptyBox()
	for _, p := range pts {
		box = box.Extend(p)
	}
	return box
}

// find returns the dart of the nearest line south of p, in the direction that
// has the ground between them on its left. The question is asked a hair west of
// p, so a line that only begins at p's meridian does not count, and one that
// ends there does. No line may pass through p except from the east.
func (b *below) find(p spatial.Point) (d dart, ok bool) {
	var lo, hi spatial.Point // best edge so far, west end first
	want := func(box spatial.Box) bool {
		return box.Min.X < p.X && box.Max.X >= p.X && box.Min.Y <= p.Y &&
			(!ok || box.Max.Y >= min(lo.Y, hi.Y))
	}
	b.tree.visit(want, func(item uint32) {
		c := b.pieces[item]
		pts := b.points(c)
		for i := 1; i < len(pts); i++ {
			u, v, backward := pts[i-1], pts[i], uint32(0)
			if v.X < u.X {
				u, v, backward = v, u, 1
			}
			if u.X >= p.X || v.X < p.X || spatial.Orient(u, v, p) <= 0 {
				continue
			}
			if !ok || above(u, v, lo, hi) {
				lo, hi, ok = u, v, true
				d = dart(c.line<<1 | backward)
			}
		}
	})
	return d, ok
}

// above tells whether edge u–v runs above edge s–t where both pass the same
// meridian; both go west to east and do not cross.
func above(u, v, s, t spatial.Point) bool {
	if u.X >= s.X {
		if o := spatial.Orient(s, t, u); o != 0 {
			return o > 0
		}
		return spatial.Orient(s, t, v) > 0
	}
	if o := spatial.Orient(u, v, s); o != 0 {
		return o < 0
	}
	return spatial.Orient(u, v, t) < 0
}
