package plan

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Published says what a board became in a store.
type Published struct {
	NewGrids map[gridmap.GridID]gridmap.GridID // the identities that the plan's grids got, by those they had in it
	NewAtoms map[gridmap.AtomID]gridmap.AtomID
	Grids    []gridmap.GridID // with a new version, new ones and those of other networks included; ascending
	Ended    []gridmap.GridID
	Atoms    []gridmap.AtomID // with a new version
	Members  int              // memberships written
	Lineage  []Descent        // with the identities of the store; kept as records as well
}

// Write writes what the draft changes, valid from a time on, and nothing else:
// a new version of every grid whose name, code, type, attributes or outline
// differs, at any level; of every atom whose ground or counts differ; new grids
// and atoms; who belongs to whom; the end of retired grids; the lineage.
//
// Networks over the same atoms share the ground: where that changed, their
// grids get new outlines as well, and the pieces of a split atom belong to the
// grid that had the whole.
//
// That the store still holds the state that the draft is over is for the
// caller to see to. What it does not hold at that time any more is a Conflict.
func (b *Board) Write(ctx context.Context, w gridmap.Writer, at time.Time) (Published, error) {
	p := publisher{b: b, ctx: ctx, w: w, at: at, shapes: map[gridmap.GridID]spatial.MultiPolygon{}}
	p.out.NewGrids, p.out.NewAtoms = map[gridmap.GridID]gridmap.GridID{}, map[gridmap.AtomID]gridmap.AtomID{}
	for _, step := range []func() error{p.number, p.draw, p.writeAtoms, p.writeGrids, p.writeMembers, p.endGrids, p.writeLineage} {
		if err := step(); err != nil {
			return Published{}, err
		}
	}
	slices.Sort(p.out.Grids)
	return p.out, nil
}

// publisher writes one board; it lives for one Write.
type publisher struct {
	b   *Board
	ctx context.Context
	w   gridmap.Writer
	at  time.Time

	shapes map[gridmap.GridID]spatial.MultiPolygon // outlines that differ from the base
	out    Published
}

// number gives what the plan made its identities: grids, then atoms, each in
// the order made. What it made and gave up again gets none.
func (p *publisher) number() error {
	grids := slices.SortedFunc(maps.Keys(p.b.gridAt), compareIDs)
	grids = slices.DeleteFunc(grids, func(id gridmap.GridID) bool { return p.b.grids.at(p.b.gridAt[id]).retired })
	atoms := slices.Sorted(maps.Keys(p.b.atomAt))
	slices.Reverse(atoms) // ids go down
	if len(grids)+len(atoms) == 0 {
		return nil
	}
	next, err := p.w.NewIDs(p.ctx, len(grids)+len(atoms))
	if err != nil {
		return err
	}
	for _, id := range grids {
		p.out.NewGrids[id] = gridmap.GridID(next)
		next++
	}
	for _, id := range atoms {
		p.out.NewAtoms[id] = gridmap.AtomID(next)
		next++
	}
	return nil
}

func (p *publisher) grid(id gridmap.GridID) gridmap.GridID {
	if id < 0 {
		return p.out.NewGrids[id]
	}
	return id
}

func (p *publisher) atom(id gridmap.AtomID) gridmap.AtomID {
	if id < 0 {
		return p.out.NewAtoms[id]
	}
	return id
}

func (p *publisher) span() gridmap.Span { return gridmap.Span{ValidFrom: p.at} }

// writeAtoms writes the atoms whose ground or counts differ, and new ones.
func (p *publisher) writeAtoms() error {
	differ := map[gridmap.AtomID]int32{}
	wholes := map[gridmap.AtomID]bool{}
	for f, a := range p.b.edited {
		if a.id < 0 || p.b.reshaped[f] || !slices.Equal(a.counts, p.b.base.atoms[f].counts) {
			differ[a.id] = f
			wholes[p.b.base.atoms[a.of].id] = true
		}
	}
	if len(differ) == 0 {
		return nil
	}
	rows, err := pick(p.w.Atoms(p.ctx, gridmap.Query{At: p.at}), wholes, func(a gridmap.Atom) gridmap.AtomID { return a.ID })
	if err != nil {
		return err
	}
	var atoms []gridmap.Atom
	for _, f := range slices.Sorted(maps.Values(differ)) {
		a := p.b.atom(f)
		row, ok := rows[p.b.base.atoms[a.of].id]
		if !ok {
			return gridmap.Errorf(gridmap.Conflict, "单元 %s 到生效时已不存在，请换到新的底图 (the atom is not there at that time)", a.title())
		}
		row.ID, row.Code, row.Name, row.Span = p.atom(a.id), a.code, a.name, p.span()
		row.Shape = p.b.topo.FacePolygon(faceID(f))
		row.Counts = p.counts(row.Counts, a.counts)
		row.Attrs = maps.Clone(row.Attrs)
		atoms = append(atoms, row)
		p.out.Atoms = append(p.out.Atoms, row.ID)
	}
	slices.Sort(p.out.Atoms)
	return p.w.PutAtoms(p.ctx, atoms...)
}

// counts are those of the board by their keys; a zero is written only where
// something was counted before.
func (p *publisher) counts(was map[string]int64, now []int64) map[string]int64 {
	out := make(map[string]int64, len(was))
	for k, key := range p.b.base.keys {
		if _, counted := was[key]; counted || now[k] != 0 {
			out[key] = now[k]
		}
	}
	return out
}

// writeGrids writes new grids and those that differ.
func (p *publisher) writeGrids() error {
	differ := map[gridmap.GridID]bool{}
	for id := range p.shapes {
		if i := p.b.gridIndex(id); id > 0 && (i == none || !p.b.grids.at(i).retired) {
			differ[id] = true
		}
	}
	for i := range p.b.grids.len() {
		if g := p.b.grids.at(i); g != g.base && !g.fresh && !g.retired && p.b.renamed(i) {
			differ[g.id] = true
		}
	}
	rows, err := pick(p.w.Grids(p.ctx, gridmap.Query{At: p.at}), differ, func(g gridmap.Grid) gridmap.GridID { return g.ID })
	if err != nil {
		return err
	}
	var grids []gridmap.Grid
	for _, id := range slices.Sorted(maps.Keys(differ)) {
		row, ok := rows[id]
		if !ok {
			return gridmap.Errorf(gridmap.Conflict, "网格 %d 到生效时已不存在，请换到新的底图 (the grid is not there at that time)", id)
		}
		grids = append(grids, p.version(row))
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.out.NewGrids), compareIDs) {
		g := p.b.grids.at(p.b.gridAt[id])
		row := gridmap.Grid{ID: id, Network: p.b.base.net.Network.ID, Level: g.level}
		if g.parent != none {
			row.Parent = p.grid(p.b.grids.at(g.parent).id)
		}
		grids = append(grids, p.version(row))
	}
	for _, g := range grids {
		p.out.Grids = append(p.out.Grids, g.ID)
	}
	if len(grids) == 0 {
		return nil
	}
	return p.w.PutGrids(p.ctx, grids...)
}

// version is the row of a grid as the draft has it.
func (p *publisher) version(row gridmap.Grid) gridmap.Grid {
	if shape, differs := p.shapes[row.ID]; differs {
		row.Shape = shape
	}
	if i := p.b.gridIndex(row.ID); i != none { // not of another network
		g := p.b.grids.at(i)
		row.Code, row.Name, row.Type, row.Attrs = g.code, g.name, g.typ, maps.Clone(g.attrs)
	}
	row.ID, row.Span = p.grid(row.ID), p.span()
	return row
}

// writeMembers writes who belongs to whom where that differs.
func (p *publisher) writeMembers() error {
	var members []gridmap.Membership
	network := p.b.base.net.Network.ID
	for f := range p.b.owner.len() {
		a := p.b.atom(f)
		was, now := p.b.base.owner[a.of], p.b.owner.at(f)
		if was != now || a.id < 0 {
			members = append(members, gridmap.Membership{Atom: p.atom(a.id), Network: network, Grid: p.grid(p.b.grids.at(now).id), Span: p.span()})
		}
	}
	for _, n := range p.b.base.sharing() {
		_, _, owner := n.Ground()
		for f := int32(len(p.b.base.atoms)); f < p.b.owner.len(); f++ {
			a := p.b.atom(f)
			members = append(members, gridmap.Membership{Atom: p.atom(a.id), Network: n.Network.ID, Grid: n.Grids[owner[a.of]].ID, Span: p.span()})
		}
	}
	if p.out.Members = len(members); len(members) == 0 {
		return nil
	}
	return p.w.PutMemberships(p.ctx, members...)
}

func (p *publisher) endGrids() error {
	for i := range int32(len(p.b.base.grids)) {
		if g := p.b.grids.at(i); g.retired {
			p.out.Ended = append(p.out.Ended, g.id)
		}
	}
	if len(p.out.Ended) == 0 {
		return nil
	}
	slices.Sort(p.out.Ended)
	return p.w.EndGrids(p.ctx, p.at, p.out.Ended...)
}

// writeLineage keeps where grids went, for statistics that compare over years.
func (p *publisher) writeLineage() error {
	p.out.Lineage = p.b.Lineage()
	if len(p.out.Lineage) == 0 {
		return nil
	}
	head, err := p.w.Head(p.ctx)
	if err != nil {
		return err
	}
	first, err := p.w.NewIDs(p.ctx, len(p.out.Lineage))
	if err != nil {
		return err
	}
	records := make([]gridmap.Record, len(p.out.Lineage))
	for k := range p.out.Lineage {
		d := &p.out.Lineage[k]
		d.From, d.To = p.grid(d.From), p.grid(d.To)
		body, err := json.Marshal(gridmap.LineageBody{From: d.From, To: d.To, Share: d.Share, Households: d.Households, Edition: head.Edition + 1})
		if err != nil {
			return err
		}
		records[k] = gridmap.Record{ID: gridmap.RecordID(first + int64(k)), Kind: gridmap.LineageRecord, Grid: d.From, Body: body, Span: p.span()}
	}
	return p.w.PutRecords(p.ctx, records...)
}

// pick reads the rows with the ids in question.
func pick[ID comparable, T any](rows iter.Seq2[T, error], wanted map[ID]bool, id func(T) ID) (map[ID]T, error) {
	out := make(map[ID]T, len(wanted))
	if len(wanted) == 0 {
		return out, nil
	}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if k := id(row); wanted[k] {
			out[k] = row
		}
	}
	return out, nil
}
