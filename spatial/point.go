// Package spatial holds the value types that every spatial room shares: points
// on a fixed-point lattice, boxes, rings and polygons, and the exact predicates
// over them. It knows nothing of grids, staff or stores.
//
// Coordinates are longitude and latitude on GRS80 (EPSG:4490; for this project
// the same as EPSG:4326), stored as int32 multiples of 1e-7 degree. That is
// 1.1 cm on the ground or finer, well under any survey of a street, and makes
// "no gap, no overlap" a statement about integers.
package spatial

import (
	"fmt"
	"math"
)

// Scale is how many lattice steps make one degree. 1e7 is the finest power of
// ten for which ±180° still fits in an int32.
const Scale = 1e7

// Limits of the lattice: the whole globe, in lattice steps.
const (
	MaxX int32 = 180 * 1e7
	MaxY int32 = 90 * 1e7
)

// Point is a position on the lattice: X is longitude and Y latitude, in 1e-7
// degree.
type Point struct{ X, Y int32 }

// FromLonLat rounds a position in degrees to the nearest lattice point. It
// fails for anything that is not a finite position on the globe.
func FromLonLat(lon, lat float64) (Point, error) {
	if math.IsNaN(lon) || math.IsNaN(lat) || math.Abs(lon) > 180 || math.Abs(lat) > 90 {
		return Point{}, fmt.Errorf("position lon %v, lat %v is not on the globe (lon ±180°, lat ±90°)", lon, lat)
	}
	return Point{int32(math.Round(lon * Scale)), int32(math.Round(lat * Scale))}, nil
}

// LonLat returns the position in degrees. FromLonLat(p.LonLat()) is p.
func (p Point) LonLat() (lon, lat float64) {
	return float64(p.X) / Scale, float64(p.Y) / Scale
}

// Less orders points west to east, then south to north.
func (p Point) Less(q Point) bool {
	if p.X != q.X {
		return p.X < q.X
	}
	return p.Y < q.Y
}

func (p Point) String() string {
	lon, lat := p.LonLat()
	return fmt.Sprintf("%.7f,%.7f", lon, lat)
}
