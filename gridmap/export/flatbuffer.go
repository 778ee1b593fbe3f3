package export

import (
	"encoding/binary"
	"math"
	"slices"
)

// flatBuffer is one size-prefixed FlatBuffer in the making, written from front
// to back: a table first, then what its fields refer to.
// Format: FlatBuffers internals (flatbuffers.dev): little endian; a table
// begins with the distance back to its vtable, which says where each field is;
// a reference is the distance forward to a table, a string or a vector.
type flatBuffer struct{ b []byte }

// slot is a field of a table: a number of 1, 2, 4 or 8 bytes, or a reference,
// of size ref.
type slot struct {
	id, size int
	value    uint64
}

const ref = -4

// newFlatBuffer leaves room for the size and for the reference to the root
// table, which must be the first to be written, at rootAt.
func newFlatBuffer(scratch []byte) *flatBuffer {
	return &flatBuffer{append(scratch[:0], make([]byte, 8)...)}
}

const rootAt = 4

// bytes fills in the size and returns the whole.
func (f *flatBuffer) bytes() []byte {
	f.pad(8, 0)
	binary.LittleEndian.PutUint32(f.b, uint32(len(f.b)-4))
	return f.b
}

// pad lets what comes after so many more bytes begin at a multiple of align.
func (f *flatBuffer) pad(align, more int) {
	for (len(f.b)+more)%align != 0 {
		f.b = append(f.b, 0)
	}
}

// point lets the reference at a position refer to what is written next.
func (f *flatBuffer) point(at int) {
	binary.LittleEndian.PutUint32(f.b[at:], uint32(len(f.b)-at))
}

// table writes a table that the reference at a position refers to, and returns
// where its fields are, in the order given. Fields must come by falling size.
func (f *flatBuffer) table(at int, slots ...slot) (fields []int) {
	count := 0
	for _, s := range slots {
		count = max(count, s.id+1)
	}
	vtable := make([]byte, 4+2*count)
	f.pad(8, len(vtable)+4) // so that the first field is aligned, and all after it
	binary.LittleEndian.PutUint16(vtable, uint16(len(vtable)))
	from := len(f.b)
	f.b = append(f.b, vtable...)
	start := len(f.b)
	f.point(at)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(start-from))
	for _, s := range slots {
		binary.LittleEndian.PutUint16(f.b[from+4+2*s.id:], uint16(len(f.b)-start))
		fields = append(fields, len(f.b))
		var v [8]byte
		binary.LittleEndian.PutUint64(v[:], s.value)
		f.b = append(f.b, v[:max(s.size, -s.size)]...)
	}
	binary.LittleEndian.PutUint16(f.b[from+2:], uint16(len(f.b)-start))
	return fields
}

// vector begins a vector of so many elements of a size.
func (f *flatBuffer) vector(at, elements, size int) {
	f.pad(max(size, 4), 4)
	f.point(at)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(elements))
}

func (f *flatBuffer) text(at int, s string) {
	f.vector(at, len(s), 1)
	f.b = append(append(f.b, s...), 0)
}

func (f *flatBuffer) doubles(at int, values ...float64) {
	f.vector(at, len(values), 8)
	for _, v := range values {
		f.b = binary.LittleEndian.AppendUint64(f.b, math.Float64bits(v))
	}
}

// references begins a vector of references and returns where they are.
func (f *flatBuffer) references(at, count int) []int {
	f.vector(at, count, 4)
	places := make([]int, count)
	for i := range places {
		places[i] = len(f.b)
		f.b = append(f.b, 0, 0, 0, 0)
	}
	return slices.Clip(places)
}
