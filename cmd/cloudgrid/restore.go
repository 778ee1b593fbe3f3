package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

func newRestoreCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:   "restore FILE --store STORE",
		Short: "fill an empty store from a backup",
		Long: `restore checks a file that backup wrote and fills an empty store from it, of
either kind, whichever the backup came from. The store ends as it was, to the id
and the hash; people sign in anew. When it fails, the store stays empty.`,
		Example: `  cloudgrid restore backup/cloudgrid-2026-03-01.zip --store gpkg:cloudgrid.gpkg`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := restore(cmd.Context(), args[0], store)
			if err != nil {
				return err
			}
			c.sayKinds(result.Kinds)
			c.sayPartitions(result, store)
			c.sayf("已恢复并核对: %s → %s, 第 %d 版, 修改 %d (restored and verified)", result.From, result.To, result.Edition, result.Seq)
			return c.printJSON(result)
		},
	}
	storeFlag(cmd, &store)
	return cmd
}

func restore(ctx context.Context, file, store string) (result copied, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return result, gridmap.Errorf(gridmap.NotFound, "没有备份文件 %s (no such backup)", file)
	}
	near := os.TempDir()
	if path, ok := gpkgPath(store); ok {
		near = filepath.Dir(path)
	}
	folder, err := os.MkdirTemp(near, ".cloudgrid-restore-*")
	if err != nil {
		return result, gridmap.Errorf(gridmap.Unavailable, "--store: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	m, err := unpack(file, folder)
	if err != nil {
		return result, err
	}
	source := "gpkg:" + filepath.Join(folder, backupMap)
	if err := upgradeStore(ctx, source, m); err != nil {
		return result, err
	}
	result, err = copyStore(ctx, source, store)
	result.From = file
	return result, err
}

// upgradeStore brings the files of an older program up to date, and compares
// the map with what the manifest says is in it.
func upgradeStore(ctx context.Context, where string, m manifest) (err error) {
	s, err := openStore(ctx, where, storeWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if m.Digests != backupDigests { // sums of another program are made otherwise
		return nil
	}
	return s.View(ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能核对 (this kind of store cannot be verified)")
		}
		got, err := ledger.DigestOf(ctx, archive)
		if err != nil {
			return err
		}
		return m.Kinds.Same(got)
	})
}
