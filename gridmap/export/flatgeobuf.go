package export

import (
	"encoding/binary"
	"io"
	"math"
	"slices"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// Constants of FlatGeobuf 3 (flatgeobuf.org, header.fbs and feature.fbs).
const (
	fgbPolygon, fgbMultiPolygon = 3, 6
	fgbInt, fgbLong, fgbString  = 5, 7, 11
	fgbNodeSize                 = 16 // entries to a node of the index
	epsgCGCS2000                = 4490
)

var fgbMagic = []byte{'f', 'g', 'b', 3, 'f', 'g', 'b', 0}

var fgbColumns = []struct {
	name string
	kind uint64
}{{"id", fgbLong}, {"code", fgbString}, {"name", fgbString}, {"level", fgbInt}, {"type", fgbString}, {"parent", fgbString}, {"atoms", fgbInt}}

// FlatGeobuf writes the grids of a level (-1: those that own ground) with a
// spatial index, along the Hilbert curve, so that a reader fetches a region
// without the rest. The same grids give the same bytes.
func FlatGeobuf(out io.Writer, n *atlas.Net, level int) error {
	topo, layer := n.Layer(level)
	var list []fgbItem
	all := spatial.EmptyBox()
	for f, k := range layer {
		shape := topo.FacePolygon(topology.FaceID(f))
		if !wanted(n, k, level) || len(shape) == 0 {
			continue
		}
		box := shape.Box()
		all = all.Union(box)
		list = append(list, fgbItem{box: box, curve: hilbert(box), body: fgbFeature(n, k, shape)})
	}
	slices.SortStableFunc(list, func(a, b fgbItem) int {
		if a.curve < b.curve {
			return -1
		} else if a.curve > b.curve {
			return 1
		}
		return 0
	})
	name := n.Network.Code
	if level >= 0 {
		name += "_" + n.Levels[level].Code
	}
	for _, part := range [][]byte{fgbMagic, fgbHeader(name, all, len(list)), fgbIndex(list)} {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	for i := range list {
		if _, err := out.Write(list[i].body); err != nil {
			return err
		}
	}
	return nil
}

// fgbItem is a feature: its box, where it is on the Hilbert curve, its bytes.
type fgbItem struct {
	box   spatial.Box
	curve uint64
	body  []byte
}

// hilbert is the place of a box's centre on the curve through the tiles of a
// zoom.
func hilbert(b spatial.Box) uint64 {
	x0, y0 := b.Min.LonLat()
	x1, y1 := b.Max.LonLat()
	return tiles.At((x0+x1)/2, (y0+y1)/2, 16).ID()
}

func fgbHeader(name string, all spatial.Box, count int) []byte {
	f := newFlatBuffer(nil)
	nodeSize := uint64(fgbNodeSize)
	if count == 0 {
		nodeSize = 0 // no index
	}
	at := f.table(rootAt,
		slot{8, 8, uint64(count)}, slot{0, ref, 0}, slot{1, ref, 0}, slot{7, ref, 0}, slot{10, ref, 0},
		slot{9, 2, nodeSize}, slot{2, 1, fgbMultiPolygon})
	f.text(at[1], name)
	if count == 0 {
		f.doubles(at[2])
	} else {
		x0, y0 := all.Min.LonLat()
		x1, y1 := all.Max.LonLat()
		f.doubles(at[2], x0, y0, x1, y1)
	}
	for i, place := range f.references(at[3], len(fgbColumns)) {
		c := fgbColumns[i]
		f.text(f.table(place, slot{0, ref, 0}, slot{1, 1, c.kind})[0], c.name)
	}
	crs := f.table(at[4], slot{0, ref, 0}, slot{1, 4, epsgCGCS2000}, slot{2, ref, 0})
	f.text(crs[0], "EPSG")
	f.text(crs[2], "China Geodetic Coordinate System 2000")
	return f.bytes()
}

func fgbFeature(n *atlas.Net, k int32, shape spatial.MultiPolygon) []byte {
	f := newFlatBuffer(nil)
	at := f.table(rootAt, slot{0, ref, 0}, slot{1, ref, 0})
	geometry := f.table(at[0], slot{7, ref, 0}, slot{6, 1, fgbMultiPolygon})
	for i, place := range f.references(geometry[0], len(shape)) {
		f.polygon(place, shape[i])
	}
	properties := fgbProperties(n, k)
	f.vector(at[1], len(properties), 1)
	f.b = append(f.b, properties...)
	return f.bytes()
}

// polygon writes a polygon's rings, each closed by its first point.
func (f *flatBuffer) polygon(place int, p spatial.Polygon) {
	at := f.table(place, slot{0, ref, 0}, slot{1, ref, 0}, slot{6, 1, fgbPolygon})
	end, points := 0, 0
	for _, r := range p {
		points += len(r) + 1
	}
	f.vector(at[0], len(p), 4)
	for _, r := range p {
		end += len(r) + 1
		f.b = binary.LittleEndian.AppendUint32(f.b, uint32(end))
	}
	f.vector(at[1], 2*points, 8)
	for _, r := range p {
		for i := range len(r) + 1 {
			x, y := r[i%len(r)].LonLat()
			f.b = binary.LittleEndian.AppendUint64(f.b, math.Float64bits(x))
			f.b = binary.LittleEndian.AppendUint64(f.b, math.Float64bits(y))
		}
	}
}

// fgbProperties are the values of a grid, each after the number of its column.
func fgbProperties(n *atlas.Net, k int32) (b []byte) {
	g, parent := &n.Grids[k], ""
	if g.Parent != atlas.None {
		parent = n.Grids[g.Parent].Code
	}
	text := func(column uint16, s string) {
		b = binary.LittleEndian.AppendUint16(b, column)
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	number := func(column uint16, v int) {
		b = binary.LittleEndian.AppendUint16(b, column)
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(g.ID))
	text(1, g.Code)
	text(2, g.Name)
	number(3, g.Level)
	text(4, string(TypeOf(g.Type)))
	text(5, parent)
	number(6, g.Atoms)
	return b
}

// fgbIndex is the packed R-tree over the features in their order: the root
// first, the features' own boxes last. An entry is a box and where it leads: the
// first entry below it or, of a feature, its place in the file after the index.
func fgbIndex(list []fgbItem) []byte {
	if len(list) == 0 {
		return nil
	}
	type entry struct {
		box spatial.Box
		to  uint64
	}
	rows := [][]entry{make([]entry, len(list))} // from the features up
	place := uint64(0)
	for i := range list {
		rows[0][i] = entry{list[i].box, place}
		place += uint64(len(list[i].body))
	}
	for len(rows) == 1 || len(rows[len(rows)-1]) > 1 {
		var up []entry
		for node := range slices.Chunk(rows[len(rows)-1], fgbNodeSize) {
			e := entry{box: spatial.EmptyBox()}
			for _, c := range node {
				e.box = e.box.Union(c.box)
			}
			up = append(up, e)
		}
		rows = append(rows, up)
	}
	slices.Reverse(rows)
	var b []byte
	below := 0 // entries before the row below
	for r, row := range rows {
		below += len(row)
		for i, e := range row {
			if r < len(rows)-1 {
				e.to = uint64(below + i*fgbNodeSize)
			}
			x0, y0 := e.box.Min.LonLat()
			x1, y1 := e.box.Max.LonLat()
			for _, v := range [4]float64{x0, y0, x1, y1} {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
			b = binary.LittleEndian.AppendUint64(b, e.to)
		}
	}
	return b
}
