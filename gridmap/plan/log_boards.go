package plan

import (
	"context"

	"cloudgrid/gridmap"
)

// Of the boards that applying operations makes, the newest are kept, and one
// at every checkpointEvery operations: so that taking out an operation, or
// showing an earlier revision, applies few again.
const (
	recentBoards    = 32
	checkpointEvery = 64
	mostCheckpoints = 128
)

// boards keeps some of the boards of a history.
type boards struct {
	load   func(context.Context, Base) (*Board, error)
	recent []*step // that have a board, the oldest first
	marks  []*step // checkpoints that are no longer recent
}

// replayError says which operation could not be applied any more.
type replayError struct {
	at  *step
	err error
}

func (e *replayError) Error() string { return e.err.Error() }
func (e *replayError) Unwrap() error { return e.err }

// at returns the board after a step. The error is a *replayError when an
// operation does not apply.
func (k *boards) at(ctx context.Context, log []gridmap.PlanOp, s *step) (*Board, error) {
	var path []*step
	for s.board == nil && s.entry >= 0 {
		path = append(path, s)
		s = s.before
	}
	if s.board == nil {
		b, err := k.load(ctx, s.base)
		if err != nil {
			return nil, err
		}
		s.board = b
	}
	b := s.board
	for i := len(path) - 1; i >= 0; i-- {
		next, effects, err := Apply(b, log[path[i].entry])
		if err != nil {
			return nil, &replayError{path[i], err}
		}
		b = next
		k.keep(path[i], next, effects.Footprint)
	}
	return b, nil
}

// keep remembers what applying an operation made.
func (k *boards) keep(s *step, b *Board, foot Footprint) {
	s.board, s.foot = b, &foot
	k.hold(s)
}

// hold puts away what has not been used for long, now that s has a board.
func (k *boards) hold(s *step) {
	k.recent = append(k.recent, s)
	if len(k.recent) <= recentBoards {
		return
	}
	old := k.recent[0]
	k.recent = k.recent[1:]
	if old.depth%checkpointEvery != 0 {
		old.board = nil
		return
	}
	if k.marks = append(k.marks, old); len(k.marks) > mostCheckpoints {
		k.thin()
	}
}

// thin puts every other checkpoint away.
func (k *boards) thin() {
	rest := k.marks[:0]
	for i, s := range k.marks {
		if i%2 == 0 {
			s.board = nil
		} else {
			rest = append(rest, s)
		}
	}
	clear(k.marks[len(rest):])
	k.marks = rest
}

// footprint returns what an operation read and wrote where it was effective.
func (k *boards) footprint(ctx context.Context, log []gridmap.PlanOp, s *step) (Footprint, error) {
	if s.foot == nil {
		board := s.board
		s.board = nil // so that it is applied again
		if _, err := k.at(ctx, log, s); err != nil {
			s.board = board
			return Footprint{}, err
		}
	}
	return *s.foot, nil
}
