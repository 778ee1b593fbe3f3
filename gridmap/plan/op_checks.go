package plan

import (
	"errors"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// living finds a grid that is there.
func (e *edit) living(id gridmap.GridID) (int32, error) {
	i := e.b.gridIndex(id)
	switch {
	case i == none:
		return none, gridmap.Errorf(gridmap.NotFound, "方案中没有网格 %d (no such grid)", id)
	case e.b.grids.at(i).retired:
		return none, gridmap.Errorf(gridmap.Conflict, "网格 %s 在本方案中已撤销 (the grid is retired)", e.b.grids.at(i).title())
	}
	return i, nil
}

// changeable finds a grid that the plan may change, and notes that the
// operation depends on it.
func (e *edit) changeable(id gridmap.GridID) (int32, error) {
	i, err := e.living(id)
	if err != nil {
		return none, err
	}
	g := e.b.grids.at(i)
	if !e.b.inScope(i) {
		return none, e.locate(gridmap.Errorf(gridmap.Forbidden, "网格 %s 不在本方案的范围内 (out of the plan's scope)", g.title()), i)
	}
	return i, e.open(i)
}

// open complains about a grid that is locked, itself or with one above it, and
// notes that the operation depends on that.
func (e *edit) open(i int32) (err error) {
	e.fp.read(GridKey, int64(e.b.grids.at(i).id))
	e.b.chain(i, func(_ int32, g *grid) bool {
		e.fp.read(LockKey, int64(g.id))
		if g.lock.closed() && err == nil {
			err = e.locate(gridmap.Errorf(gridmap.Forbidden, "网格 %s 已由 %s 锁定（第 %d 步），先解锁 (the grid is locked)", g.title(), g.lock.by, g.lock.rev), i)
		}
		return true
	})
	return err
}

// childless finds a grid that may change and has no grid below it.
func (e *edit) childless(id gridmap.GridID) (int32, error) {
	i, err := e.changeable(id)
	if err != nil {
		return none, err
	}
	if g := e.b.grids.at(i); len(g.children) > 0 {
		return none, e.locate(gridmap.Errorf(gridmap.Invalid, "网格 %s 之下还有网格 (there are grids below it)", g.title()), i)
	}
	return i, nil
}

// leaf finds a grid that may gain or lose atoms: not a community that the plan
// has emptied.
func (e *edit) leaf(id gridmap.GridID) (int32, error) {
	i, err := e.childless(id)
	if err != nil {
		return none, err
	}
	if g := e.b.grids.at(i); g.base != nil && len(g.base.children) > 0 {
		return none, e.locate(gridmap.Errorf(gridmap.Invalid, "网格 %s 不是末级网格，单元只能归属末级；先在其下新建网格 (not a leaf grid)", g.title()), i)
	}
	return i, nil
}

// free finds an atom that is not pinned.
func (e *edit) free(id gridmap.AtomID) (int32, error) {
	f, ok := e.b.face(id)
	if !ok {
		return none, gridmap.Errorf(gridmap.NotFound, "方案的底图上没有单元 %d (no such atom)", id)
	}
	e.fp.read(LockKey, int64(id))
	if pin, pinned := e.b.pins[f]; pinned {
		return none, e.at(gridmap.Errorf(gridmap.Forbidden, "单元 %s 已由 %s 固定（第 %d 步），先解除 (the atom is pinned)",
			e.b.atom(f).title(), pin.by, pin.rev), f)
	}
	return f, nil
}

// faces finds atoms that may leave their grids, each named once.
func (e *edit) faces(ids []gridmap.AtomID) ([]int32, error) {
	if len(ids) > MaxAtoms {
		return nil, gridmap.Errorf(gridmap.Invalid, "一次操作最多 %d 个单元 (too many atoms)", MaxAtoms)
	}
	out := make([]int32, 0, len(ids))
	for _, id := range ids {
		f, err := e.free(id)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	slices.Sort(out)
	if n := len(out); len(slices.Compact(out)) != n {
		return nil, gridmap.Errorf(gridmap.Invalid, "同一个单元列了两次 (an atom is listed twice)")
	}
	return out, nil
}

// take moves faces to a grid, if their own grids let them go.
func (e *edit) take(faces []int32, to int32) error {
	last := none
	for _, f := range faces {
		from := e.b.owner.at(f)
		if from == to {
			continue
		}
		if from != last && from != none {
			if err := e.release(from, to); err != nil {
				return e.at(err, f)
			}
			last = from
		}
		e.fp.write(MemberKey, int64(e.b.atom(f).id))
		e.move(f, to)
	}
	return nil
}

// release complains when atoms may not go from one grid to another.
func (e *edit) release(from, to int32) error {
	if _, err := e.changeable(e.b.grids.at(from).id); err != nil {
		return err
	}
	return e.sameCommunity(from, to)
}

// sameCommunity complains when a move crosses a border that the plan's scope
// does not: both grids must lie below the same grid, or the scope must hold
// both of those above.
func (e *edit) sameCommunity(from, to int32) error {
	a, b := e.b.grids.at(from), e.b.grids.at(to)
	if a.parent == b.parent || e.b.inScope(a.parent) && e.b.inScope(b.parent) {
		return nil
	}
	above := func(i int32) string {
		if i == none {
			return "（无上级）"
		}
		return e.b.grids.at(i).title()
	}
	return gridmap.Errorf(gridmap.Forbidden, "网格 %s 属 %s，%s 属 %s，本方案的范围不允许跨越 (a move across a border that the scope does not hold)",
		a.title(), above(a.parent), b.title(), above(b.parent))
}

// locate says where an error is: at a grid.
func (e *edit) locate(err *gridmap.Error, g int32) error {
	if box := e.b.boxOf(g); !box.Empty() {
		p := middle(box)
		err.At = &p
	}
	return err
}

// at says where an error is: at a face, unless the error knows better.
func (e *edit) at(err error, f int32) error {
	var ge *gridmap.Error
	if errors.As(err, &ge) && ge.At == nil {
		p := middle(e.b.atom(f).box)
		c := *ge
		c.At = &p
		return &c
	}
	return err
}

// middle is the middle of a box.
func middle(b spatial.Box) spatial.Point {
	return spatial.Point{X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2), Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2)}
}
