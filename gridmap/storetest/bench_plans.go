package storetest

import (
	"encoding/json"
	"fmt"
	"testing"

	"cloudgrid/gridmap"
)

// BenchPlans measures how long an operation takes to be acknowledged: one brush
// stroke that moves a dozen atoms, on a log that grows. Both stores are each
// other's rival.
func BenchPlans(b *testing.B, open func(testing.TB) gridmap.Store) {
	s, ok := open(b).(planStore)
	if !ok {
		b.Fatal("the store keeps no plans")
	}
	defer func() { _ = s.Close() }()
	small(b, s)
	atoms := make([]int, 12)
	for i := range atoms {
		atoms[i] = 100_000 + i
	}
	body, err := json.Marshal(map[string]any{"kind": "reassign_atoms", "atoms": atoms, "to": 12})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("append=1", func(b *testing.B) { benchAppend(b, s, body) })
	b.Run("append=1,planners=8", func(b *testing.B) {
		b.SetParallelism(4) // on two cores
		b.RunParallel(func(pb *testing.PB) {
			p := create(b, s, aPlan())
			for pb.Next() {
				p = appendOne(b, s, p, body)
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	})
	b.Run("log=5000", func(b *testing.B) {
		b.ReportAllocs()
		p := create(b, s, aPlan())
		var ops []gridmap.PlanOp
		for i := range 5000 {
			ops = append(ops, gridmap.PlanOp{ID: fmt.Sprint(i), At: now, Kind: "reassign_atoms", Body: body})
		}
		if err := s.UpdatePlan(b.Context(), p, after(p, len(ops)), ops, nil); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if got, err := all(s.PlanOps(b.Context(), p.ID, 0)); err != nil || len(got) != len(ops) {
				b.Fatal(len(got), err)
			}
		}
	})
}

func benchAppend(b *testing.B, s planStore, body json.RawMessage) {
	b.ReportAllocs()
	p := create(b, s, aPlan())
	for b.Loop() {
		p = appendOne(b, s, p, body)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func appendOne(b *testing.B, s planStore, p gridmap.Plan, body json.RawMessage) gridmap.Plan {
	next := after(p, 1)
	op := gridmap.PlanOp{ID: fmt.Sprintf("3f2504e0-4f89-11d3-9a0c-%012d", next.Rev), At: now, Actor: "规划员", Kind: "reassign_atoms", Body: body}
	if err := s.UpdatePlan(b.Context(), p, next, []gridmap.PlanOp{op}, nil); err != nil {
		b.Error(err)
	}
	return next
}
