package plan

import (
	"math"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// boxOf returns the box around a grid's ground.
func (b *Board) boxOf(i int32) spatial.Box {
	b.drawGrid(i)
	return b.grids.at(i).lazy.box
}

// labelOf returns a point inside a grid's ground; the zero point without.
func (b *Board) labelOf(i int32) spatial.Point {
	b.drawGrid(i)
	return b.grids.at(i).lazy.label
}

func (b *Board) drawGrid(i int32) {
	g := b.grids.at(i)
	g.lazy.drawOnce.Do(func() {
		box := spatial.EmptyBox()
		for _, f := range g.faces {
			box = box.Union(b.atom(f).box)
		}
		for _, c := range g.children {
			box = box.Union(b.boxOf(c))
		}
		g.lazy.box = box
		if !box.Empty() {
			g.lazy.label = labelPoint(b.outline(i), box)
		}
	})
}

// outline returns the lines of a grid's border, in no order.
func (b *Board) outline(i int32) [][]spatial.Point {
	var lines [][]spatial.Point
	for _, f := range b.facesOf(i) {
		for _, id := range b.topo.FaceArcs(topology.FaceID(f)) {
			if !b.holds(i, topology.FaceID(b.across(id, f))) {
				lines = append(lines, b.topo.Arc(id).Points)
			}
		}
	}
	return lines
}

// point returns a point inside the ground of an atom.
func (b *Board) point(f int32) spatial.Point {
	if int(f) < len(b.base.atoms) && !b.reshaped[f] {
		b.base.pointsOnce.Do(func() {
			b.base.points = make([]spatial.Point, len(b.base.atoms))
			each(len(b.base.atoms), func(f int) { b.base.points[f] = facePoint(b.base.topo, int32(f), b.base.atoms[f].box) })
		})
		return b.base.points[f]
	}
	return facePoint(b.topo, f, b.atom(f).box)
}

func facePoint(t *topology.Topology, f int32, box spatial.Box) spatial.Point {
	if box.Empty() {
		return spatial.Point{}
	}
	arcs := t.FaceArcs(topology.FaceID(f))
	lines := make([][]spatial.Point, len(arcs))
	for k, id := range arcs {
		lines[k] = t.Arc(id).Points
	}
	return labelPoint(lines, box)
}

// labelPoint returns a point inside what the lines bound: of some level lines
// through the box, in the middle of the widest stretch inside, counting one
// near the middle of the box as wider. Where all of them miss, as they may with
// small parts far from each other, lines through the parts themselves are asked.
func labelPoint(lines [][]spatial.Point, box spatial.Box) spatial.Point {
	const cuts = 7
	w := widest{at: middle(box), width: -1}
	height := float64(box.Max.Y) - float64(box.Min.Y)
	for k := range cuts {
		share := float64(k+1) / (cuts + 1)
		w.cut(lines, float64(box.Min.Y)+height*share, 1-(share-0.5)*(share-0.5)*2)
	}
	for i := 0; w.width < 0 && i < len(lines); i++ {
		part := spatial.EmptyBox()
		for _, p := range lines[i] {
			part = part.Extend(p)
		}
		w.cut(lines, (float64(part.Min.Y)+float64(part.Max.Y))/2, 1)
	}
	return w.at
}

// widest is the middle of the widest stretch of level lines found so far.
type widest struct {
	at    spatial.Point
	width float64
	xs    []float64
}

// cut looks along the level line near y that runs between lattice points, so
// that no vertex is on it.
func (w *widest) cut(lines [][]spatial.Point, y, weight float64) {
	y = math.Floor(y) + 0.5
	w.xs = crossings(w.xs[:0], lines, y)
	for i := 0; i+1 < len(w.xs); i += 2 {
		if width := (w.xs[i+1] - w.xs[i]) * weight; width > w.width {
			w.width, w.at = width, spatial.Point{X: int32((w.xs[i] + w.xs[i+1]) / 2), Y: int32(y)}
		}
	}
}

// crossings returns where lines cross a level, from west to east.
func crossings(xs []float64, lines [][]spatial.Point, y float64) []float64 {
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			a, c := l[i-1], l[i]
			if (float64(a.Y) < y) != (float64(c.Y) < y) {
				t := (y - float64(a.Y)) / (float64(c.Y) - float64(a.Y))
				xs = append(xs, float64(a.X)+t*(float64(c.X)-float64(a.X)))
			}
		}
	}
	slices.Sort(xs)
	return xs
}

// colour of a grid: that which the published map gives it, unless the plan
// made it or a border moved so that a neighbour has the same.
func (b *Board) colour(i int32) uint8 {
	b.lazy.coloursOnce.Do(b.findColours)
	if c, ok := b.lazy.colours[i]; ok {
		return c
	}
	if int(i) < len(b.base.grids) {
		return b.base.net.Colour(b.base.atlas, i)
	}
	return 0
}

// findColours gives changed leaf grids colours, in the order of compareIDs. It
// depends on the state of the board only, not on how it came about.
func (b *Board) findColours() {
	b.lazy.colours = map[int32]uint8{}
	later := map[int32]bool{} // changed, and not coloured yet
	var list []int32
	for i := range b.grids.len() {
		g := b.grids.at(i)
		if g != g.base && len(g.faces) > 0 && (b.regrouped(i) || b.changed(i)) {
			list, later[i] = append(list, i), true
		}
	}
	slices.SortFunc(list, func(i, j int32) int { return compareIDs(b.grids.at(i).id, b.grids.at(j).id) })
	for _, i := range list {
		var used [6]int
		for _, n := range b.neighboursOf(i) {
			if !later[n] {
				used[b.painted(n)]++
			}
		}
		delete(later, i)
		best := uint8(0)
		if int(i) < len(b.base.grids) {
			best = b.base.net.Colour(b.base.atlas, i)
		}
		for c := range uint8(6) {
			if used[c] < used[best] {
				best = c
			}
		}
		b.lazy.colours[i] = best
	}
}

// painted is the colour of a grid while colours are being found.
func (b *Board) painted(i int32) uint8 {
	if c, ok := b.lazy.colours[i]; ok || int(i) >= len(b.base.grids) {
		return c
	}
	return b.base.net.Colour(b.base.atlas, i)
}

// neighboursOf returns the grids whose own atoms share a border line with a
// grid's own, ascending.
func (b *Board) neighboursOf(i int32) []int32 {
	var out []int32
	for _, f := range b.grids.at(i).faces {
		for _, id := range b.topo.FaceArcs(topology.FaceID(f)) {
			if n := b.across(id, f); n >= 0 {
				if o := b.owner.at(n); o != i && o != none {
					out = append(out, o)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
