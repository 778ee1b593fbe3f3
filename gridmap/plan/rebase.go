package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"cloudgrid/gridmap"
)

// Rebase moves a plan to the map as it is now. Operations that touch what was
// changed there, or that cannot be applied there, must be dropped by name;
// without that it is a *ClashError that lists them. What was undone before
// cannot be redone afterwards.
func (d *Desk) Rebase(ctx context.Context, actor string, id gridmap.PlanID, baseRev int64, drop []string) (gridmap.Plan, error) {
	p, err := d.step(ctx, actor, ActRebase, id, func(dr *draft) (*outcome, error) {
		if !dr.plan.State.Editable() {
			return nil, frozen(dr.plan)
		}
		if baseRev != dr.plan.Rev {
			return nil, gridmap.Errorf(gridmap.Conflict, "方案已到第 %d 版修订，请刷新后再换底图 (the plan has moved on)", dr.plan.Rev)
		}
		to, err := d.headBase(ctx)
		if err != nil {
			return nil, err
		}
		from := baseOf(dr.plan)
		if to.Seq == from.Seq && !to.At.Before(from.At) && to.Edition == from.Edition {
			return &outcome{idle: true, answer: Answer{Plan: dr.plan}}, nil
		}
		return dr.rebase(ctx, actor, from, to, drop)
	})
	if err == nil {
		d.audit(ctx, actor, "plan-rebase", p, fmt.Sprintf("第 %d 版，舍弃 %d 个操作", p.BaseEdition, len(drop)))
	}
	return p, err
}

func (dr *draft) rebase(ctx context.Context, actor string, from, to Base, drop []string) (*outcome, error) {
	h := dr.history
	for _, id := range drop {
		if at, ok := h.byID[id]; !ok || h.head().find(at) == nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "要舍弃的操作 %q 不在方案的有效操作中 (not an effective operation)", id)
		}
	}
	next := h.head().upon(to, h.entries(drop))
	after, err := dr.transplant(ctx, from, to, next)
	if err != nil {
		return nil, err
	}
	before, err := dr.board(ctx)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(rebaseBody{From: from, To: to, Drop: drop})
	if err != nil {
		return nil, err
	}
	p := dr.plan
	p.BaseSeq, p.BaseEdition, p.BaseAt = to.Seq, to.Edition, to.At
	op := gridmap.PlanOp{ID: fmt.Sprintf("rebase@%d", p.Rev+1), Actor: actor, Kind: KindRebase, Body: body}
	return &outcome{
		plan: p, ops: []gridmap.PlanOp{op}, states: []state{next},
		events: []gridmap.PlanEvent{{Actor: actor, Action: ActRebase, Note: fmt.Sprintf("%d → %d", from.Edition, to.Edition)}},
		answer: Answer{Change: Change{From: p.Rev, Actor: actor, Before: before, After: after}},
	}, nil
}

// transplant applies the operations of next, one after the other, on its base,
// and lists all that do not fit there.
func (dr *draft) transplant(ctx context.Context, from, to Base, next state) (*Board, error) {
	h := dr.history
	old, err := dr.boards.load(ctx, from)
	if err != nil {
		return nil, err
	}
	b, err := dr.boards.load(ctx, to)
	if err != nil {
		return nil, err
	}
	moved, err := dr.desk.moved(ctx, old, b, from.Seq)
	if err != nil {
		return nil, err
	}
	root := next.tip
	for root.before != nil {
		root = root.before
	}
	root.board = b
	var clashes []Clash
	for _, s := range next.since(root) {
		op := h.log[s.entry]
		foot, err := dr.boards.footprint(ctx, h.log, h.head().find(s.entry))
		if err != nil {
			return nil, err
		}
		if items := moved.Clashes(foot); len(items) > 0 {
			clashes = append(clashes, clashOf(op, items, "底图上已有改动 (changed on the map)"))
			continue
		}
		after, effects, err := Apply(b, op)
		if err != nil {
			clashes = append(clashes, clashOf(op, nil, err.Error()))
			continue
		}
		b = after
		dr.boards.keep(s, after, effects.Footprint)
	}
	if len(clashes) > 0 {
		return nil, clashed(dr.plan.Rev, clashes, "有 %d 个操作与新的底图不合，须逐一舍弃 (operations that do not fit the newer map)", len(clashes))
	}
	return b, nil
}

// moved is what differs between two bases, as what an operation would have
// written.
func (d *Desk) moved(ctx context.Context, old, now *Board, since gridmap.Seq) (f Footprint, err error) {
	was, is := old.base, now.base
	for _, e := range was.faceOf {
		face, ok := slicesFind(is.faceOf, e.id)
		if !ok {
			f.write(MemberKey, int64(e.id))
			f.write(GroundKey, int64(e.id))
			continue
		}
		x, y := &was.atoms[e.face], &is.atoms[face]
		if was.ownerID(e.face) != is.ownerID(face) || !slices.Equal(was.keys, is.keys) || !slices.Equal(x.counts, y.counts) {
			f.write(MemberKey, int64(e.id))
		}
		if x.areaCM2 != y.areaCM2 || x.box != y.box {
			f.write(GroundKey, int64(e.id))
		}
	}
	for _, e := range is.faceOf {
		if _, ok := slicesFind(was.faceOf, e.id); !ok {
			f.write(MemberKey, int64(e.id))
			f.write(GroundKey, int64(e.id))
		}
	}
	f.movedGrids(was, is)
	// Ground can change without its area or its box.
	err = d.cfg.Store.View(ctx, func(r gridmap.Reader) error {
		for a, err := range r.Atoms(ctx, gridmap.Query{Since: since, All: true}) {
			if err != nil {
				return err
			}
			f.write(GroundKey, int64(a.ID))
		}
		return nil
	})
	return f.sorted(), err
}

// ownerID is the grid of a face; 0 is none.
func (bs *base) ownerID(face int32) gridmap.GridID {
	if g := bs.owner[face]; g != none {
		return bs.grids[g].id
	}
	return 0
}

func (f *Footprint) movedGrids(was, is *base) {
	for _, g := range was.grids {
		i := is.net.Index(g.id)
		if i == none {
			f.write(GridKey, int64(g.id))
			f.write(AttrsKey, int64(g.id))
			continue
		}
		n := is.grids[i]
		if g.code != n.code || g.name != n.name || g.typ != n.typ || !maps.Equal(g.attrs, n.attrs) {
			f.write(AttrsKey, int64(g.id))
		}
		if g.code != n.code {
			f.code(n.code)
		}
		if was.parentID(g) != is.parentID(n) || g.level != n.level {
			f.write(GridKey, int64(g.id))
		}
	}
	for _, g := range is.grids {
		if was.net.Index(g.id) == none {
			f.write(GridKey, int64(g.id))
			f.code(g.code)
		}
	}
}

func (bs *base) parentID(g *grid) gridmap.GridID {
	if g.parent == none {
		return 0
	}
	return bs.grids[g.parent].id
}
