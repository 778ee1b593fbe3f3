// Package measure gives lengths, distances and areas in metres on the one
// ellipsoid of this project, GRS80. Positions are lattice points of package
// spatial (longitude and latitude in 1e-7 degree). Lines between them are
// geodesics, as in PostGIS geography, so that areas and lengths agree with it;
// at the size of a street the straight lattice line differs by less than the
// lattice step.
//
// Nothing here crosses the 180° meridian: a segment from 179° to -179° goes the
// long way round.
package measure

import (
	"math"

	"cloudgrid/spatial"
)

// GRS80, the ellipsoid of CGCS2000 (EPSG:7019; H. Moritz, Geodetic Reference
// System 1980, Journal of Geodesy 74, 2000). WGS84 differs by 0.1 mm in the
// polar axis.
const (
	SemiMajorM        = 6378137.0
	InverseFlattening = 298.257222101
	// MeanRadiusM is R1 = (2a+b)/3 of GRS80, the one radius used wherever a
	// sphere is good enough.
	MeanRadiusM = 6371008.7714
)

const (
	flattening = 1 / InverseFlattening
	semiMinorM = SemiMajorM * (1 - flattening)
	eccSq      = flattening * (2 - flattening)
	stepRad    = math.Pi / 180 / spatial.Scale // one lattice step in radians
)

func latRad(p spatial.Point) float64 { return float64(p.Y) * stepRad }

// stepsRad is the exact difference of two lattice coordinates, in radians.
func stepsRad(from, to int32) float64 { return float64(int64(to)-int64(from)) * stepRad }

// radii returns the radius of the parallel (N cos φ) and the meridional radius
// of curvature M at a latitude given by its sine and cosine, in metres.
func radii(sin, cos float64) (parallelM, meridianM float64) {
	w2 := 1 - eccSq*sin*sin
	n := SemiMajorM / math.Sqrt(w2)
	return n * cos, n * (1 - eccSq) / w2
}
