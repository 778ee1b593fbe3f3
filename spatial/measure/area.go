package measure

import (
	"math"

	"cloudgrid/spatial"
)

// AreaM2 returns the ellipsoidal area of m in square metres: exteriors add,
// holes subtract, whichever way the rings run. Edges are geodesics. The
// relative error is under 1e-6 below 100 km² (and below 1e-5 for any polygon
// whose edges are under 100 km).
func AreaM2(m spatial.MultiPolygon) float64 {
	sum := 0.0
	for _, p := range m {
		for i, r := range p {
			a := math.Abs(RingAreaM2(r))
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum
}

// RingAreaM2 returns the signed ellipsoidal area inside the ring in square
// metres, positive when it runs counter-clockwise; error as AreaM2. A ring
// around a pole is not measured correctly.
func RingAreaM2(r spatial.Ring) float64 {
	if len(r) < 3 {
		return 0
	}
	sum := 0.0
	prev := station(r[len(r)-1])
	for _, p := range r {
		next := station(p)
		sum += prev.underM2(next)
		prev = next
	}
	return -sum
}

// meridianStation is what one vertex contributes to the edges on both sides.
type meridianStation struct {
	at                   spatial.Point
	sin                  float64
	parallelM, meridianM float64
	zoneM2               float64 // area from the equator up, per radian of longitude
}

func station(p spatial.Point) meridianStation {
	sin, cos := math.Sincos(latRad(p))
	parallelM, meridianM := radii(sin, cos)
	return meridianStation{p, sin, parallelM, meridianM, zoneM2(sin)}
}

// underM2 returns the signed area between the equator and the geodesic from s
// to t: the area under the straight lattice line by the trapezoid rule with its
// Euler-Maclaurin end correction, and the bulge of the geodesic over that line.
func (s meridianStation) underM2(t meridianStation) float64 {
	dLon, dLat := stepsRad(s.at.X, t.at.X), stepsRad(s.at.Y, t.at.Y)
	area := dLon * ((s.zoneM2+t.zoneM2)/2 - dLat/12*(t.parallelM*t.meridianM-s.parallelM*s.meridianM))
	return area + s.bulgeM2(t, dLon, dLat)
}

// bulgeM2 follows from the geodesic equations of the metric M²dφ² + r²dλ²:
//
//	φ̈ = -(r sin φ / M) λ̇² - (M'/M) φ̇²,   λ̈ = 2 (M sin φ / r) φ̇ λ̇
//
// A curve with constant second derivative leaves its chord by t(1-t)/2 times
// it, and that integrates to 1/12. The next term is smaller by (L/R)².
func (s meridianStation) bulgeM2(t meridianStation, dLon, dLat float64) float64 {
	r, m, sin := (s.parallelM+t.parallelM)/2, (s.meridianM+t.meridianM)/2, (s.sin+t.sin)/2
	if r < 1 { // within a metre of a pole there is nothing to bulge
		return 0
	}
	cos := math.Sqrt(1 - sin*sin)
	dMdLatOverM := 3 * eccSq * sin * cos / (1 - eccSq*sin*sin)
	latDD := -r*sin/m*dLon*dLon - dMdLatOverM*dLat*dLat
	lonDD := 2 * m * sin / r * dLat * dLon
	return -m * r / 12 * (latDD*dLon - lonDD*dLat)
}

// zoneM2 is the area of the ellipsoid between the equator and a latitude, per
// radian of longitude: b²/2 (s/(1-e²s²) + artanh(es)/e), as a series in e²s²
// (J. P. Snyder, Map Projections: A Working Manual, 1987, eq. 3-12; e²s² is
// under 0.0067, so that eight terms reach the last bit).
func zoneM2(sin float64) float64 {
	x := eccSq * sin * sin
	sum := 8.0 / 15
	for k := 6; k >= 0; k-- {
		sum = sum*x + float64(k+1)/float64(2*k+1)
	}
	return semiMinorM * semiMinorM * sin * sum
}
