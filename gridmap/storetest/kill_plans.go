package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"cloudgrid/gridmap"
)

// withMap is how many operations lie between two that change the map, too.
const withMap = 5

// planForever makes a plan and appends to it, one operation at a time; every
// fifth goes with a change of the map, as in publishing.
func planForever(ctx context.Context, where string, open func(context.Context, string) (gridmap.Store, error)) error {
	kept, err := open(ctx, where)
	if err != nil {
		return err
	}
	s, ok := kept.(planStore)
	if !ok {
		return errors.New("the store keeps no plans")
	}
	p, err := victimPlan(ctx, s)
	if err != nil {
		return err
	}
	fmt.Println("begin")
	for {
		next := after(p, 1)
		ops := []gridmap.PlanOp{anOp(fmt.Sprint("op", next.Rev))}
		events := []gridmap.PlanEvent{{At: now, Action: ops[0].ID}}
		if next.Rev%withMap == 0 {
			_, err = s.Update(ctx, commit(ops[0].ID), func(w gridmap.Writer) error {
				if err := onePerson(gridmap.PersonID(1000+next.Rev), ops[0].ID)(ctx, w); err != nil {
					return err
				}
				return w.UpdatePlan(ctx, p, next, ops, events)
			})
		} else {
			err = s.UpdatePlan(ctx, p, next, ops, events)
		}
		if err != nil {
			return err
		}
		fmt.Println(next.Rev)
		p = next
	}
}

// victimPlan is the plan of the victims before, or a new one.
func victimPlan(ctx context.Context, s planStore) (gridmap.Plan, error) {
	plans, err := s.ListPlans(ctx)
	if err != nil || len(plans) > 0 {
		return append(plans, gridmap.Plan{})[0], err
	}
	if _, err := s.Update(ctx, commit("first"), func(w gridmap.Writer) error { return putSmall(ctx, w) }); err != nil {
		return gridmap.Plan{}, err
	}
	return s.CreatePlan(ctx, aPlan())
}

// KillPlans kills processes that append to a plan, and wants every operation
// that they were told is kept.
func KillPlans(t *testing.T, where string, open func(ctx context.Context, where string) (gridmap.Store, error)) {
	killRounds(t, where, open, []string{victimTaskEnv + "=1"}, func(kept gridmap.Store, acked int64) {
		s, ok := kept.(planStore)
		if !ok {
			t.Fatal("the store keeps no plans")
		}
		plans, err := s.ListPlans(t.Context())
		if err != nil || len(plans) != 1 {
			t.Fatalf("%d plans (%v)", len(plans), err)
		}
		p := plans[0]
		t.Logf("revision %d, %d acknowledged", p.Rev, acked)
		if p.Rev < acked {
			t.Errorf("operation %d was acknowledged, the plan is at %d", acked, p.Rev)
		}
		wholeLog(t, s, p)
	})
}

// wholeLog wants operations 1, 2, 3 … up to the plan's revision, an event for
// each, and a change of the map for every fifth.
func wholeLog(t *testing.T, s planStore, p gridmap.Plan) {
	t.Helper()
	ops, err := all(s.PlanOps(t.Context(), p.ID, 0))
	events, err2 := s.PlanEvents(t.Context(), p.ID)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if int64(len(ops)) != p.Rev || int64(len(events)) != p.Rev+1 {
		t.Errorf("%d operations and %d events at revision %d", len(ops), len(events), p.Rev)
	}
	for i, o := range ops {
		want := anOp(fmt.Sprint("op", i+1))
		if o.Rev != int64(i+1) || o.ID != want.ID || string(o.Body) != string(want.Body) || events[i+1].Action != want.ID {
			t.Fatalf("operation %d is %+v", i+1, o)
		}
	}
	if h := head(t, s); int64(h.Seq) != 1+p.Rev/withMap || int64(len(personNames(t, s))) != 1+p.Rev/withMap {
		t.Errorf("head %+v and %d persons at revision %d", h, len(personNames(t, s)), p.Rev)
	}
}
