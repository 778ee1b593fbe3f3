package plan

import (
	"cmp"
	"fmt"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/load"
	"cloudgrid/spatial"
)

// Severity of a finding: an Error must be put right before publishing, a
// Warning is worth a look.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// The kinds of findings.
const (
	CoverageFinding   = "coverage"   // ground that nobody has, or that was lost or won
	ContiguityFinding = "contiguity" // a grid in several parts
	NestingFinding    = "nesting"    // atoms that went to another community
	OverFinding       = "over"       // 超载
	UnderFinding      = "under"      // 偏小
	EmptyFinding      = "empty"      // a grid without atoms
	StaffFinding      = "staff"      // nobody there, or fewer than planned
	CodeFinding       = "code"       // a code unlike the others of its level
	NameFinding       = "name"       // two grids of the same name side by side
	SignFinding       = "sign"       // printed on a sign, and no longer so
)

// Finding is one thing that a planner should know of a draft.
type Finding struct {
	Kind     string
	Severity Severity
	Old      bool // it is so in the base as well
	Grids    []gridmap.GridID
	Atoms    []gridmap.AtomID // at most mostAtoms
	At       *spatial.Point   // where to look; nil where there is no place
	Message  string
}

const mostAtoms = 200

// Validate returns everything that a planner should know of the draft within
// the plan's scope: errors first, then by kind and grid. stale, which may be
// nil, adds what is printed on signs and no longer so.
//
// What the base has wrong already is never an error: a plan need not put
// everything right. Nor is a load beyond the bounds, which only makes a better
// plan desirable.
func (b *Board) Validate(stale func(*Board) []Finding) []Finding {
	out := slices.Concat(b.coverage(), b.nesting())
	for i := range b.grids.len() {
		out = append(out, b.validateGrid(i)...)
	}
	if stale != nil {
		out = append(out, stale(b)...)
	}
	return sortFindings(out)
}

// ValidateGrids returns the findings about some grids only: what is worth
// knowing right after an operation that changed them.
func (b *Board) ValidateGrids(ids ...gridmap.GridID) []Finding {
	var out []Finding
	for _, id := range ids {
		if i := b.gridIndex(id); i != none {
			out = append(out, b.validateGrid(i)...)
		}
	}
	return sortFindings(out)
}

func sortFindings(list []Finding) []Finding {
	first := func(f Finding) gridmap.GridID {
		if len(f.Grids) == 0 {
			return 0
		}
		return f.Grids[0]
	}
	slices.SortStableFunc(list, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Severity, y.Severity), cmp.Compare(btoi(x.Old), btoi(y.Old)),
			cmp.Compare(x.Kind, y.Kind), cmp.Compare(first(x), first(y)))
	})
	return list
}

// validateGrid checks one grid by itself.
func (b *Board) validateGrid(i int32) []Finding {
	g := b.grids.at(i)
	if g.retired || !b.inScope(i) {
		return nil
	}
	var out []Finding
	for _, check := range []func(int32) (Finding, bool){b.checkEmpty, b.checkParts, b.checkSize, b.checkStaff, b.checkCode, b.checkName} {
		f, found := check(i)
		if !found {
			continue
		}
		f.Grids = append([]gridmap.GridID{g.id}, f.Grids...)
		if box := b.boxOf(i); f.At == nil && !box.Empty() {
			p := b.labelOf(i)
			f.At = &p
		}
		out = append(out, f)
	}
	return out
}

// severity of something that only a plan's own doing makes an error.
func severity(old bool) Severity {
	if old {
		return Warning
	}
	return Error
}

// checkEmpty finds grids without atoms. A waterborne grid needs none.
func (b *Board) checkEmpty(i int32) (Finding, bool) {
	g := b.grids.at(i)
	if g.atoms > 0 || g.typ == gridmap.Waterborne {
		return Finding{}, false
	}
	old := g.base != nil && g.base.atoms == 0
	return Finding{Kind: EmptyFinding, Severity: severity(old), Old: old, Message: fmt.Sprintf("网格 %s 没有任何单元：调入单元或撤销它 (empty grid)", g.title())}, true
}

// checkParts finds leaf grids in several parts. One that was so in no fewer
// parts before is old.
func (b *Board) checkParts(i int32) (Finding, bool) {
	g := b.grids.at(i)
	parts := b.partsOf(i)
	if len(parts) < 2 {
		return Finding{}, false
	}
	old := g.base != nil && len(b.original().partsOf(i)) >= len(parts)
	f := Finding{Kind: ContiguityFinding, Severity: severity(old), Old: old}
	var households int64
	atoms := 0
	for _, part := range parts[1:] {
		for _, face := range part {
			households += b.households(face)
			if atoms++; atoms <= mostAtoms {
				f.Atoms = append(f.Atoms, b.atom(face).id)
			}
		}
	}
	p := b.point(parts[1][0])
	f.At = &p
	f.Message = fmt.Sprintf("网格 %s 不连通，分成 %d 块；主块之外有 %d 个单元、%d 户 (in %d parts)", g.title(), len(parts), atoms, households, len(parts))
	return f, true
}

// checkSize finds grids over or under their sizing profile.
func (b *Board) checkSize(i int32) (Finding, bool) {
	g := b.grids.at(i)
	m := b.measure(i)
	f := Finding{Severity: Warning}
	switch m.Status {
	case load.Over:
		f.Kind = OverFinding
		f.Message = fmt.Sprintf("网格 %s 超载：%s，上限 %s (over)", g.title(), amount(m.Load, m.Unit), amount(m.Max, m.Unit))
	case load.Under:
		f.Kind = UnderFinding
		f.Message = fmt.Sprintf("网格 %s 偏小：%s，下限 %s (under)", g.title(), amount(m.Load, m.Unit), amount(m.Min, m.Unit))
	default:
		return Finding{}, false
	}
	f.Old = g.base != nil && b.original().measure(i).Status == m.Status
	return f, true
}

// amount writes a load with its unit as planners do.
func amount(n float64, unit string) string {
	name, known := map[string]string{"households": "户", "persons": "人", "shops": "店", "points": "分"}[unit]
	if !known {
		name = " " + unit
	}
	return fmt.Sprintf("%.6g%s", n, name)
}

// checkStaff finds leaf grids without full-time staff, or with fewer than they
// are planned for. In a network that keeps no posts nobody is missed.
func (b *Board) checkStaff(i int32) (Finding, bool) {
	g := b.grids.at(i)
	community := g.base != nil && len(g.base.children) > 0
	if len(g.children) > 0 || community || !b.base.staffed {
		return Finding{}, false
	}
	f := Finding{Kind: StaffFinding, Severity: Warning, Old: g.base != nil}
	switch want := g.capacity(); {
	case want > g.staff:
		f.Old = f.Old && g.base.capacity() == want
		f.Message = fmt.Sprintf("网格 %s 应配 %d 人，现有 %d 人 (staff missing)", g.title(), want, g.staff)
	case g.staff == 0:
		f.Message = fmt.Sprintf("网格 %s 还没有专职人员 (nobody responsible)", g.title())
	default:
		return Finding{}, false
	}
	return f, true
}

// checkName finds grids with the name of one beside them.
func (b *Board) checkName(i int32) (Finding, bool) {
	g := b.grids.at(i)
	if !b.renamed(i) || g.parent == none {
		return Finding{}, false
	}
	for _, c := range b.grids.at(g.parent).children {
		if other := b.grids.at(c); c != i && other.name == g.name {
			return Finding{
				Kind: NameFinding, Severity: Warning, Grids: []gridmap.GridID{other.id},
				Message: fmt.Sprintf("网格 %s 与 %s 同名「%s」 (two grids of one name)", g.code, other.code, g.name),
			}, true
		}
	}
	return Finding{}, false
}
