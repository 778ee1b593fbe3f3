package locate

import (
	"math"
	"sync"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// layOut chooses the grid.
func layOut(t coverage, how tuning) *Index {
	ix := &Index{arcs: t, tuning: how, faces: uint32(t.NumFaces())}
	box, segments := spatial.EmptyBox(), 0
	for id := range t.NumArcs() {
		pts := t.Arc(topology.ArcID(id)).Points
		for _, p := range pts {
			box = box.Extend(p)
		}
		segments += max(len(pts)-1, 0)
	}
	if box.Empty() {
		return ix
	}
	w, h := float64(box.Max.X)-float64(box.Min.X), float64(box.Max.Y)-float64(box.Min.Y)
	cells := float64(segments)/how.segmentsPerCell + 1
	side := math.Sqrt(w * h * usedShare(t, box) / cells)
	// Far-flung islands must not make a huge empty grid.
	side = max(side, math.Sqrt(w*h/(16*cells+1e6)), max(w, h)/1e6)
	shift := int(math.Round(math.Log2(max(side, 1))))
	ix.tileShift = uint32(min(max(shift, int(how.minCellShift)), maxTileShift-tileBits)) + tileBits
	tileSide := int64(1) << ix.tileShift
	// Half a tile of margin lets a border move outwards without a new grid.
	x0 := max(int64(box.Min.X)-tileSide/2, -int64(spatial.MaxX)-1)
	y0 := max(int64(box.Min.Y)-tileSide/2, -int64(spatial.MaxY)-1)
	ix.origin = spatial.Point{X: int32(x0), Y: int32(y0)}
	ix.nx = uint32((int64(box.Max.X)-x0+tileSide/2)/tileSide + 1)
	ix.ny = uint32((int64(box.Max.Y)-y0+tileSide/2)/tileSide + 1)
	ix.tiles = make([]tile, ix.nx*ix.ny)
	ix.more = make([][]uint32, ix.nx*ix.ny)
	ix.stretches = make([][]stretch, ix.nx*ix.ny)
	return ix
}

// usedShare estimates which share of the box has borders at all: how many of 64
// × 64 coarse cells hold a vertex.
func usedShare(t coverage, box spatial.Box) float64 {
	const n = 64
	var hit [n * n]bool
	sx := n / (float64(box.Max.X) - float64(box.Min.X) + 1)
	sy := n / (float64(box.Max.Y) - float64(box.Min.Y) + 1)
	for id := range t.NumArcs() {
		for _, p := range t.Arc(topology.ArcID(id)).Points {
			i := int(float64(int64(p.X)-int64(box.Min.X)) * sx)
			j := int(float64(int64(p.Y)-int64(box.Min.Y)) * sy)
			hit[j*n+i] = true
		}
	}
	used := 0
	for _, h := range hit {
		if h {
			used++
		}
	}
	return float64(used) / (n * n)
}

// constTiles hands out one tile per face for tiles without borders: a single
// cell.
type constTiles struct {
	mu     sync.Mutex
	byFace map[topology.FaceID]tile
}

func newConstTiles() *constTiles { return &constTiles{byFace: make(map[topology.FaceID]tile)} }

func (c *constTiles) of(face topology.FaceID) tile {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.byFace[face]
	if !ok {
		t = tile{[]line{faceLine(face)}, 1}
		c.byFace[face] = t
	}
	return t
}

func faceEntry(face topology.FaceID) uint32 { return uint32(face)<<tagBits | tagFace }
