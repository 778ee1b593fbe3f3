package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
)

// Fix is what can be done about a finding: operations that put it right, a wish
// to the engine, or only advice.
type Fix struct {
	Text string // what it does, or what to do
	Ops  []Op   // without ids; to be previewed and submitted by whoever wants them
	Wish *Wish
}

// Fix returns what can be done about a finding of this board.
func (b *Board) Fix(f Finding) Fix {
	i := none
	if len(f.Grids) > 0 {
		i = b.gridIndex(f.Grids[0])
	}
	if i == none && f.Kind != CoverageFinding && f.Kind != SignFinding {
		return Fix{}
	}
	switch f.Kind {
	case ContiguityFinding:
		return b.fixParts(i)
	case NestingFinding:
		return b.fixNesting(f)
	case OverFinding, UnderFinding:
		return b.fixSize(i, f.Kind)
	case EmptyFinding:
		return Fix{Text: "撤销这个空网格 (retire it)", Ops: []Op{opOf(RetireGrid, retireBody{Grid: f.Grids[0]})}}
	case NameFinding:
		name := b.nextName(b.grids.at(i).parent, b.grids.at(i).code)
		return Fix{Text: fmt.Sprintf("改名为「%s」 (rename)", name), Ops: []Op{opOf(SetAttrs, attrsBody{Grid: f.Grids[0], Name: &name})}}
	case CodeFinding:
		return b.fixCode(i)
	case StaffFinding:
		return Fix{Text: "没有自动办法：在人员岗位中为它任命网格员，或把应配人数改为实际人数 (appoint somebody, or change the capacity)"}
	case SignFinding:
		return Fix{Text: "没有自动办法：方案生效后重印；清单见 /v1/signs/stale，或运行 cloudgrid sign stale (reprint once the plan is in effect)"}
	}
	return Fix{Text: "没有自动办法：用「移动边界」合上缺口两侧的点，或在历史中撤销造成它的那一步 (move the border, or undo what made it)"}
}

func opOf(kind string, body any) Op {
	text, err := json.Marshal(body)
	if err != nil {
		return Op{} // bodies are plain values
	}
	return Op{Kind: kind, Body: text}
}

// fixParts gives each part but the heaviest to the neighbour that it shares the
// longest border with.
func (b *Board) fixParts(i int32) Fix {
	stuck := Fix{Text: "没有自动办法：较小的部分四周没有可以接收的网格，或已被锁定；可画线并入，或撤销造成它的那一步 (no neighbour can take the smaller part)"}
	if b.grids.at(i).lock.closed() {
		return stuck
	}
	give := map[int32][]gridmap.AtomID{}
	n, parts := 0, b.partsOf(i)
	for _, part := range parts[min(1, len(parts)):] {
		to := b.longestNeighbour(i, part)
		if to == none || slices.ContainsFunc(part, func(f int32) bool { return b.pins[f].closed() }) {
			continue
		}
		for _, f := range part {
			give[to] = append(give[to], b.atom(f).id)
			n++
		}
	}
	if n == 0 {
		return stuck
	}
	return b.moves(give, fmt.Sprintf("把较小的部分（%d 个单元）划给相邻最长的", n), "give the smaller parts to the neighbour with the longest border")
}

// moves is a fix that gives atoms to grids.
func (b *Board) moves(give map[int32][]gridmap.AtomID, text, english string) Fix {
	fix, names := Fix{}, []string{}
	to := make([]int32, 0, len(give))
	for i := range give {
		to = append(to, i)
	}
	slices.SortFunc(to, func(i, j int32) int { return compareIDs(b.grids.at(i).id, b.grids.at(j).id) })
	for _, i := range to {
		atoms := give[i]
		slices.Sort(atoms)
		fix.Ops = append(fix.Ops, opOf(ReassignAtoms, reassignBody{Atoms: atoms, To: b.grids.at(i).id}))
		names = append(names, "「"+b.grids.at(i).name+"」")
	}
	fix.Text = fmt.Sprintf("%s%s (%s)", text, strings.Join(names, "、"), english)
	return fix
}

// longestNeighbour is the open leaf grid in scope with the longest border along
// some atoms of a grid, of the same community where there is one; none without.
func (b *Board) longestNeighbour(i int32, part []int32) int32 {
	length := map[int32]int64{}
	for _, f := range part {
		for _, id := range b.topo.FaceArcs(topology.FaceID(f)) {
			n := b.across(id, f)
			if n < 0 {
				continue
			}
			if o := b.owner.at(n); o != i && o != none && b.mayTake(o) {
				length[o] += lengthMM(b.topo.Arc(id).Points)
			}
		}
	}
	best := none
	for o := range length {
		if best == none || b.closer(i, o, best, length) {
			best = o
		}
	}
	return best
}

func (b *Board) closer(i, o, than int32, length map[int32]int64) bool {
	parent := b.grids.at(i).parent
	same, other := b.grids.at(o).parent == parent, b.grids.at(than).parent == parent
	switch {
	case same != other:
		return same
	case length[o] != length[than]:
		return length[o] > length[than]
	}
	return compareIDs(b.grids.at(o).id, b.grids.at(than).id) < 0
}

func (b *Board) mayTake(i int32) bool {
	g := b.grids.at(i)
	return !g.retired && !g.lock.closed() && b.inScope(i) && len(g.children) == 0
}

// fixNesting gives atoms that crossed a community's border back to where the
// base has them.
func (b *Board) fixNesting(f Finding) Fix {
	give := map[int32][]gridmap.AtomID{}
	n := 0
	for _, id := range f.Atoms {
		face, ok := b.face(id)
		if !ok || b.pins[face].closed() {
			continue
		}
		if was := b.base.owner[b.atom(face).of]; was != none && b.mayTake(was) && b.mayTake(b.owner.at(face)) {
			give[was] = append(give[was], id)
			n++
		}
	}
	if n == 0 {
		return Fix{Text: "没有自动办法：请取得两边社区同意，或撤销划走它们的那一步 (get the consent of both communities)"}
	}
	return b.moves(give, fmt.Sprintf("把 %d 个单元还给", n), "give them back; or get the consent of both communities")
}

// fixSize asks the engine about a grid and its neighbours only.
func (b *Board) fixSize(i int32, kind string) Fix {
	g := b.grids.at(i)
	if g.lock.closed() || !b.inScope(i) {
		return Fix{Text: "没有自动办法：网格已锁定，解锁后可求备选方案 (the grid is locked)"}
	}
	grids := []gridmap.GridID{g.id}
	for _, n := range b.neighboursOf(i) {
		if b.mayTake(n) && b.grids.at(n).parent == g.parent {
			grids = append(grids, b.grids.at(n).id)
		}
	}
	if len(grids) == 1 {
		return Fix{Text: "没有自动办法：同社区没有未锁定的邻格，可切割它或调整社区范围 (no open neighbour in its community)"}
	}
	task := "relieve"
	if kind == UnderFinding {
		task = "balance"
	}
	return Fix{
		Text: fmt.Sprintf("在它和同社区的 %d 个邻格之间求备选方案 (ask the engine about it and its neighbours)", len(grids)-1),
		Wish: &Wish{Task: task, Grids: grids, Candidates: 1},
	}
}

// fixCode gives a grid the next free code.
func (b *Board) fixCode(i int32) Fix {
	g := b.grids.at(i)
	code, err := b.nextCode(g.parent, g.level)
	if err != nil || code == g.code {
		return Fix{Text: "没有自动办法：请按编码规则改编码 (change the code by hand)"}
	}
	return Fix{Text: fmt.Sprintf("改用下一个空编码 %s (take the next free code)", code), Ops: []Op{opOf(SetAttrs, attrsBody{Grid: g.id, Code: &code})}}
}
