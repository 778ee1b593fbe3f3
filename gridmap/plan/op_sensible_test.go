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
	past, ahead := day0.Add(-time.Hour), day0.Add(time.Hour)
	for name, c := range map[string]struct {
		do   func() error
		want string
	}{
		"a million and one staff":  {submit(SetAttrs, fmt.Sprintf(`{"grid":%d,"capacity":1000001}`, w.leaves[0])), "人员配备"},
		"the same as an attribute": {submit(SetAttrs, fmt.Sprintf(`{"grid":%d,"attrs":{"capacity":"1000001"}}`, w.leaves[0])), "人员配备"},
		"a date that is past":      {func() error { _, err := d.Rename(t.Context(), "张三", id, Rename{EffectiveAt: &past}); return err }, "已过"},
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
