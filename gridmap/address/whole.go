package address

import (
	"strings"
)

// ParseEntry splits a whole address string into the fields of an entry, for
// import. It needs no gazetteer: it goes by type words (市, 区, 街道, 路, 号, 栋
// …) and, for Hong Kong, by a list of place names. What follows the building
// goes to Unit. The ID and the point stay empty; rest is text that found no
// field. Names keep the script they were written in.
func ParseEntry(text string) (e Entry, rest string) {
	p := wholeParser{text: text, t: chars()}
	p.c.clean(text, p.t)
	p.areas(&e)
	p.road(&e)
	p.compound(&e)
	p.unit(&e)
	return e, strings.TrimSpace(p.slice(p.at, len(p.c.r)))
}

type wholeParser struct {
	text string
	t    *charTables
	c    cleaned
	at   int
}

// slice is the original text of the runes [i, j), without separators at its
// ends or spaces between Chinese characters.
func (p *wholeParser) slice(i, j int) string {
	if i >= j {
		return ""
	}
	lo, hi := p.c.bytes(i, j)
	s := strings.Trim(p.text[lo:hi], " \t\n\r,，、。;；:：()（）[]【】「」-—/·　")
	if strings.ContainsAny(s, " 　") {
		s = joinHan(s)
	}
	return s
}

// joinHan removes spaces that touch a Chinese character.
func joinHan(s string) string {
	r := []rune(s)
	out := make([]rune, 0, len(r))
	for i, x := range r {
		if (x == ' ' || x == 0x3000) && (i > 0 && isHan(r[i-1]) || i+1 < len(r) && isHan(r[i+1])) {
			continue
		}
		out = append(out, x)
	}
	return string(out)
}

// typeWords ends a name of one administrative level.
type typeWords struct {
	field  func(*Entry) *string
	words  []string
	lo, hi int // runes of the name, its type word included
}

func wholeLevels() []typeWords {
	return []typeWords{
		{func(e *Entry) *string { return &e.Province }, []string{"特别行政区", "自治区", "省"}, 2, 9},
		{func(e *Entry) *string { return &e.City }, []string{"自治州", "地区", "市", "盟"}, 2, 11},
		{func(e *Entry) *string { return &e.District }, []string{"自治县", "新区", "矿区", "区", "县", "旗", "市"}, 2, 9},
		{func(e *Entry) *string { return &e.Town }, []string{"街道办事处", "街道", "镇", "乡", "苏木", "地区"}, 2, 9},
		{func(e *Entry) *string { return &e.Community }, []string{"社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "社区", "里", "村"}, 2, 10},
	}
}

// areas reads the administrative levels at the front.
func (p *wholeParser) areas(e *Entry) {
	p.hongKong(e)
	for _, l := range wholeLevels() {
		end := p.areaEnd(l)
		if end > p.at && *l.field(e) == "" {
			*l.field(e) = p.slice(p.at, end)
			p.at = end
		}
	}
	if v, end := p.c.gridNumber(p.at); end > p.at && v > 0 {
		e.Grid = p.slice(p.at, end)
		p.at = end
	}
}

// areaEnd returns the end of a name of one level at the cursor, or the cursor.
// A name does not run over digits, separators or a road's type word, and
// 小区, 园区 and the like are no districts.
func (p *wholeParser) areaEnd(l typeWords) int {
	c := &p.c
	for j := p.at + 1; j <= len(c.r) && j-p.at <= l.hi; j++ {
		if j-1 > p.at && c.sep[j-1] != 0 && c.sep[j-1] != ' ' || !isHan(c.r[j-1]) {
			return p.at
		}
		for _, w := range l.words {
			n := len([]rune(w))
			if j-p.at < max(l.lo, n+1) || string(c.r[j-n:j]) != w {
				continue
			}
			if p.roadInside(p.at, j-n) || w == "区" && (isOneOf(c.r[j-2], "小园社院校厂期") && j-p.at > 2 || isOneOf(c.r[j-2], "东西南北中") && j-p.at > 3) || w == "里" && p.houseNext(j) {
				return p.at
			}
			if isOneOf(c.r[j-1], "村乡镇里") && j < len(c.r) && isOneOf(c.r[j], "路街巷道小") {
				return p.at
			}
			return j
		}
	}
	return p.at
}

func isOneOf(r rune, set string) bool { return strings.ContainsRune(set, r) }

// houseNext says that a name in 里 is a compound or road: it ends the text, or
// a house number follows that is not the number of a neighbourhood (3邻).
func (p *wholeParser) houseNext(j int) bool {
	if _, end := p.c.gridNumber(j); end > j {
		return false
	}
	return j >= len(p.c.r) || isNumeral(p.c.r[j])
}

func (p *wholeParser) roadInside(i, j int) bool {
	for ; i < j; i++ {
		if isOneOf(p.c.r[i], "路街道巷") && !p.c.is(i+1, '道') {
			return true
		}
	}
	return false
}

// hongKong reads the region and the place name that Hong Kong addresses begin
// with instead of typed levels.
func (p *wholeParser) hongKong(e *Entry) {
	words := hongKongPlaces()
	var found []string
	for range 4 {
		n := words.longest(p.c.r[p.at:])
		if n == 0 || p.at+n >= len(p.c.r) {
			break
		}
		next := p.at + n
		if isOneOf(p.c.r[next], "道街路里邨村苑径广中商") && !p.placeAgain(next) || p.c.has(next, "大道") > next || p.c.has(next, "新邨") > next {
			break // 长沙湾道 is the name of the road
		}
		if len(found) > 0 && isOneOf(p.c.r[p.at], "香新九") && n == 2 { // 红磡香港理工大学: regions come first
			break
		}
		found = append(found, p.slice(p.at, p.at+n))
		p.at += n
	}
	if len(found) == 0 {
		return
	}
	e.City = "香港"
	e.District = found[len(found)-1]
	if len(found) > 1 {
		e.District = found[len(found)-2]
		e.Town = found[len(found)-1]
	}
}

// placeAgain says that the type word at i begins a place of its own (中環).
func (p *wholeParser) placeAgain(i int) bool {
	return hongKongPlaces().longest(p.c.r[i:]) > 0
}

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
