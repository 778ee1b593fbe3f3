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
