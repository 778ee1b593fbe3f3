// Package crs turns coordinates of the systems met in China's grid offices into
// WGS84 longitude and latitude and back, and recognises those systems by name,
// EPSG code or the WKT of a .prj file.
//
// Axis order is always x = east, y = north (longitude before latitude, easting
// before northing), whatever order the EPSG register gives: that is what files
// and phones send. WGS84 and CGCS2000 are one system for this project; each CRS
// states the error that this and its own formulas bring.
package crs

import (
	"errors"
	"fmt"
	"math"
)

// ErrUndeclared is returned by the transforms of the zero CRS and, wrapped with
// the list of accepted names, by Parse for an empty name.
var ErrUndeclared = errors.New(`no crs was declared: coordinates mean nothing without one ` +
	`(a phone's GCJ-02 position read as WGS84 is about 500 m off, into another grid)`)

// CRS is one coordinate reference system. It is a small immutable value, safe
// for concurrent use. The zero CRS is "undeclared": it has no name and refuses
// every transform with ErrUndeclared. Compare systems by Name.
type CRS struct{ def *definition }

type kind uint8

const (
	kindLonLat kind = iota // degrees on a datum taken as WGS84
	kindGCJ02
	kindBD09
	kindWebMercator
	kindTM
	kindLambert
)

type definition struct {
	name   string
	epsg   int
	kind   kind
	bounds Bounds
	errorM float64
	source string
	tm     transverseMercator
	lcc    lambert
}

// Bounds is a closed box of longitudes and latitudes in WGS84 degrees.
type Bounds struct{ West, South, East, North float64 }

// Contains tells whether a WGS84 position lies in the box or on its edge.
func (b Bounds) Contains(lon, lat float64) bool {
	return lon >= b.West && lon <= b.East && lat >= b.South && lat <= b.North
}

// Name is the canonical name that Parse accepts again: "wgs84", "cgcs2000",
// "gcj02", "bd09", or "epsg:NNNN". A system made from a .prj that has no EPSG
// code of ours is named by its parameters ("tm lon_0=116.35 …") and can only be
// had from its WKT again.
func (c CRS) Name() string {
	if c.def == nil {
		return ""
	}
	return c.def.name
}

// EPSG is the EPSG code, or 0 where there is none (GCJ-02, BD-09, local
// projections).
func (c CRS) EPSG() int {
	if c.def == nil {
		return 0
	}
	return c.def.epsg
}

// Geographic tells whether coordinates are degrees rather than metres.
func (c CRS) Geographic() bool {
	return c.def != nil && c.def.kind <= kindBD09
}

// Bounds is where the system is meant to be used. Positions outside it still
// transform where the formulas hold; a file most of whose positions fall
// outside has probably been declared wrongly or has its axes swapped.
func (c CRS) Bounds() Bounds {
	if c.def == nil {
		return Bounds{}
	}
	return c.def.bounds
}

// ErrorM is the greatest error in metres that ToWGS84 and FromWGS84 may bring
// inside Bounds; ErrorSource says where the figure comes from.
func (c CRS) ErrorM() float64 {
	if c.def == nil {
		return 0
	}
	return c.def.errorM
}

// ErrorSource says in a sentence what ErrorM consists of.
func (c CRS) ErrorSource() string {
	if c.def == nil {
		return ""
	}
	return c.def.source
}

// String is Name.
func (c CRS) String() string { return c.Name() }

// ToWGS84 turns x (east) and y (north), in degrees or metres as the system has
// it, into WGS84 degrees. It fails for the zero CRS, for values that are not
// finite, and for positions that the system cannot hold; the message says what
// probably went wrong (swapped axes, a zone prefix).
func (c CRS) ToWGS84(x, y float64) (lon, lat float64, err error) {
	if c.def == nil {
		return 0, 0, ErrUndeclared
	}
	if err := c.checkInput(x, y); err != nil {
		return 0, 0, err
	}
	switch c.def.kind {
	case kindGCJ02:
		lon, lat = gcjToWGS(x, y)
	case kindBD09:
		lon, lat = gcjToWGS(bdToGCJ(x, y))
	case kindWebMercator:
		lon, lat = mercatorInverse(x, y)
	case kindTM:
		lon, lat = c.def.tm.inverse(x, y)
	case kindLambert:
		lon, lat = c.def.lcc.inverse(x, y)
	default:
		lon, lat = x, y
	}
	return lon, lat, nil
}

// FromWGS84 turns WGS84 degrees into the system's x (east) and y (north). It
// fails for the zero CRS, for what is not a position on the globe, and for
// positions too far from a projection's meridian or too near a pole.
func (c CRS) FromWGS84(lon, lat float64) (x, y float64, err error) {
	if c.def == nil {
		return 0, 0, ErrUndeclared
	}
	if err := checkDegrees("wgs84", lon, lat); err != nil {
		return 0, 0, err
	}
	switch c.def.kind {
	case kindGCJ02:
		x, y = wgsToGCJ(lon, lat)
	case kindBD09:
		x, y = gcjToBD(wgsToGCJ(lon, lat))
	case kindWebMercator:
		if math.Abs(lat) > mercatorMaxLat {
			return 0, 0, fmt.Errorf("latitude %v cannot be shown in epsg:3857, which ends at ±%.4f°", lat, mercatorMaxLat)
		}
		x, y = mercatorForward(lon, lat)
	case kindTM:
		if d := math.Abs(wrap180(lon - c.def.tm.lon0)); d > maxFromMeridianDeg {
			return 0, 0, fmt.Errorf("longitude %v is %.1f° from the central meridian %v° of %s; choose the zone of that longitude",
				lon, d, c.def.tm.lon0, c.def.name)
		}
		x, y = c.def.tm.forward(lon, lat)
	case kindLambert:
		x, y = c.def.lcc.forward(lon, lat)
	default:
		x, y = lon, lat
	}
	return x, y, nil
}

func (c CRS) checkInput(x, y float64) error {
	switch c.def.kind {
	case kindWebMercator:
		const edge = mercatorMaxM + 0.001 // rounding must not refuse our own corners
		if !(math.Abs(x) <= edge && math.Abs(y) <= edge) {
			return fmt.Errorf("x %v, y %v is beyond epsg:3857, which ends at ±%.0f m", x, y, mercatorMaxM)
		}
		return nil
	case kindTM:
		return c.def.tm.check(c.def.name, x, y)
	case kindLambert:
		return c.def.lcc.check(c.def.name, x, y)
	default:
		return checkDegrees(c.def.name, x, y)
	}
}

func checkDegrees(name string, lon, lat float64) error {
	switch {
	case math.Abs(lon) <= 180 && math.Abs(lat) <= 90:
		return nil
	case math.Abs(lat) <= 180 && math.Abs(lon) <= 90:
		return fmt.Errorf("lon %v, lat %v is impossible in %s: longitude and latitude are probably swapped", lon, lat, name)
	case math.Abs(lon) > 1000 || math.Abs(lat) > 1000:
		return fmt.Errorf("x %v, y %v are not degrees, which %s needs: they look like metres of a projection (epsg:4491…4554, 3857, 326NN)", lon, lat, name)
	}
	return fmt.Errorf("lon %v, lat %v is not a position on the globe (lon ±180°, lat ±90°)", lon, lat)
}

func wrap180(deg float64) float64 { return math.Remainder(deg, 360) }
