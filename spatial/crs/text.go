package crs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"cloudgrid/spatial"
)

// Lattice tells whether the frame's coordinates are stored as they come:
// degrees on WGS84 or CGCS2000, whatever name they were asked for by.
func (c CRS) Lattice() bool { return c.def != nil && c.def.kind == kindLonLat }

// ParsePoint reads a position written as two decimal numbers in the frame. It
// is the one way from text to the lattice: every door (API, batch, command
// line) gives the same point for the same text.
func (c CRS) ParsePoint(x, y string) (spatial.Point, error) {
	x, y = strings.TrimSpace(x), strings.TrimSpace(y)
	if c.Lattice() {
		if p, ok := spatial.ParseLonLat(x, y); ok {
			return p, nil
		}
	}
	fx, err := number(x)
	if err != nil {
		return spatial.Point{}, err
	}
	fy, err := number(y)
	if err != nil {
		return spatial.Point{}, err
	}
	lon, lat, err := c.ToWGS84(fx, fy)
	if err != nil {
		return spatial.Point{}, err
	}
	return spatial.FromLonLat(lon, lat)
}

func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return v, nil
}
