package tiles

import (
	"encoding/binary"
	"math"
)

// encoder collects the layers of one tile. Field numbers and command words are
// those of the Mapbox Vector Tile specification 2.1.
type encoder struct {
	grids, atoms, labels, borders, atomEdges layer

	geom   []byte
	tags   []byte
	out    []byte
	extent int32
}

func (e *encoder) reset(extent int32) {
	e.extent = extent
	for _, l := range [...]*layer{&e.grids, &e.atoms, &e.labels, &e.borders, &e.atomEdges} {
		l.reset()
	}
	e.out = e.out[:0]
}

// layer is one layer in the making.
type layer struct {
	features, keys, values []byte
	count                  int
	keyNo                  map[string]uint32
	strNo                  map[string]uint32
	intNo                  map[int64]uint32
	floatNo                map[float64]uint32
	nKeys, nValues         uint32
}

func (l *layer) reset() {
	if l.keyNo == nil {
		l.keyNo, l.strNo = map[string]uint32{}, map[string]uint32{}
		l.intNo, l.floatNo = map[int64]uint32{}, map[float64]uint32{}
	}
	if l.nKeys > 0 {
		clear(l.keyNo)
		clear(l.strNo)
		clear(l.intNo)
		clear(l.floatNo)
	}
	l.features, l.keys, l.values = l.features[:0], l.keys[:0], l.values[:0]
	l.count, l.nKeys, l.nValues = 0, 0, 0
}

func (l *layer) key(name string) uint32 {
	n, ok := l.keyNo[name]
	if !ok {
		n = l.nKeys
		l.nKeys++
		l.keyNo[name] = n
		l.keys = appendBytes(append(l.keys, 3<<3|2), name)
	}
	return n
}

// oneString adds a string value that no other feature has; str and the rest
// reuse equal values.
func (l *layer) oneString(s string) uint32 {
	l.values = append(l.values, 4<<3|2)
	l.values = binary.AppendUvarint(l.values, uint64(1+uvarintLen(uint64(len(s)))+len(s)))
	l.values = appendBytes(append(l.values, 1<<3|2), s)
	l.nValues++
	return l.nValues - 1
}

func (l *layer) str(s string) uint32 {
	n, ok := l.strNo[s]
	if !ok {
		n = l.oneString(s)
		l.strNo[s] = n
	}
	return n
}

func (l *layer) integer(v int64) uint32 {
	n, ok := l.intNo[v]
	if !ok {
		field := byte(4 << 3)
		u := uint64(v)
		if v < 0 {
			field, u = 6<<3, zigzag(v)
		}
		l.values = append(l.values, 4<<3|2, byte(1+uvarintLen(u)), field)
		l.values = binary.AppendUvarint(l.values, u)
		n = l.nValues
		l.nValues++
		l.intNo[v] = n
	}
	return n
}

func (l *layer) float(v float64) uint32 {
	n, ok := l.floatNo[v]
	if !ok {
		l.values = append(l.values, 4<<3|2, 9, 3<<3|1)
		l.values = binary.LittleEndian.AppendUint64(l.values, math.Float64bits(v))
		n = l.nValues
		l.nValues++
		if !math.IsNaN(v) { // which would never be found
			l.floatNo[v] = n
		}
	}
	return n
}

func (e *encoder) tag(key, value uint32) {
	e.tags = binary.AppendUvarint(e.tags, uint64(key))
	e.tags = binary.AppendUvarint(e.tags, uint64(value))
}

// Geometry types and commands.
const (
	typePoint, typeLine, typePolygon = 1, 2, 3
	cmdMove, cmdLine, cmdClose       = 1, 2, 7
)

// feature adds a feature with the tags and geometry collected in e.
func (e *encoder) feature(l *layer, id uint64, kind byte) {
	size := 1 + uvarintLen(id) + 2 + 1 + uvarintLen(uint64(len(e.geom))) + len(e.geom)
	if len(e.tags) > 0 {
		size += 1 + uvarintLen(uint64(len(e.tags))) + len(e.tags)
	}
	f := binary.AppendUvarint(append(l.features, 2<<3|2), uint64(size))
	f = binary.AppendUvarint(append(f, 1<<3), id)
	if len(e.tags) > 0 {
		f = append(binary.AppendUvarint(append(f, 2<<3|2), uint64(len(e.tags))), e.tags...)
	}
	f = append(f, 3<<3, kind)
	f = append(binary.AppendUvarint(append(f, 4<<3|2), uint64(len(e.geom))), e.geom...)
	l.features = f
	l.count++
}

// addLayer closes a layer into e.out; an empty layer is left out.
func (e *encoder) addLayer(name string, l *layer) {
	if l.count == 0 {
		return
	}
	const tail = 3 + 2 // extent, of two bytes as a varint, and version
	size := 1 + uvarintLen(uint64(len(name))) + len(name) + len(l.features) + len(l.keys) + len(l.values) + tail
	o := binary.AppendUvarint(append(e.out, 3<<3|2), uint64(size))
	o = appendBytes(append(o, 1<<3|2), name)
	o = append(append(append(o, l.features...), l.keys...), l.values...)
	o = binary.AppendUvarint(append(o, 5<<3), uint64(e.extent))
	e.out = append(o, 15<<3, 2)
}

// pen writes geometry commands relative to where it last was.
type pen struct{ x, y int32 }

func (p *pen) to(b []byte, q pixel) []byte {
	b = binary.AppendUvarint(b, zigzag(int64(q.x-p.x)))
	b = binary.AppendUvarint(b, zigzag(int64(q.y-p.y)))
	p.x, p.y = q.x, q.y
	return b
}

func (e *encoder) line(p *pen, pts []pixel, closed bool) {
	b := append(e.geom, 1<<3|cmdMove)
	b = p.to(b, pts[0])
	b = binary.AppendUvarint(b, uint64(len(pts)-1)<<3|cmdLine)
	for _, q := range pts[1:] {
		b = p.to(b, q)
	}
	if closed {
		b = append(b, 1<<3|cmdClose)
	}
	e.geom = b
}

func zigzag(v int64) uint64 { return uint64(v<<1 ^ v>>63) }

func uvarintLen(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

func appendBytes(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
