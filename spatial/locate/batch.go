package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// ahead is how many points a batch looks up side by side: enough to overlap
// the waits for memory, few enough to stay in the first cache.
const ahead = 16

// LocateAll sets out[i] to Locate(points[i]); out must be as long as points.
// The points may come in any order; those near each other in the list and on
// the ground are answered fastest. It allocates nothing.
func (ix *Index) LocateAll(points []spatial.Point, out []topology.FaceID) {
	out = out[:len(points)]
	var group [ahead]lookup
	for len(points) > 0 {
		n := min(ahead, len(points))
		for i, p := range points[:n] {
			group[i] = ix.begin(p)
		}
		for i := range group[:n] {
			group[i].descend()
		}
		for i := range group[:n] {
			out[i] = ix.end(&group[i], points[i])
		}
		points, out = points[n:], out[n:]
	}
}

// lookup is a point on its way: the entry reached so far.
type lookup struct {
	words  []uint32
	entry  uint32
	shift  uint32
	ux, uy uint32
}

var nowhere = []uint32{faceEntry(topology.Outside)}

// begin finds the entry of the point's cell.
func (ix *Index) begin(p spatial.Point) lookup {
	ux, uy := uint32(p.X)-uint32(ix.origin.X), uint32(p.Y)-uint32(ix.origin.Y)
	s := ix.cellShift & 31
	tx, ty := ux>>s>>tileBits, uy>>s>>tileBits
	if tx >= ix.nx || ty >= ix.ny {
		return lookup{words: nowhere, entry: nowhere[0]}
	}
	w := ix.tiles[ty*ix.nx+tx]
	return lookup{w, w[(uy>>s)%tileSide*tileSide+(ux>>s)%tileSide], s, ux, uy}
}

// descend takes one step into a divided cell.
func (l *lookup) descend() {
	if l.entry&tagMask == tagNode {
		l.entry, l.shift = child(l.words, l.entry, l.shift, l.ux, l.uy)
	}
}

func (ix *Index) end(l *lookup, p spatial.Point) topology.FaceID {
	if l.entry&tagMask == tagFace {
		return topology.FaceID(int32(l.entry) >> tagBits)
	}
	return ix.finish(p, l.words, l.entry, l.shift, l.ux, l.uy)
}
