package address

import (
	"fmt"
	"iter"
	"strings"
)

// Finding is a suspicious row of a table.
type Finding struct {
	Row     int // 1 for the first entry
	ID      int64
	Code    string // empty, duplicate, duplicate_id, compound_is_area, compound_is_road, compound_is_address, bad_number, no_point, outside, alias_elsewhere
	Message string // for people, Chinese
}

// LintOptions of Lint.
type LintOptions struct {
	// Inside says whether the point of an entry lies in the community (or the
	// deepest area) it states; known is false when that cannot be told. nil
	// skips the check.
	Inside func(e *Entry) (inside, known bool)
}

// Lint reports the rows of a table that are probably wrong: a compound that is
// really a town, a community or a road, a whole address in one field, numbers
// that cannot be read, the same address twice, points outside their community.
// It reads the table twice.
func Lint(entries iter.Seq[Entry], o LintOptions) []Finding {
	l := linter{o: o, t: chars(), areas: map[string]string{}, roads: map[string]bool{}, seen: map[string]int{}, ids: map[int64]int{}, alias: map[string]string{}}
	for e := range entries {
		l.learn(&e)
	}
	row := 0
	for e := range entries {
		row++
		l.check(row, &e)
	}
	return l.out
}

type linter struct {
	o     LintOptions
	t     *charTables
	c     cleaned
	areas map[string]string // folded name of a town or community -> as written
	roads map[string]bool
	seen  map[string]int // canonical address -> row
	ids   map[int64]int
	alias map[string]string // folded alias -> folded compound
	out   []Finding
}

func (l *linter) fold(s string) string {
	l.c.clean(s, l.t)
	return string(l.c.r)
}

func (l *linter) learn(e *Entry) {
	for _, a := range []string{e.District, e.Town, e.Community} {
		if a != "" {
			l.areas[l.fold(a)] = a
		}
	}
	if e.Road != "" {
		l.roads[l.fold(e.Road)] = true
	}
}

func (l *linter) add(row int, e *Entry, code, format string, args ...any) {
	l.out = append(l.out, Finding{row, e.ID, code, fmt.Sprintf("第 %d 行：", row) + fmt.Sprintf(format, args...)})
}

func (l *linter) check(row int, e *Entry) {
	if first, ok := l.ids[e.ID]; ok && e.ID != 0 {
		l.add(row, e, "duplicate_id", "编号 %d 与第 %d 行相同", e.ID, first)
	} else {
		l.ids[e.ID] = row
	}
	if e.Road == "" && e.Lane == "" && e.Compound == "" && e.Building == "" && len(e.Aliases) == 0 {
		l.add(row, e, "empty", "没有道路、小区或楼栋名称，无法匹配")
		return
	}
	l.checkCompound(row, e)
	if d := canonDoor(e.Number, &l.c, l.t); e.Number != "" && d.num == 0 {
		l.add(row, e, "bad_number", "门牌“%s”读不出号码", e.Number)
	}
	if !e.HasPoint {
		l.add(row, e, "no_point", "没有坐标")
	} else if l.o.Inside != nil {
		if in, known := l.o.Inside(e); known && !in {
			l.add(row, e, "outside", "坐标 %s 不在所写的%s内", e.Point, e.Community+e.Grid)
		}
	}
	l.checkTwice(row, e)
	for _, a := range e.Aliases {
		k, c := l.fold(a), l.fold(e.Compound)
		if other, ok := l.alias[k]; ok && other != c {
			l.add(row, e, "alias_elsewhere", "别名“%s”也是另一小区“%s”的别名", a, other)
		}
		l.alias[k] = c
	}
}

func (l *linter) checkCompound(row int, e *Entry) {
	if e.Compound == "" {
		return
	}
	k := l.fold(e.Compound)
	switch {
	case l.areas[k] != "":
		l.add(row, e, "compound_is_area", "小区“%s”其实是行政区划名称", e.Compound)
	case l.roads[k] || isRoadName(k):
		l.add(row, e, "compound_is_road", "小区“%s”像是道路名称", e.Compound)
	default:
		if p, _ := ParseEntry(e.Compound); p.Road != "" && p.Number != "" || p.District != "" && p.Compound != "" {
			l.add(row, e, "compound_is_address", "小区“%s”像是整条地址，应拆开", e.Compound)
		}
	}
}

// isRoadName says that a name has the type word of a road and no other.
func isRoadName(s string) bool {
	for _, w := range []string{"大道", "大街", "公路", "胡同", "路", "街", "巷"} {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

func (l *linter) checkTwice(row int, e *Entry) {
	d := canonDoor(e.Number, &l.c, l.t)
	b, _, _ := canonBuilding(e.Building, &l.c, l.t)
	s := canonStreet([5]string{e.Road, e.Section, e.Lane, e.Alley, e.SubAlley}, &l.c, l.t)
	key := fmt.Sprint(l.fold(e.City), l.fold(e.District), l.fold(e.Town), "|", s.road, s.section, s.lane, "|", d.num, d.sub, "|", l.fold(e.Compound), b, "|", l.fold(e.Unit))
	if first, ok := l.seen[key]; ok {
		l.add(row, e, "duplicate", "与第 %d 行是同一个地址", first)
		return
	}
	l.seen[key] = row
}
