package postgis

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"cloudgrid/gridmap"
)

// Options say how a store is opened. The zero value opens it for writing and
// makes it when there is none.
type Options struct {
	MustExist bool // NotFound when there is no store yet
	ReadOnly  bool // implies MustExist; Update is Forbidden
}

// connectTimeout is for a DSN that names none: longer than a busy server
// takes, shorter than a person waits.
const connectTimeout = 10 * time.Second

// Open opens the map in the database of dsn, in the first schema of its
// search_path, making the schema and bringing its tables up to date. It is
// NotFound when there must be a map and is none, Invalid for a map that a newer
// CloudGrid wrote, Unavailable when the server does not answer.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "数据库地址有误 (bad database address): %w", err)
	}
	conn := config.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectTimeout
	}
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "cloudgrid"
	}
	// A plan made for any array of keys reads the whole table for each batch;
	// one made for the array at hand walks the index (6 s against 50 ms for
	// 5,000 of 50,000 codes).
	conn.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	s := &Store{
		name:     fmt.Sprintf("%s/%s", conn.Host, conn.Database),
		readOnly: o.ReadOnly,
		writing:  make(chan struct{}, 1),
		closed:   make(chan struct{}),
	}
	if err := s.prepare(ctx, conn, o); err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	s.listen = conn
	config.AfterConnect = registerGeometry
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	return s, nil
}

// startLock is the advisory lock under which a schema is made and upgraded:
// neither IF NOT EXISTS nor the migrations are proof against two processes that
// start together. Any number will do that nobody else uses.
const startLock int64 = 0x636c6f756467 // "cloudg"

// prepare makes the schema what this program needs, and points the search path
// of config at it.
func (s *Store) prepare(ctx context.Context, config *pgx.ConnConfig, o Options) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", startLock); err != nil { // until conn closes
		return err
	}
	if err := durable(ctx, conn, config); err != nil {
		return err
	}
	path, err := schemaPath(ctx, conn)
	if err != nil {
		return err
	}
	s.schema = path[0]
	var exists bool
	table := pgx.Identifier{s.schema, versionTable}.Sanitize()
	if err := conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists); err != nil {
		return err
	}
	mayMake := !o.MustExist && !o.ReadOnly
	if !exists && !mayMake {
		return gridmap.Errorf(gridmap.NotFound, "数据库 %s 的模式 %s 中没有地图, 请先导入 (no map in this database)", s.name, s.schema)
	}
	if mayMake {
		if err := s.makeSchema(ctx, conn); err != nil {
			return err
		}
	}
	if err := s.setSearchPath(ctx, conn, config, path); err != nil {
		return err
	}
	return migrate(ctx, config, s.name, o.ReadOnly)
}

// durable sees to it that a commit which was acknowledged survives the death of
// the server, also where the server's default is to say so before it is true.
// (Nothing helps against a server that runs with fsync = off.)
func durable(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig) error {
	var setting string
	if err := conn.QueryRow(ctx, "SELECT current_setting('synchronous_commit')").Scan(&setting); err != nil {
		return err
	}
	if setting == "off" {
		config.RuntimeParams["synchronous_commit"] = "on"
	}
	return nil
}

// schemaPath returns the schemas of the session's search path; the first is
// the map's, whether it exists or not.
func schemaPath(ctx context.Context, conn *pgx.Conn) ([]string, error) {
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

func (s *Store) makeSchema(ctx context.Context, conn *pgx.Conn) error {
	statements := []string{
		"CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public",
		"CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public",
		"CREATE SCHEMA IF NOT EXISTS " + pgx.Identifier{s.schema}.Sanitize(),
	}
	checks := []string{
		"SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')",
		"SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')",
		"SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = '" + strings.ReplaceAll(s.schema, "'", "''") + "')",
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

// setSearchPath lets every connection see the map's schema first and find the
// extensions wherever they are.
func (s *Store) setSearchPath(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig, path []string) error {
	rows, err := conn.Query(ctx, "SELECT DISTINCT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname IN ('postgis', 'btree_gist')")
	if err != nil {
		return err
	}
	extensions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var quoted []string
	for _, name := range append(path, extensions...) {
		quoted = append(quoted, pgx.Identifier{name}.Sanitize())
	}
	config.RuntimeParams["search_path"] = strings.Join(quoted, ", ")
	return nil
}

// registerGeometry has geometries sent and received as EWKB. Their type has
// another number in every database.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid uint32
	if err := conn.QueryRow(ctx, "SELECT 'geometry'::regtype::oid").Scan(&oid); err != nil {
		return err
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	return nil
}
