package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// onOutline answers for a point of a border cell that the first part of the
// border rule leaves Outside: the first face counter-clockwise from east if p
// lies on a border, else Outside.
func (ix *Index) onOutline(p spatial.Point, w []uint32, e, s uint32) topology.FaceID {
	best := topology.Outside
	var bestTo spatial.Point
	// ray tells that seen from p a border runs towards a point, with a face
	// counter-clockwise of it.
	ray := func(to spatial.Point, face topology.FaceID) {
		if uint32(face) < ix.faces && (best == topology.Outside || angleLess(p, to, bestTo)) {
			best, bestTo = face, to
		}
	}
	m := int32(uint32(1)<<s - 1)
	sw := spatial.Point{
		X: p.X - (p.X-ix.origin.X)&m,
		Y: p.Y - (p.Y-ix.origin.Y)&m,
	}
	eachSegment(w, e, s, sw, func(g segment) {
		if !spatial.OnSegment(g.a, g.b, p) {
			return
		}
		if p != g.b {
			ray(g.b, g.left)
		}
		if p != g.a {
			ray(g.a, g.right)
		}
	})
	return best
}

// angleLess tells whether a comes before b when turning counter-clockwise
// around p from east.
func angleLess(p, a, b spatial.Point) bool {
	if ha, hb := lowerHalf(p, a), lowerHalf(p, b); ha != hb {
		return hb
	}
	return spatial.Orient(p, a, b) > 0
}

// lowerHalf tells whether the direction p→a is at 180° or beyond.
func lowerHalf(p, a spatial.Point) bool { return a.Y < p.Y || a.Y == p.Y && a.X < p.X }
