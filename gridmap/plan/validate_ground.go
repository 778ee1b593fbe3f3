package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
)

// partsOf returns the connected parts of a grid's own atoms, the heaviest
// first: by households, then area. Contact at a point, or across a barrier,
// connects nothing.
func (b *Board) partsOf(i int32) [][]int32 {
	g := b.grids.at(i)
	if known := g.lazy.parts.Load(); known != nil && known.base == b.base {
		return known.parts
	}
	known := &gridParts{b.base, b.findParts(g)}
	g.lazy.parts.Store(known)
	return known.parts
}

// gridParts is the parts of a grid by the rules of a base.
type gridParts struct {
	base  *base
	parts [][]int32
}

func (b *Board) findParts(g *grid) [][]int32 {
	seen := make(map[int32]bool, len(g.faces))
	var parts [][]int32
	for _, f := range g.faces {
		if seen[f] {
			continue
		}
		seen[f] = true
		part := []int32{f}
		for k := 0; k < len(part); k++ {
			for _, id := range b.topo.FaceArcs(topology.FaceID(part[k])) {
				o := b.across(id, part[k])
				if o < 0 || seen[o] || b.owner.at(o) != b.owner.at(f) || b.barrier(part[k], o) {
					continue
				}
				seen[o] = true
				part = append(part, o)
			}
		}
		slices.Sort(part)
		parts = append(parts, part)
	}
	if len(parts) < 2 {
		return parts
	}
	slices.SortStableFunc(parts, func(x, y []int32) int {
		var p, q cutParty
		for _, f := range x {
			p.add(b, f)
		}
		for _, f := range y {
			q.add(b, f)
		}
		return cmp.Or(cmp.Compare(q.households, p.households), cmp.Compare(q.areaCM2, p.areaCM2))
	})
	return parts
}

// across is the face beyond an arc of a face; negative outside.
func (b *Board) across(id topology.ArcID, f int32) int32 {
	arc := b.topo.Arc(id)
	if arc.Left == topology.FaceID(f) {
		return int32(arc.Right)
	}
	return int32(arc.Left)
}

func (b *Board) barrier(f, g int32) bool {
	return b.base.rules.Barrier != nil && b.base.rules.Barrier(b.atom(f).id, b.atom(g).id)
}

// coverage finds ground that nobody has, slivers, and a change of the whole.
func (b *Board) coverage() []Finding {
	old := map[string]bool{}
	for _, p := range b.base.inspected() {
		old[b.original().groundKey(p)] = true
	}
	problems := b.base.inspected()
	if b.topo != b.base.topo {
		problems = topology.Inspect(b.topo)
	}
	var out []Finding
	for _, p := range problems {
		if f, found := b.groundFinding(p); found {
			f.Old = old[b.groundKey(p)]
			if f.Old {
				f.Severity = Warning
			}
			out = append(out, f)
		}
	}
	if f, found := b.wholeArea(); found {
		out = append(out, f)
	}
	return out
}

// inspected is what there is to be seen in the base.
func (bs *base) inspected() []topology.Problem {
	bs.inspectOnce.Do(func() { bs.problems = topology.Inspect(bs.topo) })
	return bs.problems
}

// groundKey names a problem by what it is about, to tell old ones from new.
func (b *Board) groundKey(p topology.Problem) string {
	key := p.Kind.String() + p.At.String()
	for _, f := range p.Faces {
		if f >= 0 {
			key += fmt.Sprint(" ", b.atom(int32(f)).id)
		}
	}
	return key
}

func (b *Board) groundFinding(p topology.Problem) (Finding, bool) {
	at := p.At
	f := Finding{Kind: CoverageFinding, Severity: Warning, At: &at}
	inScope := false
	grids := map[int32]bool{}
	for _, face := range p.Faces {
		if face < 0 {
			continue
		}
		f.Atoms = append(f.Atoms, b.atom(int32(face)).id)
		if o := b.owner.at(int32(face)); o != none && !grids[o] {
			grids[o] = true
			inScope = inScope || b.inScope(o)
			f.Grids = append(f.Grids, b.grids.at(o).id)
		}
	}
	if !inScope {
		return f, false
	}
	switch p.Kind {
	case topology.Gap:
		f.Severity = Error
		f.Message = fmt.Sprintf("有 %.0f m² 的地面不属于任何单元 (a gap)", p.AreaM2)
	case topology.Hole:
		f.Message = fmt.Sprintf("单元 %s 中有 %.0f m² 的空洞 (a hole)", b.atom(int32(p.Faces[0])).title(), p.AreaM2)
	case topology.Sliver:
		f.Message = fmt.Sprintf("单元 %s 有一条 %.0f m²、平均宽 %.2f m 的狭条 (a sliver)", b.atom(int32(p.Faces[0])).title(), p.AreaM2, p.WidthM())
	case topology.NoGround:
		f.Message = fmt.Sprintf("单元 %s 没有范围 (an atom without ground)", b.atom(int32(p.Faces[0])).title())
	case topology.Disconnected:
		f.Message = fmt.Sprintf("单元 %s 分成 %d 块 (an atom in several parts)", b.atom(int32(p.Faces[0])).title(), p.Parts)
	default:
		return f, false
	}
	return f, true
}

// wholeArea finds that the plan moved the outer border.
func (b *Board) wholeArea() (Finding, bool) {
	if b.topo == b.base.topo {
		return Finding{}, false
	}
	var was, now int64
	for f := range b.owner.len() {
		now += b.atom(f).areaCM2
	}
	for f := range b.base.atoms {
		was += b.base.atoms[f].areaCM2
	}
	const notice = 1e4 // a square metre: more than rounding comes to
	more := now - was
	if max(more, -more) < notice {
		return Finding{}, false
	}
	word := "增加"
	if more < 0 {
		word = "减少"
	}
	return Finding{
		Kind: CoverageFinding, Severity: Warning,
		Message: fmt.Sprintf("外边界有改动，总面积%s %.0f m² (the outer border moved)", word, math.Abs(float64(more))/1e4),
	}, true
}

// nesting finds atoms that the plan gives to another community: that needs the
// consent of those who draw its border.
func (b *Board) nesting() []Finding {
	type crossing struct{ from, to int32 }
	found := map[crossing]*Finding{}
	households := map[crossing]int64{}
	number := map[crossing]int{}
	for f := range b.owner.len() {
		a := b.atom(f)
		was, now := b.base.owner[a.of], b.owner.at(f)
		if was == now || was == none || now == none {
			continue
		}
		c := crossing{b.base.grids[was].parent, b.grids.at(now).parent}
		if c.from == c.to {
			continue
		}
		if found[c] == nil {
			p := b.point(f)
			found[c] = &Finding{Kind: NestingFinding, Severity: Warning, At: &p}
			for _, i := range [2]int32{c.from, c.to} {
				if i != none {
					found[c].Grids = append(found[c].Grids, b.grids.at(i).id)
				}
			}
		}
		if number[c]++; number[c] <= mostAtoms {
			found[c].Atoms = append(found[c].Atoms, a.id)
		}
		households[c] += b.households(f)
	}
	var out []Finding
	for c, f := range found {
		name := func(i int32) string {
			if i == none {
				return "（无上级）"
			}
			return b.grids.at(i).title()
		}
		f.Message = fmt.Sprintf("有 %d 个单元、%d 户由 %s 划入 %s，需两边同意 (across a community border)", number[c], households[c], name(c.from), name(c.to))
		out = append(out, *f)
	}
	slices.SortFunc(out, func(x, y Finding) int { return slices.Compare(gridIDs(x), gridIDs(y)) })
	return out
}

func gridIDs(f Finding) []gridmap.GridID { return f.Grids }
