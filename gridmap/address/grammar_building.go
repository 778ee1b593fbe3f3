package address

// buildingKind says how the text marked a building label.
type buildingKind uint8

const (
	bareLabel   buildingKind = iota // 16
	strongLabel                     // 16栋 16幢 16座 16号楼 16#
	numberLabel                     // 16号
	floorLabel                      // 16楼: a building, or a floor
)

// label is one building or unit label of the text.
type label struct {
	code uint32
	kind buildingKind
	end  int
}

// readBuilding reads the building label at i (after a compound or a door
// number); end is i when there is none.
func (c *cleaned) readBuilding(i int) label {
	j := i
	if c.is(j, '第') {
		j++
	}
	s, lc := c.readLabel(j)
	if s == j {
		return label{end: i}
	}
	if s < len(c.r) && c.sep[s] == '-' && isNumeral(c.r[s]) { // 3-2栋 is one label, 16-1单元 two
		if v, k := c.number(s); k > s {
			if kind, e := c.buildingWord(k); kind == strongLabel && codeIsNumber(lc) {
				h := hashRune(hashRune(hashSeed+3, rune(lc)), rune(v))
				return label{codeHash | uint32(hashEnd(h)>>33), kind, e}
			}
		}
	}
	kind, e := c.buildingWord(s)
	if kind == bareLabel && c.notBuilding(s) {
		return label{end: i}
	}
	return label{lc, kind, e}
}

// readLabel reads 16, 十六, A, A1, 1A, 甲, 东 at j.
func (c *cleaned) readLabel(j int) (end int, code uint32) {
	if j >= len(c.r) {
		return j, 0
	}
	letter := func(k int) bool { return k < len(c.r) && c.r[k] >= 'A' && c.r[k] <= 'Z' && (k == j || c.sep[k] == 0) }
	if v, k := c.number(j); k > j {
		if letter(k) && c.r[k] != 'F' && !letter(k+1) {
			return k + 1, codeHash | uint32(hashEnd(hashRune(hashRune(hashSeed, rune(v)), c.r[k]))>>33)
		}
		return k, numberCode(v)
	}
	if letter(j) && !letter(j+1) {
		// A1栋 is one label; W101室 and B2单元 are building W and B.
		if v, k := c.number(j + 1); k > j+1 && c.sep[j+1] == 0 && isDigit(c.r[j+1]) && v < 100 && !c.roomFollows(k) {
			return k, codeHash | uint32(hashEnd(hashRune(hashRune(hashSeed+1, c.r[j]), rune(v)))>>33)
		}
		return j + 1, codeHash | uint32(c.r[j])
	}
	switch c.r[j] {
	case '甲', '乙', '丙', '丁', '戊', '东', '西', '南', '北', '中', '前', '后', '主', '副':
		if kind, _ := c.buildingWord(j + 1); kind == strongLabel || kind == floorLabel {
			return j + 1, codeHash | uint32(c.r[j])
		}
	}
	return j, 0
}

// roomFollows says that the number before j is that of a unit, floor or room.
func (c *cleaned) roomFollows(j int) bool {
	return c.unitFollows(j) && c.r[j] != '栋' && c.r[j] != '幢' && c.r[j] != '座' && c.r[j] != '楼'
}

// buildingWord reads the type word at j.
func (c *cleaned) buildingWord(j int) (buildingKind, int) {
	if j >= len(c.r) || c.sep[j] != 0 && c.sep[j] != ' ' {
		return bareLabel, j
	}
	second := func(w string) int {
		if j+1 < len(c.r) && !c.placeWordAt(j+1) {
			for _, x := range w {
				if c.r[j+1] == x {
					return j + 2
				}
			}
		}
		return j + 1
	}
	switch c.r[j] {
	case '栋', '幢', '座':
		return strongLabel, second("楼")
	case '#':
		return strongLabel, second("楼栋座")
	case '号':
		if e := second("楼栋幢座"); e > j+1 {
			return strongLabel, e
		}
		return numberLabel, second("院")
	case '楼':
		if c.placeWordAt(j) {
			return bareLabel, j
		}
		return floorLabel, j + 1
	}
	return bareLabel, j
}

// notBuilding says that the bare number that ends at j counts something else.
func (c *cleaned) notBuilding(j int) bool {
	if j >= len(c.r) || c.sep[j] != 0 {
		return false
	}
	switch c.r[j] {
	case '栋', '幢', '座', '楼':
		return false
	}
	return c.unitFollows(j) || c.r[j] == '门' && !c.is(j+1, '口')
}
