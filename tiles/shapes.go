package tiles

import (
	"slices"

	"cloudgrid/spatial"
)

// Shape is a line or an area that belongs to no coverage: a road, a building.
type Shape struct {
	ID    uint64
	Name  string
	Lines [][]spatial.Point
	Areas spatial.MultiPolygon
}

// Shapes are shapes prepared for cutting. Unlike those of a Pyramid, each is
// clipped and simplified by itself: neighbours may part by half a pixel. It is
// immutable and safe for concurrent use.
type Shapes struct {
	all   []worldShape
	index *boxIndex
	box   spatial.Box
}

// worldShape is a shape in Web Mercator. A line has one run of points, an area
// a run for each ring, of which those that begin a polygon are marked.
type worldShape struct {
	id    uint64
	name  string
	area  bool
	runs  [][]worldPoint
	outer []bool
}

// NewShapes prepares shapes.
func NewShapes(all []Shape) *Shapes {
	s := &Shapes{all: make([]worldShape, len(all)), box: spatial.EmptyBox()}
	boxes, items := make([]spatial.Box, len(all)), make([]int32, len(all))
	for i, shape := range all {
		w := worldShape{id: shape.ID, name: shape.Name, area: len(shape.Areas) > 0}
		box := spatial.EmptyBox()
		for _, l := range shape.Lines {
			w.runs = append(w.runs, projected(l))
			box = box.Union(spatial.Ring(l).Box())
		}
		for _, p := range shape.Areas {
			for k, r := range p {
				w.runs, w.outer = append(w.runs, projected(r)), append(w.outer, k == 0)
				box = box.Union(r.Box())
			}
		}
		s.all[i], boxes[i], items[i] = w, box, int32(i)
		s.box = s.box.Union(box)
	}
	s.index = newBoxIndex(items, func(i int32) spatial.Box { return boxes[i] })
	return s
}

func projected(points []spatial.Point) []worldPoint {
	out := make([]worldPoint, len(points))
	for i, p := range points {
		out[i] = project(p)
	}
	return out
}

// Box returns the smallest lattice box around all shapes.
func (s *Shapes) Box() spatial.Box { return s.box }

// Within calls do with the position of every shape whose box touches b, in
// ascending order, until do returns false.
func (s *Shapes) Within(b spatial.Box, do func(i int) bool) {
	var found []int32
	s.index.search(b, func(i int32) { found = append(found, i) })
	slices.Sort(found)
	for _, i := range found {
		if !do(int(i)) {
			return
		}
	}
}

// Tile returns the bytes of a tile, uncompressed, with one layer of the name;
// nil when there is nothing to see in it. Feature ids are those of the shapes.
func (s *Shapes) Tile(layerName string, t Tile) []byte {
	if !t.Valid() || !t.Box().Intersects(s.box) {
		return nil
	}
	d := drawer{placer: newPlacer(t), tolerance: toleranceAt(t.Z)}
	d.enc.reset(ExtentAt(t.Z))
	l := &d.enc.grids // any layer of the encoder will do: there is one
	s.Within(t.Box(), func(i int) bool {
		d.draw(l, &s.all[i])
		return true
	})
	d.enc.addLayer(layerName, l)
	if len(d.enc.out) == 0 {
		return nil
	}
	return d.enc.out
}

// ShapesMaxZoom is the deepest zoom at which tiles of shapes are offered;
// nothing is simplified there.
const ShapesMaxZoom = DefaultMaxZoom

// toleranceAt is how far a simplified line may lie from its points, in fine
// coordinates: two units of the tile, which is a quarter of a pixel of a
// 512-pixel tile.
func toleranceAt(z uint8) int64 {
	if z >= ShapesMaxZoom {
		return 0
	}
	return 2 * fineOne
}

// drawer draws shapes on one tile.
type drawer struct {
	placer
	tolerance int64
	enc       encoder
	fine      []finePoint
	spare     []finePoint
	pts       []pixel
	keep      []bool
}

func (d *drawer) draw(l *layer, s *worldShape) {
	e := &d.enc
	e.geom = e.geom[:0]
	var p pen
	if s.area {
		d.areas(&p, s)
	} else {
		for _, run := range s.runs {
			d.line(&p, run)
		}
	}
	if len(e.geom) == 0 {
		return
	}
	e.tags = e.tags[:0]
	if s.name != "" {
		e.tag(l.key("name"), l.str(s.name))
	}
	kind := byte(typeLine)
	if s.area {
		kind = typePolygon
	}
	e.feature(l, s.id, kind)
}

// line draws the pieces of a line inside the clip box.
func (d *drawer) line(p *pen, run []worldPoint) {
	d.place(run)
	d.simplify(false)
	d.pts = d.pts[:0]
	flush := func() {
		if len(d.pts) > 1 {
			d.enc.line(p, d.pts, false)
		}
		d.pts = d.pts[:0]
	}
	for i := 1; i < len(d.fine); i++ {
		a, b, ok := d.clip(d.fine[i-1], d.fine[i])
		if !ok {
			flush()
			continue
		}
		if first := rounded(a); len(d.pts) == 0 || d.pts[len(d.pts)-1] != first {
			flush()
			d.pts = append(d.pts, first)
		}
		if last := rounded(b); last != d.pts[len(d.pts)-1] {
			d.pts = append(d.pts, last)
		}
		if b != d.fine[i] {
			flush()
		}
	}
	flush()
}

// leastArea2 is twice the area, in square units of the tile, under which a ring
// is not drawn: two pixels of a 512-pixel tile.
const leastArea2 = 2 * 2 * 64

// areas draws polygons: exteriors clockwise on the screen, as tiles want them.
func (d *drawer) areas(p *pen, s *worldShape) {
	drawn := false
	for i, run := range s.runs {
		if s.outer[i] {
			drawn = false
		} else if !drawn {
			continue // a hole in what is not drawn
		}
		d.place(run)
		d.simplify(true)
		d.cutRing()
		area2 := d.ring()
		if len(d.pts) < 3 || area2 == 0 || d.tolerance > 0 && max(area2, -area2) < leastArea2 {
			continue
		}
		if (area2 > 0) != s.outer[i] {
			slices.Reverse(d.pts[1:])
		}
		d.enc.line(p, d.pts, true)
		drawn = true
	}
}

func rounded(f finePoint) pixel { return pixel{toPixel(int32(f.x)), toPixel(int32(f.y))} }

// ring rounds what is in fine to a ring in pts and returns twice its area.
func (d *drawer) ring() (area2 int64) {
	d.pts = d.pts[:0]
	for _, f := range d.fine {
		if q := rounded(f); len(d.pts) == 0 || d.pts[len(d.pts)-1] != q {
			d.pts = append(d.pts, q)
		}
	}
	for len(d.pts) > 1 && d.pts[0] == d.pts[len(d.pts)-1] {
		d.pts = d.pts[:len(d.pts)-1]
	}
	for i, a := range d.pts {
		b := d.pts[(i+1)%len(d.pts)]
		area2 += int64(a.x)*int64(b.y) - int64(b.x)*int64(a.y)
	}
	return area2
}

func (d *drawer) place(run []worldPoint) {
	d.fine = d.fine[:0]
	for _, w := range run {
		d.fine = append(d.fine, d.placer.place(w))
	}
}

// cutRing clips a ring to the box, edge by edge (Sutherland and Hodgman 1974).
// Where the ring leaves and comes back the pieces stay joined along the box,
// which lies outside of what is seen.
func (d *drawer) cutRing() {
	for _, side := range [...]uint{1, 2, 4, 8} {
		d.spare = d.spare[:0]
		for i, cur := range d.fine {
			prev := d.fine[(i+len(d.fine)-1)%len(d.fine)]
			in, was := d.code(cur)&side == 0, d.code(prev)&side == 0
			if in != was {
				d.spare = append(d.spare, d.cutAt(prev, cur, side))
			}
			if in {
				d.spare = append(d.spare, cur)
			}
		}
		d.fine, d.spare = d.spare, d.fine
	}
}
