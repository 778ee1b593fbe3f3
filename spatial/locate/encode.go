package locate

import (
	"bufio"
	"encoding/binary"
	"io"
	"math/bits"

	"cloudgrid/spatial/topology"
)

// magic opens an encoded index; the last byte is the version of the format.
var magic = [8]byte{'C', 'G', 'l', 'o', 'c', 0, 0, 1}

// headWords is how many words follow the magic: origin, tileShift, nx, ny, and
// how many cells there are in tiles with borders.
const headWords = 6

// WriteTo writes the index so that Read gives it back over the same topology.
// The format is private to the version of this package, without a checksum:
// for a snapshot kept beside a store, not for exchange.
//
// After the header come the tiles, row by row. One without borders is a zero and
// its face. Another is its side; how many stretches, words of more (but for the
// empty ones at its beginning) and words of cells there are; the stretches and
// the words of more; a byte for each cell; and the words of the cells. The byte
// is how many words the cell has: 1 is the face of a cell without borders,
// another number a line without the zeros at its end.
func (ix *Index) WriteTo(w io.Writer) (int64, error) {
	e := encoder{w: bufio.NewWriterSize(w, 1<<20)}
	e.write(magic[:])
	cells := uint32(0)
	for i := range ix.tiles {
		if len(ix.stretches[i]) > 0 {
			cells += uint32(len(ix.tiles[i].cells))
		}
	}
	e.words(uint32(ix.origin.X), uint32(ix.origin.Y), ix.tileShift, ix.nx, ix.ny, cells)
	for i := range ix.tiles {
		e.tile(&ix.tiles[i], ix.stretches[i], ix.more[i])
	}
	if e.err == nil {
		e.err = e.w.Flush()
	}
	return e.n, e.err
}

type encoder struct {
	w      *bufio.Writer
	n      int64
	err    error
	buf    []byte
	sizes  []byte   // scratch
	packed []uint32 // scratch
}

func (e *encoder) write(b []byte) {
	if e.err == nil {
		var n int
		n, e.err = e.w.Write(b)
		e.n += int64(n)
	}
}

func (e *encoder) words(list ...uint32) {
	e.buf = e.buf[:0]
	for _, v := range list {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, v)
	}
	e.write(e.buf)
}

func (e *encoder) tile(t *tile, stretches []stretch, more []uint32) {
	if len(stretches) == 0 {
		e.words(0, t.cells[0][lineAbove])
		return
	}
	e.sizes, e.packed = e.sizes[:0], e.packed[:0]
	for i := range t.cells {
		l := &t.cells[i]
		n := lineWords
		for n > 1 && l[n-1] == 0 {
			n--
		}
		if l[lineWidth] == 0 {
			n = 1
		}
		e.sizes = append(e.sizes, byte(n))
		e.packed = append(e.packed, l[:n]...)
	}
	if len(more) > 0 {
		more = more[lineWords:]
	}
	e.words(t.side, uint32(len(stretches)), uint32(len(more)), uint32(len(e.packed)))
	e.buf = e.buf[:0]
	for _, s := range stretches {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, s.line)
		e.buf = binary.LittleEndian.AppendUint32(e.buf, s.first)
	}
	e.write(e.buf)
	e.words(more...)
	e.write(e.sizes)
	e.words(e.packed...)
}

// Read reads what WriteTo wrote of an index of t. It checks every number, so that
// damaged bytes give an error wrapping ErrFormat and not a panic later, but not
// whether the answers are right: keep a checksum where the bytes may rot.
func Read(r io.Reader, t *topology.Topology) (*Index, error) { return read(r, t) }

func read(r io.Reader, c coverage) (*Index, error) {
	ix := &Index{arcs: c, tuning: tuned, faces: uint32(c.NumFaces())}
	d := decoder{r: bufio.NewReaderSize(r, 1<<20), ix: ix, shared: newConstTiles()}
	if err := d.header(); err != nil {
		return nil, err
	}
	n := int(min(uint64(ix.nx)*uint64(ix.ny), 1<<16)) // a false count ends at the end of the input
	ix.tiles, ix.more, ix.stretches = make([]tile, 0, n), make([][]uint32, 0, n), make([][]stretch, 0, n)
	for range uint64(ix.nx) * uint64(ix.ny) {
		if err := d.tile(); err != nil {
			return nil, err
		}
	}
	useHugePages(d.block)
	return ix, nil
}

// shiftOfSide returns the size of the cells of a tile.
func shiftOfSide(tileShift, side uint32) uint32 {
	return tileShift - uint32(bits.TrailingZeros32(side))
}
