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

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

// rebalanceFlags are what `cloudgrid rebalance` is told.
type rebalanceFlags struct {
	caseFile, task, out string
	seed                uint64
	threads             int
	effort, border      float64
	walk, touched       float64
	pareto              bool

	// Of a store's map.
	area, lock                  []string
	store, network              string
	tolerance, minLoad, maxLoad float64
	count, choose               int
	loose                       bool
	geojson, picture            string
}

func newRebalanceCmd(c *console) *cobra.Command {
	var f rebalanceFlags
	cmd := &cobra.Command{
		Use:   "rebalance",
		Short: "propose balanced grids that move the fewest households",
		Long: `rebalance redraws grids so that their loads fit, keeping every grid in one
piece and inside its community, and moving as few households as it can. With
--area it reads a part of a store's map: a street, a community, some grids. It
proposes: the map is not changed.

Tasks for --area: balance (each grid within --tolerance of its community's mean),
relieve (each between --min and --max, by default those of the sizing profile;
grids open and close), split and dissolve (of one grid), first-plan (of a
community without grids), most-balanced, shortest-border. Without --task it is
what the sizing profile asks for.

It exits with 0 when the goal is met, with 1 when it is not (the reasons are
listed, and the best plan there is is written anyway), with 2 on bad input.`,
		Example: `  cloudgrid rebalance --store gpkg:cloudgrid-demo-bund.gpkg --area 310101901 --picture plan.svg
  cloudgrid rebalance --area 310101901001 --task balance --tolerance 0.1 --lock 31010190100101 --pareto
  cloudgrid rebalance --case street.json --task A --seed 1 --out plan.json
  cloudgrid rebalance --case street.json --task A --pareto --out plans.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if ctx == nil {
				ctx = context.Background()
			}
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
			defer stop()
			if len(f.area) > 0 {
				if f.caseFile != "" {
					return gridmap.Errorf(gridmap.Invalid, "--area 与 --case 只能给一个 (give --area or --case)")
				}
				return runRebalanceArea(ctx, c, f)
			}
			return runRebalanceCase(ctx, c, f)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.caseFile, "case", "", "benchmark case to solve (gridplan-case/1)")
	fl.StringVar(&f.task, "task", "A", "task of --area, see above; of a case: A balances, B relieves, or any other it names")
	fl.StringVar(&f.out, "out", "", "write the plan here: of a case a JSON list, the grid index of each atom; of --area the atoms that move")
	fl.Uint64Var(&f.seed, "seed", 1, "seed; the same seed gives the same plan")
	fl.IntVar(&f.threads, "threads", 0, "threads, 0 for one per processor; the plan does not depend on it")
	fl.Float64Var(&f.effort, "effort", 1, "how long to look, as a multiple of the usual")
	fl.Float64Var(&f.border, "border", 0, "households worth moving to save a metre of border (0: the usual 0.02)")
	fl.Float64Var(&f.walk, "walk", 0, "households worth moving to save the households a kilometre of way to the middle of their grid (0: it does not count; 1 to 50 are usual)")
	fl.Float64Var(&f.touched, "touched", 0, "households worth moving to leave one more grid as it is (0: it does not count; 20 to 200 are usual)")
	fl.BoolVar(&f.pareto, "pareto", false, "give several plans that trade moved households, balance and border")
	fl.StringSliceVar(&f.area, "area", nil, "code or id of the street, community or grids to redraw; may be given again")
	storeFlag(cmd, &f.store)
	fl.StringVar(&f.network, "network", "", "network of --area; the main one when absent")
	fl.Float64Var(&f.tolerance, "tolerance", 0, "greatest deviation from the community's mean, as a share (0: 0.05)")
	fl.Float64Var(&f.minLoad, "min", 0, "least load of a grid (0: the sizing profile's)")
	fl.Float64Var(&f.maxLoad, "max", 0, "greatest load of a grid (0: the sizing profile's)")
	fl.IntVar(&f.count, "count", 0, "parts of split, grids of first-plan (0: 2, or by the sizing profile)")
	fl.StringSliceVar(&f.lock, "lock", nil, "code or id of a grid that keeps what it has; may be given again")
	fl.BoolVar(&f.loose, "loose", false, "also give out ground that a community with grids holds itself")
	fl.IntVar(&f.choose, "choose", 1, "which plan of --pareto the files show")
	fl.StringVar(&f.geojson, "geojson", "", "write the grids of the plan and the moved atoms here")
	fl.StringVar(&f.picture, "picture", "", "write a picture of before and after here, as .svg")
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
	WalkM           float64             `json:"walk_m"` // households' mean way to the middle of their grid
	WalkBeforeM     float64             `json:"walk_before_m"`
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
		return fmt.Errorf("--area CODE or --case FILE is missing; see cloudgrid rebalance --help")
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
	opt := rebalance.Options{
		Seed: f.seed, Threads: f.threads, Effort: f.effort,
		Weights: rebalance.Weights{BorderPerM: f.border, WalkPerKm: f.walk, TouchedGrid: f.touched},
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
	rep := reportOf(&cs.Problem, cs, r)
	rep.Case, rep.Task, rep.Seed, rep.Seconds = cs.Name, f.task, f.seed, took.Seconds()
	return rep
}

// reportOf says what a plan comes to.
func reportOf(p *rebalance.Problem, names rebalance.Namer, r *rebalance.Result) *rebalanceReport {
	m, before := r.Metrics, p.Measure(p.Initial, nil)
	rep := &rebalanceReport{
		Feasible: r.Feasible, MovedHouseholds: m.MovedHouseholds, MovedShare: m.MovedShare, LowerBound: r.LowerBound, Gap: r.Gap,
		WorstDeviation: m.WorstDeviation, BorderM: m.BorderM, CutEdges: m.CutEdges, Grids: m.Grids,
		BorderBeforeM: before.BorderM, WalkM: m.WalkM, WalkBeforeM: before.WalkM,
		Opened: m.Opened, Closed: m.Closed, Touched: m.Touched,
		Obstacles: []rebalanceObstacle{},
	}
	for _, o := range r.Obstacles {
		ro := rebalanceObstacle{Proven: o.Proven, Message: o.Say(names)}
		if o.Grid >= 0 {
			ro.Grid = names.GridName(o.Grid)
		}
		if o.Atom >= 0 {
			ro.Atom = names.AtomName(o.Atom)
		}
		rep.Obstacles = append(rep.Obstacles, ro)
	}
	return rep
}

// tell prints the report and turns an unmet goal into errWanting.
func (r *rebalanceReport) tell(c *console) error {
	r.summary(c)
	if err := c.printJSON(r); err != nil {
		return err
	}
	if !r.Feasible {
		return errWanting
	}
	return nil
}

func (r *rebalanceReport) summary(c *console) {
	if r.Feasible {
		c.sayf("调整 %d 户（%.2f %%），理论下界 %d 户，差距 %.1f %%", r.MovedHouseholds, 100*r.MovedShare, r.LowerBound, 100*r.Gap)
	} else {
		c.sayf("调整 %d 户（%.2f %%），目标未全部达到", r.MovedHouseholds, 100*r.MovedShare)
	}
	c.sayf("网格 %d 个（新设 %d，撤销 %d，变动 %d），最大偏差 %.2f %%，边界 %.0f → %.0f 米，用时 %.2f 秒",
		r.Grids, r.Opened, r.Closed, r.Touched, 100*r.WorstDeviation, r.BorderBeforeM, r.BorderM, r.Seconds)
	if r.WalkBeforeM > 0 {
		c.sayf("户均到网格中心 %.1f → %.1f 米", r.WalkBeforeM, r.WalkM)
	}
	for _, o := range r.Obstacles {
		c.sayf("未满足：%s", o.Message)
	}
}

func writePlan(path string, plan any) error {
	if path == "" {
		return nil
	}
	data, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return writeBytes(path, append(data, '\n'))
}

// writeBytes writes a file, over one that is there.
func writeBytes(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("%s 写不了 (cannot be written): %w", path, err)
	}
	return nil
}
