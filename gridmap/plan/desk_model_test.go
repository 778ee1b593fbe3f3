package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// refold is what a log amounts to, worked out the plain way: from nothing, with
// lists. It panics on a log that makes no sense.
func refold(t fatal, start *Board, log []gridmap.PlanOp) *Board {
	var live []gridmap.PlanOp
	byID := map[string]gridmap.PlanOp{}
	for _, op := range log {
		byID[op.ID] = op
		switch op.Kind {
		case KindUndo, KindRedo:
			target := byID[targetOf(op)]
			n := len(live)
			live = slices.DeleteFunc(slices.Clone(live), func(o gridmap.PlanOp) bool { return o.ID == target.ID })
			if (len(live) == n) != (op.Kind == KindRedo) {
				t.Fatalf("%s %s of what is so already", op.Kind, target.ID)
			}
			if op.Kind == KindRedo {
				live = append(live, target)
			}
		case KindRebase:
			var body rebaseBody
			if err := json.Unmarshal(op.Body, &body); err != nil {
				t.Fatalf("%v", err)
			}
			live = slices.DeleteFunc(slices.Clone(live), func(o gridmap.PlanOp) bool { return slices.Contains(body.Drop, o.ID) })
		default:
			live = append(live, op)
		}
	}
	for _, op := range live {
		next, _, err := Apply(start, op)
		if err != nil {
			t.Fatalf("the log cannot be replayed at %d: %v", op.Rev, err)
		}
		start = next
	}
	return start
}

func targetOf(op gridmap.PlanOp) string {
	var body targetBody
	if err := json.Unmarshal(op.Body, &body); err != nil {
		panic(err)
	}
	return body.Target
}

// TestADraftIsWhatItsEffectiveOperationsMake has three planners submit, undo
// and redo on revisions old and new, and compares with a log folded from
// nothing, and with a desk that has just been opened.
func TestADraftIsWhatItsEffectiveOperationsMake(t *testing.T) {
	w := newWorld(100, 3, 2, 5)
	start, snapshot := w.board(t), w.atlas(t)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		kept := newMemory()
		d := w.desk(snapshot, kept)
		p, err := d.Create(t.Context(), "甲", NewPlan{Name: "试"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			actor := rapid.SampledFrom([]string{"甲", "乙", "丙"}).Draw(t, "actor")
			v, err := d.View(t.Context(), actor, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			base := max(0, v.Plan.Rev-int64(rapid.IntRange(0, 3).Draw(t, "behind")))
			id := fmt.Sprint("op", i)
			what := rapid.SampledFrom([]string{"op", "op", "op", "undo", "undo", "redo", "named", "preview", "again", "lost", "open"}).Draw(t, "what")
			var a Answer
			switch what {
			case "op", "preview", "lost":
				op := random(t, boardAt(t, d, p.ID, base), v.Plan.Rev+1)
				do := d.Submit
				if what == "preview" {
					do = d.Preview
				}
				kept.lose = what == "lost"
				a, err = do(t.Context(), actor, p.ID, base, []Op{{ID: id, Kind: op.Kind, Body: op.Body}})
				kept.lose = false
				if what == "lost" && gridmap.CodeOf(err) == gridmap.Unavailable { // kept all the same, so the same again finds it
					if a, err = d.Submit(t.Context(), actor, p.ID, base, []Op{{ID: id, Kind: op.Kind, Body: op.Body}}); err != nil {
						t.Fatalf("what was kept is refused when it comes again: %v", err)
					}
				}
			case "undo":
				a, err = d.Undo(t.Context(), actor, p.ID, id, base, "")
			case "redo":
				a, err = d.Redo(t.Context(), actor, p.ID, id, base, "")
			case "named":
				if v.Plan.Rev == 0 {
					continue
				}
				target := kept.ops[p.ID][rapid.IntRange(0, int(v.Plan.Rev)-1).Draw(t, "target")].ID
				a, err = d.Undo(t.Context(), actor, p.ID, id, base, target)
			case "again":
				if v.Plan.Rev == 0 {
					continue
				}
				old := kept.ops[p.ID][rapid.IntRange(0, int(v.Plan.Rev)-1).Draw(t, "old")]
				if !isOperation(old.Kind) {
					continue
				}
				a, err = d.Submit(t.Context(), old.Actor, p.ID, 0, []Op{{ID: old.ID, Kind: old.Kind, Body: old.Body}})
				if err != nil || a.Rev != old.Rev || int(v.Plan.Rev) != len(kept.ops[p.ID]) {
					t.Fatalf("sent again: %v, revision %d, was %d", err, a.Rev, old.Rev)
				}
			case "open":
				d = w.desk(snapshot, kept)
			}
			if err != nil {
				refused(t, err)
				seen["refused "+what]++
			} else {
				seen[what]++
			}
			if what == "preview" || err != nil {
				if int64(len(kept.ops[p.ID])) != v.Plan.Rev {
					t.Fatalf("%s: something was kept: %v", what, err)
				}
				continue
			}
			if a.Change.After != nil {
				follow(t, a.Change)
			}
			if what == "undo" || what == "redo" || i%8 == 0 {
				agree(t, d, p.ID, start, kept.ops[p.ID])
			}
		}
		agree(t, d, p.ID, start, kept.ops[p.ID])
	})
	t.Log(seen)
	for _, what := range []string{"op", "undo", "redo", "named", "again", "lost", "refused op", "refused undo", "refused redo", "refused named"} {
		if seen[what] == 0 {
			t.Errorf("%s never happened", what)
		}
	}
}

func boardAt(t *rapid.T, d *Desk, id gridmap.PlanID, rev int64) *Board {
	dr, err := d.draft(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer dr.mu.Unlock()
	b, err := dr.boardAt(t.Context(), rev)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refused checks that a refusal is one that people can read.
func refused(t *rapid.T, err error) {
	var clash *ClashError
	if errors.As(err, &clash) && len(clash.Clashes) == 0 {
		t.Fatalf("a clash with nothing: %v", err)
	}
	if code := gridmap.CodeOf(err); code == gridmap.Internal || code == gridmap.Unavailable {
		t.Fatal(err)
	}
}

// agree compares the draft with its log folded from nothing.
func agree(t *rapid.T, d *Desk, id gridmap.PlanID, start *Board, log []gridmap.PlanOp) {
	v, err := d.View(t.Context(), "甲", id)
	if err != nil {
		t.Fatal(err)
	}
	want := refold(t, start, log)
	if got, want := picture(v.Board), picture(want); !reflect.DeepEqual(got, want) {
		t.Fatalf("after %d entries the draft is not what its log makes: %s", len(log), difference(got, want))
	}
	checkBoard(t, v.Board)
}

// follow checks that somebody who has the board before a change and is told
// what Between tells has the board after it.
func follow(t *rapid.T, c Change) {
	delta := Between(c.Before, c.After)
	told := map[gridmap.GridID]bool{}
	for _, id := range slices.Concat(delta.Grids, delta.Removed) {
		told[id] = true
	}
	for _, g := range c.After.Grids() {
		was, there := c.Before.Grid(g.ID)
		if !told[g.ID] && (!there || !reflect.DeepEqual(was, g)) {
			t.Fatalf("grid %d differs and nobody is told\n%+v\n%+v", g.ID, was, g)
		}
	}
	touched := map[gridmap.AtomID]bool{}
	for _, id := range slices.Concat(delta.Atoms, delta.Gone) {
		touched[id] = true
	}
	before, after := c.Before.Atoms(), c.After.Atoms()
	row := map[gridmap.AtomID]int{}
	for i, id := range before.ID {
		row[id] = i
	}
	for i, id := range after.ID {
		k, there := row[id]
		delete(row, id)
		if !touched[id] && (!there || before.Owner[k] != after.Owner[i] || before.Households[k] != after.Households[i] || before.Pinned[k] != after.Pinned[i]) {
			t.Fatalf("atom %d differs and nobody is told", id)
		}
	}
	for id := range row {
		if !touched[id] {
			t.Fatalf("atom %d is gone and nobody is told", id)
		}
	}
}
