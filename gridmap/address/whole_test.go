package address

import (
	"slices"
	"testing"
)

func TestAWholeAddressIsSplitIntoItsFields(t *testing.T) {
	for _, c := range []struct {
		text string
		want Entry
	}{
		{"射洪市平安街道蟠龙社区城北二小区3栋2单元501", Entry{City: "射洪市", Town: "平安街道", Community: "蟠龙社区", Compound: "城北二小区", Building: "3栋", Unit: "2单元501"}},
		{"无影山中路48号翡翠郡北区5号楼", Entry{Road: "无影山中路", Number: "48号", Compound: "翡翠郡北区", Building: "5号楼"}},
		{"四川省成都市武侯区人民南路四段180号", Entry{Province: "四川省", City: "成都市", District: "武侯区", Road: "人民南路", Section: "四段", Number: "180号"}},
		{"臺中市東區東信里3鄰十甲東路406巷40弄14之1號5樓之2", Entry{City: "臺中市", District: "東區", Community: "東信里", Grid: "3鄰", Road: "十甲東路", Lane: "406巷", Alley: "40弄", Number: "14之1號", Unit: "5樓之2"}},
		{"上海市闵行区七宝镇民生南公路157弄17号青州天虹花园", Entry{City: "上海市", District: "闵行区", Town: "七宝镇", Road: "民生南公路", Lane: "157弄", Number: "17号", Compound: "青州天虹花园"}},
		{"北京市西城区菊儿胡同甲5号", Entry{City: "北京市", District: "西城区", Road: "菊儿胡同", Number: "甲5号"}},
		{"济南市天桥区东明路郑汴路小区8号楼", Entry{City: "济南市", District: "天桥区", Compound: "东明路郑汴路小区", Building: "8号楼"}},
		{"中環德輔道中24號地下大堂", Entry{City: "香港", District: "中環", Road: "德輔道中", Number: "24號", Unit: "地下大堂"}},
		{"新界天水圍天瑞路71,73,75及77號天澤邨天澤商場2樓218號舖", Entry{City: "香港", District: "新界", Town: "天水圍", Road: "天瑞路", Number: "71,73,75及77號", Compound: "天澤邨天澤商場", Unit: "2樓218號舖"}},
		{"", Entry{}},
	} {
		got, rest := ParseEntry(c.text)
		if full(&got) != full(&c.want) || got.Road != c.want.Road || got.Number != c.want.Number || got.Compound != c.want.Compound || got.Building != c.want.Building || rest != "" {
			t.Errorf("%s:\n got %+v %q\nwant %+v", c.text, got, rest, c.want)
		}
	}
}

// Of the 200 Hong Kong addresses each is found from its own text, written in
// several ways, and from no other's text.
func TestHongKongAddressesResolveToThemselvesAndToNoOther(t *testing.T) {
	_, rows := readCSV(t, "testdata/hongkong_addresses.csv")
	var es []Entry
	same := map[string][]int64{} // folded address -> entries with it
	for i, r := range rows {
		e, _ := ParseEntry(r[0])
		e.ID = int64(i + 1)
		es = append(es, e)
		same[Normalize(full(&e))] = append(same[Normalize(full(&e))], e.ID)
	}
	x := build(t, es)
	for i, r := range rows {
		own := same[Normalize(full(&es[i]))]
		for _, text := range []string{r[0], toSimplified(r[0]), toFullWidth(r[0]), "請送到" + r[0] + "，謝謝", r[0] + " 陳先生收"} {
			a := x.Match(text, MatchOptions{})
			alts := make([]int64, 0, len(a.Alternatives))
			for _, c := range a.Alternatives {
				alts = append(alts, c.ID)
			}
			if len(own) == 1 && a.ID != own[0] {
				t.Errorf("%s: got %d %s %s %.2f %v, want %d", text, a.ID, a.Level, a.Status, a.Confidence, alts, own[0])
			}
			if len(own) > 1 && !slices.Contains(alts, own[0]) || a.ID != 0 && !slices.Contains(own, a.ID) {
				t.Errorf("%s: got %d %v, want one of %v", text, a.ID, alts, own)
			}
		}
	}
}

func toSimplified(s string) string {
	r := []rune(s)
	for i, x := range r {
		r[i] = chars().simplified(x)
	}
	return string(r)
}

func toFullWidth(s string) string {
	r := []rune(s)
	for i, x := range r {
		if x > ' ' && x < 0x7F {
			r[i] = x + 0xFEE0
		}
	}
	return string(r)
}
