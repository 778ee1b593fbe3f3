package export

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// cgcs2000 is the .prj of what we write.
const cgcs2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// Shapefile writes the grids of a level (-1: those that own ground) as a zipped
// Shapefile NAME.shp/.shx/.dbf/.prj/.cpg, attributes in UTF-8. A text longer
// than its column is cut at a character.
// Format: ESRI Shapefile Technical Description (1998); dBASE III.
func Shapefile(out io.Writer, n *atlas.Net, level int, name string, at time.Time) error {
	topo, layer := n.Layer(level)
	var shp, shx bytes.Buffer
	box := spatial.EmptyBox()
	var grids []int32
	var records [][]byte
	size := 100
	for f, k := range layer {
		if !wanted(n, k, level) {
			continue
		}
		shape := topo.FacePolygon(topology.FaceID(f))
		box = box.Union(shape.Box())
		r := shpPolygon(shape)
		grids, records = append(grids, k), append(records, r)
		size += 8 + len(r)
	}
	shp.Write(shpHeader(size, box))
	shx.Write(shpHeader(100+8*len(records), box))
	for i, r := range records {
		_ = binary.Write(&shx, binary.BigEndian, [2]int32{int32(shp.Len() / 2), int32(len(r) / 2)})
		_ = binary.Write(&shp, binary.BigEndian, [2]int32{int32(i + 1), int32(len(r) / 2)})
		shp.Write(r)
	}
	z := zip.NewWriter(out)
	for _, part := range []struct {
		ext  string
		body []byte
	}{{".shp", shp.Bytes()}, {".shx", shx.Bytes()}, {".dbf", gridTable(n, grids, at)}, {".prj", []byte(cgcs2000)}, {".cpg", []byte("UTF-8")}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name + part.ext, Method: zip.Deflate, Modified: at})
		if err != nil {
			return err
		}
		if _, err := w.Write(part.body); err != nil {
			return err
		}
	}
	return z.Close()
}

// shpHeader is the 100-byte header of a .shp or .shx file of so many bytes.
func shpHeader(size int, box spatial.Box) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h, 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(size/2))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], 5) // polygon
	if !box.Empty() {
		putBox(h[36:], box)
	}
	return h
}

func putBox(b []byte, box spatial.Box) {
	x0, y0 := box.Min.LonLat()
	x1, y1 := box.Max.LonLat()
	for i, v := range [4]float64{x0, y0, x1, y1} {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
}

// shpPolygon is the content of one record. The format wants exteriors clockwise
// and holes counter-clockwise, the reverse of ours.
func shpPolygon(m spatial.MultiPolygon) []byte {
	if len(m) == 0 {
		return make([]byte, 4) // a null shape
	}
	var rings []spatial.Ring
	points := 0
	for _, p := range m {
		for _, r := range p {
			rings = append(rings, r)
			points += len(r) + 1
		}
	}
	b := make([]byte, 44+4*len(rings)+16*points)
	binary.LittleEndian.PutUint32(b, 5)
	putBox(b[4:], m.Box())
	binary.LittleEndian.PutUint32(b[36:], uint32(len(rings)))
	binary.LittleEndian.PutUint32(b[40:], uint32(points))
	at, done := b[44+4*len(rings):], 0
	for i, r := range rings {
		binary.LittleEndian.PutUint32(b[44+4*i:], uint32(done))
		for k := len(r); k >= 0; k-- {
			x, y := r[k%len(r)].LonLat()
			binary.LittleEndian.PutUint64(at, math.Float64bits(x))
			binary.LittleEndian.PutUint64(at[8:], math.Float64bits(y))
			at = at[16:]
		}
		done += len(r) + 1
	}
	return b
}

// column is a field of the attribute table.
type column struct {
	name  string
	kind  byte // 'C' text, 'N' number
	width int
}

var gridColumns = []column{{"ID", 'N', 18}, {"CODE", 'C', 64}, {"NAME", 'C', 120}, {"LEVEL", 'N', 4}, {"TYPE", 'C', 16}, {"PARENT", 'C', 64}}

// gridTable is the .dbf of some grids.
func gridTable(n *atlas.Net, grids []int32, at time.Time) []byte {
	width := 1
	for _, c := range gridColumns {
		width += c.width
	}
	head := make([]byte, 32, 32+32*len(gridColumns)+1+width*len(grids)+1)
	head[0] = 3
	head[1], head[2], head[3] = byte(at.Year()-1900), byte(at.Month()), byte(at.Day())
	binary.LittleEndian.PutUint32(head[4:], uint32(len(grids)))
	binary.LittleEndian.PutUint16(head[8:], uint16(32+32*len(gridColumns)+1))
	binary.LittleEndian.PutUint16(head[10:], uint16(width))
	for _, c := range gridColumns {
		d := make([]byte, 32)
		copy(d, c.name)
		d[11], d[16] = c.kind, byte(c.width)
		head = append(head, d...)
	}
	head = append(head, '\r')
	for _, k := range grids {
		g, parent := &n.Grids[k], ""
		if g.Parent != atlas.None {
			parent = n.Grids[g.Parent].Code
		}
		head = append(head, ' ')
		for i, v := range []string{fmt.Sprint(g.ID), g.Code, g.Name, fmt.Sprint(g.Level), string(TypeOf(g.Type)), parent} {
			head = appendField(head, gridColumns[i], v)
		}
	}
	return append(head, 0x1a)
}

// appendField pads a value to its column: numbers on the left.
func appendField(b []byte, c column, v string) []byte {
	for len(v) > c.width {
		r := []rune(v)
		v = string(r[:len(r)-1])
	}
	pad := bytes.Repeat([]byte{' '}, c.width-len(v))
	if c.kind == 'N' {
		return append(append(b, pad...), v...)
	}
	return append(append(b, v...), pad...)
}
