package ingest

import (
	"cmp"
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
)

// planAtoms works out basic units and the leaf grids they belong to: by the
// code in their column, else by the ground they lie on.
func (p *Plan) planAtoms() error {
	rd := p.b.rd
	if rd.o.MakeParents {
		if err := p.makeLeaves(); err != nil {
			return err
		}
	}
	leaves := p.ex.leaves()
	if len(leaves) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "网络 %s 还没有网格；先导入网格，或用 --make-parents 按所属网格列新建 (no grids yet)", p.ex.network.Code)
	}
	p.coverAtoms()
	rows := p.b.rows
	index := map[gridmap.GridID]int{}
	for i, g := range leaves {
		index[g.ID] = i
	}
	rd.o.Progress("核对归属", 0, 0)
	n := nest(shapesOf(rows), p.ex.shapes(leaves))
	leafOf := make([]int, len(rows))
	for i := range rows {
		leafOf[i] = p.leafOf(rows[i], i, n, index)
	}
	p.settle(rows, leafOf, n, leaves)
	kept := rows[:0]
	for i, r := range rows {
		if leafOf[i] >= 0 {
			p.putAtom(r, leaves[leafOf[i]])
			kept = append(kept, r)
		}
	}
	p.b.rows, rd.rep.Accepted = kept, len(kept)
	return nil
}

// coverAtoms reports atoms that overlap each other or real atoms of the store.
func (p *Plan) coverAtoms() {
	inFile := map[string]bool{}
	var faces []face
	for _, r := range p.b.rows {
		inFile[r.code] = true
		faces = append(faces, face{r.n, r.code, r.shape})
	}
	for _, id := range slices.Sorted(maps.Keys(p.ex.members)) {
		if a := p.ex.atoms[id]; a.Kind != kindOwnAtom && !inFile[a.Code] {
			faces = append(faces, face{0, a.Code, a.Shape})
		}
	}
	for i, s := range p.b.rd.coverage(faces, false) {
		if i < len(p.b.rows) {
			p.b.rows[i].shape = s
		}
	}
}

// leafOf returns the index of the leaf grid of a row; -1 when there is none and
// the row was rejected.
func (p *Plan) leafOf(r row, i int, n *nesting, index map[gridmap.GridID]int) int {
	rd := p.b.rd
	if code := r.fields["grid"]; code != "" {
		id, known := p.ex.gridOf[code]
		leaf, ok := index[id]
		switch {
		case !known:
			rd.reject(KindNoParent, r.n, r.code, rowAt(r), "所属网格 %s 不存在", code)
			return -1
		case !ok:
			rd.reject(KindNoParent, r.n, r.code, rowAt(r), "所属网格 %s 不是末级网格", code)
			return -1
		}
		return leaf
	}
	leaf, _ := n.most(i)
	if leaf < 0 {
		rd.reject(KindNoParent, r.n, r.code, rowAt(r), "不在任何网格的范围内，也没有写所属网格")
	}
	return leaf
}

// settle gives the grids that receive atoms their new ground: the atoms, and
// what is left of the grid's own atom.
func (p *Plan) settle(rows []row, leafOf []int, n *nesting, leaves []gridmap.Grid) {
	group := make([]int32, len(rows)+len(leaves))
	gets := make([]bool, len(leaves))
	for i, leaf := range leafOf {
		group[i] = int32(leaf)
		if leaf >= 0 {
			gets[leaf] = true
		}
	}
	for u := range leaves {
		group[len(rows)+u] = int32(u)
	}
	ground := n.topo.Dissolve(group, len(leaves))
	for u, g := range leaves {
		if !gets[u] {
			continue
		}
		p.shrink(g, n.kept(u))
		shape := ground.FacePolygon(topology.FaceID(u))
		if !sameShape(g.Shape, shape) {
			g.Shape, g.Span = shape, gridmap.Span{ValidFrom: p.b.rd.o.ValidFrom}
			p.writes.putGrid(g)
		}
	}
}

// putGrid replaces a grid that is to be written anyway, or adds it.
func (w *writes) putGrid(g gridmap.Grid) {
	for i := range w.grids {
		if w.grids[i].ID == g.ID {
			w.grids[i] = g
			return
		}
	}
	w.grids = append(w.grids, g)
}

func (p *Plan) putAtom(r row, leaf gridmap.Grid) {
	rd := p.b.rd
	span := gridmap.Span{ValidFrom: rd.o.ValidFrom}
	a := gridmap.Atom{
		Code: r.code, Name: r.fields["name"], Kind: cmp.Or(r.fields["kind"], "block"),
		Shape: r.shape, Counts: r.counts, Attrs: r.attrs, Span: span,
	}
	id, known := p.ex.atomOf[r.code]
	old, valid := p.ex.atoms[id]
	moved := !valid || p.ex.members[id] != leaf.ID
	if a.ID = id; !known {
		a.ID = gridmap.AtomID(p.writes.newID())
	}
	switch {
	case !valid:
		rd.rep.Created++
	case sameAtom(old, a) && !moved:
		rd.rep.Unchanged++
		return
	default:
		rd.rep.Updated++
		p.replaces(old.Span)
	}
	if !valid || !sameAtom(old, a) {
		p.writes.atoms = append(p.writes.atoms, a)
	}
	if moved {
		p.writes.members = append(p.writes.members, gridmap.Membership{Atom: a.ID, Network: p.ex.network.ID, Grid: leaf.ID, Span: span})
	}
}

// makeLeaves makes the grids that the atoms name and the store lacks, each the
// union of its atoms.
func (p *Plan) makeLeaves() error {
	rank, err := p.chooseLevel()
	if err != nil {
		return err
	}
	if rank > 0 {
		return gridmap.Errorf(gridmap.Invalid, "--make-parents 只能新建最上一级的网格；先导入 %s (can only make top grids)", p.b.rd.rep.Level)
	}
	for i := range p.b.rows {
		f := p.b.rows[i].fields
		f["parent"], f["parent_name"] = f["grid"], f["grid_name"]
	}
	p.makeParents(p.b.rows, rank)
	return nil
}
