package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// putChunk is how many rows are handed to a store at a time.
const putChunk = 1000

// exportGeoPackage writes a store of its own with the map as it is at a time:
// configuration, grids, atoms; no staff, no history, nobody's audit.
func exportGeoPackage(ctx context.Context, from gridmap.Store, path string, at time.Time) error {
	to, err := openStore(ctx, "gpkg:"+path, storeMake)
	if err != nil {
		return err
	}
	commit := gridmap.Commit{At: at, Actor: "export", Action: "export", Edit: &gridmap.Edition{Name: "导出 export", EffectiveAt: at}}
	err = from.View(ctx, func(r gridmap.Reader) error {
		_, err := to.Update(ctx, commit, func(w gridmap.Writer) error { return copyMap(ctx, r, w, at) })
		return err
	})
	// The companion file holds only this export's own audit.
	return errors.Join(err, to.Close(), removeIfThere(strings.TrimSuffix(path, filepath.Ext(path))+".app.db"))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func copyMap(ctx context.Context, r gridmap.Reader, w gridmap.Writer, at time.Time) error {
	if err := ledger.CopyConfig(ctx, r, w); err != nil {
		return err
	}
	now := gridmap.Query{At: at}
	if err := putAll(ctx, byLevel(r.Grids(ctx, now)), w.PutGrids); err != nil {
		return err
	}
	if err := putAll(ctx, r.Atoms(ctx, now), w.PutAtoms); err != nil {
		return err
	}
	return putAll(ctx, r.Memberships(ctx, now), w.PutMemberships)
}

// byLevel reorders grids so that parents come before children.
func byLevel(grids iter.Seq2[gridmap.Grid, error]) iter.Seq2[gridmap.Grid, error] {
	return func(yield func(gridmap.Grid, error) bool) {
		var levels [][]gridmap.Grid
		for g, err := range grids {
			if err != nil {
				yield(g, err)
				return
			}
			for len(levels) <= g.Level {
				levels = append(levels, nil)
			}
			levels[g.Level] = append(levels[g.Level], g)
		}
		for _, level := range levels {
			for _, g := range level {
				if !yield(g, nil) {
					return
				}
			}
		}
	}
}

func putAll[T any](ctx context.Context, rows iter.Seq2[T, error], put func(context.Context, ...T) error) error {
	var chunk []T
	for row, err := range rows {
		if err != nil {
			return err
		}
		if chunk = append(chunk, row); len(chunk) == putChunk {
			if err := put(ctx, chunk...); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return put(ctx, chunk...)
}
