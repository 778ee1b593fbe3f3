package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// Assign gives the ground of a region to a face, whoever had it: to fill a gap,
// to decide an overlap, to move a border by painting. Faces in its way shrink;
// a face that would lose everything is refused. The face may be new
// (NumFaces), or Outside to give ground up.
func (t *Topology) Assign(region spatial.MultiPolygon, to FaceID) (*Topology, Change, error) {
	box := region.Box()
	if to < Outside || int(to) > t.faces || box.Empty() {
		return nil, Change{}, refuse(NoSuchThing, box.Min, -1, to)
	}
	var faces []FaceID
	if to >= 0 && int(to) < t.faces {
		faces = append(faces, to)
	}
	for _, id := range t.ArcsIn(box) {
		a := t.Arc(id)
		for _, f := range [...]FaceID{a.Left, a.Right} {
			if f >= 0 {
				faces = append(faces, f)
			}
		}
	}
	if f := t.faceWestOf(box.Min); f >= 0 {
		faces = append(faces, f)
	}
	var rings [][]spatial.Point
	var exterior []bool
	for _, p := range region {
		for i, r := range p {
			if len(r) > 0 {
				rings = append(rings, append(slices.Clone(r), r[0]))
				exterior = append(exterior, i == 0)
			}
		}
	}
	l := t.takeApart(faces, rings)
	first := len(l.faces) + len(l.arcs)
	faceOf := slices.Clone(l.base)
	for c := range faceOf {
		// Within an exterior and no hole of it: polygons of one region do not
		// overlap, so the ring is the only one around the cell.
		if in := l.g.sets.members(l.drawn[c], nil); len(in) == 1 && exterior[int(in[0])-first] {
			faceOf[c] = to
		}
	}
	return l.put(faceOf, max(t.faces, int(to)+1), nil)
}
