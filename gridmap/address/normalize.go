package address

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds what of one text is looked at. Longer texts are cut: no
// address is longer, and time and memory of a match stay bounded.
const maxRunes = 192

// cleaned is a text as the matcher sees it: folded runes without separators,
// and beside each rune the separator that stood before it.
type cleaned struct {
	r   []rune
	sep []byte  // len(r)+1; 0 = none, ' ' '-' '/' ',' '(' ')'
	off []int32 // len(r)+1; byte offset of each rune in the original text
	end []int32 // len(r); byte offset behind each rune
	t   *charTables
}

func (c *cleaned) reset() { c.r, c.sep, c.off, c.end = c.r[:0], c.sep[:0], c.off[:0], c.end[:0] }

// clean folds s: NFKC, traditional to simplified, upper case, one dash; marks
// and spaces become separators. Invalid bytes separate, nothing panics.
func (c *cleaned) clean(s string, t *charTables) {
	c.reset()
	c.t = t
	pend, i := byte(0), 0
	for i < len(s) && len(c.r) < maxRunes {
		r, w := utf8.DecodeRuneInString(s[i:])
		f := fold(r, t)
		switch {
		case f > 0:
			c.put(f, pend, i, w)
			pend = 0
		case f == foldMany:
			for _, x := range norm.NFKC.String(s[i : i+w]) {
				if g := fold(x, t); g > 0 && len(c.r) < maxRunes {
					c.put(g, pend, i, w)
					pend = 0
				}
			}
		default:
			pend = strongerSep(pend, byte(-f))
		}
		i += w
	}
	c.sep = append(c.sep, pend)
	c.off = append(c.off, int32(i))
	c.fixDigits()
}

func (c *cleaned) put(r rune, sep byte, at, width int) {
	c.r = append(c.r, r)
	c.sep = append(c.sep, sep)
	c.off = append(c.off, int32(at))
	c.end = append(c.end, int32(at+width))
}

// fixDigits reads the letters l and O inside a run of digits as 1 and 0, and
// raises the case of all other letters.
func (c *cleaned) fixDigits() {
	for i, r := range c.r {
		if r < 'a' && r != 'O' || r > 'z' {
			continue
		}
		near := i > 0 && c.sep[i] == 0 && isDigit(c.r[i-1]) || i+1 < len(c.r) && c.sep[i+1] == 0 && isDigit(c.r[i+1])
		switch {
		case near && r == 'l':
			c.r[i] = '1'
		case near && (r == 'O' || r == 'o'):
			c.r[i] = '0'
		case r >= 'a':
			c.r[i] = r - 'a' + 'A'
		}
	}
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// strongerSep keeps the separator that says more: brackets, then marks that
// end a clause, then a dash, then a space.
func strongerSep(a, b byte) byte {
	const order = " /-,)("
	rank := func(x byte) int {
		for i := range len(order) {
			if order[i] == x {
				return i + 1
			}
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// foldMany marks a rune that NFKC turns into other runes.
const foldMany = -1000

// fold returns the folded rune, or minus the separator it stands for, or
// foldMany.
func fold(r rune, t *charTables) rune {
	if isHan(r) {
		return t.simplified(r)
	}
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	switch {
	case isDigit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '#':
		return r
	case r < 0x80:
		return -rune(asciiSep(r))
	}
	switch r {
	case '〇', '○', '◯':
		return '零'
	case '–', '—', '―', '−', '‐', '‑', '~', '～', '﹣', 'ー', '─', '→':
		return -'-'
	case '·', '•', '・', '．', '／', '｡':
		return -'/'
	case '（', '【', '［', '「', '『', '〔', '《', '“', '﹝', '〈':
		return -'('
	case '）', '】', '］', '」', '』', '〕', '》', '”', '﹞', '〉':
		return -')'
	case utf8.RuneError, 0x3000, 0xA0, 0x200B, 0xFEFF:
		return -' '
	}
	if n := norm.NFKC.String(string(r)); n != string(r) {
		return foldMany
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		return r
	}
	if unicode.IsSpace(r) || unicode.IsControl(r) {
		return -' '
	}
	return -','
}

func asciiSep(r rune) byte {
	switch r {
	case '-', '~':
		return '-'
	case '/', '.', '_', '\\', '|', '\'', '*':
		return '/'
	case '(', '[', '{', '<', '"':
		return '('
	case ')', ']', '}', '>':
		return ')'
	case ',', ';', ':', '!', '?', '&', '+':
		return ','
	}
	return ' '
}

// Normalize returns s as names are compared: folded, without separators. Two
// names with the same result are the same name to the matcher.
func Normalize(s string) string {
	var c cleaned
	c.clean(s, chars())
	return string(c.r)
}

func appendRune(b []byte, r rune) []byte { return utf8.AppendRune(b, r) }
