package locate

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// ErrFormat is returned for bytes that are not an encoded index of the topology.
var ErrFormat = errors.New("not an encoded index")

func bad(what string) error { return fmt.Errorf("%w: %s", ErrFormat, what) }

type decoder struct {
	r      *bufio.Reader
	ix     *Index
	shared *constTiles
	block  []line // the block being filled
	cells  uint32 // still to come
	buf    []byte
	packed []uint32
}

// next returns the next n bytes, valid until the next call. A false n ends at
// the end of the input, not of the memory.
func (d *decoder) next(n uint64) ([]byte, error) {
	const step = 1 << 20
	d.buf = d.buf[:0]
	for uint64(len(d.buf)) < n {
		from := len(d.buf)
		k := int(min(n-uint64(from), step))
		if cap(d.buf) < from+k {
			d.buf = append(make([]byte, 0, 2*(from+k)), d.buf...)
		}
		d.buf = d.buf[:from+k]
		if _, err := io.ReadFull(d.r, d.buf[from:]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
	}
	return d.buf, nil
}

// words appends the next n words.
func (d *decoder) words(dst []uint32, n uint32) ([]uint32, error) {
	b, err := d.next(4 * uint64(n))
	for ; len(b) >= 4; b = b[4:] {
		dst = append(dst, binary.LittleEndian.Uint32(b))
	}
	return dst, err
}

func (d *decoder) header() error {
	b, err := d.next(uint64(len(magic)) + 4*headWords)
	if err != nil {
		return err
	}
	u := func(k int) uint32 { return binary.LittleEndian.Uint32(b[8+4*k:]) }
	ix := d.ix
	ix.origin = spatial.Point{X: int32(u(0)), Y: int32(u(1))}
	ix.tileShift, ix.nx, ix.ny, d.cells = u(2), u(3), u(4), u(5)
	ok := [8]byte(b) == magic && ix.tileShift >= tileBits && ix.tileShift <= maxTileShift &&
		fits(ix.origin.X, ix.nx, ix.tileShift) && fits(ix.origin.Y, ix.ny, ix.tileShift)
	if none := ix.nx == 0 && ix.ny == 0 && [8]byte(b) == magic; none {
		ix.tileShift, ok = 0, true
	}
	if !ok || (ix.nx == 0) != (ix.ny == 0) {
		return bad("header")
	}
	return nil
}

// fits tells whether a row of tiles stays within an int32.
func fits(from int32, n, shift uint32) bool {
	return n <= 1<<31>>shift<<1 && int64(from)+int64(n)<<shift <= math.MaxInt32
}

// tile reads one tile.
func (d *decoder) tile() error {
	ix := d.ix
	head, err := d.words(d.packed[:0], 2)
	if err != nil {
		return err
	}
	side, count := head[0], head[1]
	if side == 0 {
		if !ix.isFace(count) {
			return bad("face of a tile")
		}
		ix.add(d.shared.of(topology.FaceID(int32(count))), nil, nil)
		return nil
	}
	if side&(side-1) != 0 || side > 1<<min(maxTileBits, ix.tileShift) || count == 0 {
		return bad("side of a tile")
	}
	if head, err = d.words(head[:0], 2); err != nil {
		return err
	}
	numMore, numPacked := head[0], head[1]
	stretches, err := d.stretches(count)
	if err != nil {
		return err
	}
	var more []uint32
	if numMore > 0 {
		if more, err = d.words(make([]uint32, lineWords, lineWords+min(numMore, 1<<16)), numMore); err != nil {
			return err
		}
	}
	cells, err := d.lines(side*side, numPacked)
	if err != nil {
		return err
	}
	ix.add(tile{cells, side}, more, stretches)
	return ix.checkTile(cells, more, shiftOfSide(ix.tileShift, side))
}

func (ix *Index) add(t tile, more []uint32, stretches []stretch) {
	ix.tiles, ix.more, ix.stretches = append(ix.tiles, t), append(ix.more, more), append(ix.stretches, stretches)
}

func (d *decoder) stretches(n uint32) ([]stretch, error) {
	b, err := d.next(8 * uint64(n))
	if err != nil {
		return nil, err
	}
	out := make([]stretch, n)
	for i := range out {
		s := stretch{binary.LittleEndian.Uint32(b[8*i:]), binary.LittleEndian.Uint32(b[8*i+4:])}
		if uint64(s.line) >= uint64(d.ix.arcs.NumArcs()) ||
			uint64(s.first)+1 >= uint64(len(d.ix.arcs.Arc(topology.ArcID(s.line)).Points)) {
			return nil, bad("arc of a tile")
		}
		out[i] = s
	}
	return out, nil
}

// lines reads the lines of a tile's cells.
func (d *decoder) lines(cells, packed uint32) ([]line, error) {
	b, err := d.next(uint64(cells) + 4*uint64(packed))
	if err != nil {
		return nil, err
	}
	sizes, b := b[:cells], b[cells:]
	if cap(d.block)-len(d.block) < int(cells) {
		useHugePages(d.block)
		d.block = make([]line, 0, max(cells, min(d.cells, packLines)))
		adviseHugePages(d.block[:cap(d.block)])
	}
	d.cells -= min(cells, d.cells)
	from := len(d.block)
	d.block = d.block[:from+int(cells)]
	out := d.block[from : from+int(cells) : from+int(cells)]
	for i, n := range sizes {
		if n == 0 || n > lineWords || len(b) < 4*int(n) {
			return nil, bad("size of a cell")
		}
		if n == 1 {
			out[i] = faceLine(topology.FaceID(int32(binary.LittleEndian.Uint32(b))))
		} else {
			for k := range out[i][:n] {
				out[i][k] = binary.LittleEndian.Uint32(b[4*k:])
			}
		}
		b = b[4*int(n):]
	}
	if len(b) > 0 {
		return nil, bad("size of a tile")
	}
	return out, nil
}
