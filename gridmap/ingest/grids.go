package ingest

import (
	"fmt"
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// planGrids works out the grids of one level: parents, coverage, versions, and
// the atoms that hold their ground.
func (p *Plan) planGrids() error {
	rank, err := p.chooseLevel()
	if err != nil {
		return err
	}
	rows := p.unclaimed(p.b.rows, rank)
	p.notInFile(rows, rank)
	rows = p.cover(rows, rank)
	if rank > 0 {
		rows = p.withParents(rows, rank)
	}
	for _, r := range rows {
		p.putGrid(r, rank)
	}
	p.sayOddTypes()
	p.b.rows = rows
	p.b.rd.rep.Accepted = len(rows)
	return nil
}

// sayOddTypes tells, once for each, the words of the type column that are no
// type of grid.
func (p *Plan) sayOddTypes() {
	for _, t := range sortedKeys(p.oddTypes) {
		rows := p.oddTypes[t]
		p.b.rd.rep.add(Finding{
			Kind: KindBadValue, Severity: Warning, Rows: rows[:min(len(rows), 20)],
			Message: fmt.Sprintf("类型 %q 不是网格类型，%d 行按 %s", t, len(rows), gridTypeOf("", p.b.rd.o.GridType).Name()),
		})
	}
}

// unclaimed rejects rows whose code is that of a grid of another level.
func (p *Plan) unclaimed(rows []row, rank int) []row {
	return slices.DeleteFunc(rows, func(r row) bool {
		g, ok := p.ex.grids[p.ex.gridOf[r.code]]
		if !ok || g.Level == rank {
			return false
		}
		p.b.rd.reject(KindSameCode, r.n, r.code, rowAt(r), "编码 %s 已属于层级 %s 的网格「%s」", r.code, levelNameAt(p.ex.levels, g.Level), g.Name)
		return true
	})
}

// cover checks the rows together with the grids of the level that the file
// leaves as they are.
func (p *Plan) cover(rows []row, rank int) []row {
	rd := p.b.rd
	rd.o.Progress("检查覆盖", 0, 0)
	inFile := map[string]bool{}
	var faces []face
	for _, r := range rows {
		inFile[r.code] = true
		faces = append(faces, face{r.n, r.code, r.shape})
	}
	others := slices.DeleteFunc(p.ex.atLevel(rank), func(g gridmap.Grid) bool { return inFile[g.Code] })
	for i, s := range p.ex.shapes(others) {
		faces = append(faces, face{0, others[i].Code, s})
	}
	for i, s := range rd.coverage(faces, true) {
		if i < len(rows) {
			rows[i].shape = s
		}
	}
	return rows
}

func (p *Plan) notInFile(rows []row, rank int) {
	inFile := map[string]bool{}
	for _, r := range rows {
		inFile[r.code] = true
	}
	var left []string
	for _, g := range p.ex.atLevel(rank) {
		if !inFile[g.Code] {
			left = append(left, g.Code)
		}
	}
	if len(left) > 0 {
		p.b.rd.rep.add(Finding{
			Kind: KindNotInFile, Severity: Note, Codes: left[:min(len(left), 50)],
			Message: fmt.Sprintf("库中有 %d 个网格不在文件里，保持不变", len(left)),
		})
	}
}

// parentOf returns the grid that withParents found.
func (p *Plan) parentOf(r row) gridmap.GridID { return p.ex.gridOf[r.fields["parent"]] }

// putGrid writes a new grid, or a new version of one where anything differs.
func (p *Plan) putGrid(r row, rank int) {
	rd := p.b.rd
	g := gridmap.Grid{
		Network: p.ex.network.ID, Level: rank, Code: r.code, Name: r.name,
		Type: rd.gridType(&r), Attrs: r.attrs, Shape: r.shape,
		Span: gridmap.Span{ValidFrom: rd.o.ValidFrom},
	}
	if rank > 0 {
		g.Parent = p.parentOf(r)
	}
	if t := r.fields["type"]; t != "" && !knownType(t) {
		p.oddTypes[t] = append(p.oddTypes[t], r.n)
	}
	id, known := p.ex.gridOf[r.code]
	old, valid := p.ex.grids[id]
	if known {
		g.ID = id
	} else {
		g.ID = gridmap.GridID(p.writes.newID())
		p.ex.gridOf[r.code] = g.ID
	}
	grounded := p.putGround(&g, r, old, valid)
	switch {
	case !valid:
		rd.rep.Created++
	case sameGrid(old, g) && !grounded:
		rd.rep.Unchanged++
		return
	default:
		rd.rep.Updated++
		p.replaces(old.Span)
	}
	p.writes.grids = append(p.writes.grids, g)
}

// putGround gives a leaf grid its own atom, or that atom its new shape; it
// tells whether it wrote one. A grid with real atoms keeps their ground, and an
// upper grid that of its children: the drawn shape moves nothing then.
func (p *Plan) putGround(g *gridmap.Grid, r row, old gridmap.Grid, valid bool) bool {
	atoms := p.ex.holds[g.ID]
	own := ownAtom(p.ex.network.Code, g.Code)
	id, has := p.ex.atomOf[own]
	onlyOwn := len(atoms) == 0 || len(atoms) == 1 && has && atoms[0] == id
	if len(p.ex.below[g.ID]) > 0 || !onlyOwn {
		if valid && !sameShape(old.Shape, r.shape) && len(old.Shape) > 0 {
			p.b.rd.rep.add(Finding{
				Kind: KindGroundKept, Severity: Warning, Rows: []int{r.n}, Codes: codes(r.code), At: rowAt(r),
				Message: fmt.Sprintf("网格 %s 的范围由下级或 %d 个单元决定，文件里的边界没有改变它", g.Code, len(atoms)),
			})
		}
		g.Shape = old.Shape
		return false
	}
	if len(r.shape) == 0 {
		return false
	}
	a := gridmap.Atom{ID: id, Code: own, Name: g.Name, Kind: kindOwnAtom, Shape: g.Shape, Counts: r.counts, Span: g.Span}
	was, there := p.ex.atoms[id]
	if there && has && sameAtom(was, a) && p.ex.members[id] == g.ID {
		return false
	}
	if !has {
		a.ID = gridmap.AtomID(p.writes.newID())
	}
	p.replaces(was.Span)
	p.writes.atoms = append(p.writes.atoms, a)
	p.writes.members = append(p.writes.members, gridmap.Membership{Atom: a.ID, Network: g.Network, Grid: g.ID, Span: g.Span})
	return true
}

func sameGrid(a, b gridmap.Grid) bool {
	return a.Parent == b.Parent && a.Code == b.Code && a.Name == b.Name && a.Type == b.Type &&
		maps.Equal(a.Attrs, b.Attrs) && sameShape(a.Shape, b.Shape)
}

func sameAtom(a, b gridmap.Atom) bool {
	return a.Code == b.Code && a.Name == b.Name && a.Kind == b.Kind &&
		maps.Equal(a.Counts, b.Counts) && maps.Equal(a.Attrs, b.Attrs) && sameShape(a.Shape, b.Shape)
}

func sameShape(a, b spatial.MultiPolygon) bool {
	if len(a) != len(b) || a.NumPoints() != b.NumPoints() {
		return false
	}
	return len(a) == 0 || shapeKey(a) == shapeKey(b)
}
