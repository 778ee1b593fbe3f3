package plan

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// applied applies the operations of a fix.
func (f Fix) applied(t fatal, b *Board, rev int64) *Board {
	for _, op := range f.Ops {
		next, _, err := Apply(b, gridmap.PlanOp{Rev: rev, ID: "fix", Actor: "张三", Kind: op.Kind, Body: op.Body})
		if err != nil {
			t.Fatalf("%s cannot be done: %s %s: %v", f.Text, op.Kind, op.Body, err)
		}
		b, rev = next, rev+1
	}
	return b
}

// TestAFixThatIsOfferedCanBeDoneAndHelps breaks a board at random, and does what
// is offered for each finding.
func TestAFixThatIsOfferedCanBeDoneAndHelps(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	start := w.board(t)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		b, rev := start, int64(1)
		for ; rev <= 5; rev++ {
			if c, _, err := Apply(b, random(t, b, rev)); err == nil {
				b = c
			}
		}
		for _, f := range b.Validate(nil) {
			fix := b.Fix(f)
			if fix.Text == "" {
				t.Fatalf("nothing is said of %s %q", f.Kind, f.Message)
			}
			if len(fix.Ops) == 0 {
				continue
			}
			after := fix.applied(t, b, rev)
			seen[f.Kind]++
			same := func(o Finding) bool {
				return o.Kind == f.Kind && slices.Equal(o.Grids, f.Grids) && (f.Kind != NestingFinding || o.Message == f.Message)
			}
			if left := after.Validate(nil); slices.ContainsFunc(left, same) && (f.Kind != ContiguityFinding || partsLeft(after, f) >= partsLeft(b, f)) {
				t.Fatalf("%s was done, and still: %s", fix.Text, f.Message)
			}
		}
	})
	for _, kind := range []string{ContiguityFinding, NestingFinding} {
		if seen[kind] == 0 {
			t.Errorf("no fix of %s was tried: %v", kind, seen)
		}
	}
}

func partsLeft(b *Board, f Finding) int { return len(b.partsOf(b.gridIndex(f.Grids[0]))) }

func TestWhatIsTooFullIsPutToTheEngineWithItsNeighboursOnly(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	b, _ := must(t, w.board(t), do(1, Merge, `{"into":%d,"grids":[%d,%d,%d,%d,%d]}`, w.leaves[0], w.leaves[1], w.leaves[4], w.leaves[5], w.leaves[2], w.leaves[6]))
	for _, f := range b.Validate(nil) {
		if f.Kind != OverFinding {
			continue
		}
		fix := b.Fix(f)
		if fix.Wish == nil {
			if !strings.Contains(fix.Text, "没有自动办法") {
				t.Errorf("%q", fix.Text)
			}
			continue
		}
		if fix.Wish.Task != "relieve" || fix.Wish.Grids[0] != f.Grids[0] || len(fix.Wish.Grids) > 9 {
			t.Errorf("%+v", fix.Wish)
		}
		if _, err := newQuestion(b, *fix.Wish); err != nil {
			t.Errorf("the engine does not take it: %v", err)
		}
	}
}

func TestAnEmptyGridIsOfferedToBeRetired(t *testing.T) {
	w := newWorld(64, 3, 2, 5)
	b := w.board(t)
	b, _ = must(t, b, do(1, CreateGrid, `{"parent":%d,"code":"","name":"新","type":"general","atoms":[%d]}`, w.communities[0], w.atomIDs[0]))
	b, _ = must(t, b, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, w.atomIDs[0], w.leaves[0]))
	found := false
	for _, f := range b.Validate(nil) {
		if f.Kind != EmptyFinding {
			continue
		}
		found = true
		after := b.Fix(f).applied(t, b, 3)
		if g, there := after.Grid(f.Grids[0]); there && !g.Retired {
			t.Errorf("%+v", g)
		}
	}
	if !found {
		t.Error("the empty grid was not found")
	}
}
