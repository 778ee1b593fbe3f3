package plan

import (
	"reflect"
	"sync"
	"testing"
)

func TestManyReadABoardAndBuildOnItAtOnce(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	b, _ := must(t, w.board(t), do(1, ReassignAtoms, `{"atoms":[%d],"to":%d}`, w.atomIDs[0], w.leaves[1]))
	op := do(2, Merge, `{"into":%d,"grids":[%d]}`, w.leaves[0], w.leaves[1])
	var wg sync.WaitGroup
	got := make([]snapshot, 8)
	for i := range got {
		wg.Go(func() {
			_ = b.Validate(nil)
			c, _, err := Apply(b, op)
			if err != nil {
				t.Error(err)
				return
			}
			_ = c.Validate(nil)
			got[i] = picture(c)
		})
	}
	wg.Wait()
	for i := range got {
		if !reflect.DeepEqual(got[0], got[i]) {
			t.Errorf("reader %d sees another board", i)
		}
	}
}
