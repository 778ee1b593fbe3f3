package address

import "strconv"

// A number is read where one can stand only: the caller decides the position,
// so that 三民路 stays a name.

// maxNumber bounds a door, building or room number; longer digit runs are
// phone numbers, postcodes or codes.
const maxNumber = 999999

func chineseDigit(r rune) int {
	switch r {
	case '零':
		return 0
	case '一', '壹', '幺':
		return 1
	case '二', '贰', '两':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

func chineseUnit(r rune) int {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	}
	return 0
}

// isNumeral says whether r can be part of a number.
func isNumeral(r rune) bool {
	return isDigit(r) || chineseDigit(r) >= 0 || chineseUnit(r) > 0 || r == '廿'
}

// number reads the number that starts at i and returns its value and end; end
// is i when there is none. Separators end a number.
func (c *cleaned) number(i int) (value, end int) {
	if i >= len(c.r) {
		return 0, i
	}
	if isDigit(c.r[i]) {
		j, v := i, 0
		for j < len(c.r) && isDigit(c.r[j]) && (j == i || c.sep[j] == 0) {
			if v <= maxNumber {
				v = v*10 + int(c.r[j]-'0')
			}
			j++
		}
		if v > maxNumber {
			return 0, i
		}
		return v, j
	}
	return c.chineseNumber(i)
}

func (c *cleaned) chineseNumber(i int) (value, end int) {
	j, plain := i, true
	for j < len(c.r) && (j == i || c.sep[j] == 0) && (chineseDigit(c.r[j]) >= 0 || chineseUnit(c.r[j]) > 0 || c.r[j] == '廿') {
		plain = plain && chineseDigit(c.r[j]) >= 0
		j++
	}
	if j == i || j-i > 9 {
		return 0, i
	}
	if plain {
		for _, r := range c.r[i:j] {
			value = value*10 + chineseDigit(r)
		}
		if value > maxNumber {
			return 0, i
		}
		return value, j
	}
	return structuredNumber(c.r[i:j]), j
}

// structuredNumber reads 一百二十三, 十八, 廿三, 一千零五.
func structuredNumber(r []rune) int {
	total, cur := 0, -1
	for _, x := range r {
		switch u, d := chineseUnit(x), chineseDigit(x); {
		case x == '廿':
			total += 20
		case u > 0:
			if cur < 0 {
				cur = 1
			}
			total += cur * u
			cur = -1
		case d > 0:
			cur = d
		}
	}
	if cur > 0 {
		total += cur
	}
	return min(total, maxNumber)
}

// Codes pack small labels (lanes, sub-numbers, buildings, units) into 32 bits:
// 0 is "none", plain numbers keep their value and order, everything else is a
// hash whose text the index remembers for display.
const (
	codeNumber = 1 << 24 // code = codeNumber | value, value < 1<<24
	codeHash   = 1 << 31
)

func numberCode(n int) uint32 { return codeNumber | uint32(n) }

func codeIsNumber(code uint32) bool { return code&^(codeNumber-1) == codeNumber }

// labelCode is the code of a canonical label such as "12", "A", "2-3".
func labelCode(s string) uint32 {
	if s == "" {
		return 0
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n <= maxNumber && (s[0] != '0' || s == "0") {
		return numberCode(n)
	}
	return codeHash | uint32(hashString(s)>>33)
}

func hashString(s string) uint64 {
	h := hashSeed
	for _, r := range s {
		h = hashRune(h, r)
	}
	return hashEnd(h)
}

const hashSeed uint64 = 0x9E3779B97F4A7C15

// hashRune extends a hash of runes by one (multiply-xorshift).
func hashRune(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0xD6E8FEB86659FD93
	return h ^ h>>29
}

func hashEnd(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}
