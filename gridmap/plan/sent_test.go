package plan

import (
	"encoding/json"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func TestAnIDThatComesAgainWithOtherContentIsRefusedAlsoAfterARestart(t *testing.T) {
	w, d, kept, id := begun(t)
	first := w.give(0, 0, 1)
	if _, err := d.Undo(t.Context(), "张三", id, "u", 1, ""); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Desk{"the same desk": d, "another": w.desk(w.atlas(t), kept)} {
		spaced := first
		spaced.Body = json.RawMessage(" " + strings.ReplaceAll(string(first.Body), ":", " : "))
		for _, op := range []Op{first, spaced} {
			if a, err := d.Submit(t.Context(), "张三", id, 0, []Op{op}); err != nil || a.Rev != 1 {
				t.Errorf("%s: the same again: %+v, %v", name, a.Rev, err)
			}
		}
		other := w.give(0, 5, 0)
		for what, do := range map[string]func() error{
			"submit":  func() error { _, err := d.Submit(t.Context(), "张三", id, 2, []Op{other}); return err },
			"preview": func() error { _, err := d.Preview(t.Context(), "张三", id, 2, []Op{other}); return err },
			"undo":    func() error { _, err := d.Undo(t.Context(), "张三", id, "u", 2, "another"); return err },
		} {
			if err := do(); gridmap.CodeOf(err) != gridmap.Conflict || !strings.Contains(err.Error(), "内容不同") {
				t.Errorf("%s: %s: %v, want a Conflict that says why", name, what, err)
			}
		}
		if a, err := d.Undo(t.Context(), "张三", id, "u", 1, ""); err != nil || a.Rev != 2 {
			t.Errorf("%s: the same undo again: %v", name, err)
		}
	}
}
