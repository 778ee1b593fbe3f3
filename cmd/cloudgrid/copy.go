package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	// Partitions were made in the target as the source has them; Unpartitioned are
	// counties of the target with many places and none of their own.
	Partitions    []gridmap.County `json:"partitions,omitempty"`
	Unpartitioned []gridmap.County `json:"unpartitioned,omitempty"`
	AuditAside    int64            `json:"audit_aside,omitempty"` // lines that the source has beside its chain: they are not copied

	kept bool // committed: what fails later fails in a store that is full
}

func newCopyCmd(c *console) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "copy --from STORE --to STORE",
		Short: "copy a whole map, with its history and its office, into an empty store",
		Long: `copy moves a map between a GeoPackage and PostGIS, either way, with every
version, edition, change set, plan, audit line and id, and all that is kept
beside it: receipts, feedback, events, counts, attachments, accounts and keys.
Only sessions stay behind: people sign in anew. Both stores are read and
compared kind by kind before anything is kept. The store that is copied to must
be empty; when the copy fails it is empty still, and a file is removed. From
PostGIS to PostGIS, counties that have a partition of their own get one there.`,
		Example: `  cloudgrid copy --from gpkg:cloudgrid.gpkg --to "postgres://me@localhost/grid"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := copyStore(cmd.Context(), from, to)
			if err != nil {
				return err
			}
			c.sayKinds(result.Kinds)
			c.sayPartitions(result, to)
			c.sayAside(result.AuditAside)
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

func (c *console) sayKinds(kinds ledger.Digest) {
	for _, k := range kinds {
		c.sayf("%-16s %9d 行  %s", k.Kind, k.Rows, k.SHA256[:16])
	}
}

// copyStore copies a store into an empty one. A new GeoPackage is filled under
// another name and takes its own once it is whole, so that whatever happens,
// nobody finds half of one.
func copyStore(ctx context.Context, from, to string) (result copied, err error) {
	result = copied{From: storeName(from), To: storeName(to)}
	path, isFile := gpkgPath(to)
	if _, err := os.Stat(path); !isFile || !errors.Is(err, fs.ErrNotExist) {
		err := fillStore(ctx, from, to, &result)
		if err != nil && !result.kept {
			err = gridmap.Errorf(gridmap.CodeOf(err), "%w；目标存储没有改动 (the target is as it was)", err)
		}
		return result, err
	}
	if _, err := os.Stat(privatePath(path)); err == nil {
		return result, gridmap.Errorf(gridmap.Conflict, "%s 已存在但没有它的地图，请先移走 (a private file without its map is in the way)", privatePath(path))
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".cloudgrid-copy-*")
	if err != nil {
		return result, gridmap.Errorf(gridmap.Unavailable, "--to: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	part := filepath.Join(folder, filepath.Base(path))
	if err := fillStore(ctx, from, "gpkg:"+part, &result); err != nil {
		return result, err
	}
	return result, movePair(part, path)
}

// movePair gives a closed GeoPackage and its private file their names; the map
// comes last, since it is what people look for.
func movePair(from, to string) error {
	if err := os.Rename(privatePath(from), privatePath(to)); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(privatePath(to)))
	}
	return syncFolder(filepath.Dir(to))
}

// syncFolder has the names in a folder survive a power cut.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fillStore restores one store into another, which must be empty, and reads
// the other back.
func fillStore(ctx context.Context, from, to string, result *copied) (err error) {
	source, err := openStore(ctx, from, storeRead)
	if err != nil {
		return gridmap.Errorf(gridmap.CodeOf(err), "--from: %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := openStore(ctx, to, storeMake)
	if err != nil {
		return gridmap.Errorf(gridmap.CodeOf(err), "--to: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	restorer, ok := target.(gridmap.Restorer)
	if !ok {
		return gridmap.Errorf(gridmap.Invalid, "此类存储不能复制 (this kind of store cannot be copied)")
	}
	if result.Partitions, err = partitionsLike(ctx, source, target); err != nil {
		return err
	}
	err = source.View(ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能复制 (this kind of store cannot be copied)")
		}
		return restorer.Restore(ctx, archive) // compares before it commits
	})
	if err != nil {
		return err
	}
	result.kept = true
	if result.AuditAside, err = auditAside(ctx, source); err != nil {
		return err
	}
	if result.Unpartitioned, err = couldPartition(ctx, target); err != nil {
		return err
	}
	return target.View(ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能核对 (this kind of store cannot be verified)")
		}
		if result.Kinds, err = ledger.DigestOf(ctx, archive); err != nil {
			return err
		}
		head, err := archive.Head(ctx)
		result.Seq, result.Edition = head.Seq, head.Edition
		return err
	})
}

// gpkgPath returns the file of a GeoPackage store.
func gpkgPath(where string) (path string, ok bool) {
	if where == "" {
		where = defaultStore
	}
	path, ok = strings.CutPrefix(where, "gpkg:")
	return strings.TrimPrefix(path, "//"), ok && strings.TrimPrefix(path, "//") != ""
}

// privatePath is the private file beside a GeoPackage.
func privatePath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".app.db"
}
