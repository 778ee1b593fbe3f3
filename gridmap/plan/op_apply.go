package plan

import (
	"encoding/json"
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// MaxMade is how many grids and atoms one operation may make.
const MaxMade = 4096

// MaxAtoms is how many atoms one operation may name.
const MaxAtoms = 1 << 20

// NewID is the identity of the i-th thing that the operation with a revision
// makes, until it is published.
func NewID(rev int64, i int) int64 { return -(rev*MaxMade + int64(i)) }

// Apply returns the board with an operation done, and what it did. The board
// itself does not change. op.Rev fixes the ids of what is made; op.Actor is
// named in locks. Errors are of type gridmap.Error, with the place where there
// is one: Invalid for what is wrong in itself, NotFound for ids that are not
// there, Conflict for what the state of the board does not allow (retired,
// taken, not empty), Forbidden for locks, pins and what is out of scope.
//
// The same operation on the same board gives the same result, and
// Effects.Body on a board that it does not clash with gives the same effects.
func Apply(b *Board, op gridmap.PlanOp) (*Board, *Effects, error) {
	if op.Rev < 1 || op.Rev > 1<<40 {
		return nil, nil, gridmap.Errorf(gridmap.Invalid, "操作没有有效的序号 %d (bad revision)", op.Rev)
	}
	do, known := operations()[op.Kind]
	if !known {
		return nil, nil, gridmap.Errorf(gridmap.Invalid, "未知的操作 %q (unknown kind of operation)", op.Kind)
	}
	e := newEdit(b, op)
	body, err := do(e, op)
	if err != nil {
		return nil, nil, b.base.orElsewhere(err)
	}
	logged, err := json.Marshal(body)
	if err != nil {
		return nil, nil, gridmap.Errorf(gridmap.Internal, "操作 %s 无法记录：%w", op.Kind, err)
	}
	next, effects, err := e.done(logged)
	if err == nil {
		err = b.base.ownGround(effects.Footprint)
	}
	if err != nil {
		return nil, nil, err
	}
	return next, effects, nil
}

// operations are what each kind does: it returns the body to be logged.
func operations() map[string]func(*edit, gridmap.PlanOp) (any, error) {
	return map[string]func(*edit, gridmap.PlanOp) (any, error){
		ReassignAtoms: with((*edit).reassign),
		Merge:         with((*edit).merge),
		CreateGrid:    with((*edit).create),
		RetireGrid:    with((*edit).retire),
		SetAttrs:      with((*edit).setAttrs),
		SetLock:       with((*edit).setLock),
		Cut:           with((*edit).cut),
		MoveVertex:    with((*edit).moveVertex),
		MoveNode:      with((*edit).moveNode),
		InsertVertex:  with((*edit).insertVertex),
		DeleteVertex:  with((*edit).deleteVertex),
		ReshapeArc:    with((*edit).reshapeArc),
		SplitAtom:     with((*edit).splitAtom),
		ApplyProposal: with((*edit).propose),
	}
}

// with reads the body of an operation and does it. do may fill in the body.
func with[T any](do func(*edit, *T) error) func(*edit, gridmap.PlanOp) (any, error) {
	return func(e *edit, op gridmap.PlanOp) (any, error) {
		var body T
		if err := read(op, &body); err != nil {
			return nil, err
		}
		err := do(e, &body)
		return body, err
	}
}

// edit is one operation under way: a board that may still be written to.
type edit struct {
	was   *Board
	b     *Board
	op    gridmap.PlanOp
	made  int
	fp    Footprint
	mine  map[int32]bool    // grids that are private to b
	loss  map[int32]bool    // grids that lost faces
	gains map[int32][]int32 // faces that a grid got
	moved map[int32]bool    // faces with another owner, count or pin
	shape map[int32]bool    // faces with another ground
	box   spatial.Box
}

func newEdit(b *Board, op gridmap.PlanOp) *edit {
	c := *b
	c.lazy = &lazy{}
	return &edit{
		was: b, b: &c, op: op, box: spatial.EmptyBox(),
		mine: map[int32]bool{}, loss: map[int32]bool{}, gains: map[int32][]int32{},
		moved: map[int32]bool{}, shape: map[int32]bool{},
	}
}

// newID gives the next thing made its identity.
func (e *edit) newID() (int64, error) {
	if e.made >= MaxMade {
		return 0, gridmap.Errorf(gridmap.Invalid, "一次操作最多新建 %d 个网格和单元，请分批进行 (too many things made at once)", MaxMade)
	}
	e.made++
	return NewID(e.op.Rev, e.made-1), nil
}

// grid returns a grid that may be written to.
func (e *edit) grid(i int32) *grid {
	g := e.b.grids.at(i)
	if e.mine[i] {
		return g
	}
	c := *g
	c.counts = slices.Clone(g.counts)
	c.lazy = &gridLazy{}
	e.b.grids.set(i, &c)
	e.mine[i] = true
	return &c
}

// addGrid appends a grid.
func (e *edit) addGrid(g *grid) int32 {
	i := e.b.grids.len()
	g.counts, g.lazy = make([]int64, len(e.b.base.keys)), &gridLazy{}
	e.b.grids.set(i, g)
	e.mine[i] = true
	e.b.gridAt = maps.Clone(e.b.gridAt)
	if e.b.gridAt == nil {
		e.b.gridAt = map[gridmap.GridID]int32{}
	}
	e.b.gridAt[g.id] = i
	if g.parent != none {
		p := e.grid(g.parent)
		p.children = append(slices.Clone(p.children), i) // the highest index of all
	}
	return i
}

// drop takes a grid without faces out of the tree.
func (e *edit) drop(i int32) {
	g := e.grid(i)
	g.retired = true
	if g.parent != none {
		p := e.grid(g.parent)
		p.children = slices.DeleteFunc(slices.Clone(p.children), func(c int32) bool { return c == i })
	}
}

// move gives a face to another grid, with all sums.
func (e *edit) move(f, to int32) {
	from := e.b.owner.at(f)
	if from == to {
		return
	}
	common := e.commonAncestor(from, to)
	a := e.b.atom(f)
	for g := from; g != common; g = e.b.grids.at(g).parent {
		e.addAtom(g, a, -1)
	}
	for g := to; g != common; g = e.b.grids.at(g).parent {
		e.addAtom(g, a, +1)
	}
	e.moveBorders(f, from, to, common)
	e.b.owner.set(f, to)
	if from != none {
		e.loss[from] = true
	}
	e.gains[to] = append(e.gains[to], f)
	e.moved[f] = true
	e.box = e.box.Union(a.box)
}

// addAtom adds an atom to the sums of one grid, or takes it away.
func (e *edit) addAtom(i int32, a *atom, sign int64) {
	g := e.grid(i)
	g.atoms += int(sign)
	g.areaCM2 += sign * a.areaCM2
	for k, c := range a.counts {
		g.counts[k] += sign * c
	}
}

// commonAncestor returns the lowest grid above both, or either of them where
// it is above the other; none where there is none.
func (e *edit) commonAncestor(a, b int32) int32 {
	for a != b {
		switch la, lb := e.level(a), e.level(b); {
		case a == none || b == none:
			return none
		case la > lb:
			a = e.b.grids.at(a).parent
		case lb > la:
			b = e.b.grids.at(b).parent
		default:
			a, b = e.b.grids.at(a).parent, e.b.grids.at(b).parent
		}
	}
	return a
}

func (e *edit) level(i int32) int {
	if i == none {
		return -1
	}
	return e.b.grids.at(i).level
}

// moveBorders keeps the perimeters right when a face changes hands: each of
// its arcs is a border of the grids that hold one side of it only.
func (e *edit) moveBorders(f, from, to, common int32) {
	for _, id := range e.b.topo.FaceArcs(topology.FaceID(f)) {
		other := topology.FaceID(e.b.across(id, f))
		mm := lengthMM(e.b.topo.Arc(id).Points)
		for g := from; g != common; g = e.b.grids.at(g).parent {
			e.border(g, other, mm) // f was inside g and is no more
		}
		for g := to; g != common; g = e.b.grids.at(g).parent {
			e.border(g, other, -mm)
		}
	}
}

// border adds a length to a grid's perimeter where the face is the grid's, and
// takes it away where it is not.
func (e *edit) border(g int32, f topology.FaceID, mm int64) {
	if !e.b.holds(g, f) {
		mm = -mm
	}
	e.grid(g).perimeterMM += mm
}

// holds tells whether a face is a grid's, or of one below it.
func (b *Board) holds(g int32, f topology.FaceID) bool {
	if f < 0 {
		return false
	}
	level := b.grids.at(g).level
	o := b.owner.at(int32(f))
	for o != none && b.grids.at(o).level > level {
		o = b.grids.at(o).parent
	}
	return o == g
}

// done closes the board.
func (e *edit) done(body json.RawMessage) (*Board, *Effects, error) {
	for i := range e.loss {
		g := e.grid(i)
		g.faces = slices.DeleteFunc(slices.Clone(g.faces), func(f int32) bool { return e.b.owner.at(f) != i })
	}
	for i, faces := range e.gains {
		g := e.grid(i)
		all := append(slices.Clone(g.faces), faces...)
		all = slices.DeleteFunc(all, func(f int32) bool { return e.b.owner.at(f) != i })
		slices.Sort(all)
		g.faces = slices.Compact(all)
	}
	e.b.owner, e.b.grids = e.b.owner.seal(), e.b.grids.seal()
	return e.b, e.effects(body), nil
}

func (e *edit) effects(body json.RawMessage) *Effects {
	fx := &Effects{Footprint: e.fp.sorted(), Box: e.box, Body: body}
	for i := range e.mine {
		g := e.b.grids.at(i)
		if g.retired {
			fx.Removed = append(fx.Removed, g.id)
		} else {
			fx.Grids = append(fx.Grids, g.id)
		}
	}
	for f := range e.moved {
		fx.Atoms = append(fx.Atoms, e.b.atom(f).id)
	}
	for f := range e.shape {
		fx.Ground = append(fx.Ground, e.b.atom(f).id)
	}
	for f := e.was.owner.len(); f < e.b.owner.len(); f++ {
		fx.NewAtoms = append(fx.NewAtoms, e.b.atom(f).id)
	}
	slices.Sort(fx.Grids)
	slices.Sort(fx.Removed)
	slices.Sort(fx.Atoms)
	slices.Sort(fx.Ground)
	slices.Sort(fx.NewAtoms)
	return fx
}
