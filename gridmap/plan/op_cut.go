package plan

import (
	"math"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// The modes of a cut.
const (
	ByAtoms  = "atoms"  // each atom goes to the side that its point is on
	ByGround = "ground" // atoms that are open ground are split along the line
)

type cutBody struct {
	Grid gridmap.GridID `json:"grid"`
	Line line           `json:"line"`
	Mode string         `json:"mode"`
	Code string         `json:"code"` // of the new grid; filled in
	Name string         `json:"name"` // filled in

	// Filled in: the line as it ran on, the atoms that go to the new grid, and
	// those that are split.
	Whole  line             `json:"whole,omitempty"`
	Moved  []gridmap.AtomID `json:"moved,omitempty"`
	Splits []cutSplit       `json:"splits,omitempty"`
}

// cutSplit is an atom that a cut divides.
type cutSplit struct {
	Atom   gridmap.AtomID     `json:"atom"`
	Pieces int                `json:"pieces"`
	Counts map[string][]int64 `json:"counts"`
	Moved  []int              `json:"moved"` // pieces that go to the new grid: 0 is what keeps the atom
}

// cut divides a grid along a line, which is taken to run on straight beyond its
// ends. The side with more households (then the larger one) stays the grid, the
// other becomes a new one. Nothing is ever cut through a building: in mode
// "ground" an atom of kind building, compound or shopfront, a pinned one, and
// one of which the line would take a sliver only, goes whole to the side of
// its point, since nobody here knows where on its ground the house stands.
func (e *edit) cut(body *cutBody) error {
	i, err := e.leaf(body.Grid)
	if err != nil {
		return err
	}
	if body.Mode == "" {
		body.Mode = ByAtoms
	}
	pts := body.Line.points()
	if len(pts) < 2 || body.Mode != ByAtoms && body.Mode != ByGround {
		return gridmap.Errorf(gridmap.Invalid, "切割线至少要两个不同的点，方式是 atoms 或 ground (bad line or mode)")
	}
	g := e.b.grids.at(i)
	whole := body.Whole.points()
	if len(whole) < 2 {
		whole = extend(pts, e.b.boxOf(i))
		body.Whole = asLine(whole)
	}
	c := createBody{Parent: e.idOf(g.parent), Code: body.Code, Name: body.Name, Type: g.typ}
	made, err := e.newGrid(&c)
	if err != nil {
		return err
	}
	if body.Name == "" && c.Name == c.Code { // those beside it are not numbered
		e.grid(made).name = e.b.partName(g)
	}
	body.Code, body.Name = e.b.grids.at(made).code, e.b.grids.at(made).name
	if body.Moved == nil && body.Splits == nil {
		err = e.decide(body, i, whole)
	} else {
		err = e.redo(body, whole)
	}
	if err != nil {
		return err
	}
	return e.hand(body, made)
}

func (e *edit) idOf(i int32) gridmap.GridID {
	if i == none {
		return 0
	}
	return e.b.grids.at(i).id
}

// decide works out which atoms are split and which side leaves.
func (e *edit) decide(body *cutBody, i int32, whole []spatial.Point) error {
	faces := slices.Clone(e.b.grids.at(i).faces)
	left := newSide(whole)
	pieces := map[int32][]int32{}
	for _, f := range faces {
		if body.Mode != ByGround || !e.divisible(f) {
			continue
		}
		cut, err := e.splitAlong(f, whole)
		if err != nil {
			return err
		}
		if len(cut) > 1 {
			pieces[f] = cut
		}
	}
	var sides [2]cutParty
	for _, f := range faces {
		parts := pieces[f]
		if parts == nil {
			parts = []int32{f}
		}
		for _, p := range parts {
			s := 0
			if left.holds(e.b.point(p)) {
				s = 1
			}
			sides[s].add(e.b, p)
		}
	}
	if len(sides[0].faces) == 0 || len(sides[1].faces) == 0 {
		err := gridmap.Errorf(gridmap.Invalid, "这条线没有把网格 %s 分成两部分 (the line does not divide the grid)", e.b.grids.at(i).title())
		err.At = &whole[1]
		return err
	}
	leaves := sides[1]
	if sides[0].lighter(sides[1]) {
		leaves = sides[0]
	}
	e.note(body, faces, pieces, leaves.faces)
	return nil
}

// cutParty is one side of a cut.
type cutParty struct {
	faces               []int32
	households, areaCM2 int64
}

func (p *cutParty) add(b *Board, f int32) {
	p.faces = append(p.faces, f)
	p.households += b.households(f)
	p.areaCM2 += b.atom(f).areaCM2
}

func (p *cutParty) lighter(q cutParty) bool {
	if p.households != q.households {
		return p.households < q.households
	}
	return p.areaCM2 < q.areaCM2
}

// note writes into the body what was decided.
func (e *edit) note(body *cutBody, faces []int32, pieces map[int32][]int32, leaves []int32) {
	gone := map[int32]bool{}
	for _, f := range leaves {
		gone[f] = true
	}
	body.Moved = []gridmap.AtomID{}
	for _, f := range faces {
		parts := pieces[f]
		if parts == nil {
			if gone[f] {
				body.Moved = append(body.Moved, e.b.atom(f).id)
			}
			continue
		}
		s := cutSplit{Atom: e.b.atom(f).id, Pieces: len(parts), Counts: map[string][]int64{}, Moved: []int{}}
		for k, p := range parts {
			for c, key := range e.b.base.keys {
				s.Counts[key] = append(s.Counts[key], e.b.atom(p).counts[c])
			}
			if gone[p] {
				s.Moved = append(s.Moved, k)
			}
		}
		body.Splits = append(body.Splits, s)
	}
	slices.Sort(body.Moved)
}

// redo splits the atoms as it was decided before.
func (e *edit) redo(body *cutBody, whole []spatial.Point) error {
	for _, s := range body.Splits {
		f, err := e.free(s.Atom)
		if err != nil {
			return err
		}
		pieces, err := e.split(f, whole)
		if err != nil {
			return err
		}
		if len(pieces) != s.Pieces {
			return e.at(gridmap.Errorf(gridmap.Conflict, "单元 %s 现被分成 %d 块，原为 %d 块 (the atom falls into other pieces now)", e.b.atom(f).title(), len(pieces), s.Pieces), f)
		}
		if _, err := e.share(f, pieces, s.Counts); err != nil {
			return err
		}
	}
	return nil
}

// hand gives the new grid what the body says is its.
func (e *edit) hand(body *cutBody, made int32) error {
	faces, err := e.faces(body.Moved)
	if err != nil {
		return err
	}
	next := e.was.owner.len() // pieces were numbered in the order of the splits
	for _, s := range body.Splits {
		f, ok := e.b.face(s.Atom)
		if !ok {
			return gridmap.Errorf(gridmap.NotFound, "方案的底图上没有单元 %d (no such atom)", s.Atom)
		}
		for _, k := range s.Moved {
			switch {
			case k == 0:
				faces = append(faces, f)
			case k > 0 && k < s.Pieces:
				faces = append(faces, next+int32(k)-1)
			default:
				return e.at(gridmap.Errorf(gridmap.Conflict, "单元 %s 没有第 %d 块 (no such piece)", e.b.atom(f).title(), k), f)
			}
		}
		next += int32(s.Pieces) - 1
	}
	for _, f := range faces {
		if owner := e.b.owner.at(f); owner == none || e.b.grids.at(owner).id != body.Grid {
			return e.at(gridmap.Errorf(gridmap.Conflict, "单元 %s 已不在网格 %d 中 (the atom is no longer in the grid)", e.b.atom(f).title(), body.Grid), f)
		}
	}
	if err := e.take(faces, made); err != nil {
		return err
	}
	if i := e.b.gridIndex(body.Grid); len(faces) == 0 || e.b.grids.at(i).atoms == 0 {
		return e.locate(gridmap.Errorf(gridmap.Invalid, "切割没有把网格 %s 分成两部分 (the cut does not divide the grid)", e.b.grids.at(i).title()), i)
	}
	return nil
}

// divisible tells whether a cut may go through an atom.
func (e *edit) divisible(f int32) bool {
	if e.pinned(f) {
		return false
	}
	switch e.b.atom(f).kind {
	case "building", "compound", "shopfront":
		return false
	}
	return e.b.base.elsewhere(e.b.atom(f).of) == ""
}

// splitAlong splits an atom where the line crosses it and leaves no sliver; it
// returns the pieces, or nothing where the atom stays whole.
func (e *edit) splitAlong(f int32, whole []spatial.Point) ([]int32, error) {
	if !e.dividesCleanly(f, whole) {
		return nil, nil
	}
	pieces, err := e.split(f, whole)
	if err != nil {
		return nil, err
	}
	_, err = e.share(f, pieces, nil)
	return pieces, err
}

// dividesCleanly tells whether a line cuts an atom into pieces of which none is
// a sliver.
func (e *edit) dividesCleanly(f int32, whole []spatial.Point) bool {
	t, c, err := e.b.topo.SplitFace(topology.FaceID(f), whole)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(append(c.NewFaces, topology.FaceID(f)), func(p topology.FaceID) bool {
		return meanWidthM(t.FacePolygon(p)) < topology.SliverWidthM
	})
}

func meanWidthM(m spatial.MultiPolygon) float64 {
	perimeterM := 0.0
	for _, p := range m {
		for _, r := range p {
			for i := range r {
				perimeterM += measure.NearM(r[i], r[(i+1)%len(r)])
			}
		}
	}
	if perimeterM == 0 {
		return 0
	}
	return 2 * measure.AreaM2(m) / perimeterM
}

// extend draws a line on straight at both ends, to beyond a box.
func extend(pts []spatial.Point, box spatial.Box) []spatial.Point {
	for _, p := range pts {
		box = box.Extend(p)
	}
	reach := 1.5 * math.Hypot(float64(box.Max.X)-float64(box.Min.X), float64(box.Max.Y)-float64(box.Min.Y))
	n := len(pts)
	out := append([]spatial.Point{beyond(pts[1], pts[0], reach)}, pts...)
	return slices.Compact(append(out, beyond(pts[n-2], pts[n-1], reach)))
}

// beyond is the point at a distance past b on the line from a to b, kept on the
// globe.
func beyond(a, b spatial.Point, reach float64) spatial.Point {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	k := reach / math.Hypot(dx, dy)
	clamp := func(v, most float64) int32 { return int32(math.Round(max(-most, min(most, v)))) }
	return spatial.Point{
		X: clamp(float64(b.X)+dx*k, float64(spatial.MaxX)),
		Y: clamp(float64(b.Y)+dy*k, float64(spatial.MaxY)),
	}
}

// side is one side of a line that runs out of the box in question at both ends.
type side struct{ xs, ys []float64 }

// newSide closes the line far outside, counter-clockwise around: a point is on
// its left when it is inside by the even-odd rule, so that the sides are
// defined however the line winds.
func newSide(whole []spatial.Point) side {
	var s side
	box := spatial.EmptyBox()
	for _, p := range whole {
		s.xs, s.ys = append(s.xs, float64(p.X)), append(s.ys, float64(p.Y))
		box = box.Extend(p)
	}
	m := middle(box)
	cx, cy := float64(m.X), float64(m.Y)
	radius := 2 * math.Hypot(float64(box.Max.X)-float64(box.Min.X), float64(box.Max.Y)-float64(box.Min.Y))
	n := len(whole)
	from := math.Atan2(s.ys[n-1]-cy, s.xs[n-1]-cx)
	to := math.Atan2(s.ys[0]-cy, s.xs[0]-cx)
	if to <= from {
		to += 2 * math.Pi
	}
	const step = math.Pi / 8
	for a := from; a < to; a += step {
		s.xs, s.ys = append(s.xs, cx+radius*math.Cos(a)), append(s.ys, cy+radius*math.Sin(a))
	}
	s.xs, s.ys = append(s.xs, cx+radius*math.Cos(to)), append(s.ys, cy+radius*math.Sin(to))
	return s
}

// holds tells whether a point is on the left.
func (s side) holds(p spatial.Point) bool {
	x, y := float64(p.X), float64(p.Y)
	in := false
	for i, j := 0, len(s.xs)-1; i < len(s.xs); j, i = i, i+1 {
		if (s.ys[i] > y) != (s.ys[j] > y) && x < s.xs[i]+(y-s.ys[i])/(s.ys[j]-s.ys[i])*(s.xs[j]-s.xs[i]) {
			in = !in
		}
	}
	return in
}
