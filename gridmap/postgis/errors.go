package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cloudgrid/gridmap"
)

// mapError says in a planner's words what the database complained of. Errors
// that are for people already, and those of a context, stay as they are.
func mapError(ctx context.Context, name string, err error) error {
	var forPeople *gridmap.Error
	if err == nil || errors.As(err, &forPeople) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	made := func(code gridmap.Code, message string) error {
		return &gridmap.Error{Code: code, Message: "数据库 " + name + ": " + message, Err: err}
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return fromServer(e, err, made)
	}
	if isAway(err) {
		return made(gridmap.Unavailable, "连接不上, 请稍后再试 (the database cannot be reached)")
	}
	return err
}

// fromServer maps an error by its SQLSTATE (PostgreSQL 15, appendix A).
func fromServer(e *pgconn.PgError, err error, made func(gridmap.Code, string) error) error {
	rule := "违反存储规则 (breaks a rule of the store) " + e.TableName + "." + e.ConstraintName + ": " + first(e.Detail, e.Message)
	switch class := e.Code[:min(2, len(e.Code))]; {
	case e.Code == "23P01" || e.Code == "23505": // exclusion, unique
		return made(gridmap.Conflict, rule)
	case class == "23" || class == "22": // integrity, data
		return made(gridmap.Invalid, rule)
	case e.Code == "53100":
		return made(gridmap.Full, "磁盘已满, 未作任何修改 (the disk is full; nothing was changed)")
	case e.Code == "25006": // a standby, or a user that may only read
		return made(gridmap.Unavailable, "此数据库现在只可读 (the database is read-only now)")
	case e.Code == "57014" || class == "40" || class == "53" || class == "55" || class == "57" || class == "08" || class == "58":
		return made(gridmap.Unavailable, "暂时不可用, 请稍后再试 (unavailable now): "+e.Message)
	case class == "28" || e.Code == "42501":
		return made(gridmap.Forbidden, "此用户无权 (the user may not): "+e.Message)
	case e.Code == "3D000":
		return made(gridmap.NotFound, "没有这个库 (no such database): "+e.Message)
	case e.Code == "58P01" || e.Code == "0A000":
		return made(gridmap.Unavailable, "服务器缺少组件, 需要 PostGIS 与 btree_gist (the server lacks PostGIS or btree_gist): "+e.Message)
	}
	return err
}

// isAway tells whether err means that the server did not answer.
func isAway(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") ||
		errors.Is(err, pgx.ErrTxCommitRollback)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
