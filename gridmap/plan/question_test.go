package plan

import (
	"math"
	"strings"
	"testing"

	"cloudgrid/gridmap"
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
