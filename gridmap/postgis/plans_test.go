package postgis

import (
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func TestPlansKeepTheirContract(t *testing.T) {
	storetest.RunPlans(t, func(t *testing.T) gridmap.Store { return openNew(t) })
}

func TestAPlanDoesNotWaitForAChangeOfTheMap(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	ctx, at := t.Context(), time.Unix(1e9, 0)
	update := func(fn func(gridmap.Writer) error) {
		t.Helper()
		if _, err := s.Update(ctx, gridmap.Commit{At: at}, fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(w gridmap.Writer) error {
		return w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "主网", Main: true})
	})
	update(func(w gridmap.Writer) error {
		if err := w.PutPersons(ctx, gridmap.Person{ID: 1, Name: "人"}); err != nil {
			return err
		}
		p, err := s.CreatePlan(ctx, gridmap.Plan{Name: "方案", Network: 1, CreatedBy: "甲", CreatedAt: at})
		if err != nil {
			return err
		}
		next := p
		next.Rev = 1
		return s.UpdatePlan(ctx, p, next, []gridmap.PlanOp{{ID: "a", At: at, Kind: "comment"}}, nil)
	})
}

func TestAKilledProcessLosesNoAcknowledgedOperation(t *testing.T) {
	storetest.KillPlans(t, newDSN(t), openAt)
}

func BenchmarkPlans(b *testing.B) {
	storetest.BenchPlans(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
