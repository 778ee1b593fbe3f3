package tessellate

import (
	"cmp"
	"math"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// areaOf names what a numbered polygon is part of.
type areaOf struct {
	kind areaKind
	item int32 // drawing's own number of the building or compound
}

type areaKind uint8

const (
	within areaKind = iota
	building
	compound
)

// drawing is the input as lines, numbered so that the order in which things
// were given does not matter.
type drawing struct {
	in        Input
	opt       Options
	box       spatial.Box
	frame     measure.Frame
	buildings []int32 // own number → index in the input
	compounds []int32
	areas     []areaOf // Of of a line → what it bounds; those beyond are barriers
	lines     []topology.Line
	stubs     []int32 // Of of a point building, less firstStub → building
	firstStub int32
	sampled   map[spatial.Point]bool // true: made by sampling; false: drawn
	mesh      *mesh
	pieces    []topology.Piece
}

// drawAll numbers, samples, nodes and triangulates the lines.
func drawAll(in Input, opt Options, box spatial.Box) (*drawing, error) {
	mid := spatial.Point{X: int32((int64(box.Min.X) + int64(box.Max.X)) / 2), Y: int32((int64(box.Min.Y) + int64(box.Max.Y)) / 2)}
	d := &drawing{in: in, opt: opt, box: box, frame: measure.FrameAt(mid), sampled: map[spatial.Point]bool{}}
	d.order()
	for _, p := range in.Within {
		d.addPolygon(p, areaOf{within, 0})
	}
	for own, i := range d.buildings {
		for _, p := range in.Buildings[i].Shape {
			d.addPolygon(p, areaOf{building, int32(own)})
		}
	}
	for own, i := range d.compounds {
		for _, p := range in.Compounds[i] {
			d.addPolygon(p, areaOf{compound, int32(own)})
		}
	}
	of := int32(len(d.areas))
	for _, b := range in.Barriers {
		for i := 1; i < len(b); i++ {
			d.addLine(b[i-1], b[i], of) // each its own, so that a line drawn twice stays
			of++
		}
	}
	d.addStubs(of)
	return d, d.triangulate()
}

// order sorts buildings and compounds by where they are.
func (d *drawing) order() {
	keep := func(n int, box func(i int) spatial.Box, less func(a, b int32) int) []int32 {
		var out []int32
		for i := range n {
			if b := box(i); !b.Empty() && b.Intersects(d.box) && d.inReach(b) {
				out = append(out, int32(i))
			}
		}
		slices.SortStableFunc(out, less)
		return out
	}
	bs := d.in.Buildings
	d.buildings = keep(len(bs), func(i int) spatial.Box { return bs[i].box() }, func(a, b int32) int {
		return cmp.Or(comparePoints(bs[a].Point, bs[b].Point), compareShapes(bs[a].Shape, bs[b].Shape))
	})
	cs := d.in.Compounds
	d.compounds = keep(len(cs), func(i int) spatial.Box { return cs[i].Box() }, func(a, b int32) int {
		return compareShapes(cs[a], cs[b])
	})
}

func (f Footprint) box() spatial.Box {
	if f.Shape == nil {
		return spatial.Box{Min: f.Point, Max: f.Point}
	}
	return f.Shape.Box()
}

// inReach tells whether a box stays so near that arithmetic is exact.
func (d *drawing) inReach(b spatial.Box) bool {
	const pad = spanSteps / 4
	return int64(b.Min.X) >= int64(d.box.Min.X)-pad && int64(b.Max.X) <= int64(d.box.Max.X)+pad &&
		int64(b.Min.Y) >= int64(d.box.Min.Y)-pad && int64(b.Max.Y) <= int64(d.box.Max.Y)+pad
}

func comparePoints(a, b spatial.Point) int {
	return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
}

func compareShapes(a, b spatial.MultiPolygon) int {
	return slices.CompareFunc(a, b, func(p, q spatial.Polygon) int {
		return slices.CompareFunc(p, q, func(r, s spatial.Ring) int { return slices.CompareFunc(r, s, comparePoints) })
	})
}

// addPolygon draws the rings of a polygon under one number.
func (d *drawing) addPolygon(p spatial.Polygon, of areaOf) {
	n := int32(len(d.areas))
	d.areas = append(d.areas, of)
	for _, r := range p {
		for i, a := range r {
			d.addLine(a, r[(i+1)%len(r)], n)
		}
	}
}

// addLine draws a line in equal pieces of at most SampleM.
func (d *drawing) addLine(a, b spatial.Point, of int32) {
	box := spatial.EmptyBox().Extend(a).Extend(b)
	if !d.inReach(box) || int(of) >= len(d.areas) && !box.Intersects(d.box) {
		return
	}
	d.sampled[a], d.sampled[b] = false, false
	if b.Less(a) {
		a, b = b, a
	}
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	n := 1
	if box.Intersects(d.box) {
		n = max(1, int(math.Ceil(math.Hypot(dx*d.frame.EastM, dy*d.frame.NorthM)/d.opt.SampleM)))
	}
	from := a
	for i := 1; i <= n; i++ {
		to := b
		if i < n {
			k := float64(i) / float64(n)
			to = spatial.Point{X: a.X + int32(math.Round(dx*k)), Y: a.Y + int32(math.Round(dy*k))}
			if _, drawn := d.sampled[to]; !drawn {
				d.sampled[to] = true
			}
		}
		d.lines = append(d.lines, topology.Line{A: from, B: to, Of: of})
		from = to
	}
}

// addStubs draws every point building as a line of one lattice step, so that
// noding and the mesh know of it.
func (d *drawing) addStubs(of int32) {
	d.firstStub = of
	for own, i := range d.buildings {
		if b := d.in.Buildings[i]; b.Shape == nil {
			end := spatial.Point{X: b.Point.X + 1, Y: b.Point.Y}
			if b.Point.X >= d.box.Max.X {
				end.X -= 2
			}
			d.addLine(b.Point, end, of)
			of++
			d.stubs = append(d.stubs, int32(own))
		}
	}
}

// triangulate nodes the lines and makes the mesh of them.
func (d *drawing) triangulate() error {
	pieces, ok := topology.NodeLines(d.lines)
	if !ok {
		return errWarped
	}
	d.lines = nil
	d.pieces = pieces
	pts := make([]spatial.Point, 0, 2*len(pieces))
	for _, p := range pieces {
		pts = append(pts, p.A, p.B)
	}
	slices.SortFunc(pts, comparePoints)
	pts = slices.Compact(pts)
	if len(pts) == 0 {
		return ErrNoGround
	}
	east := d.frame.EastM / d.frame.NorthM
	d.mesh = newMesh(pts, plane{max(1, int64(math.Round(64*east*east))), 64})
	for i, p := range pieces {
		u, _ := slices.BinarySearchFunc(pts, p.A, comparePoints)
		v, _ := slices.BinarySearchFunc(pts, p.B, comparePoints)
		if err := d.mesh.constrain(int32(u), int32(v), int32(i)); err != nil {
			return err
		}
	}
	return nil
}
