package address

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// streetKey is the canonical form of the road, section and lane fields.
type streetKey struct {
	road    string // folded name
	shown   string // the name as written
	section int
	lane    uint32
	laneTxt string // as written
	also    string // a named lane by itself, folded: another name of the road
}

// canonStreet splits what the fields say into a name and numbered parts, the
// same way as the grammar reads a query.
func canonStreet(f [5]string, c *cleaned, t *charTables) streetKey {
	var k streetKey
	c.clean(f[0], t)
	cut := c.roadEnd()
	k.road = string(c.r[:cut])
	k.shown = f[0]
	if cut < len(c.r) {
		k.shown = f[0][:c.off[cut]]
		st := c.readStreetTail(cut)
		k.section, k.lane = st.section, st.lane
		if st.lanes > 0 {
			k.laneTxt = string(c.r[cut:st.pathEnd])
		}
	}
	if f[1] != "" {
		c.clean(f[1], t)
		if v, j := c.number(0); j > 0 && c.is(j, '段') && j+1 == len(c.r) {
			k.section = v
		} else {
			k.road += string(c.r)
			k.shown += f[1]
		}
	}
	for _, s := range f[2:] {
		if s != "" {
			k.addLane(s, c, t)
		}
	}
	return k
}

func (k *streetKey) addLane(s string, c *cleaned, t *charTables) {
	c.clean(s, t)
	i := 0
	for i < len(c.r) {
		ch, kind, j := c.readLane(i)
		if j == i {
			break
		}
		k.lane = laneCode(k.lane, kind, ch.code[0], ch.sub(ch.n))
		i = j
	}
	switch {
	case i == len(c.r):
		k.laneTxt += s
	case k.lane == 0 && i == 0:
		if k.road != "" && len(c.r) >= 3 {
			k.also = string(c.r)
		}
		k.road += string(c.r)
		k.shown += s
	default:
		k.lane = laneCode(k.lane, '?', labelCode(string(c.r[i:])), 0)
		k.laneTxt += s
	}
	if k.road == "" && i == len(c.r) && len(c.r) > 0 { // 39巷 without a road: the lane is the name
		k.road, k.shown, k.lane, k.laneTxt = string(c.r), s, 0, ""
	}
}

// roadEnd returns where the name of a road field ends and numbered parts
// (四段, 100弄) begin that it carries itself.
func (c *cleaned) roadEnd() int {
	for i := 2; i < len(c.r); i++ {
		switch c.r[i-1] {
		case '路', '街', '道':
			if !isNumeral(c.r[i]) {
				continue
			}
			if st := c.readStreetTail(i); st.pathEnd == len(c.r) {
				return i
			}
		}
	}
	return len(c.r)
}

// doorKey is the canonical form of a number field.
type doorKey struct {
	num, sub uint32
	subTxt   string
	spans    bool // 166至168号: every number of that side in between
}

func canonDoor(s string, c *cleaned, t *charTables) doorKey {
	if s == "" {
		return doorKey{}
	}
	c.clean(s, t)
	if ch, kind, j := c.readLane(0); j == len(c.r) && j > 0 {
		return doorKey{num: uint32(ch.val[0]), sub: laneDoor(kind, ch.sub(ch.n)), subTxt: s}
	}
	ch := c.readChain(0)
	if ch.n > 0 && ch.end[ch.n-1] == len(c.r) {
		return doorKey{uint32(ch.val[0]), ch.sub(ch.n), s, ch.spans()}
	}
	if ch.n > 0 {
		return doorKey{num: uint32(ch.val[0]), sub: codeHash | uint32(hashString(string(c.r))>>33), subTxt: s}
	}
	return doorKey{sub: labelCode(string(c.r)), subTxt: s}
}

// laneDoor is the sub-number code of a lane that is itself a door (100弄).
func laneDoor(kind rune, sub uint32) uint32 {
	return codeHash | uint32(hashEnd(hashRune(hashRune(hashSeed+11, kind), rune(sub)))>>33)
}

// Words of a building, by their number in a row's flags.
var buildingWords = [...]string{"", "栋", "幢", "座", "号楼", "号", "楼", "#"}

// canonBuilding returns the code of a building field, the number of its type
// word, and its folded text when it is a name rather than a label.
func canonBuilding(s string, c *cleaned, t *charTables) (code uint32, word uint32, named string) {
	if s == "" {
		return 0, 0, ""
	}
	c.clean(s, t)
	if l := c.readBuilding(0); l.end == len(c.r) && l.end > 0 {
		e, _ := c.readLabel(0)
		w := string(c.r[e:])
		return l.code, uint32(max(0, slices.Index(buildingWords[:], w))), ""
	}
	full := string(c.r)
	if len(c.r) == 0 {
		return 0, 0, ""
	}
	return labelCode(full), 0, full
}

func canonUnit(s string, c *cleaned, t *charTables) uint32 {
	if s == "" {
		return 0
	}
	c.clean(s, t)
	if tl := c.readTail(0); tl.end == len(c.r) && tl.spans == 1 && tl.unit != 0 {
		return tl.unit
	}
	return labelCode(string(c.r))
}

// shownDoor writes a row's door number.
func (x *Index) shownDoor(r *row) string {
	switch {
	case r.num == 0 && r.sub == 0:
		return ""
	case r.sub == 0:
		return strconv.Itoa(int(r.num)) + "号"
	case codeIsNumber(r.sub):
		return strconv.Itoa(int(r.num)) + "之" + strconv.Itoa(int(r.sub&(codeNumber-1))) + "号"
	}
	if s := x.label(r.sub ^ r.num<<3); s != "" {
		return s
	}
	return strconv.Itoa(int(r.num)) + "号"
}

// shownBuilding writes a row's building.
func (x *Index) shownBuilding(r *row) string {
	if r.bld == 0 {
		return ""
	}
	w := buildingWords[int(r.flags>>bldShift)%len(buildingWords)]
	if codeIsNumber(r.bld) {
		return strconv.Itoa(int(r.bld&(codeNumber-1))) + w
	}
	return x.label(r.bld)
}

// Type words that people leave away, longest first; at least two runes of a
// name remain.
var (
	placeTypes = []string{"住宅小区", "住宅区", "家属院", "家属区", "小区", "花园", "公寓", "家园", "新村", "大厦", "广场", "大楼", "山庄", "别墅", "宿舍", "花苑", "苑", "邨", "院"}
	areaTypes  = []string{"特别行政区", "街道办事处", "自治区", "自治州", "自治县", "街道", "社区", "地区", "省", "市", "区", "县", "旗", "镇", "乡", "村"}
)

// beforeSuffix returns the number of runes before suffix w, -1 when r does not
// end in w.
func beforeSuffix(r []rune, w string) int {
	n := len(r)
	for w != "" {
		x, size := utf8.DecodeLastRuneInString(w)
		if n == 0 || r[n-1] != x {
			return -1
		}
		n--
		w = w[:len(w)-size]
	}
	return n
}

// shortRunes returns how many runes of a name remain without its type word, 0
// when it has none to leave away.
func shortRunes(r []rune, types []string) int {
	for _, w := range types {
		n := beforeSuffix(r, w)
		if n >= 2 && !slices.Contains(types, string(r[:n])) {
			return n
		}
	}
	return 0
}
