package gpkg

import (
	"context"
	"database/sql"
	"fmt"

	"cloudgrid/gridmap"
)

// Examine tells what a doctor wants to know of the files: facts by name, and
// what is broken.
func (s *Store) Examine(ctx context.Context) (facts map[string]string, bad []error, err error) {
	facts = make(map[string]string)
	for _, f := range []struct {
		db           *sql.DB
		schema, path string
	}{{s.db, "gpkg", s.path}, {s.app, "app", s.appPath}} {
		if f.db == nil {
			continue
		}
		p, err := provider(f.db, f.schema)
		if err != nil {
			return nil, nil, err
		}
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return nil, nil, mapError(ctx, f.path, err)
		}
		var engine, verdict string
		if err := f.db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&engine); err != nil {
			return nil, nil, mapError(ctx, f.path, err)
		}
		facts["schema "+f.schema] = fmt.Sprintf("结构版本 %d/%d，SQLite %s (schema version, of)", have, want, engine)
		err = f.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
		if err != nil || verdict != "ok" {
			bad = append(bad, gridmap.Errorf(gridmap.Internal, "%s 已损坏，停止写入并从备份恢复 (damaged: stop writing, restore a backup): %s %v", f.path, verdict, err))
		}
	}
	return facts, bad, nil
}
