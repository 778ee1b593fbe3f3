package ingest

import (
	"fmt"
	"slices"
	"strings"

	"cloudgrid/gridmap"
)

// chooseLevel finds the level that grids are imported at, or adds it below the
// lowest one; with MakeParents also the first level of all, for the parents. It
// returns the level's rank.
func (p *Plan) chooseLevel() (int, error) {
	o := p.b.rd.o
	code, name := levelName(o.Level)
	above, aboveName := levelName(o.ParentLevel)
	if code == "" || code == above {
		return 0, gridmap.Errorf(gridmap.Invalid, "--level %q 与 --parent-level %q 不成上下级 (bad levels)", o.Level, o.ParentLevel)
	}
	if above != "" && o.MakeParents && len(p.ex.levels) == 0 {
		p.addLevel(above, aboveName)
	}
	l, found := p.ex.level(code)
	rank := l.Rank
	if !found {
		rank = len(p.ex.levels)
	}
	if err := p.checkAbove(rank, above); err != nil {
		return 0, err
	}
	if !found {
		if rank > 0 && above == "" {
			return 0, gridmap.Errorf(gridmap.Invalid, "网络 %s 没有层级 %q；有：%s。新层级请用 --parent-level 说明它的上级 (unknown level; say --parent-level for a new one)",
				p.ex.network.Code, code, levelNames(p.ex.levels))
		}
		p.addLevel(code, name)
		l.Name = name
	}
	p.b.rd.rep.Level = l.Name
	return rank, nil
}

// levelName reads "code=name", or one word for both.
func levelName(s string) (code, name string) {
	code, name, both := strings.Cut(s, "=")
	if !both {
		name = code
	}
	return code, name
}

// addLevel adds a level below the lowest.
func (p *Plan) addLevel(code, name string) {
	l := gridmap.Level{Network: p.ex.network.ID, Rank: len(p.ex.levels), Code: code, Name: name}
	p.ex.levels = append(slices.Clone(p.ex.levels), l)
	p.writes.levels = p.ex.levels
	p.b.rd.rep.Notes = append(p.b.rd.rep.Notes, fmt.Sprintf("新建层级 %s（第 %d 级）", name, l.Rank+1))
}

// checkAbove holds the parent level that was said, if any, against the one that
// is just above rank.
func (p *Plan) checkAbove(rank int, said string) error {
	if said == "" {
		return nil
	}
	above, ok := p.ex.level(said)
	switch {
	case !ok:
		return gridmap.Errorf(gridmap.Invalid, "没有上级层级 %q；有：%s (unknown parent level)", said, levelNames(p.ex.levels))
	case above.Rank != rank-1:
		return gridmap.Errorf(gridmap.Invalid, "层级 %s 不是紧挨着的上级，应为 %s (not the level just above)", above.Name, levelNameAt(p.ex.levels, rank-1))
	}
	return nil
}

func levelNames(levels []gridmap.Level) string {
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = l.Name
		if l.Code != l.Name {
			names[i] = l.Code + "=" + l.Name
		}
	}
	if len(names) == 0 {
		return "（无）"
	}
	return strings.Join(names, "、")
}

func levelNameAt(levels []gridmap.Level, rank int) string {
	if rank < 0 || rank >= len(levels) {
		return "（无）"
	}
	return levels[rank].Name
}
