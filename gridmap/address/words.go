package address

import "strings"

// wordTree finds the longest listed word at a position.
type wordTree struct {
	words  map[string]bool
	maxLen int // in runes
	first  map[rune]bool
}

func newWordTree(list string) *wordTree {
	t := &wordTree{words: map[string]bool{}, first: map[rune]bool{}}
	for _, w := range strings.Fields(list) {
		r := []rune(w)
		t.words[w] = true
		t.first[r[0]] = true
		t.maxLen = max(t.maxLen, len(r))
	}
	return t
}

// longest returns the length in runes of the longest word that starts r, 0
// when there is none.
func (t *wordTree) longest(r []rune) int {
	if len(r) == 0 || !t.first[r[0]] {
		return 0
	}
	var buf [64]byte
	b, best := buf[:0], 0
	for i := 0; i < len(r) && i < t.maxLen; i++ {
		b = appendRune(b, r[i])
		if t.words[string(b)] {
			best = i + 1
		}
	}
	return best
}

// fillerWords lists what people say around an address without saying where:
// greetings, requests, and words that stay at the same building.
func fillerWords() *wordTree {
	return newWordTree(`
	我 我们 我家 我住 我住在 我在 我是 我这 我这里 我这里是 我这边是 我们家 我们这里 家 家里 家住 住 住在 在 位于 坐落于 坐落在 地处 的 是 这 那 就 就是 呃 嗯 啊 哦 哎 喂 那个 这个 呢 吧 呀
	请 请问 请问一下 请到 请来 请派人 请派人到 派人 派人到 派车到 麻烦 麻烦到 麻烦到一下 麻烦你 麻烦您 帮我 帮忙 到 去 来 来一下 送 送到 送至 送往 寄 寄到 寄往 发到 前往 导航到 导航去 查 查询 查一下 找 搜索
	地址 地址是 地址为 地址在 住址 住址是 收货地址 收件地址 详细地址 家庭地址 通讯地址 联系地址 报修 报修地址 报警地址 事发地 事发地点 地点 地点在 位置 位置在 现住 现住址 户籍 户籍地址 户口所在地
	你好 您好 你好我是 谢谢 谢谢你 谢谢您 多谢 辛苦了 拜托 急 加急 快点
	这里 这边 这儿 那里 那边 那儿 此处 那栋 那幢 那座 那栋楼 那个楼 这栋 这栋楼 这个楼 这座楼 楼下 楼上 楼里 楼内 楼道 院里 院内 院子 门口 大门 大门口 门前 门外 单元门口 里面 里边 内 一带
	放门口 放在门口 放楼下 放快递柜 放保安室 放前台 放驿站 自提
	收 收件 收件人 收货人 联系人 电话 手机 手机号 联系电话 电话号码 姓名 号码 转 先生 女士 小姐 师傅 老板 老师 阿姨 叔叔 大爷 大妈 同志 经理 家长 户主
	中国 中华人民共和国 台湾 台湾省`)
}

// relationWords say that the place meant is beside the one named.
const relationList = `
	对面 斜对面 正对面 对过 对门 旁边 旁 隔壁 附近 边上 旁侧 侧面 后面 后边 后侧 前面 前边 前方 后方 左边 右边 左侧 右侧 左手边 右手边 周边 周围 左近 一侧
	东侧 西侧 南侧 北侧 东边 西边 南边 北边 东面 西面 南面 北面 东南侧 东北侧 西南侧 西北侧 东头 西头 南头 北头 往东 往西 往南 往北 向东 向西 向南 向北 以东 以西 以南 以北
	交叉口 交汇处 交界处 交叉处 路口 十字路口 拐角 拐角处 转角 转角处 街口 巷口 中间 之间 不远处 对出 對出`
