package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// copied is what `cloudgrid copy --json` prints.
type copied struct {
	From    string        `json:"from"`
	To      string        `json:"to"`
	Seq     gridmap.Seq   `json:"seq"`
	Edition int64         `json:"edition"`
	Kinds   ledger.Digest `json:"kinds"`
}

func newCopyCmd(c *console) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "copy --from STORE --to STORE",
		Short: "copy a whole map, with its history, into an empty store",
		Long: `copy moves a map between a GeoPackage and PostGIS, either way, with every
version, edition, change set, audit line and id, and then reads both to compare
them row by row. The store that is copied to must be empty.`,
		Example: `  cloudgrid copy --from gpkg:cloudgrid.gpkg --to "postgres://me@localhost/grid"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := copyStore(cmd.Context(), from, to)
			if err != nil {
				return err
			}
			for _, k := range result.Kinds {
				c.sayf("%-16s %9d 行  %s", k.Kind, k.Rows, k.SHA256[:16])
			}
			c.sayf("已复制并核对: %s → %s, 第 %d 版, 修改 %d (copied and verified)", result.From, result.To, result.Edition, result.Seq)
			return c.printJSON(result)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the store to copy: gpkg:FILE or postgres://…")
	cmd.Flags().StringVar(&to, "to", "", "the empty store to copy into")
	_ = cmd.MarkFlagRequired("from") // fails only for a flag that is not there
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

func copyStore(ctx context.Context, from, to string) (result copied, err error) {
	result = copied{From: storeName(from), To: storeName(to)}
	source, err := openStore(ctx, from, storeRead)
	if err != nil {
		return result, fmt.Errorf("--from: %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := openStore(ctx, to, storeMake)
	if err != nil {
		return result, fmt.Errorf("--to: %w", err)
	}
	defer func() {
		if closed := target.Close(); err == nil {
			err = closed
		}
	}()
	err = source.View(ctx, func(r gridmap.Reader) error { // one state, for the copy and for the comparison
		archive, ok := r.(gridmap.Archive)
		restorer, okTo := target.(gridmap.Restorer)
		if !ok || !okTo {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能复制 (this kind of store cannot be copied)")
		}
		if err := restorer.Restore(ctx, archive); err != nil {
			return err
		}
		result.Kinds, err = ledger.DigestOf(ctx, archive)
		if err != nil {
			return err
		}
		head, err := archive.Head(ctx)
		result.Seq, result.Edition = head.Seq, head.Edition
		return err
	})
	if err != nil {
		return result, err
	}
	return result, verifyCopy(ctx, target, result.Kinds)
}

// verifyCopy reads the copy back and compares it with what was copied.
func verifyCopy(ctx context.Context, target gridmap.Store, want ledger.Digest) error {
	return target.View(ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能核对 (this kind of store cannot be verified)")
		}
		got, err := ledger.DigestOf(ctx, archive)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(want, func(k ledger.KindDigest) bool { return !slices.Contains(got, k) }); i >= 0 {
			return gridmap.Errorf(gridmap.Internal, "复制后核对不符: %s 应有 %d 行 (the copy differs in %s)", want[i].Kind, want[i].Rows, want[i].Kind)
		}
		return nil
	})
}
