package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"cloudgrid/gridmap"
)

// RunShared checks two stores opened on one map, as two processes would.
func RunShared(t *testing.T, open func(*testing.T) (a, b gridmap.Store)) {
	for name, test := range map[string]func(t *testing.T, a, b gridmap.Store){
		"TheOtherSeesWhatOneCommits":            otherSees,
		"TheOtherIsToldOfCommits":               otherIsTold,
		"WritersOfTwoProcessesMakeOneSequence":  twoProcesses,
		"OnlyOneOfTwoPublishesOnTheSameEdition": onlyOnePublishes,
		"TheOtherIsToldOfPlans":                 otherIsToldOfPlans,
		"PlannersOfTwoProcessesMakeOneLog":      twoPlanners,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t)
			t.Cleanup(func() { _, _ = a.Close(), b.Close() })
			test(t, a, b)
		})
	}
}

func otherSees(t *testing.T, a, b gridmap.Store) {
	update(t, a, onePerson(1, "甲"))
	update(t, b, onePerson(1, "乙"))
	if got := personNames(t, a); len(got) != 1 || got[0] != "乙" {
		t.Errorf("a sees %q", got)
	}
	if ha, hb := head(t, a), head(t, b); ha != hb || ha.Seq != 2 {
		t.Errorf("heads %+v, %+v", ha, hb)
	}
}

func otherIsTold(t *testing.T, a, b gridmap.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := b.Changes(ctx)
	waitFor(t, changes, 0)
	update(t, a, onePerson(1, "甲"))
	waitFor(t, changes, 1)
}

func otherIsToldOfPlans(t *testing.T, a, b gridmap.Store) {
	small(t, a)
	mine, theirs := a.(planStore), b.(planStore)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	one := create(t, mine, aPlan())
	news := theirs.PlanNews(ctx)
	two := create(t, mine, aPlan())
	one = appended(t, mine, one, "a")
	waitForPlans(t, news, map[gridmap.PlanID]bool{one.ID: true, two.ID: true})
	planIs(t, theirs, one)
	if _, err := mine.PutPlanComment(ctx, gridmap.PlanComment{Plan: two.ID, At: now, Actor: "甲", Text: "某"}); err != nil {
		t.Fatal(err)
	}
	waitForPlan(t, news, two.ID)
}

func twoPlanners(t *testing.T, a, b gridmap.Store) {
	small(t, a)
	p := create(t, a.(planStore), aPlan())
	const each = 20
	var wg sync.WaitGroup
	for i, s := range []planStore{a.(planStore), b.(planStore)} {
		wg.Go(func() {
			for j := 0; j < each; {
				was, err := s.Plan(t.Context(), p.ID)
				if err == nil {
					err = s.UpdatePlan(t.Context(), was, after(was, 1), []gridmap.PlanOp{anOp(fmt.Sprint(i, "-", j))}, nil)
				}
				switch gridmap.CodeOf(err) {
				case "":
					j++
				case gridmap.Conflict: // the other was faster
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if ops := log(t, a.(planStore), p.ID); len(ops) != 2*each {
		t.Errorf("%d operations: %v", len(ops), ops)
	}
}

func twoProcesses(t *testing.T, a, b gridmap.Store) {
	const each = 20
	var wg sync.WaitGroup
	for i, s := range []gridmap.Store{a, b, a, b} {
		wg.Go(func() {
			for j := range each {
				c := commit("shared")
				c.Audit = []gridmap.AuditEntry{{Action: "shared"}}
				if _, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
					return onePerson(gridmap.PersonID(1+i*each+j), "人")(t.Context(), w)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range []gridmap.Store{a, b} {
		view(t, s, func(ctx context.Context, r gridmap.Reader) error {
			sets, err := all(r.ChangeSets(ctx, 0))
			for i, cs := range sets {
				if cs.Seq != gridmap.Seq(i+1) {
					t.Fatalf("change set %d is numbered %d", i+1, cs.Seq)
				}
			}
			audit, err2 := all(r.Audit(ctx, 0))
			prev := ""
			for i, e := range audit {
				if e.ID != int64(i+1) || e.Prev != prev {
					t.Fatalf("the audit is broken at line %d", i+1)
				}
				prev = e.Hash
			}
			if len(sets) != 4*each || len(audit) != 4*each {
				t.Errorf("%d change sets, %d audit lines, want %d", len(sets), len(audit), 4*each)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	}
}

func onlyOnePublishes(t *testing.T, a, b gridmap.Store) {
	zero := int64(0)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, s := range []gridmap.Store{a, b} {
		wg.Go(func() { _, errs[i] = publish(t, s, &zero, "第一版") })
	}
	wg.Wait()
	codes := map[gridmap.Code]int{gridmap.CodeOf(errs[0]): 1}
	codes[gridmap.CodeOf(errs[1])]++
	if codes[""] != 1 || codes[gridmap.Conflict] != 1 {
		t.Errorf("got %v", errs)
	}
}
