package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// MergeFaces gives all ground of the other faces to face into. They stay as
// faces without ground, so no id changes its meaning.
func (t *Topology) MergeFaces(into FaceID, others ...FaceID) (*Topology, Change, error) {
	all := append([]FaceID{into}, others...)
	for _, f := range all {
		if f < 0 || int(f) >= t.faces {
			return nil, Change{}, refuse(NoSuchThing, spatial.Point{}, -1, f)
		}
	}
	l := t.takeApart(all, nil)
	faceOf := slices.Clone(l.base)
	for c, f := range faceOf {
		if f != elsewhere {
			faceOf[c] = into
		}
	}
	return l.put(faceOf, t.faces, others)
}

// Relabel gives all ground of face from to the face to, which must have none;
// to may be one new face (NumFaces).
func (t *Topology) Relabel(from, to FaceID) (*Topology, Change, error) {
	if from < 0 || int(from) >= t.faces || to < 0 || int(to) > t.faces ||
		int(to) < t.faces && len(t.FaceArcs(to)) > 0 {
		return nil, Change{}, refuse(NoSuchThing, spatial.Point{}, -1, to)
	}
	p := patch{set: map[ArcID]parted{}, faces: int(to) + 1}
	for _, id := range t.FaceArcs(from) {
		a := t.Arc(id)
		if a.Left == from {
			a.Left = to
		} else {
			a.Right = to
		}
		p.set[id] = parted{Arc: a}
	}
	n, c := t.apply(p)
	return n, c, nil
}
