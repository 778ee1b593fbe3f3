package plan

import (
	"context"
	"slices"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Of the boards and drawings that somebody looked back at, so many are kept:
// enough to go back and forth through what lies between two checkpoints.
const (
	keptReplays  = checkpointEvery
	keptDrawings = 4
)

// replays are boards of earlier revisions that somebody looks at. They are kept
// apart from those that writing needs, so that who looks back does not push
// these out, and are worked out beside the writer, one at a time.
type replays struct {
	mu    sync.Mutex
	kept  []replay // the latest made first
	marks []replay // checkpoints among those made earlier, likewise
	drawn []replayDrawing
}

type replay struct {
	tip   *step
	board *Board
}

type replayDrawing struct {
	board   *Board
	drawing *atlas.Drawing
}

// way is how a revision is reached: the steps after a board that is known, the
// last first.
type way struct {
	from *Board
	path []*step
	log  []gridmap.PlanOp
}

// ViewAt returns a plan with its board as it was at an earlier revision, the
// base at 0. The plan itself is as it is now. NotFound for a revision that
// there is not. Once checkpoints are made, at most checkpointEvery operations are
// applied anew.
func (d *Desk) ViewAt(ctx context.Context, actor string, id gridmap.PlanID, rev int64) (View, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return View{}, err
	}
	v, w, err := dr.wayTo(ctx, actor, rev)
	dr.mu.Unlock()
	if err != nil || v.Board != nil {
		return v, err
	}
	v.Board, err = dr.replays.at(w)
	return v, err
}

// wayTo finds the board at a revision, or how to make it; dr must be locked.
func (dr *draft) wayTo(ctx context.Context, actor string, rev int64) (v View, w way, err error) {
	if err := dr.latest(ctx); err != nil {
		return v, w, err
	}
	v.Plan = dr.plan
	if err := dr.desk.can(ctx, actor, ActView, dr.plan); err != nil {
		return v, w, err
	}
	switch last := dr.history.rev(); {
	case rev < 0 || rev > last:
		return v, w, gridmap.Errorf(gridmap.NotFound, "方案「%s」只有 0 到 %d 版修订，没有第 %d 版 (no such revision)", dr.plan.Name, last, rev)
	case rev == last:
		v.Board, err = dr.board(ctx)
		return v, w, err
	}
	if dr.history.head().tip.board == nil { // just opened: reading it makes the checkpoints
		if _, err := dr.board(ctx); err != nil {
			return v, w, err
		}
	}
	s := dr.history.states[rev].tip
	for ; s.board == nil && s.entry >= 0; s = s.before {
		w.path = append(w.path, s)
	}
	if w.from = s.board; w.from == nil {
		if w.from, err = dr.boards.at(ctx, nil, s); err != nil { // the base itself
			return v, w, err
		}
	}
	if w.log = dr.history.log; len(w.path) == 0 {
		v.Board = w.from
	}
	return v, w, nil
}

// at goes a way, from the nearest board that was looked at before.
func (r *replays) at(w way) (*Board, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, b := r.nearest(w)
	for i := n - 1; i >= 0; i-- {
		next, _, err := Apply(b, w.log[w.path[i].entry])
		if err != nil {
			return nil, damaged(w.log[w.path[i].entry], err)
		}
		b = next
		r.keep(replay{w.path[i], b})
	}
	return b, nil
}

// nearest returns the board to go on from, and how many steps are left.
func (r *replays) nearest(w way) (int, *Board) {
	known := make(map[*step]*Board, len(r.kept)+len(r.marks))
	for _, list := range [][]replay{r.kept, r.marks} {
		for _, o := range list {
			known[o.tip] = o.board
		}
	}
	for i, s := range w.path {
		if b := known[s]; b != nil {
			return i, b
		}
	}
	return len(w.path), w.from
}

// keep remembers a board, and for longer one at a checkpoint.
func (r *replays) keep(o replay) {
	r.kept = slices.Insert(r.kept, 0, o)
	r.kept = slices.Delete(r.kept, min(keptReplays, len(r.kept)), len(r.kept))
	if o.tip.depth%checkpointEvery == 0 {
		r.marks = slices.Insert(r.marks, 0, o)
		r.marks = slices.Delete(r.marks, min(mostCheckpoints, len(r.marks)), len(r.marks))
	}
}

// DrawingAt is ViewAt with the board as maps show it.
func (d *Desk) DrawingAt(ctx context.Context, actor string, id gridmap.PlanID, rev int64) (View, *atlas.Drawing, error) {
	v, err := d.ViewAt(ctx, actor, id, rev)
	if err != nil {
		return v, nil, err
	}
	dr := d.loaded(id)
	if dr == nil { // put away meanwhile
		drawing, err := v.Board.Drawing(nil)
		return v, drawing, err
	}
	drawing, err := dr.replays.drawing(v.Board)
	return v, drawing, err
}

// drawing draws a board, sharing with the one drawn last.
func (r *replays) drawing(b *Board) (*atlas.Drawing, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.IndexFunc(r.drawn, func(o replayDrawing) bool { return o.board == b }); i >= 0 {
		return r.drawn[i].drawing, nil
	}
	var last *atlas.Drawing
	if len(r.drawn) > 0 {
		last = r.drawn[0].drawing
	}
	drawing, err := b.Drawing(last)
	if err != nil {
		return nil, err
	}
	r.drawn = slices.Insert(r.drawn, 0, replayDrawing{b, drawing})
	r.drawn = slices.Delete(r.drawn, min(keptDrawings, len(r.drawn)), len(r.drawn))
	return drawing, nil
}

// Replay leads from one revision of a plan to another, later or earlier.
func (d *Desk) Replay(ctx context.Context, actor string, id gridmap.PlanID, from, to int64) (Change, error) {
	was, err := d.ViewAt(ctx, actor, id, from)
	if err != nil {
		return Change{}, err
	}
	now, err := d.ViewAt(ctx, actor, id, to)
	return Change{From: from, Rev: to, Before: was.Board, After: now.Board}, err
}
