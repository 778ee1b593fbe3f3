package gridmap

import (
	"strings"

	"cloudgrid/spatial"
)

// GridID is the identity of a grid: it outlives changes of code, name, parent
// and shape, and is never given to another grid.
type GridID int64

// Grid is one version of one grid, true over its Span. Each change of code,
// name, parent, type, attributes or shape makes a new version, so each of them
// has its own history.
//
// Leaf grids own their ground through their atoms; Shape is then the union of
// those, kept so that maps and other programs need not compute it. It may be
// empty for a waterborne grid.
type Grid struct {
	ID      GridID
	Network NetworkID
	Level   int    // rank of its level; 0 is the top
	Parent  GridID // 0 at the top
	Code    string // unique in its network, for ever: never reused by another grid
	Name    string
	Type    GridType
	Attrs   map[string]string
	Shape   spatial.MultiPolygon
	Span
}

// Check complains about a version that could never be right, whatever the
// other grids are.
func (g Grid) Check() error {
	switch {
	case g.ID <= 0:
		return Errorf(Invalid, "网格 %q 没有编号 (grid without an id)", g.Code)
	case g.Network <= 0:
		return Errorf(Invalid, "网格 %q 不属于任何网 (grid without a network)", g.Code)
	case strings.TrimSpace(g.Code) == "":
		return Errorf(Invalid, "网格 %d「%s」没有编码 (grid without a code)", g.ID, g.Name)
	case g.Code != strings.TrimSpace(g.Code):
		return Errorf(Invalid, "网格编码 %q 首尾有空格 (code with blanks around it)", g.Code)
	case strings.TrimSpace(g.Name) == "":
		return Errorf(Invalid, "网格 %s 没有名称 (grid without a name)", g.Code)
	case g.Level < 0:
		return Errorf(Invalid, "网格 %s 的层级 %d 无效 (bad level)", g.Code, g.Level)
	case g.Level == 0 && g.Parent != 0:
		return Errorf(Invalid, "顶层网格 %s 不能有上级 (a top grid with a parent)", g.Code)
	case g.Level > 0 && g.Parent == 0:
		return Errorf(Invalid, "网格 %s 没有上级 (a lower grid without a parent)", g.Code)
	case g.Parent == g.ID:
		return Errorf(Invalid, "网格 %s 是自己的上级 (a grid that is its own parent)", g.Code)
	case !g.Type.Valid():
		return Errorf(Invalid, "网格 %s 的类型 %q 未知 (unknown type)", g.Code, g.Type)
	}
	return g.Span.Check()
}

// AtomID is the identity of an atom.
type AtomID int64

// Atom is one version of a basic unit (基本单元): what is never split between
// grids, such as a building, a compound, a plot, a shopfront, a block.
type Atom struct {
	ID     AtomID
	Code   string // unique among atoms, for ever
	Name   string
	Kind   string // "building", "compound", "plot", "shopfront", "street", "block", "grid"
	Shape  spatial.MultiPolygon
	Counts map[string]int64 // "households", "persons", "shops" … ; never negative
	Attrs  map[string]string
	Span
}

// Check complains about a version that could never be right.
func (a Atom) Check() error {
	switch {
	case a.ID <= 0:
		return Errorf(Invalid, "单元 %q 没有编号 (atom without an id)", a.Code)
	case strings.TrimSpace(a.Code) == "":
		return Errorf(Invalid, "单元 %d 没有编码 (atom without a code)", a.ID)
	}
	for k, v := range a.Counts {
		if v < 0 {
			return Errorf(Invalid, "单元 %s 的 %s 为负数 %d (negative count)", a.Code, k, v)
		}
	}
	return a.Span.Check()
}

// Membership says that an atom belongs to a leaf grid of a network. At any
// moment an atom belongs to at most one grid per network.
type Membership struct {
	Atom    AtomID
	Network NetworkID
	Grid    GridID
	Span
}

// Check complains about a membership that names nothing.
func (m Membership) Check() error {
	if m.Atom <= 0 || m.Network <= 0 || m.Grid <= 0 {
		return Errorf(Invalid, "单元归属不完整: 单元 %d, 网 %d, 网格 %d (incomplete membership)", m.Atom, m.Network, m.Grid)
	}
	return m.Span.Check()
}
