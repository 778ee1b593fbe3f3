package address

// tail is what stands behind a building: unit, floor, room, shop.
type tail struct {
	end   int
	unit  uint32 // code of the unit (2单元), 0 = none
	spans int
}

// readTail reads the tail at i. It ends where no tail word stands; a bare
// number counts after a dash or after another part of the tail.
func (c *cleaned) readTail(i int) tail {
	t := tail{end: i}
	for {
		j := c.tailWord(t.end)
		if j > t.end {
			t.end = j
			t.spans++
			continue
		}
		s, code := c.readLabel(t.end)
		if s == t.end {
			return t
		}
		unit, e := c.tailUnit(s)
		switch {
		case e > s:
		case t.spans > 0 || t.end > 0 && t.end < len(c.r) && c.sep[t.end] == '-':
		case s-t.end >= 3 && codeIsNumber(code): // 5栋502, a bare room
		default:
			return t
		}
		if unit {
			t.unit = code
		}
		t.end = e
		t.spans++
	}
}

// tailUnit reads the word behind a number of the tail.
func (c *cleaned) tailUnit(j int) (unit bool, end int) {
	if j >= len(c.r) || c.sep[j] != 0 && c.sep[j] != ' ' {
		return false, j
	}
	switch c.r[j] {
	case '单':
		if c.is(j+1, '元') {
			return true, j + 2
		}
	case '门', '梯':
		if !c.is(j+1, '口') {
			return true, j + 1
		}
	case '号':
		if c.is(j+1, '铺') || c.is(j+1, '房') || c.is(j+1, '室') || c.is(j+1, '店') || c.is(j+1, '门') {
			return false, j + 2
		}
		return false, j + 1
	case '楼':
		if c.placeWordAt(j) {
			return false, j
		}
		e := j + 1
		if c.is(e, '之') {
			if _, k := c.number(e + 1); k > e+1 {
				return false, k
			}
		}
		return false, e
	case '层', 'F', '室', '房', '户', '铺', '店', '库', '舖', '档', '间':
		e := j + 1
		if c.is(e, '之') {
			if _, k := c.number(e + 1); k > e+1 {
				return false, k
			}
		}
		return false, e
	}
	return false, j
}

// tailWord reads a word of the tail that has no number.
func (c *cleaned) tailWord(i int) int {
	if i >= len(c.r) {
		return i
	}
	for _, w := range []string{"地下室", "地下", "地库", "地铺", "大堂", "平台", "顶楼", "顶层", "底商", "一楼门面", "高层", "低层", "前座", "后座", "全层", "商铺", "车库", "及", "至", "号铺"} {
		if e := c.has(i, w); e > i {
			return e
		}
	}
	return i
}

// has returns the end of word w at i, or i.
func (c *cleaned) has(i int, w string) int {
	j := i
	for _, x := range w {
		if j >= len(c.r) || c.r[j] != x {
			return i
		}
		j++
	}
	return j
}
