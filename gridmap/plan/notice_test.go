package plan

import (
	"testing"
)

func TestAFollowerGetsWhatItHasNotSeenFromTheFirstOperationOn(t *testing.T) {
	_, d, _, id := begun(t) // at revision 1
	for _, c := range []struct {
		name        string
		since       int64
		told, whole bool
	}{
		{"who says nothing", -1, false, false},
		{"who has seen no operation", 0, true, false},
		{"who has seen all", 1, false, false},
		{"who has seen more than there is", 7, true, true},
	} {
		heard, err := d.Follow(t.Context(), "李四", "李四", id, c.since)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if n := <-heard; n.Kind != NoticePlan {
			t.Errorf("%s: first %s", c.name, n.Kind)
		}
		n := <-heard
		if (n.Kind == NoticeOp) != c.told {
			t.Errorf("%s: then %s", c.name, n.Kind)
		}
		if n.Kind != NoticeOp {
			continue
		}
		if delta := Between(n.Change.Before, n.Change.After); n.Rev != 1 || delta.All != c.whole || !c.whole && len(delta.Atoms) == 0 {
			t.Errorf("%s: revision %d, %+v", c.name, n.Rev, delta)
		}
	}
}
