package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/sign"
)

// checkReport is what `check --json` prints.
type checkReport struct {
	Edition   int64             `json:"edition"`
	LeafGrids int               `json:"leaf_grids"` // of the main network
	Grids     int               `json:"grids"`      // of all networks
	Atoms     int               `json:"atoms"`
	Places    int               `json:"places"`
	Problems  []atlas.Complaint `json:"problems"`
	Warnings  []atlas.Complaint `json:"warnings"` // may be meant so; they never fail the check
}

func newCheckCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "check a store: coverage, nesting, staff; exit 1 when something is wrong",
		Example: `  cloudgrid check --store gpkg:cloudgrid.gpkg --json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCheck(cmd.Context(), c, store)
		},
	}
	storeFlag(cmd, &store)
	return cmd
}

func runCheck(ctx context.Context, c *console, store string) error {
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	keeper, err := atlas.NewKeeper(ctx, s, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	a := keeper.Current()
	r := checkReport{Edition: a.Edition().Number, Atoms: a.NumAtoms(), Places: len(a.Places()), Problems: a.Check()}
	book, bad := duty.NewBook(duty.Records(a), a.Settings())
	_, unreadable := sign.NewRegister(a, book)
	for _, err := range append(bad, unreadable...) {
		r.Problems = append(r.Problems, atlas.Complaint{Kind: "record", Severity: atlas.Error, Message: err.Error()})
	}
	if r.Warnings, err = checkWarnings(ctx, s, a, time.Now()); err != nil {
		return err
	}
	for _, n := range a.Nets() {
		r.Grids += len(n.Grids)
	}
	if n := a.Main(); n != nil {
		r.LeafGrids = n.Leaves()
	}
	c.sayf("问题 %d 个", len(r.Problems))
	c.sayf("版次 %d：网格 %d（主网末级 %d），单元 %d，地址 %d", r.Edition, r.Grids, r.LeafGrids, r.Atoms, r.Places)
	for i, p := range r.Problems {
		c.sayf("%3d. [%s] %s", i+1, p.Kind, p.Message)
	}
	if len(r.Warnings) > 0 {
		c.sayf("提示 %d 个（不影响结果 hints）", len(r.Warnings))
	}
	for i, p := range r.Warnings {
		c.sayf("%3d. [%s] %s", i+1, p.Kind, p.Message)
	}
	if err := c.printJSON(r); err != nil {
		return err
	}
	for _, p := range r.Problems {
		if p.Severity == atlas.Error {
			return errWanting
		}
	}
	return nil
}
