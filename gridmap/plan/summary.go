package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// kindNames are the operations in the words of a planner.
var kindNames = map[string]string{
	ReassignAtoms: "调整单元", Cut: "切分网格", Merge: "合并网格", CreateGrid: "新建网格", RetireGrid: "撤销网格",
	MoveVertex: "移动边界点", MoveNode: "移动交汇点", InsertVertex: "插入边界点", DeleteVertex: "删除边界点", ReshapeArc: "重画边界",
	SplitAtom: "拆分单元", SetAttrs: "修改属性", SetLock: "锁定", ApplyProposal: "采用备选方案",
	KindUndo: "撤消", KindRedo: "重做", KindRebase: "换底图",
}

// KindName names a kind of log entry.
func KindName(kind string) string {
	if name, ok := kindNames[kind]; ok {
		return name
	}
	return kind
}

// summaryBody is what a summary reads of any body.
type summaryBody struct {
	Grid   gridmap.GridID   `json:"grid"`
	Into   gridmap.GridID   `json:"into"`
	To     json.RawMessage  `json:"to"`
	Parent gridmap.GridID   `json:"parent"`
	Grids  []gridmap.GridID `json:"grids"`
	Atoms  []gridmap.AtomID `json:"atoms"`
	Atom   gridmap.AtomID   `json:"atom"`
	Code   *string          `json:"code"`
	Name   *string          `json:"name"`
	Locked bool             `json:"locked"`
}

// Summary says an operation in one Chinese sentence, with the names that grids
// have on the board. What it cannot read it leaves out.
func (b *Board) Summary(op gridmap.PlanOp) string {
	var body summaryBody
	if json.Unmarshal(op.Body, &body) != nil {
		return KindName(op.Kind)
	}
	switch op.Kind {
	case ReassignAtoms:
		var to gridmap.GridID
		_ = json.Unmarshal(body.To, &to) // 0 when it is no grid
		return fmt.Sprintf("把 %d 个单元划给%s", len(body.Atoms), b.titles(to))
	case Cut:
		return "切分" + b.titles(body.Grid)
	case Merge:
		return fmt.Sprintf("把%s并入%s", b.titles(body.Grids...), b.titles(body.Into))
	case CreateGrid:
		return "新建网格 " + text(body.Code) + "「" + text(body.Name) + "」"
	case RetireGrid:
		return "撤销" + b.titles(body.Grid)
	case SetAttrs:
		return "修改" + b.titles(body.Grid) + "的属性"
	case SetLock:
		verb := map[bool]string{true: "锁定", false: "解锁"}[body.Locked]
		if len(body.Grids) > 0 {
			return verb + b.titles(body.Grids...)
		}
		return fmt.Sprintf("%s %d 个单元", verb, len(body.Atoms))
	case SplitAtom:
		if f, ok := b.face(body.Atom); ok {
			return "拆分单元 " + b.atom(f).title()
		}
	}
	return KindName(op.Kind)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// titles names grids, at most three of them.
func (b *Board) titles(ids ...gridmap.GridID) string {
	const named = 3
	var names []string
	for i, id := range ids {
		if i == named {
			return strings.Join(names, "、") + fmt.Sprintf("等 %d 个网格", len(ids))
		}
		if g := b.gridIndex(id); g != none {
			names = append(names, b.grids.at(g).title())
		} else {
			names = append(names, fmt.Sprintf("网格 %d", id))
		}
	}
	return strings.Join(names, "、")
}

// AtomDetail is what a planner may want to know of one atom.
type AtomDetail struct {
	Counts map[string]int64
	Shape  spatial.MultiPolygon
	Places []gridmap.Place // that name the atom or whose point lies in it
}

// AtomDetail returns the details of an atom; false where there is none.
func (b *Board) AtomDetail(id gridmap.AtomID) (AtomDetail, bool) {
	f, ok := b.face(id)
	if !ok {
		return AtomDetail{}, false
	}
	a := b.atom(f)
	d := AtomDetail{Counts: map[string]int64{}, Shape: b.topo.FacePolygon(topology.FaceID(f))}
	for k, key := range b.base.keys {
		d.Counts[key] = a.counts[k]
	}
	for _, p := range b.base.atlas.Places() {
		switch {
		case p.Atom != 0:
			if p.Atom == id {
				d.Places = append(d.Places, p)
			}
		case p.HasPoint && a.box.Contains(p.Point) && d.Shape.Holds(p.Point):
			d.Places = append(d.Places, p)
		}
	}
	return d, true
}
