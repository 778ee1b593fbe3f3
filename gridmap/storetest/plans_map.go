package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// waitForPlan waits until there is news of a plan.
func waitForPlan(t *testing.T, news <-chan gridmap.PlanID, want gridmap.PlanID) {
	t.Helper()
	waitForPlans(t, news, map[gridmap.PlanID]bool{want: true})
}

// waitForPlans waits until there is news of each, in any order.
func waitForPlans(t *testing.T, news <-chan gridmap.PlanID, want map[gridmap.PlanID]bool) {
	t.Helper()
	for timeout := time.After(30 * time.Second); ; {
		select {
		case id, open := <-news:
			if !open {
				t.Fatal("the channel closed")
			}
			if delete(want, id); len(want) == 0 {
				return
			}
		case <-timeout:
			t.Fatalf("nobody told of plans %v", want)
		}
	}
}

func planNews(t *testing.T, s planStore) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	one := create(t, s, aPlan())
	news := s.PlanNews(ctx)
	two := create(t, s, aPlan())
	waitForPlan(t, news, two.ID)
	one = appended(t, s, one, "a")
	waitForPlan(t, news, one.ID)
	id, err := s.PutPlanComment(ctx, gridmap.PlanComment{Plan: two.ID, At: now, Actor: "甲", Text: "某"})
	if err != nil {
		t.Fatal(err)
	}
	waitForPlan(t, news, two.ID)
	if err := s.SettlePlanComment(ctx, two.ID, id, "乙", now); err != nil {
		t.Fatal(err)
	}
	waitForPlan(t, news, two.ID)
	// A listener that slept learns of each plan that changed.
	one = appended(t, s, one, "b")
	two = appended(t, s, two, "b")
	appended(t, s, one, "c")
	waitForPlans(t, news, map[gridmap.PlanID]bool{one.ID: true, two.ID: true})
	wantCode(t, "a change that is refused", s.UpdatePlan(ctx, one, one, nil, nil), gridmap.Conflict)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.UpdatePlan(ctx, two, after(two, 1), []gridmap.PlanOp{anOp("x")}, nil)
	})
	waitForPlan(t, news, two.ID)
	cancel()
	for range 100 {
		if _, open := <-news; !open {
			return
		}
	}
	t.Error("the channel stays open after its context ended")
}

// publishWithMap publishes a plan: the plan and the map change together.
func publishWithMap(t *testing.T, s planStore) {
	p := appended(t, s, create(t, s, aPlan()), "a")
	published := p
	published.State, published.Edition, published.ChangedAt = gridmap.PlanPublished, 1, now.Add(time.Hour)
	events := []gridmap.PlanEvent{{At: now, Actor: "领导", Action: "publish"}}
	zero := int64(0)
	c := commit("publish")
	c.Base, c.Edit = &zero, &gridmap.Edition{Name: "第一版"}
	publish := func(last func(gridmap.Writer) error) error {
		_, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
			if err := w.PutPersons(t.Context(), gridmap.Person{ID: 900, Name: "新人"}); err != nil {
				return err
			}
			if err := w.UpdatePlan(t.Context(), p, published, nil, events); err != nil {
				return err
			}
			return last(w)
		})
		return err
	}
	before := head(t, s)
	// What fails after it takes it back.
	if err := publish(func(gridmap.Writer) error { return errTest }); !errors.Is(err, errTest) {
		t.Fatal(err)
	}
	planIs(t, s, p)
	// A plan that has moved on takes the map back.
	wantCode(t, "publishing twice at once", publish(func(w gridmap.Writer) error {
		return w.UpdatePlan(t.Context(), p, published, nil, events)
	}), gridmap.Conflict)
	same(t, "head", head(t, s), before)
	planIs(t, s, p)
	if log, err := s.PlanEvents(t.Context(), p.ID); err != nil || len(log) != 1 {
		t.Errorf("events %+v (%v)", log, err)
	}
	if err := publish(func(gridmap.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	planIs(t, s, published)
	if log, err := s.PlanEvents(t.Context(), p.ID); err != nil || len(log) != 2 || log[1].Action != "publish" {
		t.Errorf("events %+v (%v)", log, err)
	}
	if h := head(t, s); h.Edition != 1 || len(personNames(t, s)) != 2 {
		t.Errorf("head %+v", h)
	}
	wantCode(t, "publishing again", publish(func(gridmap.Writer) error { return nil }), gridmap.Conflict)
}

// planBesideView: a reader of the map that takes its time stops no operation.
func planBesideView(t *testing.T, s planStore) {
	p := create(t, s, aPlan())
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		for _, err := range r.Grids(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			p = appended(t, s, p, "in view "+time.Duration(p.Rev).String())
		}
		return nil
	})
	planIs(t, s, p)
	if p.Rev != 3 {
		t.Errorf("revision %d", p.Rev)
	}
}

// plansInView: what a View tells of plans is of the moment that it began.
func plansInView(t *testing.T, s planStore) {
	p := appended(t, s, create(t, s, aPlan()), "a")
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		a, ok := r.(gridmap.Archive)
		if !ok {
			t.Fatalf("%T is no archive", r)
		}
		p = appended(t, s, p, "b")
		create(t, s, aPlan())
		plans, err := all(a.AllPlans(ctx))
		ops, err2 := all(a.AllPlanOps(ctx))
		if len(plans) != 1 || plans[0].Rev != 1 || len(ops) != 1 {
			t.Errorf("the view saw %+v, %+v", plans, ops)
		}
		return errors.Join(err, err2)
	})
}
