package address

import (
	"strings"
	"testing"
)

func TestAnAddressIsFoundHoweverItIsWritten(t *testing.T) {
	es := town()
	x := build(t, es)
	building5 := find(t, es, func(e *Entry) bool { return e.Compound == "翡翠郡北区" && e.Building == "5号楼" }).ID
	plate125 := find(t, es, func(e *Entry) bool { return e.Number == "12之5号" }).ID
	plate12 := find(t, es, func(e *Entry) bool { return e.Number == "12号" }).ID
	lane := find(t, es, func(e *Entry) bool { return e.Lane == "39巷" }).ID
	section := find(t, es, func(e *Entry) bool { return e.Section == "四段" }).ID
	erxiaoqu3 := find(t, es, func(e *Entry) bool { return e.Compound == "城北二小区" && e.Building == "3栋" }).ID
	tower := find(t, es, func(e *Entry) bool { return e.Building == "B座" }).ID
	bureau := find(t, es, func(e *Entry) bool { return e.Compound == "市人力资源和社会保障局" }).ID
	unit2 := find(t, es, func(e *Entry) bool { return e.Unit == "2单元" }).ID
	for _, c := range []struct {
		text string
		id   int64
	}{
		{"无影山中路48号翡翠郡北区5号楼", building5},
		{"无影山中路48号翡翠郡北区5号楼2单元501室", building5},
		{"山东省济南市天桥区无影山街道翡翠社区无影山中路48号翡翠郡北区5号楼", building5},
		{"無影山中路48號翡翠郡北區5號樓", building5},
		{"无影山中路４８号翡翠郡北区５＃", building5},
		{"无影山中路四十八号翡翠郡北区五号楼", building5},
		{"翡翠郡北区5栋", building5},
		{"翡翠北5栋502", building5},
		{"翡翠郡北区5幢（济南市天桥区）", building5},
		{"无影山中路48号5号楼", building5},
		{"翡翠郡北区5号楼 张先生收 13800000000", building5},
		{"麻烦到济南天桥区翡翠郡北区5号楼门口，路灯坏了", building5},
		{"翡翠俊北区5号楼", building5},        // by sound
		{"翡翠群北区5号楼", building5},        // by shape
		{"翡翠翠郡北区5号楼", building5},       // a character twice
		{"无影山中路48号翡郡北区5号楼", building5}, // a character missing
		{"三民路12之5号", plate125},
		{"三民路12-5号", plate125},
		{"三民路12号之5", plate125},
		{"三民路12附5号", plate125},
		{"三民路十二之五號3樓", plate125},
		{"三民路12号", plate12},
		{"三民路12-2-501", plate12},
		{"三民路l2号", plate12},
		{"三民路三十九巷四弄七號", lane},
		{"三民路39巷4弄7", lane},
		{"人民路4段101号", section},
		{"人民路四段101號5樓之2", section},
		{"人民路101号", section},
		{"射洪城北二小区3栋", 0}, // another city
		{"城北二小区3栋2单元501", erxiaoqu3},
		{"城北2小区3栋", erxiaoqu3},
		{"翡翠郡北区5号楼李四13911112222", building5},
		{"金桥大厦B座1203", tower},
		{"金桥大厦B1203室", tower},
		{"人社局", bureau},
		{"和平家园5栋2单元301", unit2},
		{"三民路12号3栋501", plate12}, // the table has no buildings there
		{"人社局2号楼", bureau},
	} {
		a := x.Match(c.text, MatchOptions{})
		if a.ID != c.id && !(c.id == 0 && a.Status != StatusOK) {
			t.Errorf("%s: got %d (%s, %s, %.2f, %s), want %d", c.text, a.ID, a.Level, a.Status, a.Confidence, a.Message, c.id)
		}
		if c.id != 0 && a.Status != StatusOK {
			t.Errorf("%s: status %s", c.text, a.Status)
		}
	}
}

func TestWhatIsNotCertainIsNotAnswered(t *testing.T) {
	x := build(t, town())
	for _, c := range []struct {
		text   string
		level  Level
		status Status
		says   string
	}{
		{"中山路418号", LevelInterpolated, StatusOK, "找到中山路，但没有 418 号；相邻的有 416号、420号"},
		{"中山路999号", LevelRoad, StatusOK, "找到中山路，但没有 999 号"},
		{"中山路", LevelRoad, StatusOK, "缺少门牌号"},
		{"翡翠郡北区9号楼", LevelCompound, StatusOK, "找到翡翠郡北区，但没有 9号楼"},
		{"翡翠郡北区", LevelCompound, StatusOK, "没有说是哪一栋"},
		{"天桥区无影山街道", LevelArea, StatusOK, "缺少道路"},
		{"阳光花园1栋", LevelBuilding, StatusAmbiguous, "多处可能"},
		{"历下区无影山中路48号翡翠郡北区5号楼", LevelBuilding, StatusConflict, "天桥区"},
		{"人社局对面", LevelCompound, StatusRelative, "对面"},
		{"中山路416号旁边", LevelBuilding, StatusRelative, "旁边"},
		{"三民路12号往北100米", LevelBuilding, StatusRelative, "往北100米"},
		{"南京市鼓楼区中央北路282号", LevelNone, StatusNone, ""},
		{"飞虎岭花园36号3栋", LevelNone, StatusNone, ""},
		{"天桥区飞虎岭路36号", LevelNone, StatusNone, "认识天桥区"},
		{"昨天报的那个", LevelNone, StatusNone, ""},
		{"123", LevelNone, StatusNone, ""},
		{"……", LevelNone, StatusNone, ""},
		{"", LevelNone, StatusNone, "没有收到地址"},
	} {
		a := x.Match(c.text, MatchOptions{})
		if a.Level != c.level || a.Status != c.status || !strings.Contains(a.Message, c.says) {
			t.Errorf("%s: got %s %s %q, want %s %s %q", c.text, a.Level, a.Status, a.Message, c.level, c.status, c.says)
		}
	}
}

func TestAnUnknownCityOrTownIsEvidenceAgainst(t *testing.T) {
	x := build(t, town())
	for _, text := range []string{
		"西安市雁塔区中山路416号", "南京中山路416号", "福田街道中山路416号", "西安市雁塔区中山路416号高新国际商务中心",
		"无影山中路48号锦绣华府5号楼",
	} {
		if a := x.Match(text, MatchOptions{}); a.Status == StatusOK && a.ID != 0 {
			t.Errorf("%s was answered: %s", text, a.Message)
		}
	}
}

func TestAGridIsNamedWithoutABuildingOnlyWhenAllCandidatesShareIt(t *testing.T) {
	x := build(t, town())
	if a := x.Match("翡翠郡北区", MatchOptions{}); a.ID != 0 || a.GridKey != 101 {
		t.Errorf("one grid for the whole compound: got id %d, grid %d", a.ID, a.GridKey)
	}
	if a := x.Match("城北二小区", MatchOptions{}); a.ID != 0 || a.GridKey != 0 {
		t.Errorf("a grid for each building: got id %d, grid %d", a.ID, a.GridKey)
	}
	if a := x.Match("阳光花园1栋", MatchOptions{}); a.ID != 0 || a.GridKey != 0 {
		t.Errorf("one in each of two grids: got id %d, grid %d", a.ID, a.GridKey)
	}
}

func TestAMissingNumberIsPlacedBetweenItsNeighboursOfTheSameSide(t *testing.T) {
	es := town()
	x := build(t, es)
	a := x.Match("中山路418号", MatchOptions{})
	lo := find(t, es, func(e *Entry) bool { return e.Number == "416号" }).Point
	hi := find(t, es, func(e *Entry) bool { return e.Number == "420号" }).Point
	if !a.HasPoint || a.Point.X != lo.X+(hi.X-lo.X)/2 || a.ID != 0 {
		t.Errorf("got %v %v, want the middle of %v and %v", a.HasPoint, a.Point, lo, hi)
	}
	if a := x.Match("中山路415号", MatchOptions{}); a.HasPoint {
		t.Error("there is one odd number only, nothing to interpolate between")
	}
}

func TestEveryPartOfTheTextIsExplainedWithItsBytes(t *testing.T) {
	x := build(t, town())
	text := "济南市天桥区無影山中路48號翡翠郡北区5号楼502，没电了"
	a := x.Match(text, MatchOptions{})
	got := map[Role]string{}
	for _, c := range a.Components {
		if text[c.Start:c.End] != c.Text {
			t.Errorf("%v does not lie at its bytes", c)
		}
		got[c.Role] += c.Text
	}
	for role, want := range map[Role]string{RoleArea: "济南市天桥区", RoleRoad: "無影山中路", RoleNumber: "48號", RoleCompound: "翡翠郡北区", RoleBuilding: "5号楼", RoleTail: "502"} {
		if got[role] != want {
			t.Errorf("%s: got %q, want %q", role, got[role], want)
		}
	}
	if len(a.Unexplained) != 1 || a.Unexplained[0].Text != "没电了" {
		t.Errorf("unexplained: %v", a.Unexplained)
	}
}

func TestAMistypedReadingDoesNotHideAWrongDistrict(t *testing.T) {
	x := build(t, []Entry{
		{ID: 1, City: "济南市", District: "天桥区", Compound: "今典雅居小区", Building: "3栋"},
		{ID: 2, City: "济南市", District: "莱芜区", Compound: "今曲雅居小区", Building: "3栋"},
		{ID: 3, City: "济南市", District: "天桥区", Compound: "怡东大厦", Building: "3栋"},
		{ID: 4, City: "济南市", District: "莱芜区", Compound: "怡东苑", Building: "3栋"},
	})
	if a := x.Match("莱芜区怡东大厦3栋", MatchOptions{}); a.Status != StatusConflict || a.ID != 3 {
		t.Errorf("got %d %s, want the conflict with 3", a.ID, a.Status)
	}
	if a := x.Match("莱芜区今典雅居小区3栋", MatchOptions{}); a.Status != StatusConflict || a.ID != 1 {
		t.Errorf("got %d %s, want the conflict with 1", a.ID, a.Status)
	}
}

func TestPlatesOfEveryStyleAreTheSameHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		number, typed string
		same          bool
	}{
		{"8号附5号", "8号附5号", true},
		{"8号附5号", "8附5号", true},
		{"8号附5号", "8号附5", true},
		{"8号附5号", "八号附五号", true},
		{"甲5号", "甲5号", true},
		{"甲5号", "5号甲", true},
		{"甲5号", "5甲号", true},
		{"甲5号", "5号", false},
		{"臨12之3號", "临12-3号", true},
		{"臨12之3號", "12之3号", false},
		{"34A號", "34A号", true},
		{"34A號", "34号", false},
		{"166至168號", "166-168号", true},
		{"166至168號", "166号", true},
		{"166至168號", "168号", true},
		{"166至168號", "167号", false},
		{"100弄", "100弄", true},
		{"100弄", "100号", false},
		{"2之3之2號", "2-3-2号", true},
		{"2之3之2號", "2号之3之2", true},
		{"2之3之2號", "2之3号", false},
	} {
		x := build(t, []Entry{{ID: 1, City: "某市", Road: "中山路", Number: c.number}})
		a := x.Match("中山路"+c.typed, MatchOptions{})
		if (a.ID == 1) != c.same {
			t.Errorf("%s typed for %s: id %d %s %.2f", c.typed, c.number, a.ID, a.Status, a.Confidence)
		}
	}
}

func TestAnAnswerBelowTheThresholdIsOnlyACandidate(t *testing.T) {
	x := build(t, town())
	text := "翡翠俊北区5号楼"
	sure := x.Match(text, MatchOptions{Threshold: -1})
	a := x.Match(text, MatchOptions{Threshold: 0.9999})
	if sure.ID == 0 || a.ID != 0 || a.Status != StatusAmbiguous || len(a.Alternatives) == 0 || a.Alternatives[0].ID != sure.ID {
		t.Errorf("got %+v", a)
	}
}
