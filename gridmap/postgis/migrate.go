package postgis

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"cloudgrid/gridmap"
	"cloudgrid/migrations"
)

// versionTable is where a schema says which of the migrations it has had.
const versionTable = "schema_version"

// migrate brings the schema up to date, under the lock that Open holds. A map that is to be read only is not touched.
func migrate(ctx context.Context, config *pgx.ConnConfig, name string, readOnly bool) error {
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return gridmap.Errorf(gridmap.Invalid, "%s 由更新的云格写成 (结构版本 %d, 本程序只懂到 %d), 请升级本程序 (written by a newer CloudGrid: upgrade the program)", name, have, want)
	case have == want:
		return nil
	case readOnly:
		return gridmap.Errorf(gridmap.Invalid, "%s 的结构版本 %d 过旧, 须先以可写方式打开一次以升级到 %d (open it for writing once to upgrade)", name, have, want)
	}
	_, err = p.Up(ctx)
	return err
}

func provider(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectPostgres, db, migrations.Of("postgis"),
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
}
