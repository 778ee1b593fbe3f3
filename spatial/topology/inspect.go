package topology

import (
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// Inspect returns what a planner should look at in a sound topology: gaps,
// holes, faces in several parts, slivers, and faces without ground. Problems
// are ordered by kind, faces and place.
func Inspect(t *Topology) []Problem {
	p, ids := t.plane()
	p.findCells(p.nextDarts())
	ins := inspection{t: t, p: p, ids: ids}
	ins.measureCells()
	ins.parts()
	ins.regions()
	for f := range FaceID(t.faces) {
		if len(t.FaceArcs(f)) == 0 {
			ins.found = append(ins.found, Problem{Kind: NoGround, Faces: []FaceID{f}, Box: spatial.EmptyBox()})
		}
	}
	sortProblems(ins.found)
	return ins.found
}

type inspection struct {
	t     *Topology
	p     *plane
	ids   []ArcID
	cells []cellSize
	found []Problem
}

// cellSize is what is needed to tell a sliver: rough is enough, as only
// suspects are measured well.
type cellSize struct {
	face       FaceID
	area2      wide
	perimeterM float64
	any        spatial.Point
}

func (ins *inspection) faceOf(d dart) FaceID {
	a := ins.t.Arc(ins.ids[d.item()])
	if d.backward() {
		return a.Right
	}
	return a.Left
}

func (ins *inspection) measureCells() {
	ins.cells = make([]cellSize, ins.p.cells)
	ins.cells[0].face = Outside
	for i := range ins.p.lines {
		pts := ins.p.points(i)
		area, lengthM := shoelace(pts), lineLength(pts, measure.NearM)
		for _, d := range [...]dart{dart(2 * i), dart(2*i + 1)} {
			c := &ins.cells[ins.p.cell[d]]
			c.face, c.any = ins.faceOf(d), pts[0]
			c.perimeterM += lengthM
			if d.backward() {
				c.area2 = c.area2.sub(area)
			} else {
				c.area2 = c.area2.add(area)
			}
		}
	}
}

// roughWidthM is the mean width of a cell, good to a few per cent.
func (c cellSize) roughWidthM() float64 {
	fr := measure.FrameAt(c.any)
	return c.area2.float() * fr.EastM * fr.NorthM / c.perimeterM
}

// parts reports the faces that have several cells.
func (ins *inspection) parts() {
	count := make([]int32, ins.t.faces)
	for _, c := range ins.cells {
		if c.face >= 0 {
			count[c.face]++
		}
	}
	for f, n := range count {
		if n > 1 {
			m := ins.t.FacePolygon(FaceID(f))
			p := regionProblem(Disconnected, []FaceID{FaceID(f)}, m)
			p.Parts, p.Region = int(n), nil
			ins.found = append(ins.found, p)
		}
	}
}

// regions reports enclosed ground of no face, and slivers.
func (ins *inspection) regions() {
	walks := map[int32][]walk{}
	around := map[int32][]FaceID{}
	for d, c := range ins.p.cell {
		size := ins.cells[c]
		if c == 0 || size.face != Outside && size.roughWidthM() > SliverWidthM*1.1 {
			continue
		}
		d := dart(d)
		walks[c] = append(walks[c], walk{ins.p.points(d.item()), d.backward()})
		around[c] = append(around[c], ins.faceOf(d.twin()))
	}
	for c, ws := range walks {
		faces := around[c]
		slices.Sort(faces)
		faces = slices.Compact(faces)
		kind := Gap
		switch {
		case ins.cells[c].face != Outside:
			kind, faces = Sliver, []FaceID{ins.cells[c].face}
		case len(faces) == 1:
			kind = Hole
		}
		p := regionProblem(kind, faces, tracePolygons(ws))
		if kind != Sliver || p.WidthM() < SliverWidthM {
			ins.found = append(ins.found, p)
		}
	}
}
