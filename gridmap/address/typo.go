package address

import (
	"cmp"
	"slices"
)

// fuzzyHit is a name near a piece of the text.
type fuzzyHit struct {
	name int32
	i, j int
	cost float32
	form bool // the short form was hit
}

const (
	maxFuzzyRunes = 16
	maxFuzzyHits  = 24
	maxTypo       = 5.0
)

// findNear reads mistyped names: pieces of the text that hold an unexplained
// character, end where a name can end, and are one edit or one sound away from
// a name.
func (q *query) findNear(covered *mask) {
	r := q.c.r
	q.names = q.names[:0]
	limit := min(q.x.maxName+1, maxFuzzyRunes)
	for j := 2; j <= len(r); j++ {
		if !q.nameMayEnd(j) {
			continue
		}
		open := false
		for i := j - 1; i >= 0 && j-i <= limit && !isDigit(r[i]); i-- {
			open = open || isHan(r[i]) && !covered.has(i) && !q.noise.has(i)
			if open && j-i >= 2 {
				q.lookNear(i, j)
			}
		}
	}
	slices.SortFunc(q.names, func(a, b fuzzyHit) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.j-b.i, a.j-a.i), cmp.Compare(a.i, b.i), cmp.Compare(a.name, b.name))
	})
	q.near = q.near[:0]
	for _, h := range q.names {
		if len(q.near) == maxFuzzyHits {
			break
		}
		q.near = append(q.near, mention{name: h.name, i: h.i, j: h.j, cost: h.cost, short: h.form})
	}
}

// nameMayEnd says that a name can end before j: a number, a separator, the
// end, a word behind an address, or right after a road's type word.
func (q *query) nameMayEnd(j int) bool {
	r := q.c.r
	if j == len(r) || q.c.sep[j] != 0 || isNumeral(r[j]) || r[j] >= 'A' && r[j] <= 'Z' || r[j] == '#' {
		return true
	}
	switch r[j] {
	case '第', '临', '附', '甲', '乙', '丙', '丁', '东', '西', '南', '北':
		return true
	}
	switch r[j-1] {
	case '路', '街', '道', '巷', '弄':
		return true
	}
	return q.t.fillers.longest(r[j:]) > 1 || q.rel.longest(r[j:]) > 0
}

// lookNear files the names near the runes [i, j).
func (q *query) lookNear(i, j int) {
	typed := q.c.r[i:j]
	look := func(h uint32) {
		for _, t := range [...]*fuzzyTable{&q.x.fuzzy, &q.x.fuzzyNew} {
			for _, k := range t.get(h) {
				if k.hash == h {
					q.tryNear(k.name, typed, i, j)
				}
			}
		}
	}
	fuzzyHashes(typed, q.t, look)
}

func (q *query) tryNear(id int32, typed []rune, i, j int) {
	for k := len(q.names) - 1; k >= 0 && q.names[k].i == i && q.names[k].j == j; k-- {
		if q.names[k].name == id {
			return
		}
	}
	n := q.x.names.at(id)
	q.runes = appendRunes(q.runes[:0], n.text)
	cost, form := editCost(typed, q.runes, q.t), false
	if n.short >= 2 && n.kind&kindPlace != 0 {
		if c := editCost(typed, q.runes[:n.short], q.t) + costShortForm; c < cost {
			cost, form = c, true
		}
	}
	if len(typed) == 2 || form && n.short == 2 {
		if cost > costShortForm+costNearSound {
			return
		}
		cost += costTwoRunes
	}
	if cost > 0 && cost < maxTypo {
		q.names = append(q.names, fuzzyHit{id, i, j, cost, form})
	}
}
