package plan

import (
	"slices"

	"cloudgrid/gridmap"
)

// reassign gives atoms to a grid. Atoms that are the grid's already stay.
func (e *edit) reassign(body *reassignBody) error {
	if len(body.Atoms) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "没有选中任何单元 (no atoms)")
	}
	to, err := e.leaf(body.To)
	if err != nil {
		return err
	}
	faces, err := e.faces(body.Atoms)
	if err != nil {
		return err
	}
	for _, id := range body.Atoms { // also of those that stay: where they are decides
		e.fp.read(MemberKey, int64(id))
	}
	slices.Sort(body.Atoms)
	return e.take(faces, to)
}

// setLock locks or opens grids, and pins or frees atoms.
func (e *edit) setLock(body *lockBody) error {
	if len(body.Grids)+len(body.Atoms) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "没有选中要锁定的网格或单元 (nothing to lock)")
	}
	now := lock{}
	if body.Locked {
		now = lock{by: e.op.Actor, rev: e.op.Rev}
	}
	for _, id := range body.Grids {
		i, err := e.living(id)
		if err != nil {
			return err
		}
		e.fp.read(GridKey, int64(id))
		e.fp.write(LockKey, int64(id))
		e.grid(i).lock = now
	}
	pins := e.b.clonedPins()
	for _, id := range body.Atoms {
		f, ok := e.b.face(id)
		if !ok {
			return gridmap.Errorf(gridmap.NotFound, "方案的底图上没有单元 %d (no such atom)", id)
		}
		e.fp.write(LockKey, int64(id))
		if delete(pins, f); now.closed() {
			pins[f] = now
		}
		e.moved[f] = true
	}
	e.b.pins = pins
	return nil
}
