package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/crosswalk"
	desks "cloudgrid/web/office"
)

// snapshotOf reads a store's present state.
func snapshotOf(ctx context.Context, where string) (*atlas.Atlas, error) {
	s, err := openStore(ctx, where, storeRead)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // read only
	keeper, err := atlas.NewKeeper(ctx, s, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return keeper.Current(), nil
}

type crosswalkFlags struct{ store, a, b, levelA, levelB, weight string }

func newCrosswalkCmd(c *console) *cobra.Command {
	var f crosswalkFlags
	cmd := &cobra.Command{
		Use:   "crosswalk",
		Short: "two networks side by side (多网合一): shared ground, conflicts, what to merge into what; exit 1 on conflicts",
		Long: `For each grid of network --a: how much of it, by households and by area, lies in
which grids of network --b. A conflict is a pair of grids neither of which lies
within the other: their borders cross. The proposal for a grid is the one with
most of its households.`,
		Example: `  cloudgrid crosswalk --a party --b main --store gpkg:cloudgrid.gpkg
  cloudgrid crosswalk --a trade --b main --weight shops --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCrosswalk(cmd.Context(), c, f) },
	}
	storeFlag(cmd, &f.store)
	cmd.Flags().StringVar(&f.a, "a", "", "code of the network to look at")
	cmd.Flags().StringVar(&f.b, "b", "", "code of the network to compare it with (default: the main one)")
	cmd.Flags().StringVar(&f.levelA, "a-level", "", "code of a level of --a (default: the lowest)")
	cmd.Flags().StringVar(&f.levelB, "b-level", "", "code of a level of --b (default: the lowest)")
	cmd.Flags().StringVar(&f.weight, "weight", "", "what to weigh by: households (default), persons, shops …")
	return cmd
}

func runCrosswalk(ctx context.Context, c *console, f crosswalkFlags) error {
	a, err := snapshotOf(ctx, f.store)
	if err != nil {
		return err
	}
	x, err := crosswalk.Find(a, f.a, f.levelA)
	if err != nil {
		return err
	}
	y, err := crosswalk.Find(a, f.b, f.levelB)
	if err != nil {
		return err
	}
	if x == y {
		return gridmap.Errorf(gridmap.Invalid, "请用 --a 和 --b 写明两个不同的网 (name two networks)")
	}
	r := desks.Crosswalk(a, x, y, f.weight)
	for _, p := range r.Conflicts {
		b := "（未覆盖）"
		if p.B != nil {
			b = p.B.Name
		}
		c.sayf("交叉：%s × %s：%d %s，%.0f m²（占前者 %.0f%%，占后者 %.0f%%）", p.A.Name, b, p.Weight, r.Unit, p.AreaM2, 100*p.ShareA, 100*p.ShareB)
	}
	c.sayf("%s 对 %s：%d 组重叠，%d 处交叉", x.Net.Network.Name, y.Net.Network.Name, len(r.Pairs), len(r.Conflicts))
	if err := c.printJSON(r); err != nil {
		return err
	}
	if len(r.Conflicts) > 0 {
		return errWanting
	}
	return nil
}

func newReachCmd(c *console) *cobra.Command {
	var store, kind string
	var minutes float64
	cmd := &cobra.Command{
		Use:   "reach",
		Short: "addresses too far from a service station to walk (15 分钟服务圈); exit 1 when there are any",
		Long: `A walk is reckoned without a road network: the straight line times 1.3, at 80 m a
minute. Stations are the places of the kind named.`,
		Example: `  cloudgrid reach --kind station --minutes 15 --store gpkg:cloudgrid.gpkg`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !(minutes > 0) {
				return gridmap.Errorf(gridmap.Invalid, "--minutes 应大于 0 (not positive)")
			}
			a, err := snapshotOf(cmd.Context(), store)
			if err != nil {
				return err
			}
			r := desks.Reach(a, kind, minutes)
			for _, w := range r.Far {
				c.sayf("%s：步行约 %.0f 分钟，最近 %s", w.Address, w.Minutes, w.Station)
			}
			c.sayf("站点 %d 个，步行超过 %.0f 分钟的地址 %d 个", r.Stations, minutes, len(r.Far))
			if err := c.printJSON(r); err != nil {
				return err
			}
			if len(r.Far) > 0 {
				return errWanting
			}
			return nil
		},
	}
	storeFlag(cmd, &store)
	cmd.Flags().StringVar(&kind, "kind", desks.DefaultStation, "kind of the places that are stations")
	cmd.Flags().Float64Var(&minutes, "minutes", desks.DefaultMinutes, "how long a walk may take")
	return cmd
}
