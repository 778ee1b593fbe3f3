package address

import (
	"strings"
	"testing"
)

func TestSuggestCompletesByCharactersSoundAndInitials(t *testing.T) {
	x := build(t, town())
	for _, c := range []struct{ typed, first, context string }{
		{"翡翠", "翡翠郡北区", "翡翠社区"},
		{"feicuij", "翡翠郡北区", "翡翠社区"},
		{"fcjb", "翡翠郡北区", "翡翠社区"},
		{"翡翠北", "翡翠郡北区", "翡翠社区"}, // a nickname
		{"人社", "市人力资源和社会保障局", ""},
		{"wuyingshan", "无影山中路", "天桥区"},
		{"無影山", "无影山中路", "天桥区"},
		{"天桥区中山", "中山路", "天桥区"},
		{"历下区中山", "中山路", "历下区"},
		{"翡翠郡北区5", "翡翠郡北区5号楼", ""},
	} {
		got := x.Suggest(c.typed, 8)
		if len(got) == 0 {
			t.Errorf("%s: nothing", c.typed)
			continue
		}
		found := false
		for _, g := range got[:min(len(got), 2)] {
			found = found || g.Text == c.first && strings.Contains(g.Context, c.context)
		}
		if !found {
			t.Errorf("%s: got %+v, want %s in %s", c.typed, got, c.first, c.context)
		}
	}
}

func TestSuggestGivesTheNumbersOfARoadInOrder(t *testing.T) {
	x := build(t, town())
	var got []string
	for _, g := range x.Suggest("中山路4", 4) {
		got = append(got, g.Text)
		if g.ID == 0 || !g.HasPoint || g.Kind != RoleNumber {
			t.Errorf("%+v is no place", g)
		}
	}
	if s := strings.Join(got, " "); s != "中山路410号 中山路412号 中山路414号 中山路416号" {
		t.Errorf("got %s", s)
	}
}

func TestSuggestOfNothingIsNothing(t *testing.T) {
	x := build(t, town())
	for _, typed := range []string{"", "  ", "，", "龘龘龘"} {
		if got := x.Suggest(typed, 5); len(got) != 0 {
			t.Errorf("%q: %+v", typed, got)
		}
	}
	if got := x.Suggest("中山", 0); got != nil {
		t.Errorf("none were asked for: %+v", got)
	}
	empty := build(t, nil)
	if got := empty.Suggest("中山", 5); len(got) != 0 || empty.Match("中山路1号", MatchOptions{}).Status != StatusNone {
		t.Errorf("an empty table answers: %+v", got)
	}
}
