package measure

import (
	"math"

	"cloudgrid/spatial"
)

// DistanceM returns the length in metres of the geodesic between two points.
// Its error is under 0.1 mm, except for points nearly opposite each other on
// the globe, where the iteration does not settle and the great circle on
// MeanRadiusM is returned (error up to 0.6 %). T. Vincenty, Direct and inverse
// solutions of geodesics on the ellipsoid, Survey Review 23, 1975.
func DistanceM(a, b spatial.Point) float64 {
	if a == b {
		return 0
	}
	d, ok := vincentyM(latRad(a), latRad(b), wrapRad(stepsRad(a.X, b.X)))
	if !ok {
		return greatCircleM(a, b)
	}
	return d
}

// wrapRad brings a difference of longitudes into ±π: a distance goes the short
// way round.
func wrapRad(d float64) float64 { return math.Remainder(d, 2*math.Pi) }

func vincentyM(lat1, lat2, dLon float64) (float64, bool) {
	sinU1, cosU1 := math.Sincos(math.Atan((1 - flattening) * math.Tan(lat1)))
	sinU2, cosU2 := math.Sincos(math.Atan((1 - flattening) * math.Tan(lat2)))
	lambda := dLon
	for range 50 {
		sinL, cosL := math.Sincos(lambda)
		sinSigma := math.Hypot(cosU2*sinL, cosU1*sinU2-sinU1*cosU2*cosL)
		if sinSigma == 0 {
			return 0, true
		}
		cosSigma := sinU1*sinU2 + cosU1*cosU2*cosL
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := cosU1 * cosU2 * sinL / sinSigma
		cosSqAlpha := 1 - sinAlpha*sinAlpha
		cos2M := 0.0 // on the equator
		if cosSqAlpha > 1e-15 {
			cos2M = cosSigma - 2*sinU1*sinU2/cosSqAlpha
		}
		c := flattening / 16 * cosSqAlpha * (4 + flattening*(4-3*cosSqAlpha))
		next := dLon + (1-c)*flattening*sinAlpha*
			(sigma+c*sinSigma*(cos2M+c*cosSigma*(2*cos2M*cos2M-1)))
		if math.Abs(next) > math.Pi {
			return 0, false
		}
		if math.Abs(next-lambda) < 1e-13 {
			return arcLengthM(sigma, sinSigma, cosSigma, cos2M, cosSqAlpha), true
		}
		lambda = next
	}
	return 0, false
}

// arcLengthM is Vincenty's equations 3 to 6.
func arcLengthM(sigma, sinSigma, cosSigma, cos2M, cosSqAlpha float64) float64 {
	u2 := cosSqAlpha * (SemiMajorM*SemiMajorM - semiMinorM*semiMinorM) / (semiMinorM * semiMinorM)
	a := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
	b := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
	delta := b * sinSigma * (cos2M + b/4*(cosSigma*(2*cos2M*cos2M-1)-
		b/6*cos2M*(4*sinSigma*sinSigma-3)*(4*cos2M*cos2M-3)))
	return semiMinorM * a * (sigma - delta)
}

func greatCircleM(a, b spatial.Point) float64 {
	s := math.Sin((latRad(b) - latRad(a)) / 2)
	t := math.Sin(wrapRad(stepsRad(a.X, b.X)) / 2)
	h := s*s + math.Cos(latRad(a))*math.Cos(latRad(b))*t*t
	return 2 * MeanRadiusM * math.Asin(math.Sqrt(min(h, 1)))
}

// NearM returns the distance in metres between two points near each other, ten
// times faster than DistanceM: Pythagoras in the tangent frame at the middle
// latitude. Its relative error is under 1e-6 below 10 km and 1e-4 below 100 km,
// at latitudes up to 60°.
func NearM(a, b spatial.Point) float64 {
	sin, cos := math.Sincos((latRad(a) + latRad(b)) / 2)
	parallelM, meridianM := radii(sin, cos)
	return math.Hypot(stepsRad(a.X, b.X)*parallelM, stepsRad(a.Y, b.Y)*meridianM)
}

// LengthM returns the length in metres of a line through the points, with
// DistanceM's error per segment.
func LengthM(points []spatial.Point) float64 {
	sum := 0.0
	for i := 1; i < len(points); i++ {
		sum += DistanceM(points[i-1], points[i])
	}
	return sum
}
