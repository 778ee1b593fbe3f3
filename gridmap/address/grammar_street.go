package address

// streetTail is what follows a road name: section, lanes, door number.
type streetTail struct {
	section int
	lane    uint32 // code of the chain of lanes, 0 = none
	lanes   int
	pathEnd int // rune index after section and lanes
	door    chain
	laneNum chain // the last lane again: its number may itself be the door (100弄)
	laneUp  uint32
}

// readStreetTail reads what follows a road name that ends at i.
func (c *cleaned) readStreetTail(i int) streetTail {
	t := streetTail{pathEnd: i}
	if v, j := c.number(i); j > i && c.is(j, '段') && v > 0 && v < 100 {
		t.section, t.pathEnd = v, j+1
	}
	for t.lanes < 4 {
		ch, kind, j := c.readLane(t.pathEnd)
		if j == t.pathEnd {
			break
		}
		t.laneUp, t.laneNum = t.lane, ch
		t.lane = laneCode(t.lane, kind, ch.code[0], ch.sub(ch.n))
		t.lanes++
		t.pathEnd = j
	}
	t.door = c.readChain(t.pathEnd)
	return t
}

// laneCode extends the code of a chain of lanes by one.
func laneCode(outer uint32, kind rune, main, sub uint32) uint32 {
	h := hashSeed + 9
	h = hashRune(h, rune(outer))
	h = hashRune(h, kind)
	h = hashRune(h, rune(main))
	h = hashRune(h, rune(sub))
	return codeHash | uint32(hashEnd(h)>>33)
}

// readLane reads one numbered lane (39巷, 2之3巷, 5支弄, 12胡同, 2衖) at i.
func (c *cleaned) readLane(i int) (ch chain, kind rune, end int) {
	if i >= len(c.r) {
		return ch, 0, i
	}
	lin := c.r[i] == '临'
	s := i
	if lin {
		s++
	}
	v, j := c.number(s)
	if j == s {
		return ch, 0, i
	}
	ch.lin = lin
	ch.add(numberCode(v), v, j, true)
	for j < len(c.r) && ch.n < chainMax && (c.r[j] == '之' && c.sep[j] == 0 || c.sep[j] == '-' && isNumeral(c.r[j])) {
		k := j
		if c.r[j] == '之' {
			k++
		}
		v, e := c.number(k)
		if e == k {
			break
		}
		ch.add(numberCode(v), v, e, true)
		j = e
	}
	kind, end = c.laneWord(j)
	if kind == 0 {
		return chain{}, 0, i
	}
	return ch, kind, end
}

// laneWord reads the type word of a lane at j.
func (c *cleaned) laneWord(j int) (kind rune, end int) {
	if j >= len(c.r) || c.sep[j] != 0 && c.sep[j] != ' ' {
		return 0, j
	}
	switch c.r[j] {
	case '巷', '弄', '衖':
		if c.r[j] == '巷' && c.is(j+1, '口') {
			return 0, j
		}
		return c.r[j], j + 1
	case '支':
		if c.is(j+1, '弄') || c.is(j+1, '巷') {
			return '支', j + 2
		}
	case '胡':
		if c.is(j+1, '同') {
			return '胡', j + 2
		}
	}
	return 0, j
}
