package address

import "testing"

func TestNumbersAreReadInEveryScript(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
		rest string
	}{
		{"48号", 48, "号"},
		{"４８号", 48, "号"},
		{"四十八号", 48, "号"},
		{"四八号", 48, "号"},
		{"十二", 12, ""},
		{"二十", 20, ""},
		{"廿三", 23, ""},
		{"一百零五", 105, ""},
		{"一百一十", 110, ""},
		{"一千零一室", 1001, "室"},
		{"幺零三", 103, ""},
		{"一〇三", 103, ""},
		{"l2号", 12, "号"},
		{"1O5", 105, ""},
		{"12 5", 12, "5"},
		{"13800000000", 0, "13800000000"},
		{"号", 0, "号"},
	} {
		var q cleaned
		q.clean(c.text, chars())
		v, end := q.number(0)
		if v != c.want || string(q.r[end:]) != c.rest {
			t.Errorf("%s: %d and %q left, want %d and %q", c.text, v, string(q.r[end:]), c.want, c.rest)
		}
	}
}

func TestNamesAreComparedFolded(t *testing.T) {
	for _, c := range [][2]string{
		{"臺中市", "台中市"}, {"無影山", "无影山"}, {"Ａ座", "A座"}, {"a 座", "A座"}, {"中山路－1", "中山路1"}, {"", ""}, {"\xff中", "中"}, {"㈱", "株"},
	} {
		if got := Normalize(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

func TestAnEditCostsLessWhenSoundOrShapeExplainsIt(t *testing.T) {
	cost := func(typed, name string) float32 { return editCost([]rune(typed), []rune(name), chars()) }
	order := [][2]string{
		{"翡翠俊北区", "翡翠郡北区"}, // the same sound
		{"翡翠群北区", "翡翠郡北区"}, // the same shape
		{"翡翠郡区", "翡翠郡小区"},  // one left away
		{"翡翠门北区", "翡翠郡北区"}, // neither sound nor shape
		{"无忧谷北区", "翡翠郡北区"}, // another name
		{"翡翠门北", "翡翠郡北区西"}, // two lengths apart
	}
	last := float32(0)
	for _, c := range order {
		got := cost(c[0], c[1])
		if got < last {
			t.Errorf("%s for %s costs %.1f, less than the one before (%.1f)", c[0], c[1], got, last)
		}
		last = got
	}
	if cost("翡翠郡", "翡翠郡") != 0 || last != tooFar {
		t.Errorf("the name itself must cost nothing and another name be too far: %v", last)
	}
}
