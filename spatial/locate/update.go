package locate

import (
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// southEast returns the face at the south-east corner of a tile with borders: the closed cell in that corner answers for it.
func (ix *Index) southEast(tile int, box spatial.Box) topology.FaceID {
	corner := spatial.Point{X: box.Max.X, Y: box.Min.Y}
	t := ix.tiles[tile]
	w, e := ix.wordsOf(&t.cells[t.side-1], uint32(tile))
	s := ix.shiftOf(uint32(tile))
	for e&tagMask == tagNode {
		last := ^uint32(0) // the easternmost cell of the southern row
		e, s = child(w, e, s, last, 0)
	}
	side := int64(1) << s
	half := side >> 1
	switch e & tagMask {
	case tagFace:
		return topology.FaceID(int32(e) >> tagBits)
	case tagOne:
		return oneFace(w, e, side-half, -half)
	}
	return manyFace(w[e>>tagBits:], corner, side-half, -half)
}

// Update returns the index of t, sharing every tile that no difference between
// t and the index's own topology touches. The differences are found by
// comparing the two arc by arc, so that t should be edited from it; for an
// unrelated t Update is New. Answers are those of New(t).
func (ix *Index) Update(t *topology.Topology) *Index { return ix.update(t) }

func (ix *Index) update(t coverage) *Index {
	if ix.tiles == nil {
		return build(t, tuned)
	}
	was, now, box := differences(ix.arcs, t)
	if !ix.holds(box) || 4*len(now) > t.NumArcs() {
		return build(t, ix.tuning)
	}
	next := *ix
	next.arcs, next.faces = t, uint32(t.NumFaces())
	next.tiles, next.more, next.stretches = slices.Clone(ix.tiles), slices.Clone(ix.more), slices.Clone(ix.stretches)
	touched := next.moveArcs(was, now)
	b := builder{ix: &next, shared: newConstTiles()}
	for row := range int(ix.ny) {
		from := row * int(ix.nx)
		if slices.Contains(touched[from:from+int(ix.nx)], true) {
			b.buildRow(row, func(tile int) bool { return touched[tile] })
		}
	}
	return &next
}

// differences lists the arcs that are not the same in both: ids of the old one,
// ids of the new one, and the box around the new ones.
func differences(was, now coverage) (old, new []topology.ArcID, box spatial.Box) {
	box = spatial.EmptyBox()
	for i := range max(was.NumArcs(), now.NumArcs()) {
		id := topology.ArcID(i)
		if i >= now.NumArcs() {
			old = append(old, id)
			continue
		}
		b := now.Arc(id)
		if i < was.NumArcs() {
			if sameArc(was.Arc(id), b) {
				continue
			}
			old = append(old, id)
		}
		new = append(new, id)
		for _, p := range b.Points {
			box = box.Extend(p)
		}
	}
	return old, new, box
}

func sameArc(a, b topology.Arc) bool {
	return a.Left == b.Left && a.Right == b.Right && len(a.Points) == len(b.Points) &&
		(len(a.Points) == 0 || &a.Points[0] == &b.Points[0] || slices.Equal(a.Points, b.Points))
}

// holds tells whether the grid reaches beyond the box on every side.
func (ix *Index) holds(box spatial.Box) bool {
	if box.Empty() {
		return true
	}
	f := ix.tileFrame()
	far := f.box(f.width-1, f.height-1).Max
	return box.Min.X > ix.origin.X && box.Min.Y > ix.origin.Y && box.Max.X < far.X && box.Max.Y < far.Y
}

// moveArcs takes the old arcs out of the tiles' lists, puts the new ones in, and
// returns which tiles either of them touches.
func (ix *Index) moveArcs(old, new []topology.ArcID) (touched []bool) {
	n := len(ix.tiles)
	touched = make([]bool, n)
	f := ix.tileFrame()
	fresh := make([][]run, n)
	for _, id := range new {
		f.scatter(fresh, uint32(id), ix.arcs.Arc(id).Points, 0)
	}
	gone := make(map[uint32]bool, len(old))
	for _, id := range old {
		gone[uint32(id)] = true
	}
	isGone := func(s stretch) bool { return gone[s.line] }
	for tile, have := range ix.stretches {
		if slices.ContainsFunc(have, isGone) {
			touched[tile] = true
			have = slices.DeleteFunc(slices.Clone(have), isGone)
		}
		if len(fresh[tile]) > 0 {
			touched[tile] = true
			have = append(slices.Clip(have), firsts(fresh[tile])...)
		}
		ix.stretches[tile] = have
	}
	return touched
}
