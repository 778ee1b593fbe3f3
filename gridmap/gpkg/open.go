package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"cloudgrid/gridmap"
)

// Options say how a store is opened. The zero value opens it for writing and
// makes it when there is none.
type Options struct {
	MustExist bool // NotFound when there is no store yet
	ReadOnly  bool // implies MustExist; Update is Forbidden
}

// Open opens the map file at path, bringing its schema up to date. It is
// NotFound when there must be one and is none, and Invalid for a file that is
// no CloudGrid map or was written by a newer CloudGrid.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "文件名 %q 无效: %w", path, err)
	}
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist) && (o.MustExist || o.ReadOnly):
		return nil, gridmap.Errorf(gridmap.NotFound, "没有地图文件 %s, 请先导入或运行 demo (no such map file)", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, gridmap.Errorf(gridmap.Unavailable, "无法打开地图文件 %s: %w", path, err)
	}
	s := &Store{
		path: path, appPath: appPath(path), readOnly: o.ReadOnly,
		writing: make(chan struct{}, 1), closed: make(chan struct{}), news: newNews(), planNews: newNews(),
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(mapError(ctx, path, err), s.closeFiles())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if s.readOnly {
		for _, path := range []string{s.path, s.appPath} {
			if err := recoverLog(ctx, path); err != nil {
				return err
			}
		}
	}
	s.db = openFile(s.path, s.readOnly)
	if err := migrateMap(ctx, s.db, s.path, s.readOnly); err != nil {
		return err
	}
	if !s.readOnly {
		if _, err := s.db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
			return err
		}
	}
	if err := s.openApp(ctx); err != nil || s.readOnly {
		return err
	}
	return s.AppendAudit(ctx) // what was put aside, unless somebody is writing
}

// appPath is the private file beside a map: cloudgrid.gpkg → cloudgrid.app.db.
func appPath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".app.db"
}

// busyMS is how long to wait for another process's lock, in milliseconds: more
// than any commit of an edit takes, less than a person waits.
const busyMS = "15000"

// recoverLog brings a file into order that a killed process left amid a commit,
// with a journal or log beside it: a reader is not let in before, and may not do
// it. Nothing is changed that was committed. A file that is in order is left
// alone.
func recoverLog(ctx context.Context, path string) error {
	_, journal := os.Stat(path + "-journal")
	if _, log := os.Stat(path + "-wal"); journal != nil && log != nil {
		return nil //nolint:nilerr // neither is there
	}
	read := func(readOnly bool) (err error) {
		db := openFile(path, readOnly)
		defer func() { err = errors.Join(err, db.Close()) }()
		var n int
		return db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	}
	var refused *sqlite.Error
	if err := read(true); !errors.As(err, &refused) || refused.Code()&0xff != lib.SQLITE_READONLY && refused.Code()&0xff != lib.SQLITE_CANTOPEN {
		return nil // whoever opens it hears of it
	}
	if err := read(false); err != nil {
		return mapError(ctx, path, err)
	}
	return nil
}

// openFile returns connections to an SQLite file that know the functions the
// R-tree triggers call.
func openFile(path string, readOnly bool) *sql.DB {
	query := url.Values{"_pragma": {
		"busy_timeout(" + busyMS + ")", "foreign_keys(1)", "synchronous(FULL)", "cache_size(-32768)", "journal_size_limit(67108864)",
	}}
	if readOnly {
		query.Set("mode", "ro")
	}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
	d := &sqlite.Driver{}
	registerFunctions(d)
	return sql.OpenDB(connector{d, dsn})
}

// connector opens connections by a driver of our own, so that our functions
// are nobody else's.
type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }
