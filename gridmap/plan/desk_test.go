package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// begun is a desk with a plan that has one operation.
func begun(t *testing.T) (*world, *Desk, *memory, gridmap.PlanID) {
	t.Helper()
	w, kept := newWorld(64, 3, 2, 5), newMemory()
	d := w.desk(w.atlas(t), kept)
	p, err := d.Create(t.Context(), "张三", NewPlan{Name: "试"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), "张三", p.ID, 0, []Op{w.give(0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	return w, d, kept, p.ID
}

// give moves an atom to a leaf grid, all by their number.
func (w *world) give(n, atom, leaf int) Op {
	return Op{ID: fmt.Sprint("give", n), Kind: ReassignAtoms, Body: do(1, ReassignAtoms, `{"atoms":[%d],"to":%d}`, w.atomIDs[atom], w.leaves[leaf]).Body}
}

func TestEachStateAllowsItsStepsAndNoOthers(t *testing.T) {
	steps := []string{ActSubmit, ActReturn, ActApprove, ActAnnounce, ActAbandon}
	for state, c := range map[gridmap.PlanState]struct {
		path    []string
		edit    bool
		allowed map[string]gridmap.PlanState
	}{
		gridmap.PlanDraft:     {nil, true, map[string]gridmap.PlanState{ActSubmit: gridmap.PlanSubmitted, ActAbandon: gridmap.PlanAbandoned}},
		gridmap.PlanSubmitted: {[]string{ActSubmit}, false, map[string]gridmap.PlanState{ActReturn: gridmap.PlanReturned, ActApprove: gridmap.PlanApproved, ActAbandon: gridmap.PlanAbandoned}},
		gridmap.PlanReturned:  {[]string{ActSubmit, ActReturn}, true, map[string]gridmap.PlanState{ActSubmit: gridmap.PlanSubmitted, ActAbandon: gridmap.PlanAbandoned}},
		gridmap.PlanApproved: {
			[]string{ActSubmit, ActApprove},
			false,
			map[string]gridmap.PlanState{ActReturn: gridmap.PlanReturned, ActAnnounce: gridmap.PlanAnnounced, ActAbandon: gridmap.PlanAbandoned},
		},
		gridmap.PlanAnnounced: {[]string{ActSubmit, ActApprove, ActAnnounce}, false, map[string]gridmap.PlanState{ActReturn: gridmap.PlanReturned, ActAbandon: gridmap.PlanAbandoned}},
		gridmap.PlanAbandoned: {[]string{ActAbandon}, false, nil},
	} {
		for _, step := range steps {
			w, d, _, id := begun(t)
			for _, s := range c.path {
				if _, err := d.Advance(t.Context(), "张三", s, id, Step{Rev: 1, Note: "x", Force: true}); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
			v, err := d.View(t.Context(), "张三", id)
			if err != nil || v.Plan.State != state {
				t.Fatalf("%s: %v, want %s", v.Plan.State, err, state)
			}
			p, err := d.Advance(t.Context(), "张三", step, id, Step{Rev: 1, Note: "x", Force: true})
			want, ok := c.allowed[step]
			if ok != (err == nil) || ok && p.State != want || !ok && gridmap.CodeOf(err) != gridmap.Conflict {
				t.Errorf("%s from %s: %s, %v", step, state, p.State, err)
			}
			if ok != slices.Contains(Actions(state), step) {
				t.Errorf("Actions(%s) is wrong about %s", state, step)
			}
			if step != steps[0] || ok {
				continue
			}
			_, err = d.Submit(t.Context(), "张三", id, 1, []Op{w.give(1, 1, 1)})
			if c.edit != (err == nil) || !c.edit && gridmap.CodeOf(err) != gridmap.Conflict {
				t.Errorf("an operation on a plan that is %s: %v", state, err)
			}
			if _, err = d.Undo(t.Context(), "张三", id, "u", 1, ""); c.edit != (err == nil) {
				t.Errorf("an undo on a plan that is %s: %v", state, err)
			}
		}
	}
}

func TestAStepNeedsTheRevisionThatItsAuthorHasSeenAndReasons(t *testing.T) {
	w, d, _, id := begun(t)
	for name, c := range map[string]struct {
		action string
		step   Step
		code   gridmap.Code
	}{
		"an old revision":      {ActSubmit, Step{}, gridmap.Conflict},
		"force without a word": {ActSubmit, Step{Rev: 1, Force: true, Note: " "}, gridmap.Invalid},
		"no such step":         {"celebrate", Step{Rev: 1}, gridmap.Invalid},
		"approve a draft":      {ActApprove, Step{Rev: 1}, gridmap.Conflict},
		"publish a draft":      {ActPublish, Step{Rev: 1}, gridmap.Conflict},
	} {
		if _, err := d.Advance(t.Context(), "张三", c.action, id, c.step); gridmap.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Submit(t.Context(), "张三", id, 1, []Op{{ID: "r", Kind: ReassignAtoms, Body: do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(w.atomIDs[20:21]), w.leaves[0]).Body}}); err != nil {
		t.Fatal(err)
	}
	v, err := d.View(t.Context(), "张三", id)
	if err != nil || !slices.ContainsFunc(d.Validate(v.Board), func(f Finding) bool { return f.Severity == Error }) {
		t.Fatal("a grid in two parts is no error", err)
	}
	if _, err := d.Advance(t.Context(), "张三", ActSubmit, id, Step{Rev: 2}); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "错误") {
		t.Errorf("submitted with errors: %v", err)
	}
	if _, err := d.Advance(t.Context(), "张三", ActSubmit, id, Step{Rev: 2, Force: true, Note: "先看看"}); err != nil {
		t.Error(err)
	}
	if _, err := d.Advance(t.Context(), "张三", ActReturn, id, Step{Rev: 2}); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("returned without a reason: %v", err)
	}
}

func TestASlowFollowerIsSentAwayAndHoldsNobodyUp(t *testing.T) {
	w, d, _, id := begun(t)
	slow, err := d.Follow(t.Context(), "慢", "慢", id, -1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	quick, err := d.Follow(ctx, "快", "快", id, -1)
	if err != nil {
		t.Fatal(err)
	}
	heard := func(rev int64) {
		t.Helper()
		for n := range quick {
			if n.Kind == NoticeOp {
				if n.Rev != rev {
					t.Errorf("heard of revision %d, want %d", n.Rev, rev)
				}
				return
			}
		}
		t.Fatal("the quick one was sent away")
	}
	const strokes = noticeBacklog + 10
	for i := range strokes {
		if _, err := d.Submit(t.Context(), "张三", id, int64(i+1), []Op{w.give(i+1, 0, i%2)}); err != nil {
			t.Fatal(err)
		}
		heard(int64(i + 2))
	}
	n := 0
	for range slow { // ends
		n++
	}
	if n > noticeBacklog {
		t.Errorf("a follower could be %d notices behind", n)
	}
	leave()
	for range quick { // ends
	}
	back, err := d.Follow(t.Context(), "慢", "慢", id, 3)
	if err != nil {
		t.Fatal(err)
	}
	if first := <-back; first.Kind != NoticePlan {
		t.Errorf("%+v", first)
	}
	if missed := <-back; missed.Kind != NoticeOp || missed.Rev != strokes+1 || missed.Change.Before == nil {
		t.Errorf("what was missed: %+v", missed)
	}
}

func TestTwoDesksOverOneStoreOrderWhatBothTake(t *testing.T) {
	w, kept := newWorld(64, 3, 2, 5), newMemory()
	a := w.atlas(t)
	desks := []*Desk{w.desk(a, kept), w.desk(a, kept), w.desk(a, kept)}
	p, err := desks[0].Create(t.Context(), "张三", NewPlan{Name: "试"})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for k, d := range desks {
		all.Go(func() {
			for i := range 15 {
				rev, to := int64(0), 1
				if w.members[3*i+k].Grid == w.leaves[to] {
					to = 0
				}
				for {
					a, err := d.Submit(t.Context(), fmt.Sprint("规划员", k), p.ID, rev, []Op{w.give(k*100+i, 3*i+k, to)})
					var clash *ClashError
					if errors.As(err, &clash) {
						rev = clash.Rev
						continue
					}
					if err != nil || a.Rev < 1 {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	all.Wait()
	if log := kept.ops[p.ID]; len(log) != 45 {
		t.Fatalf("%d operations", len(log))
	}
	var pictures []snapshot
	for _, d := range desks {
		if _, err := d.Submit(t.Context(), "李四", p.ID, 45, []Op{w.give(999, 0, 2)}); err != nil && d == desks[0] {
			t.Fatal(err)
		}
		dr := d.loaded(p.ID)
		if err := dr.hear(t.Context()); err != nil {
			t.Fatal(err)
		}
		v, err := d.View(t.Context(), "李四", p.ID)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, picture(v.Board))
	}
	for _, other := range pictures[1:] {
		if text := difference(pictures[0], other); fmt.Sprint(pictures[0].Atoms) != fmt.Sprint(other.Atoms) {
			t.Error(text)
		}
	}
}

// nobody may do anything but look.
type nobody struct{}

func (nobody) Can(_ context.Context, _, action string, _ gridmap.Plan) error {
	if action == ActView {
		return nil
	}
	return gridmap.Errorf(gridmap.Forbidden, "不行")
}

func TestAPolicyIsAskedBeforeAnythingIsDone(t *testing.T) {
	w, open, kept, id := begun(t)
	d := NewDesk(Config{Plans: kept, Store: still{w: w}, Maps: oneMap{w.atlas(t)}, Now: func() time.Time { return day0 }, Policy: nobody{}})
	ctx := t.Context()
	for name, err := range map[string]error{
		"create":  second(d.Create(ctx, "张三", NewPlan{Name: "x"})),
		"submit":  second(d.Submit(ctx, "张三", id, 1, []Op{w.give(1, 1, 1)})),
		"preview": second(d.Preview(ctx, "张三", id, 1, []Op{w.give(1, 1, 1)})),
		"undo":    second(d.Undo(ctx, "张三", id, "u", 1, "")),
		"rename":  second(d.Rename(ctx, "张三", id, Rename{})),
		"rebase":  second(d.Rebase(ctx, "张三", id, 1, nil)),
		"advance": second(d.Advance(ctx, "张三", ActSubmit, id, Step{Rev: 1})),
		"comment": second(d.Comment(ctx, "张三", gridmap.PlanComment{Plan: id, Text: "x"})),
		"settle":  second(d.Settle(ctx, "张三", id, 1)),
		"propose": second(d.Propose(ctx, "张三", id, Wish{Task: "balance"})),
		"revert":  second(d.Revert(ctx, "张三", main1, 1, "x")),
	} {
		if code := gridmap.CodeOf(err); code != gridmap.Forbidden && name != "revert" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v, err := open.View(ctx, "张三", id); err != nil || v.Plan.Rev != 1 || len(kept.plans) != 1 {
		t.Error(v.Plan, err)
	}
	if got := d.Allowed(ctx, "张三", kept.plans[0]); len(got) != 0 {
		t.Error(got)
	}
}

func second[T any](_ T, err error) error { return err }

func TestANewPlanStandsOnWhatIsPublishedAheadAndIsNotPublishedBeforeIt(t *testing.T) {
	w := newWorld(64, 3, 2, 5).shaped(t)
	eachStore(t, w, func(t *testing.T, s keeps) {
		o := newOffice(t, s, 1)
		d := o.desks[0]
		ahead := o.clock.Add(30 * 24 * time.Hour)
		first := o.plan(t, d, w.give(1, 0, 1))
		if p, err := d.Advance(t.Context(), "李四", ActPublish, first, Step{Rev: 1, Force: true, Note: "x", EffectiveAt: &ahead}); err != nil || p.Edition != 2 {
			t.Fatal(p, err)
		}
		now, later := o.published(t.Context(), t, o.clock), o.published(t.Context(), t, ahead)
		if g, _ := now.Owner(w.atomIDs[0]); g != w.leaves[0] {
			t.Errorf("it took effect at once: %d", g)
		}
		if g, _ := later.Owner(w.atomIDs[0]); g != w.leaves[1] {
			t.Errorf("it does not take effect: %d", g)
		}
		next := o.plan(t, d, w.give(2, 1, 1))
		if v, err := d.View(t.Context(), "李四", next); err != nil || !v.Plan.BaseAt.Equal(ahead) {
			t.Fatal(v.Plan, err)
		}
		if v, err := d.View(t.Context(), "李四", next); err == nil {
			if g, _ := v.Board.Owner(w.atomIDs[0]); g != w.leaves[1] {
				t.Error("the draft does not stand on what is published ahead")
			}
		}
		early, past := ahead.Add(-time.Hour), o.clock.Add(-time.Hour)
		for _, at := range []*time.Time{&early, &past} {
			if _, err := d.Advance(t.Context(), "李四", ActPublish, next, Step{Rev: 1, Force: true, Note: "x", EffectiveAt: at}); gridmap.CodeOf(err) != gridmap.Invalid {
				t.Errorf("published for %v: %v", at, err)
			}
		}
		if p, err := d.Advance(t.Context(), "李四", ActPublish, next, Step{Rev: 1, Force: true, Note: "x"}); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "请选定生效日期") {
			t.Errorf("published at once, over an edition that is yet to take effect: %v, %v", p.EffectiveAt, err)
		}
		if p, err := d.Advance(t.Context(), "李四", ActPublish, next, Step{Rev: 1, Force: true, Note: "x", EffectiveAt: &ahead}); err != nil || !p.EffectiveAt.Equal(ahead) {
			t.Error(p, err)
		}
		both := o.published(t.Context(), t, ahead)
		for i := range 2 {
			if g, _ := both.Owner(w.atomIDs[i]); g != w.leaves[1] {
				t.Errorf("atom %d belongs to %d", i, g)
			}
		}
	})
}

// plan is an approved plan of some operations.
func (o *office) plan(t *testing.T, d *Desk, ops ...Op) gridmap.PlanID {
	t.Helper()
	p, err := d.Create(t.Context(), "张三", NewPlan{Name: "试"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), "张三", p.ID, 0, ops); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{ActSubmit, ActApprove} {
		if _, err := d.Advance(t.Context(), "张三", action, p.ID, Step{Rev: int64(len(ops)), Force: true, Note: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	return p.ID
}

func TestChangesOfStaffUnderAPlanDoNotHoldItUp(t *testing.T) {
	w := newWorld(64, 3, 2, 5).shaped(t)
	eachStore(t, w, func(t *testing.T, s keeps) {
		o := newOffice(t, s, 1)
		d := o.desks[0]
		id := o.plan(t, d, w.give(1, 0, 1))
		_, err := s.Update(t.Context(), gridmap.Commit{At: o.clock, Actor: "test", Action: "staff"}, func(out gridmap.Writer) error {
			return errors.Join(
				out.PutRole(t.Context(), gridmap.Role{Code: "worker", Name: "网格员"}),
				out.PutPersons(t.Context(), gridmap.Person{ID: 900001, Code: "P1", Name: "王五"}),
				out.PutPosts(t.Context(), gridmap.Post{ID: 900002, Grid: w.leaves[0], Person: 900001, Role: "worker", Rank: 1}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := d.Advance(t.Context(), "李四", ActPublish, id, Step{Rev: 1, Force: true, Note: "x"}); err != nil || p.Edition != 2 {
			t.Fatal(p, err)
		}
	})
}

func TestADraftOverAnOldMapIsOpenedOnThatMap(t *testing.T) {
	w, _, kept, id := begun(t)
	d := NewDesk(Config{Plans: kept, Store: still{w: w}, Maps: noMap{}, Now: func() time.Time { return day0 }})
	v, err := d.View(t.Context(), "张三", id)
	if err != nil {
		t.Fatal(err)
	}
	if g, _ := v.Board.Owner(w.atomIDs[0]); g != w.leaves[1] {
		t.Error(g)
	}
	if a, _ := v.Board.Base(); a == nil || atlas.None == 0 {
		t.Error("no base")
	}
}

func TestUndoAndRedoStepBackFromWhatOthersBuiltOn(t *testing.T) {
	w, d, _, id := begun(t)
	ctx := t.Context()
	clash := func(err error, who string) {
		t.Helper()
		var c *ClashError
		if !errors.As(err, &c) || len(c.Clashes) != 1 || c.Clashes[0].Actor != who || len(c.Clashes[0].Items) == 0 {
			t.Errorf("%v, want a clash with %s", err, who)
		}
	}
	if _, err := d.Submit(ctx, "李四", id, 0, []Op{w.give(1, 0, 2)}); err == nil {
		t.Error("an atom that has moved meanwhile was moved")
	} else {
		clash(err, "张三")
	}
	if _, err := d.Submit(ctx, "李四", id, 1, []Op{w.give(1, 0, 2)}); err != nil {
		t.Fatal(err)
	}
	_, err := d.Undo(ctx, "张三", id, "u1", 2, "")
	clash(err, "李四")
	if _, err := d.Undo(ctx, "李四", id, "u2", 2, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Undo(ctx, "张三", id, "u3", 3, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Redo(ctx, "王五", id, "r0", 4, ""); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("another's undo was redone: %v", err)
	}
	if _, err := d.Submit(ctx, "王五", id, 4, []Op{w.give(2, 0, 2)}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Redo(ctx, "张三", id, "r1", 5, "")
	clash(err, "王五")
	if _, err := d.Undo(ctx, "王五", id, "u4", 5, ""); err != nil {
		t.Fatal(err)
	}
	if a, err := d.Redo(ctx, "张三", id, "r2", 6, ""); err != nil || a.Rev != 7 {
		t.Fatal(a.Rev, err)
	}
	if _, err := d.Submit(ctx, "李四", id, 7, []Op{w.give(3, 9, 1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Redo(ctx, "李四", id, "r3", 8, ""); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("redone after something new: %v", err)
	}
}

func TestAStepMayFollowWhatWasDoneAtAnotherServer(t *testing.T) {
	w, here, kept, id := begun(t)
	there := w.desk(w.atlas(t), kept)
	if _, err := there.View(t.Context(), "李四", id); err != nil { // and has it in memory
		t.Fatal(err)
	}
	if _, err := here.Submit(t.Context(), "张三", id, 1, []Op{w.give(1, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Advance(t.Context(), "张三", ActSubmit, id, Step{Rev: 2, Force: true, Note: "x"}); err != nil {
		t.Fatal(err)
	}
	if p, err := there.Advance(t.Context(), "李四", ActApprove, id, Step{Rev: 2}); err != nil || p.State != gridmap.PlanApproved {
		t.Error(p, err)
	}
	if v, err := here.View(t.Context(), "张三", id); err != nil || v.Plan.State != gridmap.PlanApproved {
		t.Error(v.Plan, err)
	}
}
