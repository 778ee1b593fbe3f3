package plan

import (
	"context"
	"fmt"
	"testing"

	"cloudgrid/gridmap"
)

// BenchmarkSubmit takes brush strokes of 20 atoms in a city of 50,000 atoms and
// 2,000 grids, in a draft of 500 strokes all over it, and works out what
// followers are told. The rival replays the log at each stroke, as it would
// without boards kept along it.
func BenchmarkSubmit(b *testing.B) {
	w, board := city(b)
	kept := newMemory()
	d := w.desk(w.atlas(b), kept)
	ctx := context.Background()
	p, err := d.Create(ctx, "张三", NewPlan{Name: "试"})
	if err != nil {
		b.Fatal(err)
	}
	stroke := func(k, i int) Op {
		from, to := w.leaves[(k*37+1)%len(w.leaves)], w.leaves[(k*37)%len(w.leaves)]
		atoms := board.AtomsOf(from)
		if i%2 == 1 {
			to = from
		}
		return Op{ID: fmt.Sprint("s", i), Kind: ReassignAtoms, Body: do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(atoms[:min(20, len(atoms)-1)]), to).Body}
	}
	i := 0
	next := func(k int) Answer {
		a, err := d.Submit(ctx, "张三", p.ID, int64(i), []Op{stroke(k, i)})
		if i++; err != nil {
			b.Fatal(err)
		}
		return a
	}
	for range 500 {
		next(i)
	}
	b.Run("submit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			next(i % 500)
		}
	})
	b.Run("submit and tell", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a := next(i % 500)
			delta := Between(a.Change.Before, a.Change.After)
			for _, id := range delta.Grids {
				_, _ = a.Change.After.Grid(id)
			}
			_ = a.Change.After.AtomsBy(delta.Atoms...)
			_ = a.Change.After.ValidateGrids(delta.Grids...)
		}
	})
	b.Run("rival: replay", func(b *testing.B) {
		b.ReportAllocs()
		log := append([]gridmap.PlanOp(nil), kept.ops[p.ID][:500]...)
		for b.Loop() {
			c := board
			for _, op := range log {
				if c, _, err = Apply(c, op); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
