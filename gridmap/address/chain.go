package address

// chain is a run of joined numbers as they stand on door plates and in
// speech: 12之5, 12-5号, 12号之5, 29-1-903, 166至168号, 34A号.
type chain struct {
	lin  bool             // 临 (temporary plate) or 附 before the first number
	code [chainMax]uint32 // label codes; code[0] is a plain number
	end  [chainMax]int    // rune index after the element, its suffix included
	must [chainMax]bool   // joined by 之, 附 or a letter, or before the suffix: belongs to the number
	val  [chainMax]int
	n    int
	suf  bool // a 号 was seen
	to   bool // 至 or a dash joined the second element
}

const chainMax = 6

// readChain reads the chain at i; n is 0 when no number that can be a door
// number stands there.
func (c *cleaned) readChain(i int) chain {
	var ch chain
	if i < len(c.r) && (c.r[i] == '临' || c.r[i] == '附') {
		ch.lin = true
		i++
	}
	stem := rune(0)
	if i < len(c.r) && isStem(c.r[i]) { // 甲5号 is the same plate as 5号甲
		stem = c.r[i]
		i++
	}
	v, j := c.number(i)
	if j == i {
		return chain{}
	}
	ch.add(numberCode(v), v, j, true)
	if stem != 0 {
		ch.add(codeHash|uint32(stem), 0, j, true)
	}
	for ch.n < chainMax {
		k, ok := c.chainStep(&ch, j)
		if !ok {
			break
		}
		j = k
	}
	if !ch.suf && (ch.n == 1 || stem != 0) && c.unitFollows(j) {
		return chain{}
	}
	return ch
}

func (ch *chain) add(code uint32, v, end int, must bool) {
	ch.code[ch.n], ch.val[ch.n], ch.end[ch.n], ch.must[ch.n] = code, v, end, must
	ch.n++
}

// chainStep reads a suffix or the next element at j.
func (c *cleaned) chainStep(ch *chain, j int) (next int, ok bool) {
	if j >= len(c.r) {
		return j, false
	}
	sep := c.sep[j]
	if !ch.suf && (sep == 0 || sep == ' ') {
		if k := c.numberSuffix(j); k > j {
			for i := range ch.n {
				ch.must[i] = true
			}
			ch.suf = true
			ch.end[ch.n-1] = k
			return k, true
		}
	}
	return c.chainElement(ch, j)
}

// chainElement reads the next element of a chain at j.
func (c *cleaned) chainElement(ch *chain, j int) (next int, ok bool) {
	r, sep := c.r[j], c.sep[j]
	switch {
	case (sep == 0 || sep == ' ') && (r == '之' || r == '附' || r == '至' || r == '到' || r == '及'):
		if v, k := c.number(j + 1); k > j+1 && !c.unitFollows(k) {
			if ch.suf && c.is(k, '号') && c.sep[k] == 0 { // 8号附5号
				k++
			}
			ch.to = ch.n == 1 && (r == '至' || r == '到')
			ch.add(numberCode(v), v, k, true)
			return k, true
		}
	case sep == 0 && isStem(r) && c.stemEnds(j+1):
		ch.add(codeHash|uint32(r), 0, j+1, true)
		return j + 1, true
	case sep == ',' && !ch.suf && isDigit(r): // 71,73,75及77号
		if v, k := c.number(j); c.is(k, '及') || c.is(k, '号') || k < len(c.r) && c.sep[k] == ',' && isDigit(c.r[k]) {
			ch.add(numberCode(v), v, k, false)
			return k, true
		}
	case sep == '-' && isNumeral(r):
		if v, k := c.number(j); k > j && !c.unitFollows(k) {
			ch.add(numberCode(v), v, k, false)
			return k, true
		}
	case sep == 0 && !ch.suf && r >= 'A' && r <= 'Z' && (j+1 == len(c.r) || c.sep[j+1] != 0 || c.r[j+1] == '号' || c.r[j+1] == '至' || c.r[j+1] == '及'):
		ch.add(codeHash|uint32(r), int(r), j+1, true)
		return j + 1, true
	}
	return j, false
}

// isStem says that r is one of the ten stems that divide a plate (甲5号).
func isStem(r rune) bool {
	switch r {
	case '甲', '乙', '丙', '丁', '戊', '己':
		return true
	}
	return false
}

// stemEnds says that a stem before j is part of the number: what follows is
// no word of a building (甲座) and no Chinese name of a compound.
func (c *cleaned) stemEnds(j int) bool {
	return j >= len(c.r) || c.sep[j] != 0 || c.r[j] == '号' || isNumeral(c.r[j]) || c.t.fillers.longest(c.r[j:]) > 1 || relations().longest(c.r[j:]) > 0
}

// numberSuffix returns the end of 号, 号院, 号楼 or # at j; j when none. 号楼下
// is 号 and 楼下.
func (c *cleaned) numberSuffix(j int) int {
	switch c.r[j] {
	case '#':
		if c.is(j+1, '楼') && !c.placeWordAt(j+1) {
			return j + 2
		}
		return j + 1
	case '号':
		if (c.is(j+1, '院') || c.is(j+1, '楼')) && !c.placeWordAt(j+1) {
			return j + 2
		}
		return j + 1
	}
	return j
}

// placeWordAt says that 楼下, 院里 and the like stand at j.
func (c *cleaned) placeWordAt(j int) bool {
	if j+1 >= len(c.r) || c.sep[j+1] != 0 {
		return false
	}
	switch c.r[j+1] {
	case '下', '上', '里', '内', '道', '前', '后':
		return true
	}
	return false
}

func (c *cleaned) is(j int, r rune) bool { return j < len(c.r) && c.r[j] == r }

// unitFollows says that the number before j counts floors, rooms, metres or
// the like, so that it is no door number.
func (c *cleaned) unitFollows(j int) bool {
	if j >= len(c.r) || c.sep[j] != 0 && c.sep[j] != ' ' {
		return false
	}
	switch c.r[j] {
	case '楼':
		return !c.placeWordAt(j)
	case '层', '室', '房', '户', '米', '年', '月', '期', '邻', '段', '巷', '弄', '元', '衖', '组', '队', '区':
		return true
	case '网':
		return c.is(j+1, '格')
	case '公':
		return c.is(j+1, '里')
	case '中', '小':
		return c.is(j+1, '学')
	case '单':
		return c.is(j+1, '元')
	case 'F':
		return c.sep[j] == 0 && (j+1 == len(c.r) || !isNumeral(c.r[j+1]) && (c.r[j+1] < 'A' || c.r[j+1] > 'Z'))
	case '栋', '幢', '座':
		return true
	}
	return false
}

// sub returns the code of the elements after the first, for a prefix of m
// elements.
func (ch *chain) sub(m int) uint32 {
	if m == 2 && !ch.lin {
		return ch.code[1]
	}
	if m <= 1 && !ch.lin {
		return 0
	}
	h := hashSeed + 5
	if ch.lin {
		h = hashRune(h, '临')
	}
	for _, x := range ch.code[1:m] {
		h = hashRune(h, rune(x))
	}
	return codeHash | uint32(hashEnd(h)>>33)
}

// spans says that the chain is a plate over several numbers of one side
// (166至168号), not a sub-number.
func (ch *chain) spans() bool {
	d := ch.val[1] - ch.val[0]
	return ch.n == 2 && ch.to && d > 0 && d <= maxSpan && d%2 == 0
}

// maxSpan is the widest run of numbers that one plate covers.
const maxSpan = 40

// mandatory returns how many elements belong to the number in any case.
func (ch *chain) mandatory() int {
	m := 1
	for i := 1; i < ch.n; i++ {
		if ch.must[i] {
			m = i + 1
		}
	}
	return m
}
