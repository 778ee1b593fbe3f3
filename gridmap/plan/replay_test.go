package plan

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// TestARevisionIsReplayedAsItWas looks at random revisions of a log with undone
// operations, in a process that made it and in one that has just read it, and
// follows the ways between them as a player does.
func TestARevisionIsReplayedAsItWas(t *testing.T) {
	w := newWorld(100, 3, 2, 5)
	snapshot, start := w.atlas(t), w.board(t)
	rapid.Check(t, func(t *rapid.T) {
		kept := newMemory()
		d := w.desk(snapshot, kept)
		p, err := d.Create(t.Context(), "甲", NewPlan{Name: "试"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 90).Draw(t, "ops") {
			if i%5 == 4 {
				_, _ = d.Undo(t.Context(), "甲", p.ID, fmt.Sprint("undo", i), int64(len(kept.ops[p.ID])), "") // may clash
				continue
			}
			op := w.give(i, rapid.IntRange(0, 99).Draw(t, "atom"), rapid.IntRange(0, len(w.leaves)-1).Draw(t, "to"))
			if _, err := d.Submit(t.Context(), "甲", p.ID, int64(len(kept.ops[p.ID])), []Op{op}); err != nil {
				t.Fatal(err)
			}
		}
		if rapid.Bool().Draw(t, "opened anew") {
			d = w.desk(snapshot, kept)
		}
		log, on := kept.ops[p.ID], int64(0)
		for range 6 {
			rev := int64(rapid.IntRange(0, len(log)).Draw(t, "rev"))
			v, err := d.ViewAt(t.Context(), "乙", p.ID, rev)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := picture(v.Board), picture(refold(t, start, log[:rev])); !reflect.DeepEqual(got, want) {
				t.Fatalf("revision %d is not what its log makes", rev)
			}
			c, err := d.Replay(t.Context(), "乙", p.ID, on, rev)
			if err != nil || c.After != v.Board && rev != int64(len(log)) && !reflect.DeepEqual(picture(c.After), picture(v.Board)) {
				t.Fatal(err)
			}
			for _, atom := range Between(c.Before, c.After).Atoms {
				before, _ := c.Before.Owner(atom)
				if after, _ := c.After.Owner(atom); before == after {
					t.Fatalf("atom %d did not move between %d and %d", atom, on, rev)
				}
			}
			on = rev
		}
	})
}

func TestARevisionThatThereIsNotIsRefused(t *testing.T) {
	_, d, _, id := begun(t)
	for _, rev := range []int64{-1, 2, 1 << 40} {
		if _, err := d.ViewAt(t.Context(), "张三", id, rev); gridmap.CodeOf(err) != gridmap.NotFound {
			t.Errorf("revision %d: %v", rev, err)
		}
	}
	if _, _, err := d.DrawingAt(t.Context(), "张三", id, 0); err != nil {
		t.Error(err)
	}
}

// TestLookingBackLeavesTheBoardsOfTheWriter plays a long log through: the head
// must still be at hand, and no more than the bounds kept.
func TestLookingBackLeavesTheBoardsOfTheWriter(t *testing.T) {
	w, kept := newWorld(64, 3, 2, 5), newMemory()
	d := w.desk(w.atlas(t), kept)
	p, err := d.Create(t.Context(), "张三", NewPlan{Name: "试"})
	if err != nil {
		t.Fatal(err)
	}
	const n = 200
	for i := range n {
		if _, err := d.Submit(t.Context(), "张三", p.ID, int64(len(kept.ops[p.ID])), []Op{w.give(i, i%9, 1+(i/9)%2)}); err != nil {
			t.Fatal(err)
		}
	}
	for rev := int64(len(kept.ops[p.ID])); rev >= 0; rev-- {
		if _, _, err := d.DrawingAt(t.Context(), "张三", p.ID, rev); err != nil {
			t.Fatal(err)
		}
	}
	dr := d.loaded(p.ID)
	if dr.history.head().tip.board == nil {
		t.Error("the newest board was put away")
	}
	if r := &dr.replays; len(r.kept) > keptReplays || len(r.drawn) > keptDrawings || len(r.marks) > mostCheckpoints {
		t.Errorf("%d boards, %d drawings, %d checkpoints are kept", len(r.kept), len(r.drawn), len(r.marks))
	}
}
