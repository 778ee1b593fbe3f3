package postgis

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"cloudgrid/gridmap"
)

// What stands between this program and the server.
//
// A pooler like pgbouncer takes no settings when a connection is made, and in
// transaction mode hands each transaction to whichever session of the server is
// free. So through a pooler nothing may be left in a session: each transaction
// says its settings first, statements have no names, locks end with the
// transaction, and nothing listens.

// footing is what the first connection found out.
type footing struct {
	schema  string
	path    string // search_path, quoted
	pooled  bool   // a pooler stands between: settings are said in each transaction
	sharing bool   // and sessions are shared: nothing of a session can be relied upon
	durable bool   // synchronous_commit must be switched on
}

// startup are the settings of a connection that need no pooler to pass them on.
// Of several hosts a writer wants the one that takes writes.
func startup(c *pgx.ConnConfig, readOnly bool) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "cloudgrid"
	}
	if !readOnly && c.ValidateConnect == nil && severalHosts(c) {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
}

// severalHosts tells whether an address names more than one server: one has a
// fallback, too, when it may be asked with and without TLS.
func severalHosts(c *pgx.ConnConfig) bool {
	for _, f := range c.Fallbacks {
		if f.Host != c.Host || f.Port != c.Port {
			return true
		}
	}
	return false
}

// straight returns how a connection to the server itself is made: with its
// settings, as far as they are known.
func (s *Store) straight(from *pgx.ConnConfig) *pgx.ConnConfig {
	c := from.Copy()
	// A plan made for any array of keys reads the whole table for each batch;
	// one made for the array at hand walks the index (6 s against 50 ms for
	// 5,000 of 50,000 codes).
	c.RuntimeParams["plan_cache_mode"] = planCacheMode
	if s.foot.path != "" {
		c.RuntimeParams["search_path"] = s.foot.path
	}
	if s.foot.durable {
		c.RuntimeParams["synchronous_commit"] = "on"
	}
	return c
}

const planCacheMode = "force_custom_plan"

// unnamed makes c a connection through a pooler: statements have no names,
// which belong to a session, and are described anew only once (pgx,
// QueryExecModeCacheDescribe).
func unnamed(c *pgx.ConnConfig) {
	maps.DeleteFunc(c.RuntimeParams, func(name, _ string) bool { return name != "application_name" })
	c.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
}

// dress makes a new connection of the pool what it must be. It prepares the
// store first, where its server was away when it was opened.
func (s *Store) dress(ctx context.Context, c *pgx.ConnConfig) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.foot.pooled {
		unnamed(c)
		return nil
	}
	*c = *s.straight(c)
	return nil
}

// registerGeometry has geometries sent and received as EWKB. Their type has
// another number in every database.
func (s *Store) registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.BeginTx(ctx, s.plain())
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	var oid uint32
	if err := tx.QueryRow(ctx, "SELECT 'geometry'::regtype::oid").Scan(&oid); err != nil {
		return err
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	return nil
}

// Transactions, as gridmap asks for them.
var (
	readTx  = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	writeTx = pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
)

// said returns options that say the settings as well, where a pooler keeps them
// from being a session's.
func (s *Store) said(o pgx.TxOptions) pgx.TxOptions {
	if !s.foot.pooled {
		return o
	}
	begin := "begin"
	if o.IsoLevel != "" {
		begin += " isolation level " + string(o.IsoLevel)
	}
	if o.AccessMode != "" {
		begin += " " + string(o.AccessMode)
	}
	begin += "; SET LOCAL search_path = " + s.foot.path
	if s.foot.durable {
		begin += "; SET LOCAL synchronous_commit = on"
	}
	return pgx.TxOptions{BeginQuery: begin}
}

// plain are the options of a transaction that may be one on a standby.
func (s *Store) plain() pgx.TxOptions { return s.said(pgx.TxOptions{}) }

// begin starts a transaction.
func (s *Store) begin(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	soon, cancel := s.soon(ctx)
	defer cancel()
	tx, err := s.pool.BeginTx(soon, s.said(o))
	if err != nil {
		return nil, err
	}
	return &watched{Tx: tx, stop: s.watch(tx.Conn())}, nil
}

// acquire takes a connection for one statement.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	soon, cancel := s.soon(ctx)
	defer cancel()
	return s.pool.Acquire(soon)
}

// refusedSettings tells whether a pooler refused a connection for its settings.
func refusedSettings(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "08P01" && strings.Contains(e.Message, "startup parameter")
}

// firstConnection connects as the address says and finds out whether there is a
// pooler between: one that refuses settings, or passes over them in silence, or
// of which the address tells by naming a way to run statements.
func (s *Store) firstConnection(ctx context.Context) (conn *pgx.Conn, pooled bool, err error) {
	c := s.conn.Copy()
	if c.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement { // the default
		conn, err = pgx.ConnectConfig(ctx, s.straight(c))
		if err == nil {
			var mode string
			if err = conn.QueryRow(ctx, "SELECT current_setting('plan_cache_mode')", pgx.QueryExecModeExec).Scan(&mode); err == nil && mode == planCacheMode {
				return conn, false, nil
			}
			_ = conn.Close(context.WithoutCancel(ctx))
		}
		if err != nil && !refusedSettings(err) {
			return nil, false, err
		}
	}
	unnamed(c)
	conn, err = pgx.ConnectConfig(ctx, c)
	return conn, true, err
}

// sharesSessions tells whether a pooler gave the session of conn to another
// connection while conn is still there: then it pools by transaction. It
// cannot be sure of the contrary on a busy pool.
func (s *Store) sharesSessions(ctx context.Context, conn *pgx.Conn) (bool, error) {
	c := s.conn.Copy()
	unnamed(c)
	pid := func(conn *pgx.Conn) (n int, err error) {
		err = conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&n)
		return n, err
	}
	var seen []int
	for range 3 {
		mine, err := pid(conn)
		if err != nil {
			return false, err
		}
		other, err := pgx.ConnectConfig(ctx, c)
		if err != nil {
			return false, err
		}
		theirs, err := pid(other)
		_ = other.Close(context.WithoutCancel(ctx))
		if err != nil {
			return false, err
		}
		if seen = append(seen, mine); slices.Contains(seen, theirs) || mine != seen[0] {
			return true, nil
		}
	}
	return false, nil
}

// wantedPath is the search_path that the address asks for; "" when it asks for none.
func wantedPath(c *pgx.ConnConfig) string { return c.RuntimeParams["search_path"] }

// errShared is about what takes a session of one's own.
func (s *Store) errShared() error {
	return gridmap.Errorf(gridmap.Invalid, "%s 经连接池按事务复用连接，不能建立或升级结构：请用 --store-direct 给出绕过连接池的地址，或先直连启动一次 (behind a pooler in transaction mode the schema can be neither made nor upgraded: give --store-direct, or start once past the pooler)", s.name)
}
