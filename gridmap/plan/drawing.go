package plan

import (
	"context"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Drawing returns the draft as maps show it; last, which may be nil, is a
// drawing of another board of the plan to share with.
func (b *Board) Drawing(last *atlas.Drawing) (*atlas.Drawing, error) {
	d := atlas.Draft{Ground: b.topo, Owner: make([]int32, b.owner.len()), Grids: map[int32]atlas.Grid{}, Atoms: map[int32]atlas.Atom{}}
	for f := range d.Owner {
		d.Owner[f] = b.owner.at(int32(f))
	}
	for i := range b.grids.len() {
		if g := b.grids.at(i); g != g.base && b.renamed(i) {
			d.Grids[i] = atlas.Grid{ID: g.id, Level: g.level, Parent: g.parent, Code: g.code, Name: g.name, Type: g.typ}
		}
	}
	for f, a := range b.edited {
		if int(f) >= len(b.base.atoms) {
			d.Atoms[f] = atlas.Atom{ID: a.id, Code: a.code, Name: a.name, Kind: a.kind}
		}
	}
	b.lazy.coloursOnce.Do(b.findColours)
	d.Colours = b.lazy.colours
	return b.base.net.Draft(b.base.atlas, d, last)
}

// drawn is the newest drawing of a draft.
type drawn struct {
	mu      sync.Mutex
	board   *Board
	drawing *atlas.Drawing
}

// Drawing returns a plan as maps show it now.
func (d *Desk) Drawing(ctx context.Context, actor string, id gridmap.PlanID) (View, *atlas.Drawing, error) {
	v, err := d.View(ctx, actor, id)
	if err != nil {
		return v, nil, err
	}
	dr := d.loaded(id)
	if dr == nil { // put away meanwhile
		drawing, err := v.Board.Drawing(nil)
		return v, drawing, err
	}
	w := &dr.drawn
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.board != v.Board {
		drawing, err := v.Board.Drawing(w.drawing)
		if err != nil {
			return v, nil, err
		}
		w.board, w.drawing = v.Board, drawing
	}
	return v, w.drawing, nil
}
