package gpkg

import (
	"fmt"

	"cloudgrid/spatial"
)

// encodeLines writes lines as a GeoPackage geometry with its envelope.
func encodeLines(lines [][]spatial.Point) []byte {
	box, size := spatial.EmptyBox(), 8+32+9
	for _, l := range lines {
		box = box.Union(spatial.Ring(l).Box())
		size += 9 + 16*len(l)
	}
	b := appendHead(appendEnvelope(make([]byte, 0, size), box), wkbMultiLineString, len(lines))
	for _, l := range lines {
		b = appendHead(b, wkbLineString, len(l))
		for _, p := range l {
			b = appendDegrees(appendDegrees(b, p.X), p.Y)
		}
	}
	return b
}

// decodeLines reads a linestring or multilinestring.
func decodeLines(blob []byte) ([][]spatial.Point, error) {
	_, wkb, empty, err := split(blob)
	if err != nil || empty {
		return nil, err
	}
	d := decoder{rest: wkb}
	lines := d.multiLine()
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("%w: %d bytes too many", errGeometry, len(d.rest))
	}
	if d.err != nil {
		return nil, d.err
	}
	return lines, nil
}

func (d *decoder) multiLine() [][]spatial.Point {
	if len(d.rest) >= 5 && le.Uint32(d.rest[1:]) == wkbLineString { // as some editors save it
		return [][]spatial.Point{d.line()}
	}
	d.head(wkbMultiLineString)
	lines := make([][]spatial.Point, d.count(9))
	for i := range lines {
		lines[i] = d.line()
	}
	return lines
}

func (d *decoder) line() []spatial.Point {
	d.head(wkbLineString)
	l := make([]spatial.Point, d.count(16))
	for i := range l {
		l[i] = d.point()
	}
	return l
}
