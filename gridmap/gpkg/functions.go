package gpkg

import (
	"database/sql/driver"
	"fmt"
	"math"

	"modernc.org/sqlite"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// registerFunctions gives d the functions that the triggers of the GeoPackage
// R-tree extension call, and those of our own statements.
func registerFunctions(d *sqlite.Driver) {
	d.MustRegisterDeterministicScalarFunction("ST_IsEmpty", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		_, empty, err := envelope(args[0])
		return empty, err
	})
	d.MustRegisterDeterministicScalarFunction("county_of", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		code, _ := args[0].(string)
		return int64(gridmap.CountyOf(code)), nil
	})
	for i, name := range []string{"ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"} { // the order of the envelope
		d.MustRegisterDeterministicScalarFunction(name, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			e, empty, err := envelope(args[0])
			if err != nil || empty {
				return nil, err
			}
			return e[i], nil
		})
	}
}

// envelope returns the box of a geometry in degrees, from its header where
// that has one.
func envelope(v driver.Value) (e [4]float64, empty bool, err error) {
	blob, ok := v.([]byte)
	if !ok {
		return e, true, nil
	}
	head, wkb, empty, err := split(blob)
	if err != nil || empty {
		return e, true, err
	}
	if head != nil {
		for i := range e {
			e[i] = float(head[8*i:])
		}
		return e, math.IsNaN(e[0]), nil
	}
	box := spatial.EmptyBox()
	switch {
	case len(wkb) >= 5 && le.Uint32(wkb[1:]) == wkbPoint:
		if len(wkb) == 21 && math.IsNaN(float(wkb[5:])) {
			return e, true, nil
		}
		p, err := decodePoint(blob)
		if err != nil {
			return e, true, err
		}
		box = box.Extend(p)
	default:
		m, err := decodeShape(blob)
		if err != nil {
			return e, true, fmt.Errorf("envelope: %w", err)
		}
		if box = m.Box(); box.Empty() {
			return e, true, nil
		}
	}
	e[0], e[2] = box.Min.LonLat()
	e[1], e[3] = box.Max.LonLat()
	return e, false, nil
}
