package ingest

import (
	"cmp"
	"fmt"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// Ground outside the parent below these bounds is the doing of two drawings of
// one border: maps of different offices differ by a metre or two along it.
const (
	outsideLeastM2    = 10.0
	outsideLeastShare = 0.001
)

// withParents finds the parent of each row: by the code in its column, else by
// the ground it lies on. Rows without one are rejected. Where a row's ground
// reaches out of its parent's, that is told.
func (p *Plan) withParents(rows []row, rank int) []row {
	rd := p.b.rd
	rd.o.Progress("核对上级", 0, 0)
	if rd.o.MakeParents {
		p.makeParents(rows, rank-1)
	}
	uppers := p.ex.atLevel(rank - 1)
	if len(uppers) == 0 {
		p.reject(rows, levelNameAt(p.ex.levels, rank-1))
		return nil
	}
	index := map[gridmap.GridID]int{}
	for i, g := range uppers {
		index[g.ID] = i
	}
	n := nest(shapesOf(rows), p.ex.shapes(uppers))
	kept := slices.DeleteFunc(indexes(len(rows)), func(i int) bool {
		return !p.findParent(&rows[i], i, n, uppers, index)
	})
	p.giveWay(rows, kept, n, uppers, index)
	out := make([]row, len(kept))
	for k, i := range kept {
		out[k] = rows[i]
	}
	return out
}

func (p *Plan) reject(rows []row, level string) {
	for _, r := range rows {
		p.b.rd.reject(KindNoParent, r.n, r.code, rowAt(r), "上级层级 %s 还没有网格，先导入上级", level)
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func shapesOf(rows []row) []spatial.MultiPolygon {
	out := make([]spatial.MultiPolygon, len(rows))
	for i, r := range rows {
		out[i] = r.shape
	}
	return out
}

// findParent settles the parent of row i and checks its ground against it.
func (p *Plan) findParent(r *row, i int, n *nesting, uppers []gridmap.Grid, index map[gridmap.GridID]int) bool {
	rd := p.b.rd
	var u int
	if code := r.fields["parent"]; code != "" {
		at, ok := index[p.ex.gridOf[code]]
		if !ok {
			rd.reject(KindNoParent, r.n, r.code, rowAt(*r), "上级 %s 不存在", code)
			return false
		}
		u = at
	} else if u, _ = n.most(i); u < 0 {
		rd.reject(KindNoParent, r.n, r.code, rowAt(*r), "不在任何上级的范围内，也没有写上级编码")
		return false
	}
	r.fields["parent"] = uppers[u].Code
	if len(r.shape) == 0 || len(n.kept(u)) == 0 && n.shared[i][u] == 0 && p.groundless(uppers[u]) {
		return true
	}
	outside := n.areaM2[i] - n.shared[i][u]
	if outside > outsideLeastM2 && outside > n.areaM2[i]*outsideLeastShare {
		rd.rep.add(Finding{
			Kind: KindOutsideParent, Severity: Warning, Rows: []int{r.n}, Codes: []string{r.code, uppers[u].Code}, At: rowAt(*r), AreaM2: outside,
			Message: fmt.Sprintf("%s 有 %s（%.1f%%）在上级 %s 之外", rowRef(*r), areaText(outside), 100*outside/n.areaM2[i], uppers[u].Code),
		})
	}
	return true
}

// groundless tells whether nothing is known of a grid's ground.
func (p *Plan) groundless(g gridmap.Grid) bool {
	return len(g.Shape) == 0 && len(p.ex.groundOf(g.ID)) == 0
}

// giveWay takes from parents the ground that their children hold now. What no
// child covers stays with the parent, in its own atom: ground that is nobody's
// below falls to the territory.
func (p *Plan) giveWay(rows []row, kept []int, n *nesting, uppers []gridmap.Grid, index map[gridmap.GridID]int) {
	gets := map[int]bool{}
	for _, i := range kept {
		gets[index[p.ex.gridOf[rows[i].fields["parent"]]]] = true
	}
	for u := range uppers {
		if gets[u] {
			p.shrink(uppers[u], n.kept(u))
		}
	}
}

// shrink leaves a grid's own atom the given ground, or ends it.
func (p *Plan) shrink(g gridmap.Grid, left spatial.MultiPolygon) {
	id, ok := p.ex.atomOf[ownAtom(p.ex.network.Code, g.Code)]
	if _, valid := p.ex.atoms[id]; !ok || !valid {
		return
	}
	a := p.ex.atoms[id]
	left = withoutSlivers(left)
	areaM2 := measure.AreaM2(left)
	if len(left) == 0 {
		p.writes.ended = append(p.writes.ended, id)
		return
	}
	p.b.rd.rep.add(Finding{
		Kind: KindUncovered, Severity: Warning, Codes: []string{g.Code}, At: lonLat(left[0][0][0]), AreaM2: areaM2,
		Message: fmt.Sprintf("上级 %s「%s」有 %s 不在任何下级之内，仍由它自己负责", g.Code, g.Name, areaText(areaM2)),
	})
	if !sameShape(a.Shape, left) {
		a.Shape, a.Span = left, gridmap.Span{ValidFrom: p.b.rd.o.ValidFrom}
		p.writes.atoms = append(p.writes.atoms, a)
	}
}

// withoutSlivers drops parts too narrow to hold anything: what is left between
// two drawings of one border.
func withoutSlivers(m spatial.MultiPolygon) spatial.MultiPolygon {
	return slices.DeleteFunc(slices.Clone(m), func(poly spatial.Polygon) bool {
		lengthM := 0.0
		for _, r := range poly {
			lengthM += measure.LengthM(append(slices.Clone(r), r[0]))
		}
		return 2*measure.AreaM2(spatial.MultiPolygon{poly}) < leftoverLeastWidthM*lengthM
	})
}

// leftoverLeastWidthM is the mean width under which ground left over between a
// parent's border and its children's is taken for two drawings of one line.
const leftoverLeastWidthM = 2.0

// makeParents makes the grids of the level above that the rows name and the
// store lacks, each the union of its children.
func (p *Plan) makeParents(rows []row, rank int) {
	groups := map[string]int32{}
	var codes, names []string
	groupOf := make([]int32, len(rows))
	for i, r := range rows {
		code := r.fields["parent"]
		groupOf[i] = -1
		if _, known := p.ex.gridOf[code]; code == "" || known {
			continue
		}
		g, seen := groups[code]
		if !seen {
			g = int32(len(codes))
			groups[code] = g
			codes = append(codes, code)
			names = append(names, cmp.Or(r.fields["parent_name"], code))
		}
		groupOf[i] = g
	}
	if len(codes) == 0 {
		return
	}
	for i, shape := range union(shapesOf(rows), groupOf, len(codes)) {
		g := gridmap.Grid{
			ID: gridmap.GridID(p.writes.newID()), Network: p.ex.network.ID, Level: rank, Code: codes[i], Name: names[i],
			Type: gridmap.General, Shape: shape, Span: gridmap.Span{ValidFrom: p.b.rd.o.ValidFrom},
		}
		p.ex.gridOf[g.Code], p.ex.grids[g.ID] = g.ID, g
		p.writes.grids = append(p.writes.grids, g)
	}
	p.b.rd.rep.Notes = append(p.b.rd.rep.Notes, fmt.Sprintf("新建 %d 个上级网格（%s），范围为其下级之和", len(codes), levelNameAt(p.ex.levels, rank)))
}
