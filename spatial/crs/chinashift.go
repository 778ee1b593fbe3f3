package crs

import "math"

// GCJ-02 is the offset that Chinese law puts on public maps. Its algorithm is
// not published officially; this is the approximation that every open library
// shares (Krasovsky 1940 ellipsoid plus fixed sine series). Outside the
// rectangle below the shift is the identity, by that same algorithm.
const (
	gcjA  = 6378245.0              // Krasovsky 1940 semi-major axis, m
	gcjE2 = 0.00669342162296594323 // its squared eccentricity
)

// chinaRectangle is where the algorithm shifts. It jumps by some 500 m at this
// rectangle's edge, far from any street of China.
var chinaRectangle = Bounds{West: 72.004, South: 0.8293, East: 137.8347, North: 55.8271}

func wgsToGCJ(lon, lat float64) (float64, float64) {
	if !chinaRectangle.Contains(lon, lat) {
		return lon, lat
	}
	dLon, dLat := gcjShift(lon, lat)
	return lon + dLon, lat + dLat
}

// gcjShift is the shift in degrees at a WGS84 position, without regard to the
// rectangle.
func gcjShift(lon, lat float64) (dLon, dLat float64) {
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	both := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + both +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + both +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3

	phi := lat * math.Pi / 180
	s := math.Sin(phi)
	w := 1 - gcjE2*s*s
	meridian := gcjA * (1 - gcjE2) / (w * math.Sqrt(w))
	prime := gcjA / math.Sqrt(w) * math.Cos(phi)
	return east / prime * 180 / math.Pi, north / meridian * 180 / math.Pi
}

// gcjToWGS solves wgsToGCJ by fixed-point iteration. The shift changes by under
// 1 % of a step, so each round gains two digits. A position whose solution
// falls outside the rectangle was never shifted.
func gcjToWGS(lon, lat float64) (float64, float64) {
	wLon, wLat := lon, lat
	for range 30 {
		dLon, dLat := gcjShift(wLon, wLat)
		nLon, nLat := lon-dLon, lat-dLat
		done := math.Abs(nLon-wLon) < 1e-12 && math.Abs(nLat-wLat) < 1e-12
		wLon, wLat = nLon, nLat
		if done {
			break
		}
	}
	if !chinaRectangle.Contains(wLon, wLat) {
		return lon, lat
	}
	return wLon, wLat
}

// BD-09 is Baidu's second shift, over GCJ-02, in its published form.
const bdTurn = math.Pi * 3000 / 180

func gcjToBD(lon, lat float64) (float64, float64) {
	r := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*bdTurn)
	sin, cos := math.Sincos(math.Atan2(lat, lon) + 0.000003*math.Cos(lon*bdTurn))
	return r*cos + 0.0065, r*sin + 0.006
}

// bdToGCJ solves gcjToBD by fixed-point iteration; the closed formula in use
// elsewhere is only good to about a metre.
func bdToGCJ(lon, lat float64) (float64, float64) {
	gLon, gLat := lon-0.0065, lat-0.006
	for range 30 {
		bLon, bLat := gcjToBD(gLon, gLat)
		eLon, eLat := bLon-lon, bLat-lat
		gLon, gLat = gLon-eLon, gLat-eLat
		if math.Abs(eLon) < 1e-12 && math.Abs(eLat) < 1e-12 {
			break
		}
	}
	return gLon, gLat
}
