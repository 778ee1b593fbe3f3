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

// migrate brings the schema up to date, under the lock that prepareSession
// holds; config makes connections with sessions of their own, nil where there
// are none. A map that is to be read only is not touched.
func (s *Store) migrate(ctx context.Context, conn asker, config *pgx.ConnConfig, exists bool) error {
	if config == nil {
		config = s.conn // to know the newest version; it is not connected to
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT set_config('search_path', $1, false)", pgx.QueryExecModeExec, s.foot.path)
		return err
	}))
	defer func() { _ = db.Close() }()
	p, err := provider(db)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want, have := sources[len(sources)-1].Version, int64(0)
	if exists {
		if err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+s.table(versionTable)+" WHERE is_applied").Scan(&have); err != nil {
			return err
		}
	}
	switch {
	case have > want:
		return gridmap.Errorf(gridmap.Invalid, "%s 由更新的云格写成 (结构版本 %d, 本程序只懂到 %d), 请升级本程序 (written by a newer CloudGrid: upgrade the program)", s.name, have, want)
	case have == want:
		return nil
	case s.how.ReadOnly && s.how.Later:
		return gridmap.Errorf(gridmap.Unavailable, "%s 的结构版本 %d 还没有升级到 %d (a standby that has not received the upgrade)", s.name, have, want)
	case s.how.ReadOnly:
		return gridmap.Errorf(gridmap.Invalid, "%s 的结构版本 %d 过旧, 须先以可写方式打开一次以升级到 %d (open it for writing once to upgrade)", s.name, have, want)
	case s.foot.sharing && s.direct == nil:
		return s.errShared()
	}
	_, err = p.Up(ctx)
	return err
}

func provider(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectPostgres, db, migrations.Of("postgis"),
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
}
