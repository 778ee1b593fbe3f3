package ingest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"cloudgrid/spatial"
)

// ringFlaw is something wrong with one ring.
type ringFlaw struct {
	kind string
	at   spatial.Point
}

// polygons turns a shape of the file into lattice polygons: positions
// transformed and rounded, repeated positions dropped. Rings without area are
// dropped and told; a ring left open is closed and told.
func (p placer) polygons(g orb.Geometry) (spatial.MultiPolygon, []ringFlaw, error) {
	var out spatial.MultiPolygon
	var flaws []ringFlaw
	for poly, err := range orbPolygons(g) {
		if err != nil {
			return nil, nil, err
		}
		rings := make(spatial.Polygon, 0, len(poly))
		for i, r := range poly {
			ring, found, err := p.ring(r)
			if err != nil {
				return nil, nil, err
			}
			flaws = append(flaws, found...)
			if ring != nil {
				rings = append(rings, ring)
			} else if i == 0 {
				break // holes without their exterior are nothing
			}
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	return out, flaws, nil
}

// ring returns nil for a ring without three distinct positions.
func (p placer) ring(r orb.Ring) (spatial.Ring, []ringFlaw, error) {
	out := make(spatial.Ring, 0, len(r))
	for _, q := range r {
		pt, err := p.point(q)
		if err != nil {
			return nil, nil, err
		}
		if len(out) == 0 || out[len(out)-1] != pt {
			out = append(out, pt)
		}
	}
	var flaws []ringFlaw
	if len(r) > 0 && r[0] != r[len(r)-1] {
		flaws = append(flaws, ringFlaw{KindUnclosedRing, out[len(out)-1]})
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		var at spatial.Point
		if len(out) > 0 {
			at = out[0]
		}
		kind := KindInvalidRing
		if distinctPoints(r) >= 3 {
			kind = KindTinyRing
		}
		return nil, append(flaws, ringFlaw{kind, at}), nil
	}
	return out, flaws, nil
}

// distinctPoints counts the different positions of a ring, up to three.
func distinctPoints(r orb.Ring) int {
	var seen []orb.Point
	for _, p := range r {
		if len(seen) < 3 && !slices.Contains(seen, p) {
			seen = append(seen, p)
		}
	}
	return len(seen)
}

var errNotPolygon = errors.New("not a polygon")

// orbPolygons yields the polygons of a shape; anything else in it is an error.
func orbPolygons(g orb.Geometry) func(func(orb.Polygon, error) bool) {
	return func(yield func(orb.Polygon, error) bool) {
		switch g := g.(type) {
		case orb.Polygon:
			yield(g, nil)
		case orb.MultiPolygon:
			for _, p := range g {
				if !yield(p, nil) {
					return
				}
			}
		case orb.Collection:
			for _, part := range g {
				for p, err := range orbPolygons(part) {
					if !yield(p, err) {
						return
					}
				}
			}
		case orb.Ring:
			yield(orb.Polygon{g}, nil)
		case nil:
		default:
			yield(nil, fmt.Errorf("%w: %s", errNotPolygon, g.GeoJSONType()))
		}
	}
}

// onePoint gives the position of a shape that stands for a place: a point, the
// only point of a multipoint, or the middle of the box of anything else.
func onePoint(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.MultiPoint:
		if len(g) == 1 {
			return g[0]
		}
	}
	return g.Bound().Center()
}
