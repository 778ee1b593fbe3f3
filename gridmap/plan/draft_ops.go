package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cloudgrid/gridmap"
)

// Bounds of one batch.
const (
	maxBatch   = 200
	maxIDBytes = 64
)

// Op is an operation as it is sent.
type Op struct {
	ID   string // the sender's; sent twice it counts once
	Kind string
	Body json.RawMessage
}

// Submit adds operations to a plan that were made at revision baseRev: all of
// them or none. Once it returns nil they are kept. When others changed the plan
// meanwhile and touched what these touch it is a *ClashError; when they touched
// something else the operations are added to theirs. Operations that are in the
// log already are not added again, nor are moves that move nothing.
func (d *Desk) Submit(ctx context.Context, actor string, id gridmap.PlanID, baseRev int64, ops []Op) (Answer, error) {
	return d.try(ctx, actor, id, baseRev, ops, true)
}

// Preview answers as Submit would and keeps nothing.
func (d *Desk) Preview(ctx context.Context, actor string, id gridmap.PlanID, baseRev int64, ops []Op) (Answer, error) {
	return d.try(ctx, actor, id, baseRev, ops, false)
}

func (d *Desk) try(ctx context.Context, actor string, id gridmap.PlanID, baseRev int64, ops []Op, keep bool) (Answer, error) {
	if err := checkBatch(ops); err != nil {
		return Answer{}, err
	}
	return d.edit(ctx, actor, id, baseRev, func(dr *draft) (*outcome, error) {
		fresh, again, err := dr.sift(actor, ops)
		if err != nil {
			return nil, err
		}
		if len(fresh) == 0 {
			return dr.repeat(ctx, baseRev, again)
		}
		if err := dr.expand(ctx, fresh); err != nil {
			return nil, err
		}
		out, err := dr.add(ctx, baseRev, fresh)
		if err == nil {
			err = stamp(out.ops, ops)
		}
		if err == nil && !keep {
			out.idle = true
		}
		return out, err
	})
}

// edit works on the operations of a plan on behalf of somebody who has seen
// revision baseRev.
func (d *Desk) edit(ctx context.Context, actor string, id gridmap.PlanID, baseRev int64, work func(*draft) (*outcome, error)) (Answer, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActEdit, dr.plan); err != nil {
		return Answer{}, err
	}
	return dr.write(ctx, func() (*outcome, error) {
		if err := dr.reach(ctx, baseRev); err != nil {
			return nil, err
		}
		return work(dr)
	})
}

func checkBatch(ops []Op) error {
	if len(ops) == 0 || len(ops) > maxBatch {
		return gridmap.Errorf(gridmap.Invalid, "一次应提交 1 至 %d 个操作，收到 %d 个 (bad number of operations)", maxBatch, len(ops))
	}
	seen := map[string]bool{}
	for i, op := range ops {
		switch {
		case op.ID == "" || len(op.ID) > maxIDBytes || strings.TrimSpace(op.ID) != op.ID:
			return gridmap.Errorf(gridmap.Invalid, "第 %d 个操作的 id %q 应为 1 至 %d 字节且首尾无空格 (bad operation id)", i+1, op.ID, maxIDBytes)
		case seen[op.ID]:
			return gridmap.Errorf(gridmap.Invalid, "操作 id %q 在同一批中出现两次 (operation id twice in a batch)", op.ID)
		case !isOperation(op.Kind) || op.Kind == "":
			return gridmap.Errorf(gridmap.Invalid, "第 %d 个操作的类型 %q 无效 (bad kind of operation)", i+1, op.Kind)
		}
		seen[op.ID] = true
	}
	return nil
}

// reach makes sure that the plan is at least at a revision that somebody has
// seen, in this or another process.
func (dr *draft) reach(ctx context.Context, rev int64) error {
	if rev > dr.plan.Rev {
		if _, err := dr.catchUp(ctx); err != nil {
			return err
		}
	}
	if rev < 0 || rev > dr.plan.Rev {
		return gridmap.Errorf(gridmap.Invalid, "方案只到第 %d 版修订，没有第 %d 版 (base_rev is not a revision of this plan)", dr.plan.Rev, rev)
	}
	return nil
}

// sift tells new operations from those that are in the log, which must be the
// same ones.
func (dr *draft) sift(actor string, ops []Op) (fresh []gridmap.PlanOp, again []int, err error) {
	for _, op := range ops {
		if at, ok := dr.history.byID[op.ID]; ok {
			if !op.same(dr.history.log[at], actor) {
				return nil, nil, gridmap.Errorf(gridmap.Conflict, "操作 id %q 已用于内容不同的另一操作：本次提交的内容没有执行，请换一个新的 id 重新提交 (the id is another operation's; nothing was done)", op.ID)
			}
			again = append(again, at)
			continue
		}
		fresh = append(fresh, gridmap.PlanOp{
			Plan: dr.id, Rev: dr.plan.Rev + int64(len(fresh)) + 1, ID: op.ID, At: dr.desk.now(), Actor: actor, Kind: op.Kind, Body: op.Body,
		})
	}
	if len(fresh) > 0 && !dr.plan.State.Editable() {
		return nil, nil, frozen(dr.plan)
	}
	return fresh, again, nil
}

func frozen(p gridmap.Plan) error {
	return gridmap.Errorf(gridmap.Conflict, "方案「%s」%s，不能再修改 (the plan is %s and takes no operations)", p.Name, stateNames[p.State], p.State)
}

// repeat answers operations that were taken before: with the plan at the
// revision that the last of them made.
func (dr *draft) repeat(ctx context.Context, baseRev int64, again []int) (*outcome, error) {
	rev := int64(0)
	for _, at := range again {
		rev = max(rev, dr.history.log[at].Rev)
	}
	baseRev = min(baseRev, rev)
	before, err := dr.boardAt(ctx, baseRev)
	if err != nil {
		return nil, err
	}
	after, err := dr.boardAt(ctx, rev)
	return &outcome{idle: true, answer: Answer{
		Plan: dr.plan, Rev: rev, Rebased: rev-baseRev > int64(len(again)),
		Change: Change{From: baseRev, Rev: rev, Actor: dr.history.log[rev-1].Actor, Before: before, After: after},
	}}, err
}

// add applies new operations: on the board that they were made on, to see what
// they touch, and on the present one.
func (dr *draft) add(ctx context.Context, baseRev int64, ops []gridmap.PlanOp) (*outcome, error) {
	before, err := dr.boardAt(ctx, baseRev)
	if err != nil {
		return nil, err
	}
	head, err := dr.board(ctx)
	if err != nil {
		return nil, err
	}
	if baseRev < dr.plan.Rev {
		if err := dr.clear(ctx, baseRev, before, ops); err != nil {
			return nil, err
		}
	}
	out := &outcome{plan: dr.plan}
	s, b := dr.history.head(), head
	for i := range ops {
		ops[i].Rev = dr.plan.Rev + int64(len(out.ops)) + 1
		next, effects, err := Apply(b, ops[i])
		if err != nil {
			return nil, numbered(err, i, len(ops))
		}
		if err := sensible(ops[i]); err != nil {
			return nil, numbered(err, i, len(ops))
		}
		if movesNothing(ops[i], effects) {
			continue
		}
		if len(effects.Body) > 0 {
			ops[i].Body = effects.Body
		}
		b, s = next, s.with(int(dr.plan.Rev)+len(out.ops), ops[i].Actor)
		s.tip.board, s.tip.foot = next, &effects.Footprint
		out.states, out.ops = append(out.states, s), append(out.ops, ops[i])
	}
	out.idle = len(out.ops) == 0
	out.answer = Answer{
		Plan: dr.plan, Rev: dr.plan.Rev, Rebased: baseRev < dr.plan.Rev,
		Change: Change{From: baseRev, Rev: dr.plan.Rev, Actor: ops[0].Actor, Before: before, After: b},
	}
	return out, nil
}

// movesNothing tells of an operation that is right but leaves everything as it
// is: it is answered and not logged.
func movesNothing(op gridmap.PlanOp, fx *Effects) bool {
	return op.Kind == ReassignAtoms && len(fx.Footprint.Writes) == 0
}

// numbered says which operation of a batch is wrong.
func numbered(err error, i, n int) error {
	var domain *gridmap.Error
	if n == 1 || !errors.As(err, &domain) {
		return err
	}
	e := *domain
	e.Message = fmt.Sprintf("第 %d 个操作：%s", i+1, e.Message)
	return &e
}

// clear makes sure that what changed since baseRev touches nothing that the
// operations touched there.
func (dr *draft) clear(ctx context.Context, baseRev int64, b *Board, ops []gridmap.PlanOp) error {
	h := dr.history
	was, now := h.states[baseRev].tip, h.head().tip
	if !was.base.same(now.base) {
		return clashed(dr.plan.Rev, nil, "方案已换到新的底图，请刷新后重做 (the plan was moved to a newer base; reload)")
	}
	out, in := between(was, now)
	var clashes []Clash
	for _, op := range ops {
		next, effects, err := Apply(b, op)
		if err != nil {
			return err
		}
		b = next
		more, err := dr.meet(ctx, effects.Footprint, out, in)
		if err != nil {
			return err
		}
		clashes = append(clashes, more...)
	}
	if len(clashes) > 0 {
		return clashed(dr.plan.Rev, clashes, "与 %s 刚做的修改冲突 (what you changed was changed meanwhile)", whose(clashes))
	}
	return nil
}

// meet lists the operations among some that clash with a footprint.
func (dr *draft) meet(ctx context.Context, foot Footprint, lists ...[]*step) (clashes []Clash, err error) {
	for _, list := range lists {
		for _, s := range list {
			other, err := dr.boards.footprint(ctx, dr.history.log, s)
			if err != nil {
				return nil, err
			}
			if items := foot.Clashes(other); len(items) > 0 {
				clashes = append(clashes, clashOf(dr.history.log[s.entry], items, ""))
			}
		}
	}
	return clashes, nil
}

func (b Base) same(o Base) bool { return b.Seq == o.Seq && b.At.Equal(o.At) }

// Undo takes an operation out: the one named or, when target is "", the actor's
// own last one. It is a *ClashError when a later operation builds on it.
func (d *Desk) Undo(ctx context.Context, actor string, id gridmap.PlanID, opID string, baseRev int64, target string) (Answer, error) {
	return d.turn(ctx, actor, id, opID, baseRev, KindUndo, target)
}

// Redo puts back, as the last one, an operation that the actor has taken out:
// the one named or, when target is "", the last. It is refused once the actor
// has done something new, and a *ClashError when it touches what was changed
// since.
func (d *Desk) Redo(ctx context.Context, actor string, id gridmap.PlanID, opID string, baseRev int64, target string) (Answer, error) {
	return d.turn(ctx, actor, id, opID, baseRev, KindRedo, target)
}

func (d *Desk) turn(ctx context.Context, actor string, id gridmap.PlanID, opID string, baseRev int64, kind, target string) (Answer, error) {
	if opID == "" || len(opID) > maxIDBytes {
		return Answer{}, gridmap.Errorf(gridmap.Invalid, "操作 id %q 应为 1 至 %d 字节 (bad operation id)", opID, maxIDBytes)
	}
	return d.edit(ctx, actor, id, baseRev, func(dr *draft) (*outcome, error) {
		sent, err := json.Marshal(targetBody{target}) // "" as it is: what it stands for changes
		if err != nil {
			return nil, err
		}
		ops := []Op{{ID: opID, Kind: kind, Body: sent}}
		fresh, again, err := dr.sift(actor, ops)
		switch {
		case err != nil:
			return nil, err
		case len(fresh) == 0:
			return dr.repeat(ctx, baseRev, again)
		}
		do := dr.redo
		if kind == KindUndo {
			do = dr.undo
		}
		out, err := do(ctx, baseRev, fresh[0], target)
		if err != nil {
			return nil, err
		}
		return out, stamp(out.ops, ops)
	})
}

func (dr *draft) undo(ctx context.Context, baseRev int64, op gridmap.PlanOp, target string) (*outcome, error) {
	h := dr.history
	s := h.own(op.Actor)
	if target != "" {
		at, ok := h.byID[target]
		if !ok {
			return nil, noSuchOp(target)
		}
		if !isOperation(h.log[at].Kind) {
			return nil, gridmap.Errorf(gridmap.Invalid, "%q 不是可以撤销的操作 (not an operation)", target)
		}
		s = h.head().find(at)
		if s == nil {
			return nil, gridmap.Errorf(gridmap.Conflict, "该操作已被撤销 (undone already)")
		}
	}
	if s == nil {
		return nil, gridmap.Errorf(gridmap.Conflict, "没有可以撤销的操作 (nothing of yours to undo)")
	}
	foot, err := dr.boards.footprint(ctx, h.log, s)
	if err != nil {
		return nil, err
	}
	clashes, err := dr.meet(ctx, foot, h.head().since(s))
	if err != nil {
		return nil, err
	}
	if len(clashes) > 0 {
		return nil, clashed(dr.plan.Rev, clashes, "不能撤销：%s 后来的修改以它为基础 (later operations build on this one)", whose(clashes))
	}
	next, err := h.head().without(s.entry, op.Actor)
	if err != nil {
		return nil, err
	}
	return dr.turned(ctx, baseRev, op, h.log[s.entry].ID, next)
}

func (dr *draft) redo(ctx context.Context, baseRev int64, op gridmap.PlanOp, target string) (*outcome, error) {
	h, entry := dr.history, -1
	if target != "" {
		at, ok := h.byID[target]
		if !ok {
			return nil, noSuchOp(target)
		}
		entry = at
	}
	g := h.head().undone(entry, op.Actor)
	if g == nil {
		return nil, gridmap.Errorf(gridmap.Conflict, "没有可以重做的操作 (nothing of yours to redo)")
	}
	foot, err := dr.boards.footprint(ctx, h.log, g.was)
	if err != nil {
		return nil, err
	}
	out, in := between(g.left, h.head().tip)
	clashes, err := dr.meet(ctx, foot, out, in)
	if err != nil {
		return nil, err
	}
	if len(clashes) > 0 {
		return nil, clashed(dr.plan.Rev, clashes, "不能重做：%s 后来改动了同一处 (what it touches was changed since)", whose(clashes))
	}
	next, err := h.head().again(g.was.entry, op.Actor)
	if err != nil {
		return nil, err
	}
	return dr.turned(ctx, baseRev, op, h.log[g.was.entry].ID, next)
}

// turned is the outcome of an undo or a redo.
func (dr *draft) turned(ctx context.Context, baseRev int64, op gridmap.PlanOp, target string, next state) (*outcome, error) {
	after, err := dr.boards.at(ctx, dr.history.log, next.tip)
	var replay *replayError
	if errors.As(err, &replay) {
		other := dr.history.log[replay.at.entry]
		return nil, clashed(dr.plan.Rev, []Clash{clashOf(other, nil, replay.err.Error())}, "第 %d 条操作因此无法成立：%w", other.Rev, replay.err)
	}
	if err != nil {
		return nil, err
	}
	before, err := dr.boardAt(ctx, baseRev)
	if err != nil {
		return nil, err
	}
	if op.Body, err = json.Marshal(targetBody{target}); err != nil {
		return nil, err
	}
	return &outcome{
		plan: dr.plan, ops: []gridmap.PlanOp{op}, states: []state{next},
		answer: Answer{Rebased: baseRev < dr.plan.Rev, Change: Change{From: baseRev, Actor: op.Actor, Before: before, After: after}},
	}, nil
}
