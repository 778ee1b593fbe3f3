package locate

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Near appends to dst every face within radiusM metres of p, nearest first and
// at the same distance by id; the face that holds p has distance 0. Outside is
// no face. A radius that is not positive asks for the faces that touch p.
// Distances as for measure.PointSegmentM. With room in dst it does not
// allocate.
func (ix *Index) Near(dst []Neighbour, p spatial.Point, radiusM float64) []Neighbour {
	from := len(dst)
	if face := ix.Locate(p); face != topology.Outside {
		dst = append(dst, Neighbour{Face: face, At: p})
	}
	radiusM = max(radiusM, 0)
	f := measure.FrameAt(p)
	reach := around(f, radiusM)
	ix.eachBorderCell(reach, func(c cellRef) {
		c.each(func(g segment) {
			if !reach.Intersects(spatial.EmptyBox().Extend(g.a).Extend(g.b)) {
				return
			}
			x, y := f.SegmentNear(g.a, g.b)
			d := f.DistanceM(x, y)
			if spatial.OnSegment(g.a, g.b, p) {
				d = 0
			}
			if d <= radiusM {
				at := f.At(x, y)
				dst = nearer(dst, from, Neighbour{g.left, d, at})
				dst = nearer(dst, from, Neighbour{g.right, d, at})
			}
		})
	})
	slices.SortFunc(dst[from:], func(a, b Neighbour) int {
		return cmp.Or(cmp.Compare(a.DistanceM, b.DistanceM), cmp.Compare(a.Face, b.Face))
	})
	return dst
}

// nearer notes a face, or that it is nearer than noted.
func nearer(dst []Neighbour, from int, n Neighbour) []Neighbour {
	if n.Face == topology.Outside {
		return dst
	}
	for i := range dst[from:] {
		if have := &dst[from+i]; have.Face == n.Face {
			if n.DistanceM < have.DistanceM || n.DistanceM == have.DistanceM && n.At.Less(have.At) && n.DistanceM > 0 {
				*have = n
			}
			return dst
		}
	}
	return append(dst, n)
}
