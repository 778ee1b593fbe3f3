package address

// Numerals inside names: 城北2小区 for 城北二小区, 经7路 for 经七路, and the other
// way round by an alias of the table's name (intern.go).

// findWithNumerals reads names of the table in which the text has an Arabic
// number of up to two digits where the name has a Chinese one.
func (q *query) findWithNumerals() {
	for i := 1; i < len(q.c.r); i++ {
		v, j := q.nameNumeral(i)
		if j == i {
			continue
		}
		var buf [4]rune
		q.walkWith(i, j, chineseNumeral(buf[:0], v))
		i = j
	}
}

// nameNumeral reads a number at i that can be part of a name: inside a run of
// Chinese characters, not followed by a word that counts.
func (q *query) nameNumeral(i int) (v, end int) {
	c := &q.c
	if !isDigit(c.r[i]) || isDigit(c.r[i-1]) || c.sep[i] != 0 || !isHan(c.r[i-1]) {
		return 0, i
	}
	v, j := c.number(i)
	if j-i > 2 || v == 0 || j >= len(c.r) || c.sep[j] != 0 || !isHan(c.r[j]) {
		return 0, i
	}
	switch c.r[j] {
	case '号', '栋', '幢', '座', '楼', '层', '单', '室', '弄', '段', '之', '邻', '网', '附', '房', '户', '米':
		return 0, i
	}
	return v, j
}

// walkWith walks the tree from every start before the number at [i, j) with
// the number written as num.
func (q *query) walkWith(i, j int, num []rune) {
	r := q.c.r
	for start := max(0, i-q.x.maxName); start < i; start++ {
		q.runes = append(q.runes[:0], r[start:i]...)
		q.runes = append(q.runes, num...)
		q.runes = append(q.runes, r[j:min(len(r), j+q.x.maxName)]...)
		h := hashSeed
		for k, x := range q.runes {
			h = hashRune(h, x)
			s := q.x.lex.find(hashEnd(h))
			if n := q.x.lexNew.find(hashEnd(h)); n != nil && n.full > 0 {
				s = n
			}
			if s == nil {
				break
			}
			if end := j + k + 1 - (i - start) - len(num); end > j && s.full > 0 && q.x.names.at(s.full-1).text == string(q.runes[:k+1]) {
				q.ments = append(q.ments, mention{name: s.full - 1, i: start, j: end})
			}
		}
	}
}

// chineseNumeral appends a number below 100 in Chinese.
func chineseNumeral(b []rune, v int) []rune {
	digits := []rune("零一二三四五六七八九")
	if v >= 20 {
		b = append(b, digits[v/10])
	}
	if v >= 10 {
		b = append(b, '十')
	}
	if v%10 > 0 {
		b = append(b, digits[v%10])
	}
	return b
}

// withChineseNumerals writes the numbers of up to two digits in a name in
// Chinese; "" when it has none.
func withChineseNumerals(name string) string {
	r := []rune(name)
	var out []rune
	changed := false
	for i := 0; i < len(r); {
		j := i
		for j < len(r) && isDigit(r[j]) {
			j++
		}
		switch v := 0; {
		case j == i:
			out = append(out, r[i])
			i++
		case j-i > 2:
			out = append(out, r[i:j]...)
			i = j
		default:
			for _, x := range r[i:j] {
				v = v*10 + int(x-'0')
			}
			out = chineseNumeral(out, v)
			changed = true
			i = j
		}
	}
	if !changed {
		return ""
	}
	return string(out)
}
