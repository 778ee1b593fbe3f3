package crosswalk

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/spatial"
)

// town is a row of square blocks, each in grid as[i] of the one net and bs[i] of
// the other (0: none). With apart the nets are made of atoms of their own.
func town(t testing.TB, dir string, as, bs []int, apart bool) *atlas.Atlas {
	t.Helper()
	ctx := t.Context()
	s, err := gpkg.Open(ctx, filepath.Join(dir, "town.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err = s.Update(ctx, gridmap.Commit{At: time.Now(), Actor: "test", Action: "setup"}, func(w gridmap.Writer) error {
		for n, codes := range [][]int{as, bs} {
			id := gridmap.NetworkID(n + 1)
			if err := w.PutNetwork(ctx, gridmap.Network{ID: id, Code: string(rune('a' + n)), Name: "网", Main: n == 0}); err != nil {
				return err
			}
			if err := w.PutLevels(ctx, id, []gridmap.Level{{Network: id, Code: "grid", Name: "网格"}}); err != nil {
				return err
			}
			for g := range 5 {
				if err := w.PutGrids(ctx, gridmap.Grid{ID: gridmap.GridID(10*(n+1) + g + 1), Network: id, Code: fmt.Sprint(g + 1), Name: fmt.Sprint(g + 1)}); err != nil {
					return err
				}
			}
			for i, g := range codes {
				atom := gridmap.AtomID(100 + i)
				if apart {
					atom += gridmap.AtomID(1000 * n)
				}
				x := int32(1.16e9) + int32(i)*10000
				square := spatial.Ring{{X: x, Y: 3e8}, {X: x + 10000, Y: 3e8}, {X: x + 10000, Y: 3e8 + 10000}, {X: x, Y: 3e8 + 10000}}
				if err := w.PutAtoms(ctx, gridmap.Atom{
					ID: atom, Code: fmt.Sprint(atom), Kind: "block", Shape: spatial.MultiPolygon{{square}}, Counts: map[string]int64{"households": int64(10 * (i + 1))},
				}); err != nil {
					return err
				}
				if g == 0 {
					continue
				}
				if err := w.PutMemberships(ctx, gridmap.Membership{Atom: atom, Network: id, Grid: gridmap.GridID(10*(n+1) + g)}); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var a *atlas.Atlas
	if err := s.View(ctx, func(r gridmap.Reader) error {
		a, err = atlas.Load(ctx, r, time.Now(), 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return a
}

func between(a *atlas.Atlas) Report {
	return Between(a, Side{a.Net("a"), -1}, Side{a.Net("b"), -1}, "households")
}

func TestCrossingBordersAreConflictsAndNestedOnesAreNot(t *testing.T) {
	// Households 10 20 30 40 50 60.
	a := town(t, t.TempDir(), []int{1, 1, 2, 2, 3, 3}, []int{1, 1, 1, 2, 2, 2}, false)
	r := between(a)
	code := func(n string, i int32) string { return a.Net(n).Grids[i].Code }
	got := ""
	for _, p := range r.Pairs {
		got += fmt.Sprintf("%s×%s=%d/%d ", code("a", p.A), code("b", p.B), p.Weight, p.Atoms)
	}
	if want := "1×1=30/2 2×2=40/1 2×1=30/1 3×2=110/2 "; got != want {
		t.Errorf("pairs %s, want %s", got, want)
	}
	if len(r.Conflicts) != 2 || code("a", r.Conflicts[0].A) != "2" || code("a", r.Conflicts[1].A) != "2" {
		t.Errorf("conflicts %+v", r.Conflicts)
	}
	if len(r.Proposals) != 3 || code("b", r.Proposals[1].B) != "2" || r.Proposals[1].Moves != 30 || r.Proposals[1].Clean || !r.Proposals[0].Clean || r.Proposals[1].Merged != 2 {
		t.Errorf("proposals %+v", r.Proposals)
	}
	if math.Abs(r.Proposals[1].Share-40.0/70) > 1e-9 || r.ByPoint != 0 {
		t.Errorf("%+v", r)
	}
}

func TestGroundThatTheOtherNetLacksIsAConflictAndNeverProposedWhereThereIsAnother(t *testing.T) {
	r := between(town(t, t.TempDir(), []int{1, 1, 2}, []int{1, 0, 0}, false))
	if len(r.Conflicts) != 2 || r.Conflicts[0].B != atlas.None || r.Conflicts[1].B != atlas.None {
		t.Errorf("conflicts %+v", r.Conflicts)
	}
	if p := r.Proposals[0]; p.B == atlas.None || p.Moves != 20 || p.Clean {
		t.Errorf("%+v", p)
	}
	if p := r.Proposals[1]; p.B != atlas.None || p.Moves != 0 || p.Clean {
		t.Errorf("%+v", p)
	}
}

func TestNetsOfDifferentAtomsAreComparedByAPointInEach(t *testing.T) {
	as, bs := []int{1, 1, 2, 2}, []int{1, 2, 2, 2}
	same, apart := between(town(t, t.TempDir(), as, bs, false)), between(town(t, t.TempDir(), as, bs, true))
	if apart.ByPoint != 4 || fmt.Sprint(same.Pairs) != fmt.Sprint(apart.Pairs) {
		t.Errorf("%+v\n%+v", same, apart)
	}
}

func TestNothingIsLostBetweenTwoNets(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		as := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 12).Draw(rt, "a")
		bs := rapid.SliceOfN(rapid.IntRange(0, 5), len(as), len(as)).Draw(rt, "b")
		sub := filepath.Join(dir, fmt.Sprint(run))
		if run > 12 { // each makes a store
			return
		}
		r := between(town(t, mkdir(t, sub), as, bs, false))
		atoms, weight, moves := 0, int64(0), int64(0)
		for _, p := range r.Pairs {
			atoms, weight = atoms+p.Atoms, weight+p.Weight
		}
		stay := int64(0)
		for _, p := range r.Proposals {
			moves += p.Moves
			for _, q := range r.Pairs {
				if q.A == p.A && q.B == p.B {
					stay += q.Weight
				}
			}
		}
		n := int64(len(as))
		if atoms != len(as) || weight != 5*n*(n+1) || stay+moves != weight {
			rt.Errorf("%d atoms, %d households, of them %d move and %d stay: %+v", atoms, weight, moves, stay, r)
		}
	})
}

func mkdir(t testing.TB, path string) string {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}
