package plan

import (
	"context"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
)

// facts are what a board is judged by that is not in the snapshot: all codes
// that were ever given, and what kind of line a border is. They are of the
// board's base, so a log means the same whenever it is replayed, and are read
// when first asked for.
type facts struct {
	desk  *Desk
	board *Board
	base  Base

	codesOnce sync.Once
	codes     map[string]gridmap.GridID
	marksOnce sync.Once
	marks     []district.Mark
	barrier   func(x, y gridmap.AtomID) bool
}

// factsTimeout bounds how long reading them may take.
const factsTimeout = time.Minute

// judged returns the board with its facts at hand.
func (d *Desk) judged(b *Board, base Base) *Board {
	f := &facts{desk: d, board: b, base: base}
	return b.With(Rules{Taken: f.taken, Barrier: f.closed, Marks: f.lines})
}

func (f *facts) taken(code string) gridmap.GridID {
	f.codesOnce.Do(func() {
		f.codes = map[string]gridmap.GridID{}
		f.read(func(ctx context.Context, r gridmap.Reader) error {
			for g, err := range r.Grids(ctx, gridmap.Query{All: true}) {
				if err != nil {
					return err
				}
				if g.Network == f.board.Network().ID && g.RecordedFrom <= f.base.Seq {
					f.codes[g.Code] = g.ID
				}
			}
			return nil
		})
	})
	return f.codes[code]
}

func (f *facts) closed(x, y gridmap.AtomID) bool {
	f.readMarks()
	return f.barrier != nil && f.barrier(x, y)
}

func (f *facts) lines() []district.Mark {
	f.readMarks()
	return f.marks
}

func (f *facts) readMarks() {
	f.marksOnce.Do(func() {
		bs := f.board.base
		atoms, attrs := make([]district.Atom, len(bs.atoms)), make([]map[string]string, len(bs.atoms))
		for i, a := range bs.atoms {
			atoms[i] = district.Atom{ID: a.id, Code: a.code, Name: a.name}
		}
		f.read(func(ctx context.Context, r gridmap.Reader) error {
			for a, err := range r.Atoms(ctx, gridmap.Query{At: f.base.At, Known: f.base.Seq}) {
				if err != nil {
					return err
				}
				if face, ok := slicesFind(bs.faceOf, a.ID); ok {
					attrs[face] = a.Attrs
				}
			}
			return nil
		})
		f.marks = district.ReadMarks(atoms, attrs)
		f.barrier = barriers(f.marks, f.board)
	})
}

// read looks into the store. What cannot be read is not known, as where nobody
// wrote it down; the store refuses a code that is taken when it comes to that.
func (f *facts) read(fn func(context.Context, gridmap.Reader) error) {
	ctx, cancel := context.WithTimeout(context.Background(), factsTimeout)
	defer cancel()
	err := f.desk.cfg.Store.View(ctx, func(r gridmap.Reader) error { return fn(ctx, r) })
	if err != nil {
		f.desk.cfg.Log.Warn("what a plan is judged by could not be read", "error", err)
	}
}
