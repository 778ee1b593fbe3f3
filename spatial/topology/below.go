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
// has the ground between them on its left.
func (b *below) find(p spatial.Point) (d dart, ok bool) {
	s := southOf{p: p}
	b.tree.visit(s.wants, func(item uint32) {
		c := b.pieces[item]
		if nearer, backward := s.pass(b.points(c)); nearer {
			d = dart(c.line << 1)
			if backward {
				d = d.twin()
			}
		}
	})
	return d, s.ok
}

// southOf looks for the edge straight south of a point. The question is asked
// a hair west of the point, so an edge that only begins at its meridian does
// not count, and one that ends there does. No edge may pass through the point
// except from the east.
type southOf struct {
	p      spatial.Point
	lo, hi spatial.Point // best edge so far, west end first
	ok     bool
}

func (s *southOf) wants(box spatial.Box) bool {
	return box.Min.X < s.p.X && box.Max.X >= s.p.X && box.Min.Y <= s.p.Y &&
		(!s.ok || box.Max.Y >= min(s.lo.Y, s.hi.Y))
}

// pass looks at the edges of a line; it tells whether one of them is the best
// so far, and whether that one runs from east to west.
func (s *southOf) pass(pts []spatial.Point) (nearer, backward bool) {
	for i := 1; i < len(pts); i++ {
		u, v, back := pts[i-1], pts[i], false
		if v.X < u.X {
			u, v, back = v, u, true
		}
		if u.X >= s.p.X || v.X < s.p.X || spatial.Orient(u, v, s.p) <= 0 {
			continue
		}
		if !s.ok || above(u, v, s.lo, s.hi) {
			s.lo, s.hi, s.ok = u, v, true
			nearer, backward = true, back
		}
	}
	return nearer, backward
}

// faceWestOf returns the face a hair west of p, which must not be on an arc;
// by the nearest arc to the south.
func (t *Topology) faceWestOf(p spatial.Point) FaceID {
	f := Outside
	s := southOf{p: p}
	look := func(id ArcID) {
		a := t.Arc(id)
		if nearer, backward := s.pass(a.Points); nearer {
			if f = a.Left; backward {
				f = a.Right
			}
		}
	}
	t.indexed().visit(s.wants, func(item uint32) { look(ArcID(item)) })
	for _, id := range t.extra {
		look(id)
	}
	return f
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
