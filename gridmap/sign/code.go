// Package sign keeps public signboards (公示牌): what a sign at a place says
// today, what it said when it was printed, and which signs must be printed
// again. A sign names its place; which grid that is in is looked up anew each
// time.
package sign

import (
	"io"
	"strings"

	"cloudgrid/gridmap"
)

// alphabet is what codes are made of: digits and capitals without those that
// are taken for one another (0 O, 1 I L, U V). There are 31, a prime, so that
// one check character finds every wrong and every swapped character.
const alphabet = "123456789ABCDEFGHJKMNPQRSTVWXYZ"

// randomChars is how many characters of a code are random: 31^10 codes, so that
// a million signs are one in 800 million codes, and guessing finds none.
const randomChars = 10

// CodeLength is how long a code is, check character included.
const CodeLength = randomChars + 1

// NewCode makes a code from random bytes.
func NewCode(random io.Reader) (string, error) {
	var code strings.Builder
	for code.Len() < randomChars {
		var b [16]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", gridmap.Errorf(gridmap.Internal, "无法取得随机数 (no randomness): %w", err)
		}
		for _, x := range b {
			if x >= 8*31 || code.Len() == randomChars { // the rest of a byte would favour some characters
				continue
			}
			code.WriteByte(alphabet[x%31])
		}
	}
	return code.String() + string(check(code.String())), nil
}

// check returns the check character: the sum of the characters' values weighted
// by their position, modulo 31.
func check(chars string) byte {
	sum := 0
	for i := range len(chars) {
		sum += (i + 2) * strings.IndexByte(alphabet, chars[i])
	}
	return alphabet[sum%31]
}

// ParseCode reads a code as people type it: in any case, with blanks or dashes,
// and I, L, U for what they look like. It is false for what cannot be a
// code, which most typing errors are.
func ParseCode(text string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '-', '　', '—':
			continue
		case 'I', 'L':
			r = '1'
		case 'U':
			r = 'V'
		}
		if r > 127 || strings.IndexByte(alphabet, byte(r)) < 0 || b.Len() == CodeLength {
			return "", false
		}
		b.WriteByte(byte(r))
	}
	code = b.String()
	if len(code) != CodeLength || check(code[:randomChars]) != code[randomChars] {
		return "", false
	}
	return code, true
}

// Grouped writes a code as it is printed: ABCD-EFGH-JKM.
func Grouped(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}
