package main

import (
	"context"
	"fmt"
	"time"

	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/rebalance"
)

// candidateReport is one plan of the Pareto set.
type candidateReport struct {
	MovedAtoms      int     `json:"moved_atoms,omitempty"`
	MovedHouseholds int64   `json:"moved_households"`
	MovedShare      float64 `json:"moved_share"`
	WorstDeviation  float64 `json:"worst_deviation"`
	BorderM         float64 `json:"border_m"`
	Touched         int     `json:"touched"`
	WalkM           float64 `json:"walk_m"`
	LowerBound      int64   `json:"lower_bound"`
	Gap             float64 `json:"gap"`
	Feasible        bool    `json:"feasible"`
	Plan            []int32 `json:"plan,omitempty"`
}

// candidateOf describes a plan for a store's map.
func candidateOf(k rebalance.Candidate, moves []district.Move) candidateReport {
	m := k.Metrics
	return candidateReport{
		MovedAtoms: len(moves), MovedHouseholds: m.MovedHouseholds, MovedShare: m.MovedShare, WorstDeviation: m.WorstDeviation,
		BorderM: m.BorderM, Touched: m.Touched, WalkM: m.WalkM, LowerBound: k.LowerBound, Gap: k.Gap, Feasible: k.Feasible,
	}
}

// paretoFile is what --pareto --out writes: all candidates, and under "plan"
// the one that moves the fewest.
type paretoFile struct {
	Plan       []int32           `json:"plan"`
	Candidates []candidateReport `json:"candidates"`
}

func runRebalancePareto(ctx context.Context, c *console, f rebalanceFlags, cs *rebalance.Case, goal rebalance.Goal, opt rebalance.Options) error {
	start := time.Now()
	var first time.Duration
	set, err := rebalance.Pareto(ctx, &cs.Problem, goal, opt, func(k rebalance.Candidate) {
		if first == 0 && k.Feasible {
			first = time.Since(start)
			c.sayf("首个可行方案：%.2f 秒，调整 %d 户", first.Seconds(), k.Metrics.MovedHouseholds)
		}
	})
	if err != nil {
		return err
	}
	rep := newRebalanceReport(cs, f, set[0].Result, time.Since(start))
	rep.FirstSeconds = first.Seconds()
	file := paretoFile{Plan: set[0].Plan}
	c.sayf("%-4s %8s %8s %10s %10s %6s %10s %8s", "方案", "调整户数", "占比", "最大偏差", "边界（米）", "网格", "户均（米）", "差距")
	for i, k := range set {
		m := k.Metrics
		r := candidateReport{
			MovedHouseholds: m.MovedHouseholds, MovedShare: m.MovedShare, WorstDeviation: m.WorstDeviation,
			BorderM: m.BorderM, Touched: m.Touched, WalkM: m.WalkM, LowerBound: k.LowerBound, Gap: k.Gap, Feasible: k.Feasible,
		}
		rep.Candidates = append(rep.Candidates, r)
		r.Plan = k.Plan
		file.Candidates = append(file.Candidates, r)
		c.sayf("%-4d %8d %7.2f%% %9.2f%% %10.0f %6d %10.0f %8s", i+1, m.MovedHouseholds, 100*m.MovedShare,
			100*m.WorstDeviation, m.BorderM, m.Touched, m.WalkM, gapText(r))
	}
	if err := writePlan(f.out, file); err != nil {
		return err
	}
	return rep.tell(c)
}

// gapText says how far above its bound a plan is at most; one that does not
// meet the goal has none.
func gapText(k candidateReport) string {
	if !k.Feasible {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*k.Gap)
}
