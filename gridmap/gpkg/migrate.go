package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"cloudgrid/gridmap"
	"cloudgrid/migrations"
)

// versionTable is where a file says which of the migrations it has had.
const versionTable = "schema_version"

// migrateMap brings the map file up to date. It touches no file of another
// program, and none that is to be read only.
func migrateMap(ctx context.Context, db *sql.DB, path string, readOnly bool) error {
	var tables, ours int
	err := db.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = ?), 0) FROM sqlite_schema WHERE type = 'table'`, versionTable).
		Scan(&tables, &ours)
	if err != nil {
		return err
	}
	if tables > 0 && ours == 0 {
		return gridmap.Errorf(gridmap.Invalid, "%s 不是云格的地图文件, 请用 cloudgrid import 导入 (not a CloudGrid map; import it instead)", path)
	}
	return migrate(ctx, db, "gpkg", path, readOnly)
}

func migrate(ctx context.Context, db *sql.DB, schema, path string, readOnly bool) error {
	p, err := provider(db, schema)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return gridmap.Errorf(gridmap.Invalid, "%s 由更新的云格写成 (结构版本 %d, 本程序只懂到 %d), 请升级本程序 (written by a newer CloudGrid: upgrade the program)", path, have, want)
	case have == want:
		return nil
	case readOnly:
		return gridmap.Errorf(gridmap.Invalid, "%s 的结构版本 %d 过旧, 须先以可写方式打开一次以升级到 %d (open it for writing once to upgrade)", path, have, want)
	}
	if have > 0 {
		if err := keepBefore(ctx, db, path, have); err != nil {
			return gridmap.Errorf(gridmap.Unavailable, "%s 的结构须由 %d 升级到 %d，但升级前的副本存不下，未作改动 (no room for a copy of the file before its upgrade; nothing was changed): %w", path, have, want, err)
		}
	}
	if _, err = p.Up(ctx); err != nil {
		return doneMeanwhile(ctx, p, want, err)
	}
	if schema != "gpkg" || have == 0 || have >= countyVersion {
		return nil
	}
	for _, text := range settling { // all in county 0 is right, too: broken off, the next change settles it
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// doneMeanwhile waits for another process that makes or upgrades the same file at
// the same time: of two, one finds tables that it was about to make. It returns
// the fault when nobody brings the file to the version that is wanted.
func doneMeanwhile(ctx context.Context, p *goose.Provider, want int64, fault error) error {
	ctx, cancel := context.WithTimeout(ctx, othersMost)
	defer cancel()
	for {
		if have, err := p.GetDBVersion(ctx); err == nil && have == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fault
		case <-time.After(othersMost / 100):
		}
	}
}

// othersMost is how long another process may take over a file.
const othersMost = 5 * time.Second

// countyVersion of the schema is the first in which rows lie in counties.
const countyVersion = 7

// keepBefore keeps a copy of the file as it was at a version of its schema, in
// NAME.before-VERSION. One that is there already stays: it is from an upgrade
// that was broken off, and the older of the two.
func keepBefore(ctx context.Context, db *sql.DB, path string, have int64) error {
	kept := fmt.Sprintf("%s.before-%d", path, have)
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".cloudgrid-before-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	part := filepath.Join(folder, filepath.Base(kept))
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return err
	}
	if err := os.Chmod(part, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(part, kept)
}

func provider(db *sql.DB, schema string) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectSQLite3, db, migrations.Of(schema),
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
}
