package crs

import (
	"fmt"
	"math"
)

// Web Mercator (EPSG:3857) is Mercator of a sphere of the WGS84 semi-major
// axis, cut to a square.
const (
	mercatorR      = 6378137.0
	mercatorMaxM   = math.Pi * mercatorR
	mercatorMaxLat = 85.0511287798066
)

func mercatorForward(lon, lat float64) (x, y float64) {
	return mercatorR * lon * math.Pi / 180, mercatorR * math.Asinh(math.Tan(lat*math.Pi/180))
}

func mercatorInverse(x, y float64) (lon, lat float64) {
	return max(-180, min(180, x/mercatorR*180/math.Pi)), math.Atan(math.Sinh(y/mercatorR)) * 180 / math.Pi
}

// Limits of the transverse Mercator. The series hold far beyond; a position
// this far from its meridian means a wrong zone or swapped axes.
const (
	maxFromMeridianDeg = 15.0
	maxFromMeridianM   = 1_700_000.0
	maxNorthingM       = 10_100_000.0
)

// transverseMercator is Krüger's projection in the third-flattening series of
// Karney, "Transverse Mercator with an accuracy of a few nanometers", J. Geod.
// 85 (2011), equations 7–9, 35 and 36, to order n⁶: under 1e-7 m within 10° of
// the meridian.
type transverseMercator struct {
	lon0, lat0  float64 // degrees
	k0          float64
	falseE      float64 // in units of the file
	falseN      float64
	unitM       float64 // metres in a unit
	e           float64 // eccentricity
	radius      float64 // rectifying radius × k0, in units
	north0      float64 // northing of the equator, in units
	alpha, beta [6]float64
}

func newTransverseMercator(lon0, lat0, k0, falseE, falseN, unitM, a, invF float64) transverseMercator {
	f := 1 / invF
	n := f / (2 - f)
	n2 := n * n
	t := transverseMercator{
		lon0: lon0, lat0: lat0, k0: k0, falseE: falseE, falseN: falseN, unitM: unitM,
		e:      math.Sqrt(f * (2 - f)),
		radius: k0 * a / (1 + n) * (1 + n2/4 + n2*n2/64 + n2*n2*n2/256) / unitM,
		alpha: [6]float64{
			poly(n, 1, 1./2, -2./3, 5./16, 41./180, -127./288, 7891./37800),
			poly(n, 2, 13./48, -3./5, 557./1440, 281./630, -1983433./1935360),
			poly(n, 3, 61./240, -103./140, 15061./26880, 167603./181440),
			poly(n, 4, 49561./161280, -179./168, 6601661./7257600),
			poly(n, 5, 34729./80640, -3418889./1995840),
			poly(n, 6, 212378941./319334400),
		},
		beta: [6]float64{
			poly(n, 1, 1./2, -2./3, 37./96, -1./360, -81./512, 96199./604800),
			poly(n, 2, 1./48, 1./15, -437./1440, 46./105, -1118711./3870720),
			poly(n, 3, 17./480, -37./840, -209./4480, 5569./90720),
			poly(n, 4, 4397./161280, -11./504, -830251./7257600),
			poly(n, 5, 4583./161280, -108847./3991680),
			poly(n, 6, 20648693./638668800),
		},
	}
	t.north0 = falseN
	if lat0 != 0 {
		_, y := t.forward(lon0, lat0)
		t.north0 = 2*falseN - y
	}
	return t
}

// poly is n^from × (c0 + c1 n + c2 n² …).
func poly(n float64, from int, c ...float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = sum*n + c[i]
	}
	for range from {
		sum *= n
	}
	return sum
}

func (t *transverseMercator) forward(lon, lat float64) (x, y float64) {
	lambda := wrap180(lon-t.lon0) * math.Pi / 180
	tau := t.conformalTan(math.Tan(lat * math.Pi / 180))
	sl, cl := math.Sincos(lambda)
	xi0 := math.Atan2(tau, cl)
	eta0 := math.Asinh(sl / math.Hypot(tau, cl))
	xi, eta := xi0, eta0
	for j, a := range t.alpha {
		k := 2 * float64(j+1)
		s, c := math.Sincos(k * xi0)
		xi += a * s * math.Cosh(k*eta0)
		eta += a * c * math.Sinh(k*eta0)
	}
	return t.falseE + t.radius*eta, t.north0 + t.radius*xi
}

func (t *transverseMercator) inverse(x, y float64) (lon, lat float64) {
	eta0, xi0 := (x-t.falseE)/t.radius, (y-t.north0)/t.radius
	xi, eta := xi0, eta0
	for j, b := range t.beta {
		k := 2 * float64(j+1)
		s, c := math.Sincos(k * xi0)
		xi -= b * s * math.Cosh(k*eta0)
		eta -= b * c * math.Sinh(k*eta0)
	}
	sx, cx := math.Sincos(xi)
	sh := math.Sinh(eta)
	tau := t.geodeticTan(sx / math.Hypot(sh, cx))
	lon = wrap180(t.lon0 + math.Atan2(sh, cx)*180/math.Pi)
	return lon, math.Atan(tau) * 180 / math.Pi
}

// conformalTan gives the tangent of the conformal latitude from that of the
// geodetic latitude (Karney 2011, eq. 7 and 9).
func (t *transverseMercator) conformalTan(tau float64) float64 {
	h := math.Sqrt(1 + tau*tau)
	sigma := math.Sinh(t.e * math.Atanh(t.e*tau/h))
	return tau*math.Sqrt(1+sigma*sigma) - sigma*h
}

// geodeticTan inverts conformalTan by Newton's method (Karney 2011, eq. 19–21).
func (t *transverseMercator) geodeticTan(want float64) float64 {
	e2m := 1 - t.e*t.e
	tau := want / e2m
	for range 8 {
		got := t.conformalTan(tau)
		d := (want - got) / math.Sqrt(1+got*got) * (1 + e2m*tau*tau) / (e2m * math.Sqrt(1+tau*tau))
		tau += d
		if math.Abs(d) <= 1e-14*math.Max(1, math.Abs(tau)) {
			break
		}
	}
	return tau
}

// check refuses what cannot be a position of the projection, and says which
// usual mistake it looks like. x and y are in units.
func (t *transverseMercator) check(name string, x, y float64) error {
	east, north := (x-t.falseE)*t.unitM, (y-t.falseN)*t.unitM
	degrees := math.Abs(x) <= 180 && math.Abs(y) <= 180 && t.falseE > 1000
	if !degrees && math.Abs(east) <= maxFromMeridianM && math.Abs(north) <= maxNorthingM {
		return nil
	}
	where := fmt.Sprintf("easting %v, northing %v does not fit %s", x, y, name)
	zone := math.Floor(x / 1e6)
	switch {
	case degrees:
		return fmt.Errorf("%s: these look like degrees", where)
	case zone >= 13 && zone <= 45 && t.falseE < 1e6:
		return fmt.Errorf("%s: the easting begins with zone number %.0f, use a system with zone prefix (%s)", where, zone, prefixedCode(int(zone)))
	case t.falseE > 1e6 && x >= 0 && x < 1e6:
		return fmt.Errorf("%s: the easting lacks the zone number %.0f, use the system without prefix", where, math.Floor(t.falseE/1e6))
	case math.Abs(y-t.falseE)*t.unitM <= maxFromMeridianM && math.Abs(x-t.falseN)*t.unitM <= maxNorthingM:
		return fmt.Errorf("%s: easting and northing are probably swapped", where)
	}
	return fmt.Errorf("%s: more than %.0f km from its central meridian, or beyond the pole", where, maxFromMeridianM/1000)
}
