package address

// alignPlace finds where the text names a compound: by an exact mention
// anywhere, or by a mistyped name right behind the door number.
func (q *query) alignPlace(place int32, after int, used *mask) (mention, bool) {
	best, ok := mention{cost: tooFar}, false
	for _, m := range q.ments {
		if used.any(m.i, m.j) {
			continue
		}
		cost := m.cost
		if m.name != place {
			n := q.x.names.at(m.name)
			if n.kind&kindAlias == 0 || m.short || !containsID(n.src, place) {
				continue
			}
			cost += costAlias
		}
		if !ok || cost < best.cost {
			m.cost = cost
			best, ok = m, true
		}
	}
	if ok {
		return best, true
	}
	return q.alignTyped(q.x.names.at(place).text, int(q.x.names.at(place).short), after, used)
}

func containsID(list []int32, id int32) bool {
	for _, v := range list {
		if v == id {
			return true
		}
	}
	return false
}

// alignTyped compares a name with the text that begins at i, one edit apart at
// most.
func (q *query) alignTyped(name string, short, i int, used *mask) (mention, bool) {
	if i >= len(q.c.r) || !isHan(q.c.r[i]) || used.has(i) {
		return mention{}, false
	}
	q.runes = appendRunes(q.runes[:0], name)
	best, ok := mention{cost: costOther}, false
	try := func(want []rune, extra float32) {
		for n := len(want) - 1; n <= len(want)+1; n++ {
			j := i + n
			if n < 2 || j > len(q.c.r) || used.any(i, j) {
				continue
			}
			if c := editCost(q.c.r[i:j], want, q.t) + extra; c < best.cost || c == best.cost && j > best.j {
				best, ok = mention{i: i, j: j, cost: c}, c < costOther+0.01
			}
		}
	}
	try(q.runes, 0)
	if short >= 2 {
		try(q.runes[:short], costShortForm)
	}
	return best, ok
}

func appendRunes(b []rune, s string) []rune {
	for _, r := range s {
		b = append(b, r)
	}
	return b
}
