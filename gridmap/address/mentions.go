package address

import "slices"

// mention is a name of the gazetteer read at a place in the text.
type mention struct {
	name  int32
	i, j  int
	cost  float32 // 0 for the name itself
	short bool    // without its type word
	inner bool    // strictly inside a longer exact mention
	void  bool    // gave way to its short form
}

func (m *mention) len() int { return m.j - m.i }

const (
	costShortForm = 0.35 // 翡翠郡 for 翡翠郡小区
	costAlias     = 0.1
	maxMentions   = 160
)

// findMentions reads every name of the table that stands in the text.
func (q *query) findMentions() {
	r := q.c.r
	for i := range r {
		h := hashSeed
		live, liveNew := true, len(q.x.lexNew.slots) > 0
		for j := i; j < len(r) && (live || liveNew); j++ {
			h = hashRune(h, r[j])
			k := hashEnd(h)
			if live {
				live = q.takeSlot(q.x.lex.find(k), i, j+1)
			}
			if liveNew {
				liveNew = q.takeSlot(q.x.lexNew.find(k), i, j+1)
			}
		}
		if len(q.ments) > maxMentions {
			break
		}
	}
	q.findWithNumerals()
	slices.SortStableFunc(q.ments, func(a, b mention) int { return b.len() - a.len() })
	for a := range q.ments {
		m := &q.ments[a]
		for b := range q.ments[:a] {
			o := &q.ments[b]
			if !o.short && o.i <= m.i && m.j <= o.j && o.len() > m.len() {
				m.inner = true
				break
			}
		}
	}
	q.splitOverlaps()
}

// splitOverlaps reads 济南市中区 as 济南 and 市中区 when the table has 市中区
// and no 中区: the longer name yields to its short form.
func (q *query) splitOverlaps() {
	isArea := func(m *mention) bool { return q.x.names.at(m.name).kind&kindArea != 0 }
	for a := range q.ments {
		long := &q.ments[a]
		if long.short || long.inner || !isArea(long) {
			continue
		}
		for b := range q.ments {
			next := &q.ments[b]
			if next.i <= long.i || next.i >= long.j || next.j <= long.j || !isArea(next) || q.mentioned(long.j, next.j) {
				continue
			}
			for c := range q.ments {
				if s := &q.ments[c]; s.short && s.name == long.name && s.i == long.i && s.j == next.i {
					long.void, s.inner, next.inner = true, false, false
				}
			}
		}
	}
}

// mentioned says that an area stands exactly at [i, j).
func (q *query) mentioned(i, j int) bool {
	for k := range q.ments {
		if m := &q.ments[k]; m.i == i && m.j == j && q.x.names.at(m.name).kind&kindArea != 0 {
			return true
		}
	}
	return false
}

func (q *query) takeSlot(s *prefixSlot, i, j int) bool {
	if s == nil {
		return false
	}
	if s.full > 0 && q.x.names.at(s.full-1).kind != kindGrid && q.same(q.x.names.at(s.full-1).text, i, j) {
		q.ments = append(q.ments, mention{name: s.full - 1, i: i, j: j})
	}
	for id := s.short - 1; id >= 0; {
		n := q.x.names.at(id)
		if len(q.ments) > maxMentions {
			break
		}
		if q.same(n.text[:min(len(n.text), runePrefix(n.text, int(n.short)))], i, j) {
			q.ments = append(q.ments, mention{name: id, i: i, j: j, short: true, cost: costShortForm})
		}
		id = n.next - 1
	}
	return true
}

// same compares a text with the runes [i, j).
func (q *query) same(s string, i, j int) bool {
	k := i
	for _, x := range s {
		if k >= j || q.c.r[k] != x {
			return false
		}
		k++
	}
	return k == j
}

// runePrefix returns the byte length of the first n runes of s.
func runePrefix(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// gridNumber reads 第3网格, 18邻, 3组 at i.
func (c *cleaned) gridNumber(i int) (v, end int) {
	j := i
	if c.is(j, '第') {
		j++
	}
	v, k := c.number(j)
	if k == j {
		return 0, i
	}
	if c.is(k, '号') {
		k++
	}
	switch {
	case c.is(k, '网') && c.is(k+1, '格'):
		return v, k + 2
	case c.is(k, '邻'):
		return v, k + 1
	}
	return 0, i
}

// span is a piece of the cleaned text with a value.
type span struct {
	i, j int
	v    int
}

// findSpans marks what no table is needed for: numbered grids, persons,
// phones and relations.
func (q *query) findSpans() {
	c := &q.c
	for i := 0; i < len(c.r); i++ {
		if isNumeral(c.r[i]) || c.r[i] == '第' {
			if i > 0 && c.sep[i] == 0 && isNumeral(c.r[i-1]) && isDigit(c.r[i]) == isDigit(c.r[i-1]) {
				continue
			}
			if v, j := c.gridNumber(i); j > i {
				q.grids = append(q.grids, span{i, j, v})
			} else if k := c.digitRun(i); k-i >= 7 {
				q.noise.add(i, k)
			}
			continue
		}
		if j := c.person(i); j > i {
			q.noise.add(i, j)
		}
		if w := q.rel.longest(c.r[i:]); w > 0 {
			q.rels = append(q.rels, span{i: i, j: c.distanceAfter(i + w)})
		}
	}
}

func (c *cleaned) digitRun(i int) int {
	j := i
	for j < len(c.r) && (isDigit(c.r[j]) && (j == i || c.sep[j] == 0 || c.sep[j] == '-' || c.sep[j] == ' ')) {
		j++
	}
	if j-i >= 7 && (c.r[i] == '1' && j-i == 11 || c.r[i] == '0' || j-i >= 7 && c.sep[i] != '-') {
		k := i + 1
		for k < j && c.sep[k] == 0 {
			k++
		}
		if k-i >= 7 || c.r[i] == '0' { // one long number, or an area code and a number
			return j
		}
	}
	return i
}

// distanceAfter extends a relation by a distance (往北100米).
func (c *cleaned) distanceAfter(j int) int {
	if c.is(j, '约') {
		j++
	}
	if _, k := c.number(j); k > j {
		if c.is(k, '米') {
			return k + 1
		}
		if c.is(k, '公') && c.is(k+1, '里') {
			return k + 2
		}
		if c.is(k, '来') || c.is(k, '多') && c.is(k+1, '米') {
			return k + 2
		}
	}
	return j
}

// person reads a name with a title (王阿姨家, 张先生收), or the name after 联系人, at i.
func (c *cleaned) person(i int) int {
	for _, w := range []string{"联系人", "收件人", "收货人", "姓名"} {
		if j := c.has(i, w); j > i {
			for k := 0; k < 3 && j < len(c.r) && isHan(c.r[j]) && (k == 0 || c.sep[j] == 0); k++ {
				j++
			}
			return j
		}
	}
	if c.sep[i] == 0 && i > 0 {
		return i
	}
	for n := 1; n <= 3; n++ {
		for _, w := range []string{"先生", "女士", "小姐", "师傅", "阿姨", "叔叔", "大爷", "大妈", "老师", "经理", "奶奶", "爷爷", "同志", "大哥", "大姐", "老板"} {
			if j := c.has(i+n, w); j > i+n && c.allHan(i, i+n) {
				if c.is(j, '收') || c.is(j, '家') {
					j++
				}
				return j
			}
		}
	}
	return i
}

func (c *cleaned) allHan(i, j int) bool {
	for ; i < j; i++ {
		if i >= len(c.r) || !isHan(c.r[i]) {
			return false
		}
	}
	return true
}
