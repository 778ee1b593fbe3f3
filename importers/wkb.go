package importers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// wkbReader reads well-known binary in its ISO form and the extended form of
// PostGIS (flags for Z, M and SRID). Heights and measures are dropped. No count
// in the bytes is believed before the bytes it stands for are there.
type wkbReader struct {
	b []byte
}

var errWKBShort = errors.New("WKB 比说的短")

// parseWKB reads one geometry; bytes after it are not looked at. An empty
// point (NaN coordinates) gives nil.
func parseWKB(b []byte, maxDepth int) (orb.Geometry, error) {
	r := &wkbReader{b: b}
	return r.geometry(maxDepth)
}

// gpkgGeometry reads the blob of a GeoPackage: a header, then WKB.
func gpkgGeometry(b []byte, maxDepth int) (orb.Geometry, error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, errors.New("不是 GeoPackage 图形")
	}
	flags := b[3]
	envelope := [8]int{0, 32, 48, 48, 64}[flags>>1&7]
	if flags>>1&7 > 4 || len(b) < 8+envelope {
		return nil, errors.New("GeoPackage 图形头不对")
	}
	if flags&0x20 != 0 {
		return nil, errors.New("GeoPackage 扩展图形类型，请先转为普通多边形")
	}
	if flags&0x10 != 0 { // empty
		return nil, nil
	}
	return parseWKB(b[8+envelope:], maxDepth)
}

func (r *wkbReader) geometry(depth int) (orb.Geometry, error) {
	if depth <= 0 {
		return nil, errors.New("WKB 嵌套太深")
	}
	if len(r.b) < 5 {
		return nil, errWKBShort
	}
	var order binary.ByteOrder = binary.BigEndian
	switch r.b[0] {
	case 0:
	case 1:
		order = binary.LittleEndian
	default:
		return nil, fmt.Errorf("WKB 字节序 %d 不对", r.b[0])
	}
	kind := order.Uint32(r.b[1:])
	r.b = r.b[5:]
	if kind&0x20000000 != 0 { // an SRID follows
		if len(r.b) < 4 {
			return nil, errWKBShort
		}
		r.b = r.b[4:]
	}
	dims := 2 + int(kind>>31) + int(kind>>30&1)
	kind &= 0x0fffffff
	switch kind / 1000 {
	case 0:
	case 1, 2:
		dims++
	case 3:
		dims += 2
	default:
		return nil, fmt.Errorf("不认识的 WKB 类型 %d", kind)
	}
	c := wkbCoords{r, order, dims * 8}
	return c.body(kind%1000, depth)
}

// wkbCoords reads coordinates of one byte order and size.
type wkbCoords struct {
	*wkbReader
	order binary.ByteOrder
	size  int // bytes of one position
}

func (c wkbCoords) body(kind uint32, depth int) (orb.Geometry, error) {
	switch kind {
	case 1:
		return c.single()
	case 2:
		pts, err := c.points()
		return orb.LineString(pts), err
	case 3:
		return c.polygon()
	case 4:
		return wkbParts(c, depth, func(g orb.MultiPoint, p orb.Point) orb.MultiPoint { return append(g, p) })
	case 5:
		return wkbParts(c, depth, func(g orb.MultiLineString, p orb.LineString) orb.MultiLineString { return append(g, p) })
	case 6:
		return wkbParts(c, depth, func(g orb.MultiPolygon, p orb.Polygon) orb.MultiPolygon { return append(g, p) })
	case 7:
		return wkbParts(c, depth, func(g orb.Collection, p orb.Geometry) orb.Collection { return append(g, p) })
	case 8, 9, 10, 11, 12, 13, 14:
		return nil, errors.New("含圆弧等曲线，请先转为折线")
	}
	return nil, fmt.Errorf("不认识的 WKB 类型 %d", kind)
}

// wkbParts reads a multi-geometry; each part is a whole geometry again.
func wkbParts[G, P orb.Geometry](c wkbCoords, depth int, add func(G, P) G) (orb.Geometry, error) {
	n, err := c.count(5)
	if err != nil {
		return nil, err
	}
	var g G
	for range n {
		part, err := c.geometry(depth - 1)
		if err != nil {
			return nil, err
		}
		if part == nil { // an empty point
			continue
		}
		p, ok := part.(P)
		if !ok {
			return nil, fmt.Errorf("WKB 里混有 %s", part.GeoJSONType())
		}
		g = add(g, p)
	}
	return g, nil
}

// count reads how many items follow, each of at least size bytes.
func (c wkbCoords) count(size int) (int, error) {
	if len(c.b) < 4 {
		return 0, errWKBShort
	}
	n := int(c.order.Uint32(c.b))
	c.wkbReader.b = c.b[4:]
	if n > len(c.b)/size {
		return 0, errWKBShort
	}
	return n, nil
}

func (c wkbCoords) at(i int) orb.Point {
	p := c.b[i*c.size:]
	return orb.Point{math.Float64frombits(c.order.Uint64(p)), math.Float64frombits(c.order.Uint64(p[8:]))}
}

func (c wkbCoords) single() (orb.Geometry, error) {
	if len(c.b) < c.size {
		return nil, errWKBShort
	}
	p := c.at(0)
	c.wkbReader.b = c.b[c.size:]
	if math.IsNaN(p[0]) || math.IsNaN(p[1]) {
		return nil, nil
	}
	return p, nil
}

func (c wkbCoords) points() ([]orb.Point, error) {
	n, err := c.count(c.size)
	if err != nil {
		return nil, err
	}
	pts := make([]orb.Point, n)
	for i := range pts {
		pts[i] = c.at(i)
	}
	c.wkbReader.b = c.b[n*c.size:]
	return pts, nil
}

func (c wkbCoords) polygon() (orb.Geometry, error) {
	n, err := c.count(4)
	if err != nil {
		return nil, err
	}
	poly := make(orb.Polygon, 0, n)
	for range n {
		ring, err := c.points()
		if err != nil {
			return nil, err
		}
		poly = append(poly, ring)
	}
	return poly, nil
}
