package plan

import (
	"fmt"
	"strings"
	"unicode"
)

// codeHabit is what the codes of a level have in common.
type codeHabit struct {
	shape    string // of most codes, digits as 9 and letters as A; "" when they have none in common
	prefixed bool   // most begin with the code of the grid above
	example  string
}

// most is which share of a level's codes makes a habit.
const most = 0.9

// checkCode finds new codes that break the rule: the one given, else the habit
// of the level.
func (b *Board) checkCode(i int32) (Finding, bool) {
	g := b.grids.at(i)
	if g.base != nil && g.base.code == g.code {
		return Finding{}, false
	}
	parent := ""
	if g.parent != none {
		parent = b.grids.at(g.parent).code
	}
	f := Finding{Kind: CodeFinding, Severity: Warning}
	if rule := b.base.rules.Code; rule != nil {
		f.Severity = Error
		f.Message = rule(g.level, parent, g.code)
		return f, f.Message != ""
	}
	switch h := b.base.habit(g.level); {
	case h.shape != "" && codeShape(g.code) != h.shape:
		f.Message = fmt.Sprintf("网格编码 %s 与本级其他编码（如 %s）的格式不同 (a code of another form)", g.code, h.example)
	case h.prefixed && parent != "" && !strings.HasPrefix(g.code, parent):
		f.Message = fmt.Sprintf("网格编码 %s 没有以上级编码 %s 开头，本级其他编码都是 (a code without its parent's)", g.code, parent)
	default:
		return Finding{}, false
	}
	return f, true
}

// habit learns from the codes of a level.
func (bs *base) habit(level int) codeHabit {
	shapes, first := map[string]int{}, map[string]string{}
	n, below, prefixed := 0, 0, 0
	for _, g := range bs.grids {
		if g.level != level {
			continue
		}
		n++
		s := codeShape(g.code)
		if shapes[s]++; shapes[s] == 1 {
			first[s] = g.code
		}
		if g.parent != none {
			below++
			if strings.HasPrefix(g.code, bs.grids[g.parent].code) {
				prefixed++
			}
		}
	}
	var h codeHabit
	for s, k := range shapes {
		if n > 1 && float64(k) >= most*float64(n) {
			h.shape, h.example = s, first[s]
		}
	}
	h.prefixed = below > 1 && float64(prefixed) >= most*float64(below)
	return h
}

// codeShape is a code with every digit as 9 and every letter as A.
func codeShape(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsLetter(r):
			return 'A'
		}
		return r
	}, code)
}
