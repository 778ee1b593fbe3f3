package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestWhatIsSurelyAMistakeIsRefusedBeforeItIsKept(t *testing.T) {
	w, d, kept, id := begun(t)
	submit := func(kind, body string) func() error {
		return func() error {
			_, err := d.Submit(t.Context(), "张三", id, 1, []Op{{ID: "x", Kind: kind, Body: []byte(body)}})
			return err
		}
	}
	past, ahead, mistyped := day0.Add(-time.Hour), day0.Add(time.Hour), day0.AddDate(36, 0, 0)
	for name, c := range map[string]struct {
		do   func() error
		want string
	}{
		"a million and one staff":  {submit(SetAttrs, fmt.Sprintf(`{"grid":%d,"capacity":1000001}`, w.leaves[0])), "人员配备"},
		"the same as an attribute": {submit(SetAttrs, fmt.Sprintf(`{"grid":%d,"attrs":{"capacity":"1000001"}}`, w.leaves[0])), "人员配备"},
		"a date that is past":      {func() error { _, err := d.Rename(t.Context(), "张三", id, Rename{EffectiveAt: &past}); return err }, "已过"},
		"a year mistyped": {func() error {
			_, err := d.Rename(t.Context(), "张三", id, Rename{EffectiveAt: &mistyped})
			return err
		}, "三年"},
		"a remark about no grid": {func() error {
			_, err := d.Comment(t.Context(), "张三", gridmap.PlanComment{Plan: id, Text: "x", Grid: 1 << 40})
			return err
		}, "网格"},
	} {
		if err := c.do(); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(kept.ops[id]); n != 1 {
		t.Errorf("%d operations are kept", n)
	}
	for name, do := range map[string]func() error{
		"some that move": submit(ReassignAtoms, fmt.Sprintf(`{"atoms":[%d,%d],"to":%d}`, w.atomIDs[0], w.atomIDs[1], w.leaves[1])),
		"a date ahead":   func() error { _, err := d.Rename(t.Context(), "张三", id, Rename{EffectiveAt: &ahead}); return err },
		"a remark of some": func() error {
			_, err := d.Comment(t.Context(), "张三", gridmap.PlanComment{Plan: id, Text: "x", Grid: w.leaves[0]})
			return err
		},
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMoveThatMovesNothingMakesNoRevision(t *testing.T) {
	w, d, kept, id := begun(t)
	there := w.give(1, 0, 1) // where begun has put it
	a, err := d.Submit(t.Context(), "李四", id, 1, []Op{there})
	if err != nil || a.Rev != 1 || a.Change.Before != a.Change.After {
		t.Fatal(a.Rev, err)
	}
	a, err = d.Submit(t.Context(), "李四", id, 1, []Op{there, w.give(2, 1, 1), there2(there), {ID: "new", Kind: CreateGrid, Body: do(1, CreateGrid, `{"parent":%d,"code":"","name":"","type":"general","atoms":[%d]}`, w.communities[0], w.atomIDs[2]).Body}})
	if err != nil || a.Rev != 3 || len(kept.ops[id]) != 3 {
		t.Fatal(a.Rev, err, len(kept.ops[id]))
	}
	if g, _ := a.Change.After.Owner(w.atomIDs[2]); g != -3*4096 {
		t.Errorf("what revision 3 made has the identity %d", g)
	}
	if v, err := d.ViewAt(t.Context(), "李四", id, 2); err != nil || v.Board == a.Change.After {
		t.Error(err)
	}
}

func there2(op Op) Op {
	op.ID += "again"
	return op
}

func TestADateOfTodayMeansAtOnce(t *testing.T) {
	for _, c := range []struct {
		at, now string
		want    bool
	}{
		{"2026-07-01T00:00:00+08:00", "2026-07-01T15:00:00+08:00", true},
		{"2026-06-30T16:00:00Z", "2026-06-30T16:00:00Z", true},
		{"2026-07-01T00:00:00+08:00", "2026-07-02T00:00:00+08:00", false},
		{"2026-07-01T00:00:00+08:00", "2026-06-30T23:59:59+08:00", false},
		{"2026-07-01T08:00:00+08:00", "2026-07-01T15:00:00+08:00", false}, // a time that is past
		{"2026-07-01T00:00:00Z", "2026-07-01T15:00:00Z", false},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := isToday(at, now); got != c.want {
			t.Errorf("isToday(%s, %s) is %v", c.at, c.now, got)
		}
	}
}
