package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"cloudgrid/gridmap"
)

// Options say how a store is opened. The zero value opens it for writing and
// makes it when there is none.
type Options struct {
	MustExist bool   // NotFound when there is no store yet
	ReadOnly  bool   // implies MustExist; Update is Forbidden
	Later     bool   // open also while the server is away: all is Unavailable until it is there
	Direct    string // address past a pooler, for listening and for upgrades; "" is the same
}

// connectTimeout is for a DSN that names none: longer than a busy server
// takes, shorter than a person waits.
const connectTimeout = 10 * time.Second

// Open opens the map in the database of dsn, in the first schema of its
// search_path, making the schema and bringing its tables up to date. It is
// NotFound when there must be a map and is none, Invalid for a map that a newer
// CloudGrid wrote, Unavailable when the server does not answer. Of several
// hosts the one that takes writes is found, also after it has changed; an
// address for reading only may say otherwise (target_session_attrs).
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "数据库地址有误 (bad database address): %w", err)
	}
	s := &Store{
		conn:      config.ConnConfig.Copy(),
		how:       o,
		patience:  answerWithin,
		writing:   make(chan struct{}, 1),
		preparing: make(chan struct{}, 1),
		closed:    make(chan struct{}),
	}
	startup(s.conn, o.ReadOnly)
	s.name = nameOf(s.conn)
	if o.Direct != "" {
		if s.direct, err = pgx.ParseConfig(o.Direct); err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "直连的数据库地址有误 (bad address past the pooler): %w", err)
		}
		startup(s.direct, o.ReadOnly)
	}
	config.ConnConfig = s.conn.Copy()
	config.BeforeConnect = s.dress
	config.AfterConnect = s.registerGeometry
	if err := s.ready(ctx); err != nil && (!o.Later || gridmap.CodeOf(err) != gridmap.Unavailable) {
		return nil, err
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	return s, nil
}

// nameOf is a database as messages have it: its hosts and its name.
func nameOf(c *pgx.ConnConfig) string {
	hosts := []string{c.Host}
	for _, f := range c.Fallbacks {
		if !slices.Contains(hosts, f.Host) {
			hosts = append(hosts, f.Host)
		}
	}
	return strings.Join(hosts, ",") + "/" + c.Database
}

// startLock is the advisory lock under which a schema is made and upgraded:
// neither IF NOT EXISTS nor the migrations are proof against two processes that
// start together. Any number will do that nobody else uses.
const startLock int64 = 0x636c6f756467 // "cloudg"

// ready prepares the store with the first connection that succeeds.
func (s *Store) ready(ctx context.Context) error {
	if s.prepared.Load() {
		return nil
	}
	select { // one at a time; the others need not wait longer than they care to
	case s.preparing <- struct{}{}:
		defer func() { <-s.preparing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.prepared.Load() {
		return nil
	}
	if err := s.prepare(ctx); err != nil {
		return mapError(ctx, s.name, err)
	}
	s.prepared.Store(true)
	return nil
}

// asker is what preparing needs: a connection, or a transaction.
type asker interface {
	querier
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
	Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error)
}

// prepare makes the schema what this program needs, and finds out how
// connections are to be made.
func (s *Store) prepare(ctx context.Context) error {
	s.foot = footing{}
	conn, pooled, err := s.firstConnection(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	s.foot.pooled = pooled
	switch {
	case pooled && s.direct != nil:
		s.foot.sharing = true // it makes no difference: what needs a session goes past the pooler
		straight, err := pgx.ConnectConfig(ctx, s.straight(s.direct))
		if err != nil {
			return err
		}
		defer func() { _ = straight.Close(context.WithoutCancel(ctx)) }()
		return s.prepareSession(ctx, straight, s.straight(s.direct))
	case pooled:
		if s.foot.sharing, err = s.sharesSessions(ctx, conn); err != nil {
			return err
		}
		if s.foot.sharing {
			return s.prepareShared(ctx, conn)
		}
		c := s.conn.Copy()
		unnamed(c)
		return s.prepareSession(ctx, conn, c)
	}
	return s.prepareSession(ctx, conn, s.straight(s.conn))
}

// prepareSession prepares over a connection with a session of its own; more
// like it are made as config says.
func (s *Store) prepareSession(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig) error {
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", pgx.QueryExecModeExec, startLock); err != nil { // until conn closes
		return err
	}
	defer func() { // a pooler keeps the session
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", pgx.QueryExecModeExec, startLock)
	}()
	if wanted := wantedPath(s.conn); wanted != "" && s.foot.pooled {
		if _, err := conn.Exec(ctx, "SELECT set_config('search_path', $1, false)", pgx.QueryExecModeExec, wanted); err != nil {
			return err
		}
	}
	exists, path, err := s.look(ctx, conn)
	if err != nil {
		return err
	}
	mayMake := !s.how.MustExist && !s.how.ReadOnly
	if !exists && !mayMake {
		return s.noMap()
	}
	if mayMake {
		if err := s.makeSchema(ctx, conn); err != nil {
			return err
		}
	}
	if s.foot.path, err = searchPath(ctx, conn, path); err != nil {
		return err
	}
	if !s.foot.pooled || s.direct != nil {
		config.RuntimeParams["search_path"] = s.foot.path
	}
	return s.migrate(ctx, conn, config, exists)
}

// prepareShared prepares where sessions are shared: it only looks.
func (s *Store) prepareShared(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	if wanted := wantedPath(s.conn); wanted != "" {
		if _, err := tx.Exec(ctx, "SELECT set_config('search_path', $1, true)", wanted); err != nil {
			return err
		}
	}
	exists, path, err := s.look(ctx, tx)
	switch {
	case err != nil:
		return err
	case !exists && (s.how.MustExist || s.how.ReadOnly):
		return s.noMap()
	case !exists:
		return s.errShared()
	}
	if s.foot.path, err = searchPath(ctx, tx, path); err != nil {
		return err
	}
	return s.migrate(ctx, tx, nil, true)
}

func (s *Store) noMap() error {
	return gridmap.Errorf(gridmap.NotFound, "数据库 %s 的模式 %s 中没有地图, 请先导入 (no map in this database)", s.name, s.foot.schema)
}

// look finds the schema of the map, and whether there is one.
func (s *Store) look(ctx context.Context, conn asker) (exists bool, path []string, err error) {
	if s.foot.durable, err = forgetful(ctx, conn); err != nil {
		return false, nil, err
	}
	if path, err = schemaPath(ctx, conn); err != nil {
		return false, nil, err
	}
	s.foot.schema = path[0]
	err = conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", s.table(versionTable)).Scan(&exists)
	return exists, path, err
}

// table is the full name of one of the map's tables.
func (s *Store) table(name string) string { return pgx.Identifier{s.foot.schema, name}.Sanitize() }

// forgetful tells whether the server acknowledges commits that do not survive
// its death: then it is told otherwise. (Nothing helps against a server that
// runs with fsync = off.)
func forgetful(ctx context.Context, conn asker) (bool, error) {
	var setting string
	err := conn.QueryRow(ctx, "SELECT current_setting('synchronous_commit')").Scan(&setting)
	return setting == "off", err
}

// schemaPath returns the schemas of the session's search path; the first is
// the map's, whether it exists or not.
func schemaPath(ctx context.Context, conn asker) ([]string, error) {
	var user, setting string
	if err := conn.QueryRow(ctx, "SELECT current_user, current_setting('search_path')").Scan(&user, &setting); err != nil {
		return nil, err
	}
	var path []string
	var current *string // what the default path, "$user" and public, comes to
	if err := conn.QueryRow(ctx, "SELECT current_schema()").Scan(&current); err != nil {
		return nil, err
	}
	for _, name := range strings.Split(setting, ",") {
		name = strings.Trim(strings.TrimSpace(name), `"`)
		if name == "$user" {
			if current == nil || *current != user {
				continue
			}
			name = user
		}
		if name != "" {
			path = append(path, name)
		}
	}
	if len(path) == 0 {
		path = []string{"public"}
	}
	return path, nil
}

func (s *Store) makeSchema(ctx context.Context, conn asker) error {
	statements := []string{
		"CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public",
		"CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public",
		"CREATE SCHEMA IF NOT EXISTS " + pgx.Identifier{s.foot.schema}.Sanitize(),
	}
	checks := []string{
		"SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')",
		"SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')",
		"SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = '" + strings.ReplaceAll(s.foot.schema, "'", "''") + "')",
	}
	for i, statement := range statements {
		var there bool // asked first: a user may use what it may not make
		if err := conn.QueryRow(ctx, checks[i]).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// searchPath is a path that has the map's schema first and finds the extensions
// wherever they are.
func searchPath(ctx context.Context, conn asker, path []string) (string, error) {
	rows, err := conn.Query(ctx, "SELECT DISTINCT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname IN ('postgis', 'btree_gist')")
	if err != nil {
		return "", err
	}
	extensions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	var quoted []string
	for _, name := range append(path, extensions...) {
		quoted = append(quoted, pgx.Identifier{name}.Sanitize())
	}
	return strings.Join(quoted, ", "), nil
}
