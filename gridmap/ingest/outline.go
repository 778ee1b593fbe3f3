package ingest

import (
	"iter"

	"cloudgrid/spatial"
)

// Outline is an accepted row as it would stand on the map.
type Outline struct {
	Row        int // as a person counts
	Code, Name string
	Shape      spatial.MultiPolygon
	Point      spatial.Point
	HasPoint   bool
}

// Outlines yields the accepted rows that have a shape or a point, in the order
// of the file; the shapes are not to be changed. Complete after Against.
func (p *Plan) Outlines() iter.Seq[Outline] {
	return func(yield func(Outline) bool) {
		for _, r := range p.b.rows {
			o := Outline{Row: r.n, Code: r.code, Name: r.name, Shape: r.shape, Point: r.point, HasPoint: r.hasPoint}
			if (len(o.Shape) > 0 || o.HasPoint) && !yield(o) {
				return
			}
		}
	}
}
