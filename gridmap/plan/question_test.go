package plan

import (
	"math"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

func TestAWishThatNoPlanCanMeetIsRefusedWhenItIsPosted(t *testing.T) {
	w, d, _, id := begun(t)
	for name, c := range map[string]struct {
		wish Wish
		want string
	}{
		"more parts than atoms":    {Wish{Task: "split", Grid: w.leaves[0], Count: 1000}, "不能拆分"},
		"one part":                 {Wish{Task: "split", Grid: w.leaves[0], Count: 1}, "不能拆分"},
		"more grids than atoms":    {Wish{Task: "first_plan", Count: 1000}, "个单元"},
		"a negative count":         {Wish{Task: "first_plan", Count: -1}, "负数"},
		"min above max":            {Wish{Task: "relieve", Min: 500, Max: 100}, "下限"},
		"min above the profile's":  {Wish{Task: "relieve", Min: 5000}, "下限"},
		"a tolerance of one":       {Wish{Task: "balance", Tolerance: 1}, "偏差"},
		"a negative tolerance":     {Wish{Task: "balance", Tolerance: -0.1}, "不小于零"},
		"a tolerance of no number": {Wish{Task: "balance", Tolerance: math.NaN()}, "不小于零"},
		"a walk of no number":      {Wish{Task: "balance", Weights: WishWeights{WalkPerKm: math.NaN()}}, "步行距离的权重为 NaN"},
		"a negative walk":          {Wish{Task: "balance", Weights: WishWeights{WalkPerKm: -1}}, "步行距离的权重为 -1：应为不小于零"},
		"a walk above all":         {Wish{Task: "balance", Weights: WishWeights{WalkPerKm: 1001}}, "步行距离的权重为 1001：最大为 1000"},
		"negative touched grids":   {Wish{Task: "balance", Weights: WishWeights{TouchedGrid: -1}}, "少动网格的权重为 -1"},
		"touched grids above all":  {Wish{Task: "balance", Weights: WishWeights{TouchedGrid: 1e6}}, "少动网格的权重为 1e+06：最大为 100000"},
		"a border above all":       {Wish{Task: "balance", Weights: WishWeights{BorderPerM: 1e300}}, "边界长度的权重"},
		"a grid that is not":       {Wish{Task: "split", Grid: 1 << 40, Count: 2}, "没有网格"},
		"an idle grid that is not": {Wish{Task: "balance", Grid: 1 << 40}, "没有网格"},
		"a place that is not":      {Wish{Task: "balance", Grids: []gridmap.GridID{1 << 40}}, "没有网格"},
	} {
		if _, err := d.Propose(t.Context(), "张三", id, c.wish); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Propose(t.Context(), "张三", id, Wish{Task: "split", Grid: w.leaves[0], Count: 2}); err != nil {
		t.Error(err)
	}
}

func TestAtomsWithoutCountsAreRefusedWithWhereCountsComeFromOrWeighedByGround(t *testing.T) {
	for name, counts := range map[string]map[string]int64{"none at all": nil, "only zeros": {"households": 0}, "another count": {"shops": 3}} {
		t.Run(name, func(t *testing.T) {
			w, kept := newWorld(64, 3, 2, 5), newMemory()
			for i := range w.atoms {
				w.atoms[i].Counts = counts
			}
			d := w.desk(w.atlas(t), kept)
			p, err := d.Create(t.Context(), "张三", NewPlan{Name: "无户数"})
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range []string{"balance", "relieve"} {
				if _, err := d.Propose(t.Context(), "张三", p.ID, Wish{Task: task}); gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "没有户数") || !strings.Contains(err.Error(), "导入") {
					t.Errorf("%s: %v", task, err)
				}
			}
			if _, err := d.Propose(t.Context(), "张三", p.ID, Wish{Task: "balance", By: "weather"}); gridmap.CodeOf(err) != gridmap.Invalid {
				t.Errorf("an unknown measure: %v", err)
			}
			v, err := d.View(t.Context(), "张三", p.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, by := range []string{MeasureArea, MeasureAtoms} {
				balancedBy(t, v.Board, by)
			}
		})
	}
}

// balancedBy checks that what a candidate says it moves and evens out is so, in
// the measure that was asked for.
func balancedBy(t *testing.T, b *Board, by string) {
	t.Helper()
	q, err := newQuestion(b, Wish{Task: "balance", By: by, Tolerance: 0.3, Candidates: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	list, err := q.answer(t.Context(), rebalance.Options{}, nil)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	measure := func(id gridmap.AtomID) int64 {
		f, _ := b.face(id)
		if by == MeasureAtoms {
			return 1
		}
		return max(1, (b.atom(f).areaCM2+500_000)/1_000_000)
	}
	var moved int64
	for _, m := range list[0].Moves {
		for _, id := range m.Atoms {
			moved += measure(id)
		}
	}
	if moved != list[0].MovedHouseholds {
		t.Errorf("by %s: it says it moves %d, it moves %d", by, list[0].MovedHouseholds, moved)
	}
	if list[0].Feasible && list[0].WorstDeviation > 0.3+1e-9 {
		t.Errorf("by %s: feasible with a deviation of %v", by, list[0].WorstDeviation)
	}
}
