package importers

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
)

// The layout of .shp follows the ESRI Shapefile Technical Description (1998):
// a header of 100 bytes, then records of a big-endian header (number, length in
// 16-bit words) and little-endian content.

const shpHeaderSize = 100

func readShpHeader(r io.Reader, size int64) error {
	h := make([]byte, shpHeaderSize)
	if _, err := io.ReadFull(r, h); err != nil {
		return unexpectedEnd(err)
	}
	if binary.BigEndian.Uint32(h) != 9994 {
		return errors.New("开头不是 Shapefile 的标记 9994")
	}
	switch kind := binary.LittleEndian.Uint32(h[32:]); kind {
	case 0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28:
	case 31:
		return errors.New("是三维面片（MultiPatch），请先转为普通多边形")
	default:
		return fmt.Errorf("不认识的图形类型 %d", kind)
	}
	if said := int64(binary.BigEndian.Uint32(h[24:])) * 2; said > size && size > 0 {
		return fmt.Errorf("文件应有 %d 字节，只有 %d 字节: %w", said, size, io.ErrUnexpectedEOF)
	}
	return nil
}

// shpReader yields the content of record after record.
type shpReader struct {
	r    *bufio.Reader
	left int64 // bytes of records the header promises
	max  int
	buf  []byte
	head bool
}

func newShpReader(r io.Reader, maxRecord int) *shpReader {
	return &shpReader{r: bufio.NewReaderSize(r, 1<<16), max: maxRecord}
}

// next returns the content of the next record, good until the next call;
// io.EOF after the last.
func (s *shpReader) next() ([]byte, error) {
	if !s.head {
		h := make([]byte, shpHeaderSize)
		if _, err := io.ReadFull(s.r, h); err != nil {
			return nil, unexpectedEnd(err)
		}
		s.head = true
		s.left = int64(binary.BigEndian.Uint32(h[24:]))*2 - shpHeaderSize
	}
	if s.left < 8 {
		return nil, io.EOF
	}
	var h [8]byte
	if _, err := io.ReadFull(s.r, h[:]); err != nil {
		return nil, unexpectedEnd(err)
	}
	n := int64(binary.BigEndian.Uint32(h[4:])) * 2
	s.left -= 8 + n
	if n > int64(s.max) {
		return nil, tooBig("一个图形的字节数")
	}
	if s.left < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return s.read(int(n))
}

// read fills the buffer in steps, so that a false length costs no more memory
// than the file has bytes.
func (s *shpReader) read(n int) ([]byte, error) {
	s.buf = s.buf[:0]
	for len(s.buf) < n {
		step := min(n-len(s.buf), 1<<20)
		at := len(s.buf)
		s.buf = append(s.buf, make([]byte, step)...)
		if _, err := io.ReadFull(s.r, s.buf[at:]); err != nil {
			return nil, unexpectedEnd(err)
		}
	}
	return s.buf, nil
}

var errShpShort = errors.New("图形记录比说的短")

// shpGeometry reads one record. A null shape gives nil. Z and M are dropped:
// they follow the positions and are simply not looked at.
func shpGeometry(b []byte) (orb.Geometry, error) {
	if len(b) < 4 {
		return nil, errShpShort
	}
	kind := binary.LittleEndian.Uint32(b)
	b = b[4:]
	switch kind {
	case 0:
		return nil, nil
	case 1, 11, 21:
		if len(b) < 16 {
			return nil, errShpShort
		}
		return shpPoint(b), nil
	case 8, 18, 28:
		return shpMultiPoint(b)
	case 3, 13, 23:
		parts, err := shpParts(b)
		return shpLines(parts), err
	case 5, 15, 25:
		parts, err := shpParts(b)
		if err != nil || len(parts) == 0 {
			return nil, err
		}
		return sortRings(parts), nil
	}
	return nil, fmt.Errorf("不认识的图形类型 %d", kind)
}

func shpPoint(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

func shpMultiPoint(b []byte) (orb.Geometry, error) {
	if len(b) < 36 {
		return nil, errShpShort
	}
	n := int(binary.LittleEndian.Uint32(b[32:]))
	if b = b[36:]; n > len(b)/16 {
		return nil, errShpShort
	}
	pts := make(orb.MultiPoint, n)
	for i := range pts {
		pts[i] = shpPoint(b[16*i:])
	}
	return pts, nil
}

// shpParts reads the parts of a line or polygon: a box, the number of parts
// and points, the first point of each part, the points.
func shpParts(b []byte) ([]orb.Ring, error) {
	if len(b) < 40 {
		return nil, errShpShort
	}
	numParts, numPoints := int(binary.LittleEndian.Uint32(b[32:])), int(binary.LittleEndian.Uint32(b[36:]))
	b = b[40:]
	if numParts > len(b)/4 || numPoints > (len(b)-4*numParts)/16 {
		return nil, errShpShort
	}
	first, pts := b[:4*numParts], b[4*numParts:]
	start := func(i int) int {
		if i == numParts {
			return numPoints
		}
		return int(binary.LittleEndian.Uint32(first[4*i:]))
	}
	parts := make([]orb.Ring, 0, numParts)
	for i := range numParts {
		from, to := start(i), start(i+1)
		if from > to || to > numPoints {
			return nil, errors.New("图形各部分的起点不对")
		}
		part := make(orb.Ring, to-from)
		for j := range part {
			part[j] = shpPoint(pts[16*(from+j):])
		}
		if len(part) > 0 {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

func shpLines(parts []orb.Ring) orb.Geometry {
	if len(parts) == 1 {
		return orb.LineString(parts[0])
	}
	lines := make(orb.MultiLineString, len(parts))
	for i, p := range parts {
		lines[i] = orb.LineString(p)
	}
	return lines
}
