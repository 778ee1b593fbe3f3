package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap/rebalance"
)

// rebalanceFlags are what `cloudgrid rebalance --case` is told.
type rebalanceFlags struct {
	caseFile, task, out string
	seed                uint64
	threads             int
	effort, border      float64
	pareto              bool
}

func newRebalanceCmd(c *console) *cobra.Command {
	var f rebalanceFlags
	cmd := &cobra.Command{
		Use:   "rebalance",
		Short: "propose balanced grids that move the fewest households",
		Long: `rebalance redraws grids so that their loads fit, keeping every grid in one
piece and inside its community, and moving as few households as it can.

It exits with 0 when the goal is met, with 1 when it is not (the reasons are
listed, and the best plan there is is written anyway), with 2 on bad input.`,
		Example: `  cloudgrid rebalance --case street.json --task A --seed 1 --out plan.json
  cloudgrid rebalance --case street.json --task A --pareto --out plans.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRebalanceCase(cmd.Context(), c, f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.caseFile, "case", "", "benchmark case to solve (gridplan-case/1)")
	fl.StringVar(&f.task, "task", "A", "task of the case: A balances, B relieves, or any other it names")
	fl.StringVar(&f.out, "out", "", "write the plan here: a JSON list, the grid index of each atom")
	fl.Uint64Var(&f.seed, "seed", 1, "seed; the same seed gives the same plan")
	fl.IntVar(&f.threads, "threads", 0, "threads, 0 for one per processor; the plan does not depend on it")
	fl.Float64Var(&f.effort, "effort", 1, "how long to look, as a multiple of the usual")
	fl.Float64Var(&f.border, "border", 0, "households worth moving to save a metre of border (0: the usual 0.01)")
	fl.BoolVar(&f.pareto, "pareto", false, "give several plans that trade moved households, balance and border")
	return cmd
}

// rebalanceReport is the object that --json prints.
type rebalanceReport struct {
	Case            string              `json:"case"`
	Task            string              `json:"task"`
	Seed            uint64              `json:"seed"`
	Feasible        bool                `json:"feasible"`
	MovedHouseholds int64               `json:"moved_households"`
	MovedShare      float64             `json:"moved_share"`
	LowerBound      int64               `json:"lower_bound"`
	Gap             float64             `json:"gap"`
	WorstDeviation  float64             `json:"worst_deviation"`
	BorderM         float64             `json:"border_m"`
	BorderBeforeM   float64             `json:"border_before_m"`
	CutEdges        int                 `json:"cut_edges"`
	Grids           int                 `json:"grids"`
	Opened          int                 `json:"opened"`
	Closed          int                 `json:"closed"`
	Touched         int                 `json:"touched"`
	Seconds         float64             `json:"seconds"`
	Obstacles       []rebalanceObstacle `json:"obstacles"`
	FirstSeconds    float64             `json:"first_seconds,omitempty"`
	Candidates      []candidateReport   `json:"candidates,omitempty"`
}

type rebalanceObstacle struct {
	Grid    string `json:"grid,omitempty"`
	Atom    string `json:"atom,omitempty"`
	Proven  bool   `json:"proven"`
	Message string `json:"message"`
}

func runRebalanceCase(ctx context.Context, c *console, f rebalanceFlags) error {
	if f.caseFile == "" {
		return fmt.Errorf("--case FILE is missing; see cloudgrid rebalance --help")
	}
	data, err := os.ReadFile(f.caseFile)
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	cs, err := rebalance.ParseCase(data)
	if err != nil {
		return err
	}
	goal, ok := cs.Goals[f.task]
	if !ok {
		return fmt.Errorf("case %s has no task %q, only %s", cs.Name, f.task, strings.Join(cs.Tasks(), ", "))
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	opt := rebalance.Options{
		Seed: f.seed, Threads: f.threads, Effort: f.effort,
		Weights: rebalance.Weights{BorderPerM: f.border},
	}
	if f.pareto {
		return runRebalancePareto(ctx, c, f, cs, goal, opt)
	}
	start := time.Now()
	r, err := rebalance.Solve(ctx, &cs.Problem, goal, opt)
	if err != nil {
		return err
	}
	rep := newRebalanceReport(cs, f, r, time.Since(start))
	if err := writePlan(f.out, r.Plan); err != nil {
		return err
	}
	return rep.tell(c)
}

func newRebalanceReport(cs *rebalance.Case, f rebalanceFlags, r *rebalance.Result, took time.Duration) *rebalanceReport {
	m := r.Metrics
	rep := &rebalanceReport{
		Case: cs.Name, Task: f.task, Seed: f.seed, Feasible: r.Feasible,
		MovedHouseholds: m.MovedHouseholds, MovedShare: m.MovedShare, LowerBound: r.LowerBound, Gap: r.Gap,
		WorstDeviation: m.WorstDeviation, BorderM: m.BorderM, CutEdges: m.CutEdges, Grids: m.Grids,
		BorderBeforeM: cs.Problem.Measure(cs.Problem.Initial, nil).BorderM,
		Opened:        m.Opened, Closed: m.Closed, Touched: m.Touched, Seconds: took.Seconds(),
		Obstacles: []rebalanceObstacle{},
	}
	for _, o := range r.Obstacles {
		ro := rebalanceObstacle{Proven: o.Proven, Message: o.Say(cs)}
		if o.Grid >= 0 {
			ro.Grid = cs.GridName(o.Grid)
		}
		if o.Atom >= 0 {
			ro.Atom = cs.AtomName(o.Atom)
		}
		rep.Obstacles = append(rep.Obstacles, ro)
	}
	return rep
}

// tell prints the report and turns an unmet goal into errWanting.
func (r *rebalanceReport) tell(c *console) error {
	c.sayf("调整 %d 户（%.2f %%），理论下界 %d 户，差距 %.1f %%", r.MovedHouseholds, 100*r.MovedShare, r.LowerBound, 100*r.Gap)
	c.sayf("网格 %d 个（新设 %d，撤销 %d，变动 %d），最大偏差 %.2f %%，边界 %.0f → %.0f 米，用时 %.2f 秒",
		r.Grids, r.Opened, r.Closed, r.Touched, 100*r.WorstDeviation, r.BorderBeforeM, r.BorderM, r.Seconds)
	for _, o := range r.Obstacles {
		c.sayf("未满足：%s", o.Message)
	}
	if err := c.printJSON(r); err != nil {
		return err
	}
	if !r.Feasible {
		return errWanting
	}
	return nil
}

func writePlan(path string, plan any) error {
	if path == "" {
		return nil
	}
	data, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return nil
}
