package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/postgis"
	"cloudgrid/gridmap/replica"
	"cloudgrid/web"
)

// databases are those beside --store.
type databases struct {
	read   []string // hot standbys that the map is read from
	direct string   // past a pooler, for listening and upgrades
}

// databaseFlags adds the flags of databases to a command.
func databaseFlags(cmd *cobra.Command, d *databases) {
	f := cmd.Flags()
	f.StringArrayVar(&d.read, "store-read", nil, "hot standby to read the map from, postgres://…; may be given several times")
	f.StringVar(&d.direct, "store-direct", "", "address of the database past a pooler such as pgbouncer, for listening and upgrades")
}

// open opens a store that may read from standbys, and makes it where there is
// none and create says so. While there is a standby to answer from, the primary
// need not be there.
func (d databases) open(ctx context.Context, where string, create bool, log *slog.Logger) (gridmap.Store, error) {
	if len(d.read) == 0 && d.direct == "" {
		if create {
			return openStore(ctx, where, storeMake)
		}
		return openStore(ctx, where, storeWrite)
	}
	if !isPostgres(where) {
		return nil, gridmap.Errorf(gridmap.Invalid, "--store-read 与 --store-direct 只用于 PostGIS 存储 (for a PostGIS store only)")
	}
	primary, err := postgis.Open(ctx, where, postgis.Options{MustExist: !create, Later: len(d.read) > 0, Direct: d.direct})
	if err != nil || len(d.read) == 0 {
		return opened(primary, err)
	}
	var standbys []replica.Source
	for i, dsn := range d.read {
		s, err := d.standby(ctx, dsn)
		if err == nil {
			if err = replica.SameHistory(ctx, primary, s); err != nil {
				_ = s.Close()
			}
		}
		if err != nil {
			_ = replica.New(replica.Source{Store: primary}, standbys, time.Now, log).Close()
			return nil, err
		}
		standbys = append(standbys, replica.Source{Name: fmt.Sprint("standby-", i+1), Store: s})
	}
	return replica.New(replica.Source{Name: "primary", Store: primary}, standbys, time.Now, log), nil
}

func (d databases) standby(ctx context.Context, dsn string) (*postgis.Store, error) {
	if !isPostgres(dsn) {
		return nil, gridmap.Errorf(gridmap.Invalid, "--store-read 应为 postgres://用户@主机/库 (want postgres://USER@HOST/DATABASE)")
	}
	return postgis.Open(ctx, dsn, postgis.Options{ReadOnly: true, Later: true})
}

func isPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// standings tells the server's pages how the databases stand; nil where there
// is only one.
func standings(s gridmap.Store) func() []web.Database {
	r, ok := s.(*replica.Store)
	if !ok {
		return nil
	}
	return func() []web.Database {
		var all []web.Database
		for _, st := range r.Standings() {
			all = append(all, web.Database{
				Name: st.Name, Primary: st.Primary, Seq: int64(st.Seq), Behind: int64(st.Behind), Lag: st.Lag,
				ReadAt: st.ReadAt.UTC(), Fault: st.Fault != nil, Since: st.Since.UTC(),
			})
		}
		return all
	}
}

// watch keeps standings true until ctx ends.
func watch(ctx context.Context, s gridmap.Store) {
	if r, ok := s.(*replica.Store); ok {
		r.Watch(ctx)
	}
}
