package postgis

import (
	"context"
	"fmt"

	"cloudgrid/gridmap"
)

// Examine tells what a doctor wants to know of the database: facts by name, and
// what is broken.
func (s *Store) Examine(ctx context.Context) (facts map[string]string, bad []error, err error) {
	var server, postgis, fsync, commit string
	var have, size int64
	var standby bool
	var used, most int
	err = s.one().QueryRow(ctx, `SELECT current_setting('server_version'), postgis_lib_version(), current_setting('fsync'), current_setting('synchronous_commit'),
		(SELECT max(version_id) FROM `+versionTable+`), pg_database_size(current_database()), pg_is_in_recovery(),
		(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int`).
		Scan(&server, &postgis, &fsync, &commit, &have, &size, &standby, &used, &most)
	if err != nil {
		return nil, nil, mapError(ctx, s.name, err)
	}
	facts = map[string]string{
		"schema":      fmt.Sprintf("结构版本 %d，模式 %s (schema version, schema)", have, s.foot.schema),
		"server":      fmt.Sprintf("PostgreSQL %s，PostGIS %s，库 %d MB (size)", server, postgis, size>>20),
		"connections": fmt.Sprintf("%d / %d", used, most),
		"role":        "主库 (primary)",
	}
	if standby {
		facts["role"] = "备库，只可读 (a standby: read only)"
	} else if err := s.examineReplication(ctx, facts); err != nil {
		return nil, nil, err
	}
	if s.foot.pooled {
		facts["pooler"] = "经连接池，会话不共用 (through a pooler, by session)"
		if s.foot.sharing {
			facts["pooler"] = "经连接池，按事务共用会话 (through a pooler, by transaction)"
		}
	}
	if fsync == "off" {
		bad = append(bad, gridmap.Errorf(gridmap.Internal, "数据库以 fsync = off 运行，断电会丢数据，请打开 (fsync is off: a power cut loses data; turn it on)"))
	}
	if used*10 > most*9 {
		bad = append(bad, gridmap.Errorf(gridmap.Unavailable, "数据库连接将尽：%d / %d，调大 max_connections 或减少副本 (connections run out: raise max_connections, or run fewer replicas)", used, most))
	}
	return facts, bad, nil
}

// examineReplication tells how many standbys follow, and whether a commit waits
// for them.
func (s *Store) examineReplication(ctx context.Context, facts map[string]string) error {
	var standbys int
	var waited string
	err := s.one().QueryRow(ctx, "SELECT (SELECT count(*) FROM pg_stat_replication), current_setting('synchronous_standby_names')").Scan(&standbys, &waited)
	switch {
	case err != nil:
		return mapError(ctx, s.name, err)
	case standbys > 0 && waited == "":
		facts["replication"] = fmt.Sprintf("备库 %d 个，异步：主库失效时最后的修改可能丢失 (standbys, asynchronous: a failover may lose the last changes)", standbys)
	case standbys > 0 || waited != "":
		facts["replication"] = fmt.Sprintf("备库 %d 个，同步 %s (standbys, synchronous)", standbys, waited)
	}
	return nil
}
