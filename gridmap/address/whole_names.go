package address

// road reads road, section, lanes and door number at the cursor.
func (p *wholeParser) road(e *Entry) {
	end := p.roadEnd()
	if end == p.at {
		return
	}
	c := &p.c
	st := c.readStreetTail(end)
	e.Road = p.slice(p.at, end)
	at := end
	if st.section > 0 {
		k := end
		for k < len(c.r) && c.r[k] != '段' {
			k++
		}
		e.Section = p.slice(end, k+1)
		at = k + 1
	}
	fields := []*string{&e.Lane, &e.Alley, &e.SubAlley}
	for _, f := range fields {
		_, _, j := c.readLane(at)
		if j == at {
			break
		}
		*f = p.slice(at, j)
		at = j
	}
	if st.door.n > 0 && at == st.pathEnd {
		n := st.door.n
		if !st.door.suf {
			n = st.door.mandatory()
		}
		e.Number = p.slice(at, st.door.end[n-1])
		at = st.door.end[n-1]
	}
	p.at = at
}

// roadEnd returns the end of a road name at the cursor: the first type word
// that a number follows, else the last type word before the first digit.
func (p *wholeParser) roadEnd() int {
	c := &p.c
	last := p.at
	for j := p.at + 2; j <= len(c.r) && j-p.at <= 14; j++ {
		if !isHan(c.r[j-1]) || j-1 > p.at && (c.sep[j-1] == '(' || c.sep[j-1] == ',') {
			break
		}
		if !isOneOf(c.r[j-1], "路街道巷里徑径段") && !(c.r[j-1] == '同' && c.r[j-2] == '胡') {
			continue
		}
		if c.r[j-1] == '道' && c.is(j, '路') {
			continue
		}
		if j < len(c.r) && (isNumeral(c.r[j]) || isStem(c.r[j]) && j+1 < len(c.r) && isNumeral(c.r[j+1])) {
			return j
		}
		if j+1 < len(c.r) && isOneOf(c.r[j], "东南西北中") && isNumeral(c.r[j+1]) { // 德辅道中24号
			return j + 1
		}
		if c.r[j-1] != '里' && c.r[j-1] != '段' {
			last = j
		}
	}
	if last > p.at && last < len(c.r) && (isOneOf(c.r[last], "口旁对") || !p.numberLater(last)) {
		return last
	}
	if last == len(c.r) {
		return last
	}
	return p.at
}

// numberLater says that a building label follows a compound's name, so that a
// road word inside that name (东明路郑汴路小区8号楼) is no road of its own.
func (p *wholeParser) numberLater(i int) bool {
	for ; i < len(p.c.r); i++ {
		if isNumeral(p.c.r[i]) {
			return true
		}
	}
	return false
}

// compound reads the name between door number and building.
func (p *wholeParser) compound(e *Entry) {
	c := &p.c
	i := p.at
	for i < len(c.r) {
		if i > p.at && (c.sep[i] == '(' || c.sep[i] == ',') {
			break
		}
		if c.tailWord(i) > i && i > p.at {
			break
		}
		if e := phaseEnd(c, i); e > i {
			i = e
			continue
		}
		if latin(c, i) {
			if i-p.at >= 2 {
				break
			}
			for i < len(c.r) && (latin(c, i) || c.r[i] >= 'A' && c.r[i] <= 'Z') {
				i++
			}
			continue
		}
		if l := c.readBuilding(i); l.end > i && (l.kind != bareLabel || i > p.at && !isHan(c.r[i])) && !isHanWordAfter(c, l) {
			break
		}
		if isDigit(c.r[i]) {
			break
		}
		i++
	}
	if i-p.at >= 2 && c.tailWord(p.at) == p.at {
		e.Compound = p.slice(p.at, i)
		p.at = i
	}
	if l := c.readBuilding(p.at); l.end > p.at && (l.kind == strongLabel || e.Compound != "" && (l.kind == floorLabel && l.end == len(c.r) || l.kind == numberLabel && !p.shopNumber(e, l.end))) {
		e.Building = p.slice(p.at, l.end)
		p.at = l.end
	}
}

// phaseEnd returns the end of 二期, 第9期 at i, or i.
func phaseEnd(c *cleaned, i int) int {
	j := i
	if c.is(j, '第') {
		j++
	}
	if _, k := c.number(j); k > j && c.is(k, '期') {
		return k + 1
	}
	return i
}

// latin says that a word of two letters or more stands at i.
func latin(c *cleaned, i int) bool {
	letter := func(k int) bool { return k < len(c.r) && c.r[k] >= 'A' && c.r[k] <= 'Z' }
	return letter(i) && (letter(i+1) && c.sep[i+1] == 0 || i > 0 && letter(i-1) && c.sep[i] == 0)
}

// isHanWordAfter says that a label is the beginning of a name (东方花园, 一中).
func isHanWordAfter(c *cleaned, l label) bool {
	return l.kind == bareLabel && l.end < len(c.r) && isHan(c.r[l.end]) && c.sep[l.end] == 0
}

// shopNumber says that the 号 before i counts shops, as in Hong Kong, not
// buildings.
func (p *wholeParser) shopNumber(e *Entry, i int) bool {
	return e.City == "香港" || isOneOf([]rune(e.Compound)[len([]rune(e.Compound))-1], "場场邨") || i < len(p.c.r) && isOneOf(p.c.r[i], "铺舖店")
}

// unit takes what is left as the unit.
func (p *wholeParser) unit(e *Entry) {
	if p.at < len(p.c.r) {
		e.Unit = p.slice(p.at, len(p.c.r))
		p.at = len(p.c.r)
	}
}
