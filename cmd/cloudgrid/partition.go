package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/postgis"
)

type partitionFlags struct {
	store, counties string
	atLeast         int64
	settle, list    bool
}

func newPartitionCmd(c *console) *cobra.Command {
	var f partitionFlags
	cmd := &cobra.Command{
		Use:   "partition",
		Short: "give counties partitions of their own in PostGIS, for servers with --scope",
		Long: `Lists how many places lie in each county, and gives those with many, or those
named, a partition of their own. Before a large import it takes no time; later
it moves the county's rows. It waits its turn among the writers and never holds
readers up for more than two seconds. With --settle, rows of a map from before
there were counties, and places without an atom or a code, go where they belong.`,
		Example: `  cloudgrid partition --store postgres://cloudgrid@localhost/province --list
  cloudgrid partition --store postgres://cloudgrid@localhost/province --counties 310101,310109
  cloudgrid partition --store postgres://cloudgrid@localhost/province --settle --at-least 100000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPartition(cmd.Context(), c, f) },
	}
	storeFlag(cmd, &f.store)
	cmd.Flags().StringVar(&f.counties, "counties", "", "six-digit codes with commas between; those with many places when absent")
	cmd.Flags().Int64Var(&f.atLeast, "at-least", manyPlaces, "how many places are many")
	cmd.Flags().BoolVar(&f.settle, "settle", false, "first put every row where it belongs, by code, grid, atom and ground")
	cmd.Flags().BoolVar(&f.list, "list", false, "only list")
	return cmd
}

func runPartition(ctx context.Context, c *console, f partitionFlags) error {
	want, err := countiesNamed(f.counties)
	if err != nil {
		return err
	}
	mode := storeWrite
	switch {
	case f.list:
		mode = storeRead
	case len(want) > 0 && strings.HasPrefix(f.store, "postgres"): // partitions are best made before the first import
		mode = storeMake
	}
	s, err := openStore(ctx, f.store, mode)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // nothing is pending at the end
	p, ok := s.(*postgis.Store)
	if !ok {
		return gridmap.Errorf(gridmap.Invalid, "只有 PostGIS 存储分区；%s 不需要 (only PostGIS has partitions)", storeName(f.store))
	}
	if f.settle && !f.list {
		if _, err := p.Settle(ctx, gridmap.Commit{At: time.Now(), Actor: "cli", Action: "partition", Note: "settle"}); err != nil {
			return err
		}
	}
	rows, err := p.CountyRows(ctx)
	if err != nil {
		return err
	}
	if len(want) == 0 {
		for _, r := range rows {
			if r.County != 0 && r.Places >= f.atLeast {
				want = append(want, r.County)
			}
		}
	}
	if !f.list {
		if err := makePartitions(ctx, c, p, want); err != nil {
			return err
		}
		if rows, err = p.CountyRows(ctx); err != nil {
			return err
		}
	}
	for _, r := range rows {
		own := ""
		if r.Own {
			own = "，有自己的分区 own partition"
		}
		c.sayf("%06d：%d 条地址%s", r.County, r.Places, own)
	}
	return c.printJSON(map[string]any{"counties": rows})
}

// countiesNamed reads single counties.
func countiesNamed(text string) (list []gridmap.County, err error) {
	s, err := gridmap.ParseScope(text)
	if err != nil {
		return nil, err
	}
	for _, r := range s {
		if r.Last-r.First >= 99 {
			return nil, gridmap.Errorf(gridmap.Invalid, "--counties 须逐个写出 6 位区县代码 (name each county by its 6 digits)")
		}
		for c := r.First; c <= r.Last; c++ {
			list = append(list, c)
		}
	}
	return list, nil
}

func makePartitions(ctx context.Context, c *console, p *postgis.Store, want []gridmap.County) error {
	for _, county := range want {
		start := time.Now()
		made, err := p.Partition(ctx, county)
		if err != nil {
			return err
		}
		if made {
			c.sayf("区县 %d 已分区，用时 %.1f 秒 (partition made)", county, time.Since(start).Seconds())
		}
	}
	return nil
}
