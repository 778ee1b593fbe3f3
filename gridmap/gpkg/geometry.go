package gpkg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"cloudgrid/spatial"
)

// srid is the reference system of every shape: CGCS2000, longitude first.
const srid = 4490

// Well-known binary type codes.
const (
	wkbPoint           = 1
	wkbLineString      = 2
	wkbPolygon         = 3
	wkbMultiLineString = 5
	wkbMultiPolygon    = 6
)

var le = binary.LittleEndian

// encodeShape writes m as a GeoPackage geometry (OGC 12-128r17, clause 2.1.3)
// with its envelope; nil, which is NULL, when it is empty. Rings are closed.
func encodeShape(m spatial.MultiPolygon) []byte {
	if len(m) == 0 {
		return nil
	}
	size := 8 + 32 + 9
	for _, p := range m {
		size += 9
		for _, r := range p {
			size += 4 + 16*(len(r)+1)
		}
	}
	b := appendEnvelope(make([]byte, 0, size), m.Box())
	b = appendHead(b, wkbMultiPolygon, len(m))
	for _, p := range m {
		b = appendHead(b, wkbPolygon, len(p))
		for _, r := range p {
			b = appendRing(b, r)
		}
	}
	return b
}

// appendEnvelope writes the header of a GeoPackage geometry in a box.
func appendEnvelope(b []byte, box spatial.Box) []byte {
	b = append(b, 'G', 'P', 0, 1|1<<1) // little endian, envelope of four
	b = le.AppendUint32(b, srid)
	for _, v := range []int32{box.Min.X, box.Max.X, box.Min.Y, box.Max.Y} {
		b = appendDegrees(b, v)
	}
	return b
}

// encodePoint writes p as a GeoPackage geometry.
func encodePoint(p spatial.Point) []byte {
	b := append(make([]byte, 0, 29), 'G', 'P', 0, 1)
	b = le.AppendUint32(b, srid)
	b = append(b, 1)
	b = le.AppendUint32(b, wkbPoint)
	return appendDegrees(appendDegrees(b, p.X), p.Y)
}

func appendRing(b []byte, r spatial.Ring) []byte {
	if len(r) == 0 {
		return le.AppendUint32(b, 0)
	}
	b = le.AppendUint32(b, uint32(len(r)+1))
	for _, p := range r {
		b = appendDegrees(appendDegrees(b, p.X), p.Y)
	}
	return appendDegrees(appendDegrees(b, r[0].X), r[0].Y)
}

func appendHead(b []byte, kind uint32, n int) []byte {
	b = append(b, 1)
	b = le.AppendUint32(b, kind)
	return le.AppendUint32(b, uint32(n))
}

func appendDegrees(b []byte, v int32) []byte {
	return le.AppendUint64(b, math.Float64bits(float64(v)/spatial.Scale))
}

var errGeometry = errors.New("damaged geometry")

// split takes the header off a GeoPackage geometry. envelope is nil for none.
func split(blob []byte) (envelope, wkb []byte, empty bool, err error) {
	if len(blob) < 8 || blob[0] != 'G' || blob[1] != 'P' {
		return nil, nil, false, fmt.Errorf("%w: no GeoPackage header", errGeometry)
	}
	flags := blob[3]
	sizes := [...]int{0, 32, 48, 48, 64}
	kind := int(flags>>1) & 7
	if flags&1 == 0 || kind >= len(sizes) || len(blob) < 8+sizes[kind] {
		return nil, nil, false, fmt.Errorf("%w: header flags %#x", errGeometry, flags)
	}
	end := 8 + sizes[kind]
	if kind > 0 {
		envelope = blob[8 : 8+32]
	}
	return envelope, blob[end:], flags&(1<<4) != 0, nil
}

// decodeShape reads a polygon or multipolygon; NULL is the empty one.
func decodeShape(blob []byte) (spatial.MultiPolygon, error) {
	if len(blob) == 0 {
		return nil, nil
	}
	_, wkb, empty, err := split(blob)
	if err != nil || empty {
		return nil, err
	}
	d := decoder{rest: wkb}
	m := d.multiPolygon()
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("%w: %d bytes too many", errGeometry, len(d.rest))
	}
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

// decodePoint reads a point.
func decodePoint(blob []byte) (spatial.Point, error) {
	_, wkb, _, err := split(blob)
	if err != nil {
		return spatial.Point{}, err
	}
	d := decoder{rest: wkb}
	d.head(wkbPoint)
	p := d.point()
	return p, d.err
}

// decoder reads little-endian WKB and keeps the first error.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{errGeometry}, args...)...)
	}
}

func (d *decoder) head(want uint32) {
	if len(d.rest) < 5 || d.rest[0] != 1 || le.Uint32(d.rest[1:]) != want {
		d.fail("no well-known binary of type %d", want)
		return
	}
	d.rest = d.rest[5:]
}

// count reads how many items of at least size bytes follow.
func (d *decoder) count(size int) int {
	if d.err != nil || len(d.rest) < 4 {
		d.fail("cut short")
		return 0
	}
	n := int(le.Uint32(d.rest))
	d.rest = d.rest[4:]
	if n > len(d.rest)/size {
		d.fail("%d items in %d bytes", n, len(d.rest))
		return 0
	}
	return n
}

func (d *decoder) multiPolygon() spatial.MultiPolygon {
	if len(d.rest) >= 5 && le.Uint32(d.rest[1:]) == wkbPolygon { // as some editors save it
		return spatial.MultiPolygon{d.polygon()}
	}
	d.head(wkbMultiPolygon)
	m := make(spatial.MultiPolygon, d.count(9))
	for i := range m {
		m[i] = d.polygon()
	}
	return m
}

func (d *decoder) polygon() spatial.Polygon {
	d.head(wkbPolygon)
	p := make(spatial.Polygon, d.count(4))
	for i := range p {
		p[i] = d.ring()
	}
	return p
}

func (d *decoder) ring() spatial.Ring {
	r := make(spatial.Ring, d.count(16))
	for i := range r {
		r[i] = d.point()
	}
	if n := len(r); n > 1 && r[0] == r[n-1] {
		r = r[:n-1]
	}
	return r
}

func (d *decoder) point() spatial.Point {
	if d.err != nil || len(d.rest) < 16 {
		d.fail("cut short")
		return spatial.Point{}
	}
	p, err := spatial.FromLonLat(float(d.rest), float(d.rest[8:]))
	if err != nil {
		d.fail("%v", err)
	}
	d.rest = d.rest[16:]
	return p
}

func float(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }
