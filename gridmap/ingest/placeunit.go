package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unitRunes are the characters of floors, units, rooms and shops; digits and
// Latin letters belong there too.
const unitRunes = "单單元室屋房层層楼樓号號户戶座栋棟幢梯门門铺舖鋪位店面摊攤档檔柜櫃厅廳底地下上大堂阁閣夹夾顶頂天台臺库庫车車间間" +
	"前后後左右东西南北中東之第至及与與和并共全整甲乙丙丁一二三四五六七八九十百零〇壹贰叁拾"

// readUnit parts the end of an address, which the parser leaves as it stands,
// into floors and rooms and, from the first other word on, text that was not
// understood.
func readUnit(s string) (unit, unexplained string) {
	for i, r := range s {
		if unicode.Is(unicode.Han, r) && !strings.ContainsRune(unitRunes, r) {
			cut := strings.TrimRightFunc(s[:i], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
			return cut, strings.TrimSpace(s[i:])
		}
	}
	return s, ""
}

// phoneDigits is how many digits in a row are no number of a house: telephone
// numbers have 7 and more, rooms up to 5.
const phoneDigits = 7

// nameRunes is how long a person's name is at most, with a title.
const nameRunes = 6

// dropPhones takes telephone numbers out of a text, with the name beside them:
// persons do not belong into a table of addresses. It returns what it took, ""
// for nothing. A name that runs on from the address stays.
func dropPhones(s string) (rest, dropped string) {
	if cutPhones(s) == s {
		return s, ""
	}
	var kept, gone []string
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，;；:：", r) })
	for i, w := range words {
		left := cutPhones(w)
		switch {
		case left != "" && left == w && !(i+1 < len(words) && cutPhones(words[i+1]) == "" && isName(w)):
			kept = append(kept, w)
		case left != w && utf8.RuneCountInString(left) > nameRunes:
			kept, gone = append(kept, left), append(gone, "…")
		default:
			gone = append(gone, w)
		}
	}
	return strings.Join(kept, " "), strings.Join(gone, " ")
}

// isName tells whether a word could be a person's name.
func isName(s string) bool {
	return utf8.RuneCountInString(s) <= nameRunes && strings.IndexFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) < 0
}

// cutPhones removes numbers as long as a telephone's.
func cutPhones(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		n, digits := digitRun(s)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s)
		}
		if digits < phoneDigits {
			out.WriteString(s[:n])
		}
		s = s[n:]
	}
	return out.String()
}

// digitRun returns the bytes and digits of the number that s begins with. A
// hyphen belongs to it behind an area code only (0531-88889999): 1010-1026号 are
// two doors.
func digitRun(s string) (bytes, digits int) {
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
			bytes = i + utf8.RuneLen(r)
		case r == '-' && digits >= 3 && s[0] == '0':
		default:
			return bytes, digits
		}
	}
	return bytes, digits
}
