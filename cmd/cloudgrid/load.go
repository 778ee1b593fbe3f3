package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/load"
)

type loadFlags struct {
	store, network, level string
	history, all          bool
}

func newLoadCmd(c *console) *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "load of each grid against its sizing profile and its community's mean; exit 1 when one is overloaded",
		Long: `Sums the counts of each grid by the weights of its sizing profile and judges it:
超载 over its maximum, 偏小 under its minimum, 空 without anything, 无标准 where no
profile says what it should be. Bounds and thresholds are the store's settings.

With --history every edition is measured as it took effect, each verdict with
hysteresis from the one before.`,
		Example: `  cloudgrid load --store gpkg:cloudgrid.gpkg
  cloudgrid load --level village --all --json
  cloudgrid load --history`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoad(cmd.Context(), c, f) },
	}
	storeFlag(cmd, &f.store)
	cmd.Flags().StringVar(&f.network, "network", "", "code of a network (default: the main one)")
	cmd.Flags().StringVar(&f.level, "level", "", "code of a level (default: the lowest)")
	cmd.Flags().BoolVar(&f.all, "all", false, "list all grids, not only those out of bounds")
	cmd.Flags().BoolVar(&f.history, "history", false, "one line for each edition instead")
	return cmd
}

// loadRow is a grid in the report of --json.
type loadRow struct {
	Code      string  `json:"code"`
	Name      string  `json:"name"`
	Community string  `json:"community,omitempty"`
	Load      float64 `json:"load"`
	Unit      string  `json:"unit"`
	Min       float64 `json:"min"`
	Target    float64 `json:"target"`
	Max       float64 `json:"max"`
	Staff     int     `json:"staff"`
	Ratio     float64 `json:"ratio"`
	Status    string  `json:"status"`
	Deviation float64 `json:"deviation"`
}

// loadSummary is what --json prints, one object for the store or, with
// --history, one for each edition.
type loadSummary struct {
	Edition int64          `json:"edition"`
	At      time.Time      `json:"at"`
	Grids   int            `json:"grids"`
	ByWord  map[string]int `json:"by_status"`
	Worst   float64        `json:"worst_ratio"`
	Rows    []loadRow      `json:"rows"`
}

func runLoad(ctx context.Context, c *console, f loadFlags) error {
	s, err := openStore(ctx, f.store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	if f.history {
		return loadHistory(ctx, c, s, f)
	}
	keeper, err := atlas.NewKeeper(ctx, s, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	r, _, err := measureLoad(keeper.Current(), f, nil)
	if err != nil {
		return err
	}
	c.sayf("网格 %d 个：%s", r.Grids, wordCounts(r.ByWord))
	for _, row := range r.Rows {
		if f.all || row.Status != string(load.OK) && row.Status != string(load.Unjudged) {
			c.sayf("%s", row.line())
		}
	}
	if err := c.printJSON(r); err != nil {
		return err
	}
	if r.ByWord[string(load.Over)] > 0 {
		return errWanting
	}
	return nil
}

// measureLoad makes the report of one snapshot, and the verdicts for the next.
func measureLoad(a *atlas.Atlas, f loadFlags, before map[gridmap.GridID]load.Status) (loadSummary, map[gridmap.GridID]load.Status, error) {
	r := loadSummary{Edition: a.Edition().Number, At: a.At(), ByWord: map[string]int{}, Rows: []loadRow{}}
	n, level, err := netAndLevel(a, f.network, f.level)
	if err != nil {
		return r, nil, err
	}
	verdicts := map[gridmap.GridID]load.Status{}
	for _, row := range load.OfNet(a, n, level, before) {
		g := &n.Grids[row.Index]
		verdicts[g.ID] = row.Status
		r.ByWord[string(row.Status)]++
		r.Worst = max(r.Worst, row.Ratio)
		out := loadRow{
			Code: g.Code, Name: g.Name, Load: row.Load, Unit: row.Unit, Min: row.Min, Target: row.Target, Max: row.Max,
			Staff: row.People, Ratio: row.Ratio, Status: string(row.Status), Deviation: row.Deviation,
		}
		if row.Community != atlas.None {
			out.Community = n.Grids[row.Community].Name
		}
		r.Rows = append(r.Rows, out)
	}
	r.Grids = len(r.Rows)
	slices.SortStableFunc(r.Rows, func(x, y loadRow) int { return compareDown(x.Ratio, y.Ratio) })
	return r, verdicts, nil
}

func compareDown(x, y float64) int {
	switch {
	case x > y:
		return -1
	case x < y:
		return 1
	}
	return 0
}

// netAndLevel finds a network by its code and a level of it; -1 is the leaves.
func netAndLevel(a *atlas.Atlas, network, level string) (*atlas.Net, int, error) {
	n := a.Main()
	if network != "" {
		n = a.Net(network)
	}
	if n == nil {
		return nil, 0, gridmap.Errorf(gridmap.NotFound, "没有网 %q (no such network)", network)
	}
	if level == "" {
		return n, -1, nil
	}
	l, ok := n.Level(level)
	if !ok {
		return nil, 0, gridmap.Errorf(gridmap.NotFound, "网 %s 没有层级 %q (no such level)", n.Network.Code, level)
	}
	return n, l.Rank, nil
}

// loadWords are the verdicts as a planner says them, in the order of worry.
func loadWords() []struct{ status, word, mark string } {
	return []struct{ status, word, mark string }{
		{string(load.Over), "超载", "▲"},
		{string(load.Under), "偏小", "▽"},
		{string(load.Empty), "空", "○"},
		{string(load.OK), "适中", "·"},
		{string(load.Unjudged), "无标准", "?"},
	}
}

func wordCounts(by map[string]int) string {
	var parts []string
	for _, w := range loadWords() {
		if n := by[w.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", w.word, n))
		}
	}
	return strings.Join(parts, "，")
}

func (r loadRow) line() string {
	for _, w := range loadWords() {
		if w.status == r.Status {
			return fmt.Sprintf("%s %-4s %s「%s」 %.0f %s（%.0f–%.0f，目标的 %.0f %%，比社区平均 %+.0f %%）",
				w.mark, w.word, r.Code, r.Name, r.Load, unitName(r.Unit), r.Min, r.Max, 100*r.Ratio, 100*r.Deviation)
		}
	}
	return r.Code
}

// unitName is how an office calls a unit of load.
func unitName(unit string) string {
	switch unit {
	case "households":
		return "户"
	case "persons":
		return "人"
	case "shops":
		return "家"
	case "points":
		return "分"
	}
	return unit
}

// loadHistory measures every edition as it took effect.
func loadHistory(ctx context.Context, c *console, s gridmap.Store, f loadFlags) error {
	reports := []loadSummary{}
	err := s.View(ctx, func(r gridmap.Reader) error {
		editions, err := r.Editions(ctx)
		if err != nil {
			return err
		}
		slices.SortStableFunc(editions, func(x, y gridmap.Edition) int { return x.EffectiveAt.Compare(y.EffectiveAt) })
		var before map[gridmap.GridID]load.Status
		for _, e := range editions {
			at := e.EffectiveAt
			if at.IsZero() {
				at = e.PublishedAt
			}
			a, err := atlas.Load(ctx, r, at, 0)
			if err != nil {
				return err
			}
			var report loadSummary
			if report, before, err = measureLoad(a, f, before); err != nil {
				return err
			}
			report.Edition, report.At = e.Number, at
			reports = append(reports, report)
			c.sayf("版次 %d，%s 起：网格 %d 个，%s，最高为目标的 %.0f %%", e.Number, at.Format(time.DateOnly), report.Grids, wordCounts(report.ByWord), 100*report.Worst)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.printJSON(map[string]any{"history": reports})
}
