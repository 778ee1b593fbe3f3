package plan

import (
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
)

// What a wish weighs atoms by, where it is not the sizing profile: then "moved"
// and loads are in that measure too, and the profile sets no bounds.
const (
	MeasureArea  = "area"  // units of 100 m², at least one an atom: whole numbers that a city's ground fits into
	MeasureAtoms = "atoms" // each counts one
)

const areaUnitCM2 = 100 * 1e4

// weigh enters what the wish weighs atoms by.
func (q *question) weigh(b *Board, opt *district.Options) error {
	var of func(f int32) int64
	switch q.wish.By {
	case "":
		return nil
	case MeasureArea:
		of = func(f int32) int64 { return max(1, (b.atom(f).areaCM2+areaUnitCM2/2)/areaUnitCM2) }
	case MeasureAtoms:
		of = func(int32) int64 { return 1 }
	default:
		return gridmap.Errorf(gridmap.Invalid, "不能按 %q 均衡；可以是 area（面积）、atoms（单元数），或不填（按户数等规模） (unknown measure)", q.wish.By)
	}
	q.m.CountKeys, q.m.Counts = []string{q.wish.By}, make([][]int64, len(q.m.Atoms))
	for f := range q.m.Counts {
		q.m.Counts[f] = []int64{of(int32(f))}
	}
	opt.Households, opt.Profile = q.wish.By, gridmap.SizingProfile{Unit: q.wish.By}
	return nil
}

// counted refuses atoms without the counts that they would be weighed by, and
// says where those come from.
func (q *question) counted(p gridmap.SizingProfile) error {
	unit := p.Unit
	if unit == "" {
		unit = "households"
	}
	needed := []string{unit}
	for key, w := range p.Weights {
		if w > 0 {
			needed = append(needed, key)
		}
	}
	if !slices.ContainsFunc(needed, func(key string) bool { return slices.Contains(q.m.CountKeys, key) }) {
		return uncounted(unit)
	}
	return nil
}

// uncounted says that atoms have no counts, and what can be done.
func uncounted(unit string) error {
	word := map[string]string{"households": "户数", "persons": "人口", "shops": "店铺数"}[unit]
	if word == "" {
		word = unit
	}
	return gridmap.Errorf(gridmap.Invalid, "所选范围的单元都没有%s，无法按%s求方案。请在“导入文件”里按单元编码补上%s（内容选“单元”），或改为按面积、按单元数均衡 "+
		"(these atoms have no %s: import them, or ask by area or by number of atoms)", word, word, word, unit)
}

// weighed refuses a part of the map in which nothing weighs anything.
func (q *question) weighed(p gridmap.SizingProfile) error {
	for _, a := range q.area.Problem.Atoms {
		if a.Load > 0 {
			return nil
		}
	}
	return uncounted(p.Unit)
}
