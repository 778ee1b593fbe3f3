package plan

import (
	"context"
	"errors"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// draft is one plan at work in this process: one writer at a time.
type draft struct {
	desk *Desk
	id   gridmap.PlanID

	mu      sync.Mutex
	ready   bool // plan and log were read
	unsure  bool // a write ended without an answer: what is in the store must be read
	plan    gridmap.Plan
	history *history
	boards  boards

	followers followers
	drawn     drawn
	replays   replays
	walked    walked
}

// View is one state of a plan, immutable.
type View struct {
	Plan  gridmap.Plan
	Board *Board
}

// Change is what happened to a plan between two revisions.
type Change struct {
	From, Rev     int64  // it leads from revision From to Rev
	Actor         string // "" when several changed it, or its base was moved
	Before, After *Board // Before is nil where it is not known: anything may differ
}

// Answer is what became of operations.
type Answer struct {
	Plan gridmap.Plan
	Rev  int64
	// Rebased says that others had changed the plan since the revision the
	// operations were based on, without touching what these touch.
	Rebased bool
	// Change leads from the revision that they were based on to Rev, so it
	// holds what those others did, too.
	Change Change
}

// open reads the plan if that was not done yet, or if what was read may no
// longer be so.
func (dr *draft) open(ctx context.Context) error {
	if dr.ready && !dr.unsure {
		return nil
	}
	_, err := dr.catchUp(ctx)
	return err
}

// catchUp takes up what the store has gained; it returns whether that was
// anything.
func (dr *draft) catchUp(ctx context.Context) (news bool, err error) {
	plans := dr.desk.cfg.Plans
	p, err := plans.Plan(ctx, dr.id)
	if err != nil {
		return false, err
	}
	if !dr.ready {
		return true, dr.readAll(ctx, p)
	}
	was := dr.plan
	for op, err := range plans.PlanOps(ctx, dr.id, dr.history.rev()) {
		if err != nil {
			return false, err
		}
		if op.Rev > p.Rev {
			break // younger than p; the next time
		}
		if err := dr.history.read(op); err != nil {
			return false, err
		}
	}
	dr.plan, dr.unsure = p, false
	dr.tell(ctx, was)
	return was.Rev != p.Rev || was.State != p.State || !was.ChangedAt.Equal(p.ChangedAt), nil
}

func (dr *draft) readAll(ctx context.Context, p gridmap.Plan) error {
	var log []gridmap.PlanOp
	for op, err := range dr.desk.cfg.Plans.PlanOps(ctx, dr.id, 0) {
		if err != nil {
			return err
		}
		if op.Rev <= p.Rev {
			log = append(log, op)
		}
	}
	h, err := newHistory(baseOf(p), log)
	if err != nil {
		return err
	}
	if h.rev() != p.Rev {
		return gridmap.Errorf(gridmap.Internal, "方案 %d 的日志只有 %d 条，应有 %d 条 (the log is incomplete)", p.ID, h.rev(), p.Rev)
	}
	dr.plan, dr.history, dr.ready, dr.unsure = p, h, true, false
	dr.boards = boards{load: func(ctx context.Context, b Base) (*Board, error) { return dr.desk.boardOn(ctx, dr.plan, b) }}
	return nil
}

// boardAt returns the board at a revision.
func (dr *draft) boardAt(ctx context.Context, rev int64) (*Board, error) {
	b, err := dr.boards.at(ctx, dr.history.log, dr.history.states[rev].tip)
	var replay *replayError
	if errors.As(err, &replay) {
		return nil, damaged(dr.history.log[replay.at.entry], replay.err)
	}
	return b, err
}

func (dr *draft) board(ctx context.Context) (*Board, error) { return dr.boardAt(ctx, dr.history.rev()) }

// outcome is a change of a plan that is ready to be kept.
type outcome struct {
	idle   bool         // there is nothing to keep
	plan   gridmap.Plan // as it will be; Rev and ChangedAt are filled in
	ops    []gridmap.PlanOp
	states []state // after each of ops
	events []gridmap.PlanEvent
	answer Answer
	// keep keeps it in another way than Plans.UpdatePlan; may be nil.
	keep func(ctx context.Context, was gridmap.Plan, out *outcome) error
}

// attempts bounds how often a change is worked out anew because another
// process was faster; after the n-th it waits n times backOff, so that they
// come apart.
const (
	attempts = 16
	backOff  = 2 * time.Millisecond
)

// writeTimeout bounds a write, which goes on when its caller has gone.
const writeTimeout = 2 * time.Minute

// write works out a change and keeps it. When another process has changed the
// plan meanwhile, that is read and the change worked out again. dr must be
// locked.
func (dr *draft) write(ctx context.Context, work func() (*outcome, error)) (Answer, error) {
	for n := range attempts {
		out, err := work()
		if err != nil {
			return Answer{}, err
		}
		if out.idle {
			return out.answer, nil
		}
		was := dr.plan
		dr.seal(out)
		err = dr.store(ctx, was, out)
		if err == nil {
			dr.kept(ctx, out)
			return out.answer, nil
		}
		if gridmap.CodeOf(err) != gridmap.Conflict {
			dr.unsure = true
			return Answer{}, err
		}
		if news, rerr := dr.catchUp(ctx); rerr != nil || !news {
			return Answer{}, errors.Join(err, rerr)
		}
		time.Sleep(time.Duration(n) * backOff)
	}
	return Answer{}, gridmap.Errorf(gridmap.Conflict, "方案「%s」正被频繁修改，请重试 (the plan is changing too fast)", dr.plan.Name)
}

// kept takes up what is in the store now.
func (dr *draft) kept(ctx context.Context, out *outcome) {
	was := dr.plan
	for i, op := range out.ops {
		dr.history.keep(op, out.states[i])
		if isOperation(op.Kind) {
			dr.boards.hold(out.states[i].tip)
		}
	}
	dr.plan = out.plan
	dr.tell(ctx, was)
}

// seal numbers what is to be kept.
func (dr *draft) seal(out *outcome) {
	now := dr.desk.now()
	out.plan.Rev, out.plan.ChangedAt = dr.plan.Rev+int64(len(out.ops)), now
	for i := range out.ops {
		op := &out.ops[i]
		op.Plan, op.Rev, op.At = dr.id, dr.plan.Rev+int64(i)+1, now
	}
	for i := range out.events {
		e := &out.events[i]
		e.Plan, e.At, e.Rev = dr.id, now, out.plan.Rev
	}
	out.answer.Plan, out.answer.Rev = out.plan, out.plan.Rev
	out.answer.Change.Rev = out.plan.Rev
}

// store keeps an outcome even when its caller goes away meanwhile: it might be
// kept anyway, and then the plan must know.
func (dr *draft) store(ctx context.Context, was gridmap.Plan, out *outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if out.keep != nil {
		return out.keep(ctx, was, out)
	}
	return dr.desk.cfg.Plans.UpdatePlan(ctx, was, out.plan, out.ops, out.events)
}

// latest takes up what other processes have done, before they are heard of; a
// store that cannot be reached leaves the draft as it is.
func (dr *draft) latest(ctx context.Context) error {
	if _, err := dr.catchUp(ctx); gridmap.CodeOf(err) != gridmap.Unavailable {
		return err
	}
	return nil
}

// View returns a plan as it is now.
func (d *Desk) View(ctx context.Context, actor string, id gridmap.PlanID) (View, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return View{}, err
	}
	defer dr.mu.Unlock()
	if err := dr.latest(ctx); err != nil {
		return View{}, err
	}
	if err := d.can(ctx, actor, ActView, dr.plan); err != nil {
		return View{}, err
	}
	b, err := dr.board(ctx)
	return View{dr.plan, b}, err
}

// Next is what undo and redo would do for an actor; nil where there is nothing.
type Next struct{ Undo, Redo *gridmap.PlanOp }

// Next returns what an actor's undo and redo would do.
func (d *Desk) Next(ctx context.Context, actor string, id gridmap.PlanID) (n Next, err error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return n, err
	}
	defer dr.mu.Unlock()
	h := dr.history
	if s := h.own(actor); s != nil {
		op := h.log[s.entry]
		n.Undo = &op
	}
	if g := h.head().undone(-1, actor); g != nil {
		op := h.log[g.was.entry]
		n.Redo = &op
	}
	return n, nil
}

// LogLine is an entry of the log and whether it has no effect any more.
type LogLine struct {
	gridmap.PlanOp
	Undone bool
}

// Log returns the log after a revision.
func (d *Desk) Log(ctx context.Context, actor string, id gridmap.PlanID, after int64) ([]LogLine, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return nil, err
	}
	defer dr.mu.Unlock()
	if err := dr.latest(ctx); err != nil {
		return nil, err
	}
	if err := d.can(ctx, actor, ActView, dr.plan); err != nil {
		return nil, err
	}
	h := dr.history
	live := map[int]bool{}
	for at := h.head().tip; at.entry >= 0; at = at.before {
		live[at.entry] = true
	}
	lines := []LogLine{}
	for i := max(after, 0); i < h.rev(); i++ {
		op := h.log[i]
		lines = append(lines, LogLine{op, isOperation(op.Kind) && !live[int(i)]})
	}
	return lines, nil
}

// isOperation tells whether a kind of entry changes the board by itself.
func isOperation(kind string) bool {
	return kind != KindUndo && kind != KindRedo && kind != KindRebase
}
