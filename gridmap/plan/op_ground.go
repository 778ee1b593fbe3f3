package plan

import (
	"errors"
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// lay takes a changed ground into the board: areas, boxes, perimeters, and the
// pieces that were cut off, which stay with the grid of the atom that they are
// pieces of. It returns the faces whose ground differs from before, new ones
// included.
func (e *edit) lay(topo *topology.Topology, c topology.Change, of int32) ([]int32, error) {
	was := e.b.topo
	for _, id := range slices.Concat(c.Removed, c.Changed) {
		e.addArc(was.Arc(id), -1)
	}
	e.b.edited = maps.Clone(e.b.edited)
	if e.b.edited == nil {
		e.b.edited = map[int32]*atom{}
	}
	var changed []int32
	outside := false
	for _, id := range slices.Concat(c.Changed, c.Added) {
		a := topo.Arc(id)
		outside = outside || a.Left < 0 || a.Right < 0
	}
	for _, face := range c.Faces {
		f := int32(face)
		shape := topo.FacePolygon(face)
		if int(face) < was.NumFaces() {
			if samePolygons(was.FacePolygon(face), shape) {
				continue
			}
			e.resize(f, shape)
		} else if err := e.addPiece(f, of, shape); err != nil {
			return nil, err
		}
		changed = append(changed, f)
	}
	e.b.topo = topo
	for _, id := range slices.Concat(c.Changed, c.Added) {
		e.addArc(topo.Arc(id), +1)
	}
	e.markReshaped(changed)
	for _, f := range changed {
		e.shape[f] = true
		e.fp.write(GroundKey, int64(e.b.atom(f).id))
		for g := e.b.owner.at(f); g != none; g = e.b.grids.at(g).parent {
			e.grid(g) // its box and label are not what they were
		}
	}
	if outside {
		e.fp.write(GroundKey, 0)
	}
	e.box = e.box.Union(c.Box)
	return changed, nil
}

// addArc adds the length of an arc to the perimeter of each grid that has one
// side of it only; sign -1 takes it away.
func (e *edit) addArc(a topology.Arc, sign int64) {
	mm := sign * lengthMM(a.Points)
	left, right := e.ownerOf(a.Left), e.ownerOf(a.Right)
	common := e.commonAncestor(left, right)
	for _, side := range [2]int32{left, right} {
		for g := side; g != common; g = e.b.grids.at(g).parent {
			e.grid(g).perimeterMM += mm
		}
	}
}

func (e *edit) ownerOf(f topology.FaceID) int32 {
	if f < 0 {
		return none
	}
	return e.b.owner.at(int32(f))
}

// resize gives an atom another ground.
func (e *edit) resize(f int32, shape spatial.MultiPolygon) {
	a := *e.b.atom(f)
	e.box = e.box.Union(a.box)
	more := areaCM2(shape) - a.areaCM2
	a.areaCM2, a.box = a.areaCM2+more, shape.Box()
	e.b.edited[f] = &a
	for g := e.b.owner.at(f); g != none; g = e.b.grids.at(g).parent {
		e.grid(g).areaCM2 += more
	}
}

// addPiece makes a new atom of a piece of another, in the same grid, counting
// nothing yet.
func (e *edit) addPiece(f, of int32, shape spatial.MultiPolygon) error {
	id, err := e.newID()
	if err != nil {
		return err
	}
	whole := e.b.atom(of)
	code, name := e.b.pieceCode(whole)
	a := &atom{
		id: gridmap.AtomID(id), code: code, name: name, kind: whole.kind, of: whole.of,
		counts: make([]int64, len(e.b.base.keys)), areaCM2: areaCM2(shape), box: shape.Box(),
	}
	e.b.edited[f] = a
	e.b.atomAt = maps.Clone(e.b.atomAt)
	if e.b.atomAt == nil {
		e.b.atomAt = map[gridmap.AtomID]int32{}
	}
	e.b.atomAt[a.id] = f
	e.fp.write(MemberKey, id)
	owner := e.b.owner.at(of)
	e.b.owner.set(f, owner)
	if owner != none {
		e.gains[owner] = append(e.gains[owner], f)
	}
	for g := owner; g != none; g = e.b.grids.at(g).parent {
		e.addAtom(g, a, +1)
	}
	return nil
}

// markReshaped keeps the set of atoms of the base whose ground differs from
// what it was there: one that was moved back is out of it again.
func (e *edit) markReshaped(faces []int32) {
	set := maps.Clone(e.b.reshaped)
	if set == nil {
		set = map[int32]bool{}
	}
	for _, f := range faces {
		if int(f) >= len(e.b.base.atoms) {
			continue
		}
		face := topology.FaceID(f)
		if delete(set, f); !samePolygons(e.b.base.topo.FacePolygon(face), e.b.topo.FacePolygon(face)) {
			set[f] = true
		}
	}
	e.b.reshaped = set
}

func samePolygons(a, b spatial.MultiPolygon) bool {
	return slices.EqualFunc(a, b, func(p, q spatial.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s spatial.Ring) bool { return slices.Equal(r, s) })
	})
}

// mayMove complains about atoms whose ground may not change: those of grids
// that are locked or out of scope, and those that another network has in a
// ground of its own, which would not follow.
func (e *edit) mayMove(faces []int32) error {
	grids := map[int32]int32{}
	for _, f := range faces {
		if i := e.b.owner.at(f); i != none {
			grids[i] = f
		}
		if net := e.b.base.elsewhere(e.b.atom(f).of); net != "" {
			return e.at(gridmap.Errorf(gridmap.Forbidden, "单元 %s 还在网「%s」的另一底图中，不能在此改动其边界 (another network has the atom in a ground of its own)",
				e.b.atom(f).title(), net), f)
		}
	}
	list := slices.Sorted(maps.Keys(grids))
	for k, i := range list {
		if _, err := e.changeable(e.b.grids.at(i).id); err != nil {
			return e.at(err, grids[i])
		}
		if k > 0 {
			if err := e.sameCommunity(list[0], i); err != nil {
				return e.at(err, grids[i])
			}
		}
	}
	return nil
}

// refused turns what the topology says into words for a planner.
func (e *edit) refused(err error) error {
	var ee *topology.EditError
	if !errors.As(err, &ee) {
		return gridmap.Errorf(gridmap.Internal, "无法改动边界：%w", err)
	}
	code, text := gridmap.Invalid, ""
	switch ee.Reason {
	case topology.NoSuchThing:
		code, text = gridmap.Conflict, "此处没有这条边界或折点，可能已被改动 (no such border here)"
	case topology.WouldCross:
		text = "边界会与另一条边界相交或相接 (the border would cross or touch another)"
	case topology.WouldPass:
		text = "边界会越过另一条边界 (the border would jump over another)"
	case topology.WouldVanish:
		text = "会有单元失去全部范围或内外颠倒 (an atom would lose its ground)"
	case topology.TooFewPoints:
		text = "边界的折点太少 (too few points)"
	case topology.NotDividing:
		text = "这条线没有把单元分成两部分 (the line does not divide the atom)"
	}
	out := gridmap.Errorf(code, "%s", text)
	if ee.Face >= 0 && int32(ee.Face) < e.b.owner.len() {
		out.Message += "：单元 " + e.b.atom(int32(ee.Face)).title()
	}
	at := ee.At
	out.At, out.Err = &at, err
	return out
}
