package tiles

import (
	"math"
	"sync"
	"sync/atomic"
)

// Pyramid cuts the tiles of one edition of one network. It is immutable and
// safe for concurrent use.
type Pyramid struct {
	src     Source
	members []*members        // per level
	labels  [][]atomic.Uint64 // per level, per feature: label point + 1, when known
	views   map[uint8]*view   // by the zoom from which they hold
	spaces  *sync.Pool
}

// Build makes a pyramid. It fails when the slices of src do not fit together.
// It does little work: what tiles need is computed when they are asked for.
func Build(src Source) (*Pyramid, error) { return (*Pyramid)(nil).Next(src) }

// Next makes the pyramid of a changed source, as Build does, taking from p what
// is still so: a feature that p has by the same number and identity, of the
// same ground, keeps its label point, and a level with the same ground its
// lists. src.Geometry should be p's own or made from it by Update. p stays as it
// is; it may be nil.
func (p *Pyramid) Next(src Source) (*Pyramid, error) {
	if src.MaxZoom == 0 {
		src.MaxZoom = DefaultMaxZoom
	}
	src.MaxZoom = min(src.MaxZoom, MaxZoom)
	q := &Pyramid{src: src, views: map[uint8]*view{}}
	faces := src.Geometry.topo.NumFaces()
	for i := range src.Levels {
		if err := src.Levels[i].check(levelName(i), faces); err != nil {
			return nil, err
		}
	}
	if src.Atoms != nil {
		if err := src.Atoms.check("atoms", faces); err != nil {
			return nil, err
		}
	}
	if p == nil {
		p = &Pyramid{src: Source{Geometry: src.Geometry}, spaces: &sync.Pool{New: func() any { return new(workspace) }}}
	}
	q.spaces = p.spaces
	q.inherit(p)
	return q, nil
}

// Atoms returns the atoms of the source; nil when it has none. Read-only.
func (p *Pyramid) Atoms() *Level { return p.src.Atoms }

// Geometry returns the geometry of the source.
func (p *Pyramid) Geometry() *Geometry { return p.src.Geometry }

// Bounds returns west, south, east and north of the coverage in degrees.
func (p *Pyramid) Bounds() (west, south, east, north float64) {
	b := boundsOf(p.src.Geometry.box)
	return b[0], b[1], b[2], b[3]
}

// Zooms returns the zooms at which tiles are offered.
func (p *Pyramid) Zooms() (least, most uint8) { return 0, p.src.MaxZoom }

// Tile returns the bytes of a tile, uncompressed. They depend on nothing but
// the source's values: the same edition gives the same bytes in every process.
// An empty tile, a tile out of range and an unknown set are nil; a server
// answers 204 No Content for the first, 404 for the others (see Tile.Valid,
// Zooms and Set.Known).
func (p *Pyramid) Tile(set Set, z, x, y uint32) []byte {
	l, ok := set.layers()
	t := Tile{uint8(min(z, math.MaxUint8)), x, y}
	if !ok || !t.Valid() || t.Z > p.src.MaxZoom || !t.Box().Intersects(p.src.Geometry.box) {
		return nil
	}
	w := p.spaces.Get().(*workspace)
	defer p.spaces.Put(w)
	w.cut(p, t, l)
	if len(w.enc.out) == 0 {
		return nil
	}
	return append(make([]byte, 0, len(w.enc.out)), w.enc.out...)
}

// cut makes the tile in w.enc.out.
func (w *workspace) cut(p *Pyramid, t Tile, l layers) {
	w.enc.reset(ExtentAt(t.Z))
	stand, shown := p.viewAt(t.Z)
	if !shown {
		return
	}
	w.arrange(p.src.Geometry, t, p.src.MaxZoom, stand)
	centre := int32(unknown)
	at := func() int32 {
		if centre == unknown {
			centre = p.src.Geometry.faceAtCentre(t, p.src.MaxZoom)
		}
		return centre
	}
	if l.grids || l.labels {
		for i := range p.src.Levels {
			if level := &p.src.Levels[i]; t.Z >= level.MinZoom && (l.grids || t.Z >= level.LabelZoom) {
				rings := w.traceLevel(level.Of, at)
				if l.grids {
					w.addPolygons(&w.enc.grids, level, i, t, rings)
				}
				if l.labels && t.Z >= level.LabelZoom {
					w.addLabels(p, i, t, rings)
				}
			}
		}
	}
	if a := p.src.Atoms; l.atoms && a != nil && t.Z >= a.MinZoom {
		w.addPolygons(&w.enc.atoms, a, -1, t, w.traceLevel(a.Of, at))
	}
	if l.borders {
		w.addBorders(p, t)
	}
	if a := p.src.Atoms; l.atomEdges && a != nil && t.Z >= a.MinZoom {
		w.addAtomEdges(p)
	}
	w.enc.addLayer(string(SetGrids), &w.enc.grids)
	w.enc.addLayer(string(SetAtoms), &w.enc.atoms)
	w.enc.addLayer(string(SetBorders), &w.enc.borders)
	w.enc.addLayer(string(SetLabels), &w.enc.labels)
	w.enc.addLayer(string(SetAtomEdges), &w.enc.atomEdges)
}

// arrange makes the planar graph of the tile, of the arcs between faces that do
// not have the same stand-in.
func (w *workspace) arrange(g *Geometry, t Tile, maxZoom uint8, stand []int32) {
	w.reset(t.Z)
	pl := newPlacer(t)
	need := needAt(t.Z, maxZoom)
	g.search(t.Box(), func(i int32) {
		a := g.arc(i)
		if stand != nil {
			if a.left, a.right = standFor(stand, a.left), standFor(stand, a.right); a.left == a.right {
				return
			}
		}
		w.addArc(&pl, a, need)
	})
	w.snapAll()
	w.buildGraph()
	w.fillSpecks()
}

func standFor(stand []int32, face int32) int32 {
	if face < 0 {
		return face
	}
	return stand[face]
}
