package locate

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Border is the place of a border nearest to a point.
type Border struct {
	Face      topology.FaceID // the face that holds the point, as Locate says; may be Outside
	Across    topology.FaceID // the face on the other side of the border; may be Outside
	DistanceM float64
	At        spatial.Point // the lattice point nearest to the place
}

// NearestBorder returns the place nearest to p of the border of the face that
// holds p, and the face across it there; where several lie across at the same
// distance, a face comes before Outside and a lower id before a higher. It is
// false only for an index without borders.
//
// The place is found in a tangent plane and its distance measured as
// measure.PointSegmentM does: under 1 cm off within 1 km, under 0.1 % within 50
// km, and beyond that the place itself may be another one not more than a few
// per cent nearer. It is 0 exactly when p is on the border.
func (ix *Index) NearestBorder(p spatial.Point) (Border, bool) {
	face := ix.Locate(p)
	s := ix.newSearch(p)
	s.across, s.from = true, face
	if !s.run() {
		return Border{Face: face, Across: topology.Outside}, false
	}
	d, at := s.distance()
	return Border{Face: face, Across: s.bestFace, DistanceM: d, At: at}, true
}

// Neighbour is a face and how far it is from a point.
type Neighbour struct {
	Face      topology.FaceID
	DistanceM float64       // 0 for the face that holds the point, and on a border for both
	At        spatial.Point // the lattice point nearest to the nearest place of the face
}

// NearestFace returns the face nearest to p: the one that holds it, at distance
// 0, or for a point outside the one whose border is nearest, the lowest id if
// several are equally near. It is false only if no face has ground. Distances
// as for NearestBorder; it works at any distance.
func (ix *Index) NearestFace(p spatial.Point) (Neighbour, bool) {
	if face := ix.Locate(p); face != topology.Outside {
		return Neighbour{Face: face, At: p}, true
	}
	s := ix.newSearch(p)
	if !s.run() {
		return Neighbour{Face: topology.Outside}, false
	}
	d, at := s.distance()
	return Neighbour{Face: s.bestFace, DistanceM: d, At: at}, true
}

// search looks for the nearest segment of a kind, cell by cell outwards.
type search struct {
	ix       *Index
	f        measure.Frame
	across   bool            // only borders of the face from count, and offer the other side
	from     topology.FaceID // that face
	best     segment
	bestFace topology.FaceID
	bestM    float64 // distance
	reach2   float64 // square of a distance in the frame beyond which nothing is nearer
}

// frameSlack is how much longer a distance in the frame may be than the true
// one, squared, before a segment is passed over: ten kilometres' worth.
const frameSlack = 1.004

func (ix *Index) newSearch(p spatial.Point) search {
	s := search{ix: ix, f: measure.FrameAt(p), reach2: math.Inf(1), bestM: math.Inf(1)}
	if len(ix.tiles) > 0 {
		// Far away, the scale half way to the grid is the truer one.
		f := ix.tileFrame()
		far := f.box(f.width-1, f.height-1).Max
		y := max(min(p.Y, far.Y), ix.origin.Y)
		half := int32((int64(p.Y) + int64(y)) / 2)
		s.f.EastM = measure.FrameAt(spatial.Point{X: p.X, Y: half}).EastM
	}
	return s
}

// run searches ring by ring around p: first by cells, and where those are empty
// by whole tiles.
func (s *search) run() bool {
	ix := s.ix
	if len(ix.tiles) == 0 {
		return false
	}
	// Rings as fine as the cells where p is.
	shift := ix.shiftAt(s.f.Origin)
	const cellRings = 16
	n := int64(1) << (ix.tileShift - shift)
	cells := frame{ix.origin, shift, int64(ix.nx) * n, int64(ix.ny) * n}
	if !s.rings(cells, false, cellRings) {
		s.rings(ix.tileFrame(), true, math.MaxInt64)
	}
	return !math.IsInf(s.bestM, 1)
}

// rings visits the cells or tiles of a grid in growing squares around p, and
// tells whether nothing nearer can be left when it stops.
func (s *search) rings(f frame, tiles bool, limit int64) bool {
	p := s.f.Origin
	ci := max(min((int64(p.X)-int64(f.sw.X))>>f.shift, f.width-1), 0)
	cj := max(min((int64(p.Y)-int64(f.sw.Y))>>f.shift, f.height-1), 0)
	home := f.box(ci, cj)
	outX, outY := gap(p.X, home.Min.X, home.Max.X), gap(p.Y, home.Min.Y, home.Max.Y)
	last := max(ci, cj, f.width-1-ci, f.height-1-cj)
	for r := int64(0); r <= last; r++ {
		if r > 0 {
			// Inside the home cell p may touch its edge: the nearest cell of
			// ring r is at least r-1 whole cells away.
			away := (r - 1) << f.shift
			if min(square2(s.f, outX+away, outY), square2(s.f, outX, outY+away)) > s.reach2 {
				return true
			}
		}
		if r >= limit {
			return false
		}
		s.ring(f, tiles, ci, cj, r)
	}
	return true
}

func (s *search) ring(f frame, tiles bool, ci, cj, r int64) {
	for j := max(cj-r, 0); j <= min(cj+r, f.height-1); j++ {
		step := int64(1)
		if j > cj-r && j < cj+r {
			step = 2 * r // only the two ends of this row
		}
		for i := ci - r; i <= ci+r; i += step {
			switch {
			case i < 0 || i >= f.width || boxNear2(s.f, f.box(i, j)) > s.reach2:
			case tiles:
				s.tile(i, j)
			default:
				s.square(f, i, j)
			}
		}
	}
}

// shiftAt returns the size of the cells of the tile with p or, beyond the grid,
// of the tile nearest to it.
func (ix *Index) shiftAt(p spatial.Point) uint32 {
	x, y := int64(p.X)-int64(ix.origin.X), int64(p.Y)-int64(ix.origin.Y)
	i := max(min(x>>ix.tileShift, int64(ix.nx)-1), 0)
	j := max(min(y>>ix.tileShift, int64(ix.ny)-1), 0)
	return ix.shiftOf(uint32(j*int64(ix.nx) + i))
}

// tile looks at all cells of a tile.
func (s *search) tile(i, j int64) {
	if len(s.ix.stretches[j*int64(s.ix.nx)+i]) > 0 {
		s.square(s.ix.tileFrame(), i, j)
	}
}

// square looks at the cells that a square of a frame meets.
func (s *search) square(f frame, i, j int64) {
	side := int64(1)<<f.shift - 1
	x, y := i<<f.shift, j<<f.shift
	s.ix.eachCell(steps{x, y, x + side, y + side}, s.cell)
}

func (s *search) cell(c cellRef) {
	if c.entry&tagMask == tagFace || boxNear2(s.f, c.box()) > s.reach2 {
		return
	}
	if c.entry&tagMask != tagNode {
		c.each(s.consider)
		return
	}
	// The part with p first: what it offers rules most others out.
	home, n := c.partOf(s.f.Origin), c.numParts()
	if home < n {
		s.cell(c.part(home))
	}
	for k := range n {
		if k != home {
			s.cell(c.part(k))
		}
	}
}

func (s *search) consider(g segment) {
	face, counts := s.offers(g)
	if !counts {
		return
	}
	x, y := s.f.SegmentNear(g.a, g.b)
	d2 := x*x + y*y
	if d2 > s.reach2 {
		return
	}
	d := s.f.DistanceM(x, y)
	if d < s.bestM || d == s.bestM && uint32(face) < uint32(s.bestFace) { // Outside last
		s.bestM, s.best, s.bestFace = d, g, face
		s.reach2 = min(s.reach2, d2*frameSlack)
	}
}

// offers returns the face that a segment brings into play.
func (s *search) offers(g segment) (face topology.FaceID, counts bool) {
	switch {
	case s.across && s.from == g.left:
		return g.right, true
	case s.across:
		return g.left, s.from == g.right
	case g.left == topology.Outside || g.right != topology.Outside && g.right < g.left:
		return g.right, true
	}
	return g.left, true
}

func (s *search) distance() (float64, spatial.Point) {
	return measure.PointSegmentM(s.f.Origin, s.best.a, s.best.b)
}
