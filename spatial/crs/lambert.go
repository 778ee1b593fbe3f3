package crs

import (
	"fmt"
	"math"
)

// lambert is the Lambert conformal conic on an ellipsoid, with two standard
// parallels or with one and a scale (Snyder, "Map Projections: A Working
// Manual", USGS 1395 (1987), equations 15-1 to 15-11 and 7-9).
type lambert struct {
	lon0, rho0     float64 // degrees; metres from the cone's tip to the origin
	falseE, falseN float64 // in units of the file
	unitM          float64 // metres in a unit
	n, af, e       float64 // cone constant; a·F in metres; eccentricity
}

func newLambert(lon0, lat0, lat1, lat2, k0, falseE, falseN, unitM, a, invF float64) lambert {
	f := 1 / invF
	l := lambert{lon0: lon0, falseE: falseE, falseN: falseN, unitM: unitM, e: math.Sqrt(f * (2 - f))}
	p1, p2 := lat1*math.Pi/180, lat2*math.Pi/180
	l.n = math.Sin(p1)
	if lat1 != lat2 {
		l.n = math.Log(l.m(p1)/l.m(p2)) / math.Log(l.t(p1)/l.t(p2))
	}
	l.af = k0 * a * l.m(p1) / (l.n * math.Pow(l.t(p1), l.n))
	l.rho0 = l.rho(lat0 * math.Pi / 180)
	return l
}

func (l *lambert) m(phi float64) float64 {
	s := l.e * math.Sin(phi)
	return math.Cos(phi) / math.Sqrt(1-s*s)
}

func (l *lambert) t(phi float64) float64 {
	s := l.e * math.Sin(phi)
	return math.Tan(math.Pi/4-phi/2) / math.Pow((1-s)/(1+s), l.e/2)
}

func (l *lambert) rho(phi float64) float64 { return l.af * math.Pow(l.t(phi), l.n) }

func (l *lambert) forward(lon, lat float64) (x, y float64) {
	rho, theta := l.rho(lat*math.Pi/180), l.n*wrap180(lon-l.lon0)*math.Pi/180
	return rho*math.Sin(theta)/l.unitM + l.falseE, (l.rho0-rho*math.Cos(theta))/l.unitM + l.falseN
}

func (l *lambert) inverse(x, y float64) (lon, lat float64) {
	dx, dy := (x-l.falseE)*l.unitM, l.rho0-(y-l.falseN)*l.unitM
	rho := math.Hypot(dx, dy)
	if l.n < 0 {
		rho, dx, dy = -rho, -dx, -dy
	}
	t := math.Pow(rho/l.af, 1/l.n)
	phi := math.Pi/2 - 2*math.Atan(t)
	for range 12 { // converges by a factor of e² ≈ 0.007 each round
		s := l.e * math.Sin(phi)
		phi = math.Pi/2 - 2*math.Atan(t*math.Pow((1-s)/(1+s), l.e/2))
	}
	return wrap180(l.lon0 + math.Atan2(dx, dy)/l.n*180/math.Pi), phi * 180 / math.Pi
}

// check complains about positions that no conic map of a country holds.
func (l *lambert) check(name string, x, y float64) error {
	if !(math.Hypot((x-l.falseE)*l.unitM, (y-l.falseN)*l.unitM) <= maxNorthingM) {
		return fmt.Errorf("%v, %v is over 10,000 km from the origin of %s: are the axes swapped, or is it another system?", x, y, name)
	}
	return nil
}

func lambertFromWKT(root node, geoCode int, invF float64) (CRS, error) {
	p := wktParams(root)
	lon0, ok := p["centralmeridian"]
	lat1, ok1 := p["standardparallel1"]
	lat0, hasLat0 := p["latitudeoforigin"]
	lat2, ok2 := p["standardparallel2"]
	if !ok1 {
		lat1, ok1 = lat0, hasLat0
	}
	if !ok2 {
		lat2 = lat1
	}
	if !ok || !ok1 {
		return CRS{}, fmt.Errorf("%.60q does not say its central meridian or its standard parallel", root.name())
	}
	k0, ok := p["scalefactor"]
	if !ok {
		k0 = 1
	}
	unit := 1.0
	if u, ok := root.child("UNIT"); ok {
		unit, _ = u.number(1)
	}
	falseE, falseN := p["falseeasting"], p["falsenorthing"]
	if !(math.Abs(lon0) <= 180 && math.Abs(lat0) < 90 && math.Abs(lat1) < 89 && math.Abs(lat2) < 89 && math.Abs(lat1+lat2) > 1 &&
		k0 > 0.9 && k0 < 1.1 && unit > 0.01 && unit < 2000 && math.Abs(falseE) < 1e9 && math.Abs(falseN) < 1e9) {
		return CRS{}, fmt.Errorf("%.60q has impossible projection parameters: %v", root.name(), p)
	}
	base := lonLat("", geoCode)
	return CRS{&definition{
		name: fmt.Sprintf("lcc lon_0=%v lat_0=%v lat_1=%v lat_2=%v k=%v x_0=%v y_0=%v to_meter=%v datum=epsg:%d",
			lon0, lat0, lat1, lat2, k0, falseE, falseN, unit, geoCode),
		kind: kindLambert, bounds: base.bounds, errorM: max(base.errorM, 1e-6), source: base.source,
		lcc: newLambert(lon0, lat0, lat1, lat2, k0, falseE, falseN, unit, grs80A, invF),
	}}, nil
}
