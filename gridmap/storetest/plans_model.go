package storetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// planModel compares UpdatePlan with a model: for each plan its state and the
// ids of its log, and the rules said in one function.
func planModel(t *testing.T, open func(*testing.T) gridmap.Store) {
	s, ok := open(t).(planStore)
	if !ok {
		t.Fatal("the store keeps no plans")
	}
	t.Cleanup(func() { _ = s.Close() })
	small(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		one, two := create(t, s, aPlan()), create(t, s, aPlan())
		plans := []*modelPlan{{id: one.ID, state: one.State}, {id: two.ID, state: two.State}}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			m := rapid.SampledFrom(plans).Draw(rt, "plan")
			m.step(rt, t, s)
		}
		for _, m := range plans {
			m.compare(rt, t, s)
		}
	})
}

// modelPlan is all that the model knows of a plan.
type modelPlan struct {
	id    gridmap.PlanID
	state gridmap.PlanState
	ids   []string
}

var modelStates = []gridmap.PlanState{
	gridmap.PlanDraft, gridmap.PlanDraft, gridmap.PlanReturned, gridmap.PlanSubmitted, gridmap.PlanApproved, gridmap.PlanPublished,
}

// step asks for one change, most often a right one, directly or with the map.
func (m *modelPlan) step(rt *rapid.T, t *testing.T, s planStore) {
	was := aPlan()
	was.ID, was.State, was.Rev = m.id, m.state, int64(len(m.ids))
	if rapid.IntRange(0, 5).Draw(rt, "stale") == 0 {
		was.Rev = rapid.Int64Range(0, 5).Draw(rt, "revision")
		was.State = rapid.SampledFrom(modelStates).Draw(rt, "believed")
	}
	next := was
	next.State = rapid.SampledFrom(modelStates).Draw(rt, "state")
	ids := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}), 0, 3).Draw(rt, "ids")
	next.Rev = was.Rev + int64(len(ids)) + rapid.SampledFrom([]int64{0, 0, 0, 0, 0, 0, 1, -1}).Draw(rt, "wrong")
	var ops []gridmap.PlanOp
	for _, id := range ids {
		ops = append(ops, anOp(id))
	}
	var err error
	if rapid.Bool().Draw(rt, "withTheMap") {
		_, err = s.Update(t.Context(), commit("plan"), func(w gridmap.Writer) error {
			return w.UpdatePlan(t.Context(), was, next, ops, nil)
		})
	} else {
		err = s.UpdatePlan(t.Context(), was, next, ops, nil)
	}
	want := m.verdict(was, next, ids)
	if got := gridmap.CodeOf(err); got != want {
		rt.Fatalf("%+v\n%s at %d to %s at %d with %v: %q, want %q (%v)", m, was.State, was.Rev, next.State, next.Rev, ids, got, want, err)
	}
	if want == "" {
		m.state, m.ids = next.State, append(m.ids, ids...)
	}
}

func (m *modelPlan) verdict(was, next gridmap.Plan, ids []string) gridmap.Code {
	if next.Rev != was.Rev+int64(len(ids)) {
		return gridmap.Invalid
	}
	if was.State != m.state || was.Rev != int64(len(m.ids)) || m.state == gridmap.PlanPublished {
		return gridmap.Conflict
	}
	if len(ids) > 0 && !m.state.Editable() {
		return gridmap.Conflict
	}
	seen := map[string]bool{}
	for _, id := range m.ids {
		seen[id] = true
	}
	for _, id := range ids {
		if seen[id] {
			return gridmap.Conflict
		}
		seen[id] = true
	}
	return ""
}

func (m *modelPlan) compare(rt *rapid.T, t *testing.T, s planStore) {
	p, err := s.Plan(t.Context(), m.id)
	if err != nil || p.State != m.state || p.Rev != int64(len(m.ids)) {
		rt.Fatalf("%+v (%v), want %s at %d", p, err, m.state, len(m.ids))
	}
	var want []string
	for i, id := range m.ids {
		want = append(want, fmt.Sprint(i+1, ":", id))
	}
	if got := log(t, s, m.id); fmt.Sprint(got) != fmt.Sprint(want) {
		rt.Fatalf("the log is %v, want %v", got, want)
	}
}
