package plan

import (
	"encoding/json"
	"maps"
	"slices"

	"cloudgrid/gridmap"
)

type (
	// proposalBody is what a candidate of the engine stands for. Moves may name
	// the new grids by the negative ids that NewGrids gives them, which mean
	// nothing beyond the body.
	proposalBody struct {
		Proposal  string           `json:"proposal,omitzero"` // for the log only, as the next two
		Candidate json.RawMessage  `json:"candidate,omitempty"`
		Grids     []gridmap.GridID `json:"grids,omitempty"`
		NewGrids  []proposedGrid   `json:"new_grids,omitempty"`
		Moves     []proposedMove   `json:"moves"`
		Retire    []gridmap.GridID `json:"retire,omitempty"`
		Settled   bool             `json:"settled,omitzero"` // who keeps which identity is decided; filled in
	}
	proposedGrid struct {
		ID     gridmap.GridID   `json:"id"`
		Parent gridmap.GridID   `json:"parent"`
		Code   string           `json:"code"` // filled in
		Name   string           `json:"name"` // filled in
		Type   gridmap.GridType `json:"type,omitzero"`
	}
	proposedMove struct {
		To    gridmap.GridID   `json:"to"`
		Atoms []gridmap.AtomID `json:"atoms"`
	}
)

// propose does what a candidate of the engine stands for: it opens grids, moves
// atoms, retires grids that are left empty. Where a new grid would get more of
// a grid's households than the grid keeps, the two change places, so that the
// part with most households keeps the identity.
func (e *edit) propose(body *proposalBody) error {
	if len(body.Moves)+len(body.NewGrids)+len(body.Retire) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "建议里没有任何变动 (an empty proposal)")
	}
	fresh := map[gridmap.GridID]int32{}
	for k := range body.NewGrids {
		n := &body.NewGrids[k]
		if _, twice := fresh[n.ID]; n.ID >= 0 || n.ID <= -MaxMade || twice {
			return gridmap.Errorf(gridmap.Invalid, "新网格的临时编号应是 -1 到 -%d，且不重复 (bad id of a new grid)", MaxMade-1)
		}
		c := createBody{Parent: n.Parent, Code: n.Code, Name: n.Name, Type: n.Type}
		i, err := e.newGrid(&c)
		if err != nil {
			return err
		}
		n.Code, n.Name, fresh[n.ID] = c.Code, c.Name, i
	}
	to, err := e.destinations(body, fresh)
	if err != nil {
		return err
	}
	if !body.Settled {
		e.settle(body, to, fresh)
	}
	for _, i := range slices.Sorted(maps.Keys(byGrid(to))) {
		if err := e.take(byGrid(to)[i], i); err != nil {
			return err
		}
	}
	return e.close(body.Retire)
}

// destinations says where each moved face goes.
func (e *edit) destinations(body *proposalBody, fresh map[gridmap.GridID]int32) (map[int32]int32, error) {
	to := map[int32]int32{}
	for _, m := range body.Moves {
		target, ok := fresh[m.To]
		if !ok {
			var err error
			if target, err = e.leaf(m.To); err != nil {
				return nil, err
			}
		}
		faces, err := e.faces(m.Atoms)
		if err != nil {
			return nil, err
		}
		for _, f := range faces {
			if _, twice := to[f]; twice {
				return nil, e.at(gridmap.Errorf(gridmap.Invalid, "单元 %s 在建议中出现两次 (an atom is moved twice)", e.b.atom(f).title()), f)
			}
			to[f] = target
			e.fp.read(MemberKey, int64(e.b.atom(f).id))
		}
	}
	return to, nil
}

// settle swaps new grids with those that they take most from, and writes the
// moves into the body as they are then.
func (e *edit) settle(body *proposalBody, to map[int32]int32, fresh map[gridmap.GridID]int32) {
	local := map[int32]gridmap.GridID{}
	for id, i := range fresh {
		local[i] = id
	}
	taken := map[int32]bool{} // grids that a new one has swapped with
	for _, n := range body.NewGrids {
		made := fresh[n.ID]
		from, gets := e.mainSource(to, made)
		if from == none || taken[from] || slices.Contains(body.Retire, e.b.grids.at(from).id) || e.b.grids.at(from).parent != e.b.grids.at(made).parent {
			continue
		}
		var stays cutParty
		for _, f := range e.b.grids.at(from).faces {
			if _, leaves := to[f]; !leaves {
				stays.add(e.b, f)
			}
		}
		if !stays.lighter(gets) || slices.ContainsFunc(stays.faces, e.pinned) {
			continue
		}
		taken[from] = true
		for _, f := range stays.faces {
			to[f] = from // so that all of both is listed
		}
		for f, t := range to {
			switch t {
			case made:
				to[f] = from
			case from:
				to[f] = made
			}
		}
	}
	groups := byGrid(to)
	body.Moves, body.Settled = nil, true
	for _, i := range slices.Sorted(maps.Keys(groups)) {
		m := proposedMove{To: e.b.grids.at(i).id}
		if id, ok := local[i]; ok {
			m.To = id
		}
		for _, f := range groups[i] {
			if e.b.owner.at(f) != i {
				m.Atoms = append(m.Atoms, e.b.atom(f).id)
			}
		}
		if len(m.Atoms) > 0 {
			slices.Sort(m.Atoms)
			body.Moves = append(body.Moves, m)
		}
	}
}

// pinned tells whether a face is, and notes that the operation depends on it.
func (e *edit) pinned(f int32) bool {
	e.fp.read(LockKey, int64(e.b.atom(f).id))
	_, is := e.b.pins[f]
	return is
}

// mainSource is the grid from which a new grid gets most households, and what
// it gets from there.
func (e *edit) mainSource(to map[int32]int32, made int32) (from int32, gets cutParty) {
	parts := map[int32]*cutParty{}
	for _, f := range slices.Sorted(maps.Keys(to)) {
		if o := e.b.owner.at(f); to[f] == made && o != none {
			if parts[o] == nil {
				parts[o] = &cutParty{}
			}
			parts[o].add(e.b, f)
		}
	}
	from = none
	for _, o := range slices.Sorted(maps.Keys(parts)) {
		if from == none || gets.lighter(*parts[o]) {
			from, gets = o, *parts[o]
		}
	}
	return from, gets
}

// byGrid turns the map around; faces ascend.
func byGrid(to map[int32]int32) map[int32][]int32 {
	out := map[int32][]int32{}
	for _, f := range slices.Sorted(maps.Keys(to)) {
		out[to[f]] = append(out[to[f]], f)
	}
	return out
}

// close retires grids, which must have been left empty.
func (e *edit) close(retire []gridmap.GridID) error {
	for _, id := range retire {
		i, err := e.childless(id)
		if err != nil {
			return err
		}
		if g := e.b.grids.at(i); g.atoms > 0 {
			return e.locate(gridmap.Errorf(gridmap.Conflict, "网格 %s 还有 %d 个单元，不能撤销 (the grid still has atoms)", g.title(), g.atoms), i)
		}
		e.retireGrid(i)
	}
	return nil
}
