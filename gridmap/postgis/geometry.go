package postgis

import (
	"errors"
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"cloudgrid/spatial"
)

// srid is the reference system of every shape: CGCS2000, longitude first.
const srid = 4490

var errGeometry = errors.New("unexpected geometry")

// encodeShape writes m as EWKB; nil, which is NULL, when it is empty. Rings
// are closed.
func encodeShape(m spatial.MultiPolygon) ([]byte, error) {
	if len(m) == 0 {
		return nil, nil
	}
	flat := make([]float64, 0, 2*(m.NumPoints()+len(m)))
	endss := make([][]int, len(m))
	for i, p := range m {
		for _, r := range p {
			for j := range len(r) + 1 {
				lon, lat := r[j%len(r)].LonLat()
				flat = append(flat, lon, lat)
			}
			endss[i] = append(endss[i], len(flat))
		}
	}
	return ewkb.Marshal(geom.NewMultiPolygonFlat(geom.XY, flat, endss).SetSRID(srid), ewkb.NDR)
}

// encodePoint writes p as EWKB.
func encodePoint(p spatial.Point) ([]byte, error) {
	lon, lat := p.LonLat()
	return ewkb.Marshal(geom.NewPointFlat(geom.XY, []float64{lon, lat}).SetSRID(srid), ewkb.NDR)
}

// shape scans a multipolygon; NULL is the empty one.
type shape struct{ spatial.MultiPolygon }

// ScanBytes implements pgtype.BytesScanner.
func (s *shape) ScanBytes(b []byte) error {
	s.MultiPolygon = nil
	if b == nil {
		return nil
	}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return err
	}
	mp, ok := g.(*geom.MultiPolygon)
	if !ok || mp.Layout() != geom.XY {
		return fmt.Errorf("%w: %T", errGeometry, g)
	}
	s.MultiPolygon, err = fromFlat(mp.FlatCoords(), mp.Endss())
	return err
}

func fromFlat(flat []float64, endss [][]int) (spatial.MultiPolygon, error) {
	m := make(spatial.MultiPolygon, len(endss))
	from := 0
	for i, ends := range endss {
		m[i] = make(spatial.Polygon, len(ends))
		for j, end := range ends {
			ring := make(spatial.Ring, 0, (end-from)/2)
			for ; from < end; from += 2 {
				p, err := spatial.FromLonLat(flat[from], flat[from+1])
				if err != nil {
					return nil, err
				}
				ring = append(ring, p)
			}
			if n := len(ring); n > 1 && ring[0] == ring[n-1] {
				ring = ring[:n-1]
			}
			m[i][j] = ring
		}
	}
	return m, nil
}

// point scans a point; NULL is none.
type point struct {
	spatial.Point
	valid bool
}

// ScanBytes implements pgtype.BytesScanner.
func (p *point) ScanBytes(b []byte) error {
	*p = point{}
	if b == nil {
		return nil
	}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return err
	}
	pt, ok := g.(*geom.Point)
	if !ok || pt.Empty() {
		return fmt.Errorf("%w: %T", errGeometry, g)
	}
	p.Point, err = spatial.FromLonLat(pt.X(), pt.Y())
	p.valid = err == nil
	return err
}
