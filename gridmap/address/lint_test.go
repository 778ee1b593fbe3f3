package address

import (
	"slices"
	"testing"
)

func TestLintNamesTheRowsThatAreProbablyWrong(t *testing.T) {
	ok := Entry{ID: 1, District: "天桥区", Town: "无影山街道", Community: "翡翠社区", Road: "中山路", Number: "8号", HasPoint: true}
	with := func(id int64, f func(e *Entry)) Entry {
		e := ok
		e.ID = id
		e.Number = "9号"
		e.Compound = "小区" + string(rune('一'+id))
		f(&e)
		return e
	}
	es := []Entry{
		ok,
		with(2, func(e *Entry) { e.Compound = "无影山街道" }),
		with(3, func(e *Entry) { e.Compound = "黄河路" }),
		with(4, func(e *Entry) { e.Compound = "中山路18号翡翠郡" }),
		with(5, func(e *Entry) { e.Number = "东头" }),
		with(6, func(e *Entry) { e.HasPoint = false }),
		with(7, func(e *Entry) { *e = ok; e.ID = 7 }),
		with(7, func(*Entry) {}),
		{ID: 8, District: "天桥区"},
		with(9, func(e *Entry) { e.Community = "别处" }),
		with(10, func(e *Entry) { e.Aliases = []string{"老电影院"} }),
		with(11, func(e *Entry) { e.Aliases = []string{"老电影院"} }),
	}
	got := Lint(slices.Values(es), LintOptions{Inside: func(e *Entry) (bool, bool) { return e.Community != "别处", true }})
	var codes []string
	for _, f := range got {
		codes = append(codes, f.Code)
		if f.Message == "" || f.Row == 0 {
			t.Errorf("%+v does not say where", f)
		}
	}
	want := []string{"compound_is_area", "compound_is_road", "compound_is_address", "bad_number", "no_point", "duplicate", "duplicate_id", "empty", "outside", "alias_elsewhere"}
	if !slices.Equal(codes, want) {
		t.Errorf("got  %v\nwant %v\n%+v", codes, want, got)
	}
}
