package plan

import (
	"context"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// city is a board of 50,000 atoms in 2,000 grids.
func city(b *testing.B) (*world, *Board) {
	w := newWorld(50_000, 5, 6, 1)
	return w, w.board(b)
}

// stroke is 200 atoms of eight grids beside each other that go to another.
func stroke(w *world, b *Board) gridmap.PlanOp {
	var all []gridmap.AtomID
	for _, g := range w.leaves[1:9] {
		all = append(all, b.AtomsOf(g)...)
	}
	return do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(all), w.leaves[0])
}

// BenchmarkStroke paints 200 atoms of a city of 50,000 atoms and 2,000 grids,
// and asks for the changed grids and their problems. The rival makes the whole
// board anew, as it would without shared pages and sums kept by difference.
func BenchmarkStroke(b *testing.B) {
	w, board := city(b)
	there := stroke(w, board)
	_ = board.Grids() // what the first look makes
	_ = board.Validate(nil)
	b.Run("apply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := Apply(board, there); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("apply and look", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c, fx, err := Apply(board, there)
			if err != nil {
				b.Fatal(err)
			}
			for _, id := range fx.Grids {
				_, _ = c.Grid(id)
			}
			_ = c.ValidateGrids(fx.Grids...)
		}
	})
	b.Run("rival: all anew", func(b *testing.B) {
		b.ReportAllocs()
		a, net := board.Base()
		for b.Loop() {
			if _, err := NewBoard(a, net, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBoard is what looking at a whole city costs.
func BenchmarkBoard(b *testing.B) {
	w, board := city(b)
	there := stroke(w, board)
	painted, _ := must(b, board, there)
	_, _ = painted.Grids(), painted.Atoms()
	for name, fn := range map[string]func(){
		"grids":    func() { _ = painted.Grids() },
		"atoms":    func() { _ = painted.Atoms() },
		"validate": func() { _ = painted.Validate(nil) },
		"diff":     func() { _ = painted.Diff() },
		"lineage":  func() { _ = painted.Lineage() },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fn()
			}
		})
	}
}

// BenchmarkBorder moves a vertex between two atoms of a city.
func BenchmarkBorder(b *testing.B) {
	_, board := city(b)
	arc := board.topo.Arc(70_000)
	at := arc.Points[len(arc.Points)/2]
	to := at
	to.X += 40
	op := do(1, MoveVertex, `{"at":%s,"to":%s}`, pointText(at), pointText(to))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Apply(board, op); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen makes the board of a city from its snapshot.
func BenchmarkOpen(b *testing.B) {
	w := newWorld(50_000, 5, 6, 1)
	a, err := atlas.Load(context.Background(), w, time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewBoard(a, a.Main(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
