package packs

import "strings"

// The two characters of a made-up name, 32 × 32 of them; each name begins with
// 示例 or 虚构, so that nobody takes it for real.
const (
	firstRunes  = "安宁和顺康乐福寿吉祥如意昌盛兴旺春夏秋冬梅兰竹菊松柏桃李金银玉珠"
	secondRunes = "平泰丰裕明德仁义礼智信诚敬恒庆瑞云霞星月山水花木江河湖海东南西北"
)

// fancy is the n-th of 1,024 made-up names.
func fancy(n int) string {
	a, b := []rune(firstRunes), []rune(secondRunes)
	return string(a[n%len(a)]) + string(b[n/len(a)%len(b)])
}

// compound is the n-th of 4,096 names of made-up compounds.
func compound(n int) string {
	return "示例" + fancy(n) + []string{"苑", "里", "坊", "园"}[n/1024%4]
}

// street is the n-th of 1,024 names of made-up streets.
func street(n int) string { return "虚构" + fancy(n) + "街" }

// numeral writes 1 to 99 as names do: 一, 十二, 四十.
func numeral(n int) string {
	digits := strings.Split("零一二三四五六七八九", "")
	switch {
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + strings.TrimSuffix(digits[n%10], "零")
	}
	return digits[n/10] + "十" + strings.TrimSuffix(digits[n%10], "零")
}
