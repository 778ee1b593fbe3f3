// Package tessellate divides the ground of a community between its buildings:
// atoms that tile the outline without gap or overlap, cut no building, and
// meet along barriers (roads, water, walls) where there are any and midway
// between buildings elsewhere.
//
// All lines are noded on the lattice and triangulated under exact arithmetic,
// every barrier an edge. A corner of a triangle belongs to the building that is
// nearest over ground without crossing a barrier, and a triangle with corners
// of several is cut through the middles of its edges (the chordal axis of
// L. Prasad, Morphological analysis of shapes, 1997).
package tessellate

import (
	"errors"
	"fmt"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Footprint is one building: its ground, or a Point where Shape is nil.
type Footprint struct {
	Shape spatial.MultiPolygon
	Point spatial.Point
}

// Input is what there is. Only Within is needed.
type Input struct {
	Within    spatial.MultiPolygon   // the outline of the community
	Buildings []Footprint            // what is never cut
	Barriers  [][]spatial.Point      // lines that borders follow: roads, water, walls
	Compounds []spatial.MultiPolygon // gated compounds, each one atom with all that stands in it
}

// Options refine how ground is divided. The zero value is ready.
type Options struct {
	// SampleM is how far apart lines are sampled; a border midway between two
	// buildings is up to about a third of it from the true middle.
	// 0 means 8 m, about the width of a house.
	SampleM float64
	// MinGroundM2 and MinWidthM say which ground without a building is a sliver:
	// smaller, or of a mean width (twice area by perimeter) under it. 0 means
	// 200 m² and 5 m, the strip between the two carriageways of a road;
	// negative keeps all.
	MinGroundM2, MinWidthM float64
	// SplitCompounds treats the outlines of compounds as barriers only.
	SplitCompounds bool
}

func (o Options) withDefaults() Options {
	if o.SampleM <= 0 {
		o.SampleM = 8
	}
	o.SampleM = max(o.SampleM, 0.5)
	if o.MinGroundM2 == 0 {
		o.MinGroundM2 = 200
	}
	if o.MinWidthM == 0 {
		o.MinWidthM = 5
	}
	return o
}

// Kind says what an atom is.
type Kind string

// The kinds of atoms.
const (
	Building Kind = "building" // one building, or several that touch, and the ground nearest to it
	Compound Kind = "compound" // a gated compound
	Ground   Kind = "ground"   // ground without a building, between barriers
)

// Atom is one piece of the tiling; face i of the topology is atom i.
type Atom struct {
	Kind      Kind
	Buildings []int32 // indices in Input.Buildings, ascending
	Compounds []int32 // indices in Input.Compounds, ascending
}

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	BuildingOutside   NoteKind = "building_outside"    // no ground within the outline: left out
	BuildingOnOutline NoteKind = "building_on_outline" // reaches over the outline: its part within is taken
	BuildingsJoined   NoteKind = "buildings_joined"    // touches or overlaps the building Other: one atom
	CompoundOutside   NoteKind = "compound_outside"
	CompoundCut       NoteKind = "compound_cut" // the building stands only partly in compound Other, which goes round it
)

// Note tells of something that a planner may want to look at.
type Note struct {
	Kind        NoteKind
	Item, Other int32 // indices as the kind says; Other is -1 where there is none
	At          spatial.Point
}

// Result is a tiling.
type Result struct {
	Topology *topology.Topology // face i is atom i; ordered by least point
	Atoms    []Atom
	Notes    []Note
	Absorbed int // slivers given to a neighbour
}

// ErrNoGround says that Within has no ground.
var ErrNoGround = errors.New("the outline has no ground")

// spanSteps is the greatest extent of Within in lattice steps (1.7°, a large
// city) for which inCircle is exact.
const spanSteps = 1 << 24

// Tessellate divides the ground of in.Within. The result depends neither on
// the order of buildings, barriers and compounds (but for the numbers in it)
// nor on the number of cores. What lies outside Within is left out; a building
// is cut by the outline alone. A line that passes within half a lattice step
// of a point is bent through it, so building walls may move by that much.
func Tessellate(in Input, opt Options) (*Result, error) {
	opt = opt.withDefaults()
	box := spatial.EmptyBox()
	for _, p := range in.Within {
		if len(p) > 0 {
			box = box.Union(p[0].Box())
		}
	}
	if box.Empty() {
		return nil, ErrNoGround
	}
	if w, h := int64(box.Max.X)-int64(box.Min.X), int64(box.Max.Y)-int64(box.Min.Y); max(w, h) > spanSteps {
		return nil, fmt.Errorf("the outline is %.1f° wide: at most %.1f° can be divided at once", float64(max(w, h))/spatial.Scale, float64(spanSteps)/spatial.Scale)
	}
	d, err := drawAll(in, opt, box)
	if err != nil {
		return nil, err
	}
	s := d.survey()
	if !s.anyGround() {
		return nil, ErrNoGround
	}
	s.joinBuildings()
	s.shareGround()
	return s.result(opt), nil
}
