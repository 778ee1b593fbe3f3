// Package shptest writes small zipped Shapefiles for tests: polygons with text
// attributes in any encoding, the way departments send them.
package shptest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding"
)

// Layer is what to write. Shapes and Rows run in parallel; a nil shape becomes
// a null shape.
type Layer struct {
	Name     string
	Fields   []string // at most 10 bytes each once encoded
	Shapes   [][]orb.Ring
	Rows     [][]string
	Deleted  map[int]bool      // rows marked as deleted
	Encoding encoding.Encoding // nil is UTF-8
	Language byte              // language byte of the .dbf
	CPG, PRJ string            // "" leaves the file out
}

// Width of every text field, bytes.
const Width = 40

// Zip returns the layer as a zip of .shp, .shx-less .dbf, .prj and .cpg. It
// panics on text the encoding does not have; it is for tests.
func (l Layer) Zip() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(ext string, content []byte) {
		w, err := z.Create(l.Name + ext)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			panic(err)
		}
	}
	add(".shp", l.SHP())
	add(".dbf", l.DBF())
	if l.PRJ != "" {
		add(".prj", []byte(l.PRJ))
	}
	if l.CPG != "" {
		add(".cpg", []byte(l.CPG))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// SHP returns the shapes as a .shp of polygons.
func (l Layer) SHP() []byte {
	var records bytes.Buffer
	for i, rings := range l.Shapes {
		content := polygon(rings)
		put(&records, binary.BigEndian, uint32(i+1), uint32(len(content)/2))
		records.Write(content)
	}
	var b bytes.Buffer
	put(&b, binary.BigEndian, uint32(9994), [5]uint32{}, uint32((100+records.Len())/2))
	put(&b, binary.LittleEndian, uint32(1000), uint32(5), [8]float64{})
	b.Write(records.Bytes())
	return b.Bytes()
}

func polygon(rings []orb.Ring) []byte {
	var b bytes.Buffer
	if rings == nil {
		put(&b, binary.LittleEndian, uint32(0))
		return b.Bytes()
	}
	points := 0
	for _, r := range rings {
		points += len(r)
	}
	put(&b, binary.LittleEndian, uint32(5), [4]float64{}, uint32(len(rings)), uint32(points))
	first := 0
	for _, r := range rings {
		put(&b, binary.LittleEndian, uint32(first))
		first += len(r)
	}
	for _, r := range rings {
		for _, p := range r {
			put(&b, binary.LittleEndian, math.Float64bits(p[0]), math.Float64bits(p[1]))
		}
	}
	return b.Bytes()
}

// DBF returns the rows as a dBASE III table of text fields.
func (l Layer) DBF() []byte {
	record := 1 + Width*len(l.Fields)
	var b bytes.Buffer
	put(&b, binary.LittleEndian, [4]byte{3, 126, 1, 1}, uint32(len(l.Rows)),
		uint16(33+32*len(l.Fields)), uint16(record), [17]byte{}, l.Language, uint16(0))
	for _, name := range l.Fields {
		d := make([]byte, 32)
		copy(d[:10], l.encode(name))
		d[11], d[16] = 'C', Width
		b.Write(d)
	}
	b.WriteByte(0x0d)
	for i, row := range l.Rows {
		line := bytes.Repeat([]byte{' '}, record)
		if l.Deleted[i] {
			line[0] = '*'
		}
		for j, cell := range row {
			copy(line[1+j*Width:1+(j+1)*Width], l.encode(cell))
		}
		b.Write(line)
	}
	b.WriteByte(0x1a)
	return b.Bytes()
}

func (l Layer) encode(s string) []byte {
	if l.Encoding == nil {
		return []byte(s)
	}
	out, err := l.Encoding.NewEncoder().Bytes([]byte(s))
	if err != nil {
		panic(err)
	}
	return out
}

func put(b *bytes.Buffer, order binary.ByteOrder, values ...any) {
	for _, v := range values {
		if err := binary.Write(b, order, v); err != nil {
			panic(err)
		}
	}
}
