package plan

import (
	"encoding/json"
	"time"

	"cloudgrid/gridmap"
)

// The kinds of log entries that are about other entries.
const (
	KindUndo   = "undo"
	KindRedo   = "redo"
	KindRebase = "rebase"
)

// Base is the state of the map that a draft stands on: what was believed after
// change set Seq to be valid at At.
type Base struct {
	Seq     gridmap.Seq `json:"seq"`
	Edition int64       `json:"edition"`
	At      time.Time   `json:"at"`
}

func baseOf(p gridmap.Plan) Base { return Base{p.BaseSeq, p.BaseEdition, p.BaseAt.UTC()} }

// targetBody is the body of an undo or a redo in the log.
type targetBody struct {
	Target string `json:"target"`
}

// rebaseBody is the body of a rebase in the log. From makes the log readable
// without the plan's earlier states.
type rebaseBody struct {
	From Base     `json:"from"`
	To   Base     `json:"to"`
	Drop []string `json:"drop,omitempty"`
}

// step is an effective operation upon those before it. Steps are never changed
// but for what is remembered of applying them, so states share them.
type step struct {
	before *step // nil at the base
	entry  int   // of the operation in the log; -1 at the base
	depth  int   // operations up to here
	base   Base

	board *Board // after the operation; nil when it was put away
	foot  *Footprint
}

// state is what a log amounts to up to some entry.
type state struct {
	tip  *step
	gone *takenOut
}

// takenOut is an operation that was taken out and may be put back: a stack, the
// newest first.
type takenOut struct {
	was   *step // where it was effective
	left  *step // the tip once it was out
	by    string
	below *takenOut
}

// history is a log and, by revision, what it amounted to.
type history struct {
	log    []gridmap.PlanOp
	byID   map[string]int // entry of each operation
	states []state        // by revision; states[0] is the base alone
}

// newHistory begins a log. The first base is the plan's own unless the log says
// that it was moved since.
func newHistory(now Base, log []gridmap.PlanOp) (*history, error) {
	first := now
	for _, op := range log {
		if op.Kind == KindRebase {
			var body rebaseBody
			if err := json.Unmarshal(op.Body, &body); err != nil {
				return nil, damaged(op, err)
			}
			first = body.From
			break
		}
	}
	h := &history{byID: map[string]int{}, states: []state{{tip: &step{entry: -1, base: first}}}}
	for _, op := range log {
		if err := h.read(op); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func damaged(op gridmap.PlanOp, err error) error {
	return gridmap.Errorf(gridmap.Internal, "方案 %d 的日志第 %d 条（%s）无法重放 (the log cannot be replayed): %w", op.Plan, op.Rev, op.Kind, err)
}

// head is the present state.
func (h *history) head() state { return h.states[len(h.states)-1] }

// rev is the newest revision.
func (h *history) rev() int64 { return int64(len(h.log)) }

// read takes up an entry that is in the store.
func (h *history) read(op gridmap.PlanOp) error {
	if op.Rev != h.rev()+1 {
		return damaged(op, gridmap.Errorf(gridmap.Internal, "应为第 %d 条 (expected revision %d)", h.rev()+1, h.rev()+1))
	}
	next, err := h.after(h.head(), op, int(h.rev()))
	if err != nil {
		return damaged(op, err)
	}
	h.keep(op, next)
	return nil
}

// keep appends an entry whose outcome is known.
func (h *history) keep(op gridmap.PlanOp, next state) {
	h.byID[op.ID] = len(h.log)
	h.log = append(h.log, op)
	h.states = append(h.states, next)
}

// after says what an entry makes of a state.
func (h *history) after(s state, op gridmap.PlanOp, entry int) (state, error) {
	switch op.Kind {
	case KindUndo, KindRedo:
		var body targetBody
		if err := json.Unmarshal(op.Body, &body); err != nil {
			return s, err
		}
		target, ok := h.byID[body.Target]
		if !ok {
			return s, noSuchOp(body.Target)
		}
		if op.Kind == KindUndo {
			return s.without(target, op.Actor)
		}
		return s.again(target, op.Actor)
	case KindRebase:
		var body rebaseBody
		if err := json.Unmarshal(op.Body, &body); err != nil {
			return s, err
		}
		return s.upon(body.To, h.entries(body.Drop)), nil
	}
	return s.with(entry, op.Actor), nil
}

// entries finds operations by their ids; those unknown are left out.
func (h *history) entries(ids []string) map[int]bool {
	set := map[int]bool{}
	for _, id := range ids {
		if i, ok := h.byID[id]; ok {
			set[i] = true
		}
	}
	return set
}

func noSuchOp(id string) error {
	return gridmap.Errorf(gridmap.NotFound, "方案里没有操作 %q (no such operation)", id)
}

// on is one more step upon s.
func (s *step) on(entry int) *step {
	return &step{before: s, entry: entry, depth: s.depth + 1, base: s.base}
}

// with is the state after a new operation: whoever does something new can no
// longer redo.
func (s state) with(entry int, actor string) state {
	return state{tip: s.tip.on(entry), gone: s.gone.forget(func(g *takenOut) bool { return g.by == actor })}
}

// forget returns the stack without what matches, sharing what it can.
func (g *takenOut) forget(match func(*takenOut) bool) *takenOut {
	if g == nil {
		return nil
	}
	below := g.below.forget(match)
	switch {
	case match(g):
		return below
	case below == g.below:
		return g
	}
	return &takenOut{was: g.was, left: g.left, by: g.by, below: below}
}

// find returns the step of an effective operation; nil when it is not effective.
func (s state) find(entry int) *step {
	at := s.tip
	for ; at.entry >= 0; at = at.before {
		if at.entry == entry {
			return at
		}
	}
	return nil
}

// since lists the steps after a step of the path, in order.
func (s state) since(from *step) []*step {
	list := make([]*step, s.tip.depth-from.depth)
	at := s.tip
	for i := len(list) - 1; i >= 0; i-- {
		list[i], at = at, at.before
	}
	return list
}

// without takes an operation out.
func (s state) without(entry int, by string) (state, error) {
	target := s.find(entry)
	if target == nil {
		return s, gridmap.Errorf(gridmap.Conflict, "该操作已被撤销，或已在换底图时舍弃 (the operation is not effective)")
	}
	tip := target.before
	for _, later := range s.since(target) {
		tip = tip.on(later.entry)
	}
	return state{tip: tip, gone: &takenOut{was: target, left: tip, by: by, below: s.gone}}, nil
}

// undone finds what an actor may put back: the operation named, or the last
// that was taken out when entry is negative.
func (s state) undone(entry int, by string) *takenOut {
	for g := s.gone; g != nil; g = g.below {
		if g.by == by && (entry < 0 || g.was.entry == entry) {
			return g
		}
	}
	return nil
}

// again puts an operation back, at the end.
func (s state) again(entry int, by string) (state, error) {
	g := s.undone(entry, by)
	if g == nil {
		return s, gridmap.Errorf(gridmap.Conflict, "没有可以重做的操作 (nothing of yours to redo)")
	}
	return state{tip: s.tip.on(entry), gone: s.gone.forget(func(o *takenOut) bool { return o == g })}, nil
}

// upon moves the operations to another base, without some. What was taken out
// before cannot be put back: it was made on other ground.
func (s state) upon(b Base, drop map[int]bool) state {
	root := s.tip
	for root.before != nil {
		root = root.before
	}
	tip := &step{entry: -1, base: b}
	for _, one := range s.since(root) {
		if !drop[one.entry] {
			tip = tip.on(one.entry)
		}
	}
	return state{tip: tip}
}

// own returns the last effective operation of an actor; nil when there is none.
func (h *history) own(actor string) *step {
	for at := h.head().tip; at.entry >= 0; at = at.before {
		if h.log[at.entry].Actor == actor {
			return at
		}
	}
	return nil
}

// between lists the steps that are effective in one of two states only. An
// operation that is in both, though at another place, is in neither list.
func between(was, now *step) (out, in []*step) {
	for was != now && (was != nil || now != nil) {
		switch {
		case now == nil, was != nil && was.depth > now.depth:
			out, was = append(out, was), was.before
		case was == nil, now.depth > was.depth:
			in, now = append(in, now), now.before
		default:
			out, was = append(out, was), was.before
			in, now = append(in, now), now.before
		}
	}
	return apart(out, in), apart(in, out)
}

// apart lists the operations of a that are not in b, leaving out bases.
func apart(a, b []*step) (rest []*step) {
	in := make(map[int]bool, len(b))
	for _, s := range b {
		in[s.entry] = true
	}
	for _, s := range a {
		if s.entry >= 0 && !in[s.entry] {
			rest = append(rest, s)
		}
	}
	return rest
}
