// Package topology keeps a coverage as what it is: border lines stored once,
// each with the face on its left and the face on its right, on the lattice of
// package spatial. From this one structure come validation, exact location,
// shared-border editing, the adjacency graph, simplification in which
// neighbours never part, and the polygons of any union of faces.
//
// Faces and arcs are plain numbers here; what they stand for is the caller's.
package topology

import (
	"cloudgrid/spatial"
)

// FaceID names a face: the index of the polygon it was built from. A face may
// have several parts and holes.
type FaceID int32

// Outside is the face of everything that no polygon covers: the ground beyond
// the jurisdiction and the gaps within it.
const Outside FaceID = -1

// ArcID names an arc: 0 … NumArcs-1. The id of a deleted arc is not given to
// another arc of the same Topology or of one edited from it.
type ArcID int32

// Arc is a border line between two nodes. Left and Right are the faces seen
// when walking Points from first to last; they always differ. A closed border
// that meets no other is one arc whose first and last points are the same.
type Arc struct {
	Left, Right FaceID
	Points      []spatial.Point // at least two; read-only
}

// Topology is an immutable coverage: safe for any number of readers. Edits
// return a new Topology that shares what they did not touch.
//
// Invariants, held by every Topology that this package returns (Check reports
// any breach): arcs meet only at their end points; no arc crosses itself; an
// arc's Left and Right differ; around every node the faces agree, so that each
// point of the plane off the arcs is in exactly one face or Outside.
type Topology struct {
	arcBlocks  []*arcBlock
	faceBlocks []*faceBlock
	arcs       int
	faces      int
	index      *arcIndex // of the topology this one was edited from
	extra      []ArcID   // arcs that the index does not know, or knows elsewhere
}

// NumFaces returns how many faces there are; their ids are 0 … NumFaces-1. A
// face whose polygon was empty has no arcs.
func (t *Topology) NumFaces() int { return t.faces }

// NumArcs returns the bound of the arc ids.
func (t *Topology) NumArcs() int { return t.arcs }

// Arc returns an arc. A deleted arc has no points.
func (t *Topology) Arc(id ArcID) Arc {
	return t.arcBlocks[id>>blockBits].arc(int(id & blockMask))
}

// FaceArcs returns the arcs around a face, ascending; read-only. Outside has no
// list.
func (t *Topology) FaceArcs(f FaceID) []ArcID {
	if f < 0 {
		return nil
	}
	b := t.faceBlocks[f>>blockBits]
	i := f & blockMask
	return b.arcs[b.off[i]:b.off[i+1]:b.off[i+1]]
}

// FaceBox returns the smallest box around a face; it is empty for a face
// without ground.
func (t *Topology) FaceBox(f FaceID) spatial.Box {
	box := spatial.EmptyBox()
	for _, id := range t.FaceArcs(f) {
		for _, p := range t.Arc(id).Points {
			box = box.Extend(p)
		}
	}
	return box
}

// FacePolygon returns the ground of a face: exteriors counter-clockwise, holes
// clockwise, every ring beginning at its westernmost (then southernmost) point,
// polygons and holes ordered by that point and the next. Rings are simple; where parts touch
// at a point they are separate rings. A face without ground gives nil.
func (t *Topology) FacePolygon(f FaceID) spatial.MultiPolygon {
	ids := t.FaceArcs(f)
	walks := make([]walk, 0, len(ids))
	for _, id := range ids {
		a := t.Arc(id)
		walks = append(walks, walk{a.Points, a.Left != f})
	}
	return tracePolygons(walks)
}
