package topology

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"cloudgrid/spatial"
)

// magic opens an encoded topology; the last byte is the version of the format.
var magic = [8]byte{'C', 'G', 't', 'o', 'p', 'o', 0, 1}

// WriteTo writes the topology so that Read gives it back with the same ids.
// The format is private to the version of this package, without a checksum:
// for a snapshot kept beside a store, not for exchange. What a dissolved arc
// was made of is not written.
func (t *Topology) WriteTo(w io.Writer) (int64, error) {
	e := encoder{w: bufio.NewWriterSize(w, 1<<20)}
	e.bytes(magic[:])
	e.u32(uint32(t.faces))
	e.u32(uint32(t.arcs))
	for _, b := range t.arcBlocks {
		for i := range b.left {
			e.u32(uint32(b.left[i]))
			e.u32(uint32(b.right[i]))
			e.u32(b.off[i+1] - b.off[i])
		}
		for _, p := range b.pts {
			e.u32(uint32(p.X))
			e.u32(uint32(p.Y))
		}
	}
	if e.err == nil {
		e.err = e.w.Flush()
	}
	return e.n, e.err
}

type encoder struct {
	w   *bufio.Writer
	n   int64
	err error
	buf [4]byte
}

func (e *encoder) u32(v uint32) {
	binary.LittleEndian.PutUint32(e.buf[:], v)
	e.bytes(e.buf[:])
}

func (e *encoder) bytes(b []byte) {
	if e.err == nil {
		var n int
		n, e.err = e.w.Write(b)
		e.n += int64(n)
	}
}

// ErrFormat is returned for bytes that are not an encoded topology.
var ErrFormat = errors.New("not an encoded topology")

// Read reads what WriteTo wrote. It checks every number, so that damaged bytes
// give an error wrapping ErrFormat and not a panic later, but not the geometry:
// keep a checksum where the bytes may rot.
func Read(r io.Reader) (*Topology, error) {
	d := decoder{r: bufio.NewReaderSize(r, 1<<20)}
	var head [16]byte
	d.read(head[:])
	faces, arcs := binary.LittleEndian.Uint32(head[8:]), binary.LittleEndian.Uint32(head[12:])
	// Faces without ground have no arcs, but not that many of them.
	if d.err != nil || [8]byte(head[:8]) != magic || faces > max(1<<20, 8*arcs) || arcs > 1<<28 {
		return nil, fmt.Errorf("%w: bad header", ErrFormat)
	}
	t := &Topology{faces: int(faces), arcs: int(arcs)}
	for left := t.arcs; left > 0; left -= blockSize {
		b, err := d.block(min(left, blockSize), FaceID(faces))
		if err != nil {
			return nil, err
		}
		t.arcBlocks = append(t.arcBlocks, b)
	}
	t.listFaces()
	t.index = &arcIndex{blocks: t.arcBlocks}
	return t, nil
}

type decoder struct {
	r   *bufio.Reader
	buf []byte
	err error
}

func (d *decoder) read(b []byte) {
	if d.err == nil {
		_, d.err = io.ReadFull(d.r, b)
	}
}

// next returns the next n bytes, valid until the next call.
func (d *decoder) next(n int) []byte {
	if cap(d.buf) < n {
		d.buf = make([]byte, n)
	}
	d.read(d.buf[:n])
	return d.buf[:n]
}

func (d *decoder) block(n int, faces FaceID) (*arcBlock, error) {
	b := &arcBlock{left: make([]FaceID, n), right: make([]FaceID, n), off: make([]uint32, n+1)}
	head := d.next(12 * n)
	for i := range n {
		u := func(k int) uint32 { return binary.LittleEndian.Uint32(head[12*i+4*k:]) }
		b.left[i], b.right[i] = FaceID(u(0)), FaceID(u(1))
		count := u(2)
		deleted := count == 0 && b.left[i] == Outside && b.right[i] == Outside
		if d.err != nil || b.left[i] < Outside || b.left[i] >= faces || b.right[i] < Outside || b.right[i] >= faces ||
			!deleted && (count < 2 || b.left[i] == b.right[i]) || count > 1<<26 {
			return nil, fmt.Errorf("%w: bad arc", ErrFormat)
		}
		b.off[i+1] = b.off[i] + count
	}
	const step = 1 << 16 // points at a time: a false count ends at the end of the input
	b.pts = make([]spatial.Point, 0, min(b.off[n], step))
	for left := int(b.off[n]); left > 0; left -= step {
		k := min(left, step)
		raw := d.next(8 * k)
		if d.err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, d.err)
		}
		for i := range k {
			b.pts = append(b.pts, spatial.Point{
				X: int32(binary.LittleEndian.Uint32(raw[8*i:])),
				Y: int32(binary.LittleEndian.Uint32(raw[8*i+4:])),
			})
		}
	}
	return b, nil
}
