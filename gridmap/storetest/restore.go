package storetest

import (
	"context"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
	"cloudgrid/spatial"
)

// lived fills a store with a map that has a history, and plans.
func lived(t testing.TB, s gridmap.Store) {
	t.Helper()
	small(t, s)
	c := commit("publish")
	c.Edit = &gridmap.Edition{Name: "第一版", EffectiveAt: day(3)}
	c.Audit = []gridmap.AuditEntry{{Action: "publish", Thing: "edition:1"}, {Action: "put", Thing: "grid:12"}}
	if _, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
		ctx := t.Context()
		if err := w.PutGrids(ctx, gridmap.Grid{ID: east, Network: net, Level: 1, Parent: town, Code: "A-12b", Name: "东门", Span: gridmap.Span{ValidFrom: day(3)}}); err != nil {
			return err
		}
		if _, err := w.NewIDs(ctx, 500); err != nil {
			return err
		}
		return w.EndPersons(ctx, day(4), li)
	}); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		if err := w.PutRecords(ctx, gridmap.Record{ID: matter, Kind: gridmap.MatterRecord, Key: "M-9", Body: wordBody("改"), Span: gridmap.Span{ValidFrom: day(2)}}); err != nil {
			return err
		}
		if err := addLayers(ctx, w); err != nil {
			return err
		}
		return w.EndAtoms(ctx, day(9), shop)
	})
	planned(t, s)
	besides(t, s, "1")
}

// planned adds two plans with logs, events and comments to a store.
func planned(t testing.TB, s gridmap.Store) {
	t.Helper()
	plans, ok := s.(planStore)
	if !ok {
		t.Fatal("the store keeps no plans")
	}
	one, two := create(t, plans, aPlan()), create(t, plans, aPlan())
	two = appended(t, plans, two, "a", "b")
	one = appended(t, plans, one, "a")
	submitted := two
	submitted.State = gridmap.PlanSubmitted
	if err := plans.UpdatePlan(t.Context(), two, submitted, nil, []gridmap.PlanEvent{{At: now, Actor: "甲", Action: "submit"}}); err != nil {
		t.Fatal(err)
	}
	id, err := plans.PutPlanComment(t.Context(), gridmap.PlanComment{Plan: one.ID, At: now, Actor: "甲", Text: "某", HasPoint: true, Point: spatial.Point{X: 5, Y: 6}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plans.PutPlanComment(t.Context(), gridmap.PlanComment{Plan: one.ID, At: now, Actor: "乙", Text: "某", ReplyTo: id, Grid: east}); err != nil {
		t.Fatal(err)
	}
	if err := plans.SettlePlanComment(t.Context(), one.ID, id, "丙", now); err != nil {
		t.Fatal(err)
	}
}

func digest(t testing.TB, s gridmap.Store) (d ledger.Digest) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) (err error) {
		a, ok := r.(gridmap.Archive)
		if !ok {
			t.Fatalf("%T is no archive", r)
		}
		d, err = ledger.DigestOf(ctx, a)
		return err
	})
	return d
}

// Restore copies from into to by the contract's own means.
func Restore(t testing.TB, from, to gridmap.Store) error {
	t.Helper()
	restorer, ok := to.(gridmap.Restorer)
	if !ok {
		t.Fatalf("%T is no restorer", to)
	}
	return from.View(t.Context(), func(r gridmap.Reader) error {
		a, ok := r.(gridmap.Archive)
		if !ok {
			t.Fatalf("%T is no archive", r)
		}
		return restorer.Restore(t.Context(), a)
	})
}

func restored(t *testing.T, from, to gridmap.Store) {
	t.Cleanup(func() { _ = to.Close() })
	CopyKeepsEverything(t, from, to)
}

// CopyKeepsEverything fills from with a map that has a history, restores it
// into to, and goes on working there. Both must be empty.
func CopyKeepsEverything(t *testing.T, from, to gridmap.Store) {
	t.Helper()
	lived(t, from)
	if err := Restore(t, from, to); err != nil {
		t.Fatal(err)
	}
	same(t, "digest", digest(t, to), digest(t, from))
	for _, line := range digest(t, to) {
		if line.Rows == 0 {
			t.Errorf("the copy had nothing to show of %s", line.Kind)
		}
	}
	// It goes on where the other stood: number, id, code, chain.
	for _, s := range []gridmap.Store{from, to} {
		c := commit("goes on")
		c.Audit = []gridmap.AuditEntry{{Action: "goes on"}}
		cs, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
			id, err := w.NewIDs(t.Context(), 1)
			if err == nil {
				err = onePerson(gridmap.PersonID(id), "新人")(t.Context(), w)
			}
			return err
		})
		if err != nil || cs.Seq != 4 {
			t.Errorf("%+v, %v", cs, err)
		}
		refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error {
			return w.PutGrids(ctx, gridmap.Grid{ID: 900, Network: net, Level: 1, Parent: town, Code: "A-12", Name: "冒名"})
		})
		refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 900, Kind: gridmap.MatterRecord, Key: "M-1", Body: wordBody("")})
		})
		planned(t, s)
		besides(t, s, "2")
	}
	if a, ok := to.(gridmap.Accounts); ok {
		if _, err := a.Session(t.Context(), []byte("s1")); gridmap.CodeOf(err) != gridmap.NotFound {
			t.Errorf("a session was copied: %v", err)
		}
	}
	same(t, "digest after another change", digest(t, to), digest(t, from))
}

func notRestoredTwice(t *testing.T, from, to gridmap.Store) {
	t.Cleanup(func() { _ = to.Close() })
	lived(t, from)
	update(t, to, onePerson(1, "原有"))
	if err := Restore(t, from, to); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("restored over a map: %v", err)
	}
	if got := personNames(t, to); len(got) != 1 || got[0] != "原有" {
		t.Errorf("the map holds %q", got)
	}
}
