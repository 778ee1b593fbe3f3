package address

import (
	_ "embed"
	"strings"
	"sync"
)

// The embedded tables and their licences are listed in tables/README.md.
var (
	//go:embed tables/t2s.txt
	t2sText string
	//go:embed tables/pinyin.txt
	pinyinText string
	//go:embed tables/cities.txt
	citiesText string
)

// The block of unified ideographs that the character tables cover.
const (
	hanFirst = 0x3400
	hanLast  = 0x9FFF
)

// charTables holds what is known of single characters. It is built once, on
// first use, and never changed afterwards.
type charTables struct {
	simple   []uint16 // rune-hanFirst -> simplified form, 0 = itself
	syl      []uint16 // rune-hanFirst -> first reading + 1, 0 = none
	syl2     []uint16 // rune-hanFirst -> second reading + 1, 0 = none
	coarse   []uint16 // syllable -> syllable after merging easily confused sounds
	names    []string // syllable -> letters
	lookalik map[rune]string
	fillers  *wordTree
	cities   *wordTree // full and shortened city and province names
}

var chars = sync.OnceValue(loadCharTables)

func loadCharTables() *charTables {
	n := hanLast - hanFirst + 1
	t := &charTables{simple: make([]uint16, n), syl: make([]uint16, n), syl2: make([]uint16, n)}
	for r := []rune(strings.TrimSpace(t2sText)); len(r) >= 2; r = r[2:] {
		t.simple[r[0]-hanFirst] = uint16(r[1])
	}
	for line := range strings.Lines(pinyinText) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 3 {
			continue
		}
		t.names = append(t.names, f[0])
		id := uint16(len(t.names))
		for _, c := range f[1] {
			t.syl[c-hanFirst] = id
		}
		for _, c := range f[2] {
			t.syl2[c-hanFirst] = id
		}
	}
	t.coarse = coarseSyllables(t.names)
	t.lookalik = lookalikes()
	t.fillers = fillerWords()
	t.cities = newWordTree(cityWords(citiesText))
	return t
}

// cityWords adds the shortened form of each name (济南 for 济南市).
func cityWords(list string) string {
	var b strings.Builder
	for name := range strings.Lines(list) {
		name = strings.TrimSpace(name)
		b.WriteString(name + "\n")
		for _, suffix := range []string{"市", "省", "地区", "盟"} {
			if s, ok := strings.CutSuffix(name, suffix); ok && len(s) >= 6 {
				b.WriteString(s + "\n")
			}
		}
	}
	return b.String()
}

func isHan(r rune) bool { return r >= hanFirst && r <= hanLast }

// simplified returns the simplified form of one character.
func (t *charTables) simplified(r rune) rune {
	if isHan(r) {
		if s := t.simple[r-hanFirst]; s != 0 {
			return rune(s)
		}
	}
	return r
}

// syllable returns the number of r's most frequent toneless reading, plus one;
// 0 when it has none.
func (t *charTables) syllable(r rune) uint16 {
	if isHan(r) {
		return t.syl[r-hanFirst]
	}
	return 0
}

// sameSound says whether two characters share a toneless reading.
func (t *charTables) sameSound(a, b rune) bool {
	if !isHan(a) || !isHan(b) {
		return false
	}
	a1, a2, b1, b2 := t.syl[a-hanFirst], t.syl2[a-hanFirst], t.syl[b-hanFirst], t.syl2[b-hanFirst]
	return a1 != 0 && (a1 == b1 || a1 == b2) || a2 != 0 && (a2 == b1 || a2 == b2)
}

// nearSound says whether two characters sound alike to an ear or keyboard that
// does not tell z/zh, c/ch, s/sh, n/l, f/h or -n/-ng apart.
func (t *charTables) nearSound(a, b rune) bool {
	sa, sb := t.syllable(a), t.syllable(b)
	return sa != 0 && sb != 0 && t.coarse[sa-1] == t.coarse[sb-1]
}

// looksLike says whether two characters are commonly taken for each other by
// eye or by optical recognition.
func (t *charTables) looksLike(a, b rune) bool {
	return strings.ContainsRune(t.lookalik[a], b)
}

func coarseSyllables(names []string) []uint16 {
	id := map[string]uint16{}
	out := make([]uint16, len(names))
	for i, s := range names {
		for _, p := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"l", "n"}} {
			if rest, ok := strings.CutPrefix(s, p[0]); ok {
				s = p[1] + rest
				break
			}
		}
		if rest, ok := strings.CutSuffix(s, "ng"); ok {
			s = rest + "n"
		}
		if _, ok := id[s]; !ok {
			id[s] = uint16(len(id))
		}
		out[i] = id[s]
	}
	return out
}

// lookalikes returns, for a character, the others that share its group. The
// groups are ours: characters that differ by a stroke or a radical and occur
// in place names.
func lookalikes() map[rune]string {
	groups := strings.Fields(`己已巳 未末朱 士土上 日曰目白 白自百 大太天夫犬木 人入八 千干于 王玉主五 田由甲申电 问间闻 延廷庭
		侯候 折析拆 戊戌成戎 贝见 木本术禾 石右古若 名各 令今冷 午牛半 兰三 东乐车 园圆围 晴睛情清 泉皇帛 辛幸 北比此 中申
		处外 平乎 江汇汉 风凤 洒酒 龙尤 科料 博搏傅 城域 洋泮样 桃挑 和知利 新斯 安妄 义叉 丰半 文又 市币巾 乌鸟岛 丁了 刀力
		竟竞 崇祟 永水冰 圣经怪 复夏 金全 民氏 官宫 宜宣 福幅辐 光先 阳阴 明朋 庆厌 村树付 苑范 华毕 建健 康唐 丽鹿 柳抑
		沙纱 河何 湖胡 海悔 路跆 花化 德得 进近 建律 育肓 直真 历厉 万方 方万 云去 元无 无天 口日 工土 胜姓 兴光 杨扬 柏拍
		梅海 杜社 凌陵 裕浴 祥详 瑞端 锦绵 铁轶 银很 荣菜 莱菜 益盖 富宫 厂广 头买 州洲 里理 洪洪 浦蒲 青责 清请 春舂 秀季
		常堂 台合 信倍 仁仨 贵责 松板 林材 桂挂 槐愧 梧悟 桐铜 塘糖 堤提 坝贝 坪评 场扬 都部 郡群 邻怜 徐余 徽微 潍维`)
	m := map[rune]string{}
	for _, g := range groups {
		for _, c := range g {
			m[c] += g
		}
	}
	return m
}
