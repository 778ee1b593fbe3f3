package measure

import (
	"math"

	"cloudgrid/spatial"
)

// Frame is the tangent plane at a point, in metres east and north of it. It is
// a tool for the neighbourhood: within 10 km of the origin and up to 60° of
// latitude a distance from the origin is off by less than 0.2 %, within 1 km by
// less than 0.02 %, within 100 m by less than 0.002 %.
type Frame struct {
	Origin spatial.Point
	EastM  float64 // metres per lattice step of longitude
	NorthM float64 // metres per lattice step of latitude
}

// FrameAt returns the frame at p. At a pole EastM is zero.
func FrameAt(p spatial.Point) Frame {
	sin, cos := math.Sincos(latRad(p))
	parallelM, meridianM := radii(sin, math.Max(cos, 0))
	return Frame{Origin: p, EastM: parallelM * stepRad, NorthM: meridianM * stepRad}
}

// XY returns the position of p in metres east and north of the origin.
func (f Frame) XY(p spatial.Point) (eastM, northM float64) {
	return float64(int64(p.X)-int64(f.Origin.X)) * f.EastM, float64(int64(p.Y)-int64(f.Origin.Y)) * f.NorthM
}

// At returns the lattice point nearest to a position in the frame, kept on the
// globe.
func (f Frame) At(eastM, northM float64) spatial.Point {
	return spatial.Point{
		X: addSteps(f.Origin.X, eastM, f.EastM, spatial.MaxX),
		Y: addSteps(f.Origin.Y, northM, f.NorthM, spatial.MaxY),
	}
}

func addSteps(from int32, m, stepM float64, limit int32) int32 {
	if stepM <= 0 {
		return from
	}
	v := math.Round(float64(from) + m/stepM)
	return int32(math.Max(-float64(limit), math.Min(float64(limit), v)))
}

// SegmentNear returns the point of the segment a–b nearest to the origin, in
// metres in the frame. The square of its length is what a search compares.
func (f Frame) SegmentNear(a, b spatial.Point) (eastM, northM float64) {
	ax, ay := f.XY(a)
	bx, by := f.XY(b)
	dx, dy := bx-ax, by-ay
	len2 := dx*dx + dy*dy
	if len2 == 0 {
		return ax, ay
	}
	// The ends are returned as they are, so that segments which meet there tie.
	switch t := -(ax*dx + ay*dy) / len2; {
	case t <= 0:
		return ax, ay
	case t >= 1:
		return bx, by
	default:
		return ax + t*dx, ay + t*dy
	}
}

// PointSegmentM returns the distance in metres from p to the straight lattice
// line a–b and the lattice point nearest to where it is reached. The foot is
// found in the tangent frame at p and the way to it measured at the middle
// latitude: the error is under 1 cm within 1 km and under 0.1 % within 50 km,
// up to 60° of latitude. It is zero exactly when p is on the segment.
func PointSegmentM(p, a, b spatial.Point) (distanceM float64, nearest spatial.Point) {
	if spatial.OnSegment(a, b, p) {
		return 0, p
	}
	f := FrameAt(p)
	eastM, northM := f.SegmentNear(a, b)
	return f.DistanceM(eastM, northM), f.At(eastM, northM)
}

// DistanceM returns the distance in metres from the origin to a position in the
// frame, corrected for the change of the parallel between the two; error as
// NearM.
func (f Frame) DistanceM(eastM, northM float64) float64 {
	if f.NorthM == 0 { // the zero Frame
		return math.Hypot(eastM, northM)
	}
	dLat, dLon := northM/f.NorthM*stepRad, 0.0
	if f.EastM > 0 {
		dLon = eastM / f.EastM * stepRad
	}
	mid := math.Max(-math.Pi/2, math.Min(math.Pi/2, latRad(f.Origin)+dLat/2))
	sin, cos := math.Sincos(mid)
	parallelM, meridianM := radii(sin, cos)
	return math.Hypot(dLon*parallelM, dLat*meridianM)
}
