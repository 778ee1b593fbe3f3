package plan

import (
	"errors"
	"slices"
	"testing"

	"cloudgrid/gridmap"
)

func TestAPlanOverAnOldMapIsRebasedWithWhatDoesNotFitNamed(t *testing.T) {
	w := newWorld(64, 3, 2, 5).shaped(t)
	eachStore(t, w, func(t *testing.T, s keeps) {
		o := newOffice(t, s, 2)
		ctx, mine, theirs := t.Context(), o.desks[0], o.desks[1]
		late := o.plan(t, mine, w.give(1, 0, 2), w.give(2, 5, 2), Op{
			ID: "name", Kind: SetAttrs, Body: do(1, SetAttrs, `{"grid":%d,"name":"新名"}`, w.leaves[3]).Body,
		})
		first := o.plan(t, theirs, w.give(1, 0, 1), Op{ID: "name", Kind: SetAttrs, Body: do(1, SetAttrs, `{"grid":%d,"name":"他名"}`, w.leaves[4]).Body})
		if _, err := theirs.Advance(ctx, "李四", ActPublish, first, Step{Rev: 2, Force: true, Note: "x"}); err != nil {
			t.Fatal(err)
		}
		v, err := mine.View(ctx, "张三", late)
		if err != nil {
			t.Fatal(err)
		}
		if stale, edition, err := mine.Stale(ctx, v.Plan); err != nil || !stale || edition != 2 {
			t.Errorf("stale %v over edition %d, %v", stale, edition, err)
		}
		if _, err := mine.Advance(ctx, "李四", ActPublish, late, Step{Rev: 3, Force: true, Note: "x"}); gridmap.CodeOf(err) != gridmap.Conflict {
			t.Errorf("published over an old map: %v", err)
		}
		if _, err := mine.Rebase(ctx, "张三", late, 3, nil); gridmap.CodeOf(err) != gridmap.Conflict {
			t.Errorf("an approved plan was rebased: %v", err)
		}
		if _, err := mine.Advance(ctx, "李四", ActReturn, late, Step{Rev: 3, Note: "换底图"}); err != nil {
			t.Fatal(err)
		}
		_, err = mine.Rebase(ctx, "张三", late, 3, nil)
		var clash *ClashError
		if !errors.As(err, &clash) || len(clash.Clashes) != 1 || clash.Clashes[0].OpID != "give1" ||
			!slices.Equal(clash.Clashes[0].Items, []Key{{MemberKey, int64(w.atomIDs[0])}}) {
			t.Fatalf("%v %+v", err, clash)
		}
		if _, err := mine.Rebase(ctx, "张三", late, 3, []string{"nothing"}); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("dropped what is not there: %v", err)
		}
		p, err := mine.Rebase(ctx, "张三", late, 3, []string{"give1"})
		if err != nil || p.Rev != 4 || p.BaseEdition != 2 {
			t.Fatal(p, err)
		}
		if _, err := mine.Submit(ctx, "张三", late, 3, []Op{w.give(7, 9, 2)}); gridmap.CodeOf(err) != gridmap.Conflict {
			t.Errorf("an operation on the old base: %v", err)
		}
		o.publish(t, mine, late)
		now := o.published(ctx, t, o.clock)
		for atom, leaf := range map[int]int{0: 1, 5: 2} {
			if g, _ := now.Owner(w.atomIDs[atom]); g != w.leaves[leaf] {
				t.Errorf("atom %d belongs to %d", atom, g)
			}
		}
		for leaf, name := range map[int]string{3: "新名", 4: "他名"} {
			if g, _ := now.Grid(w.leaves[leaf]); g.Name != name {
				t.Errorf("grid %d is called %s", leaf, g.Name)
			}
		}
		if p, err := mine.Rebase(ctx, "张三", late, 4, nil); gridmap.CodeOf(err) != gridmap.Conflict {
			t.Errorf("a published plan was rebased: %v %v", p, err)
		}
	})
}
