package gpkg

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"cloudgrid/gridmap"
)

// mapError says in a planner's words what SQLite complained of. Errors that
// are for people already, and those of a context, stay as they are.
func mapError(ctx context.Context, path string, err error) error {
	var forPeople *gridmap.Error
	if err == nil || errors.As(err, &forPeople) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	made := func(code gridmap.Code, message string) error {
		return &gridmap.Error{Code: code, Message: path + ": " + message, Err: err}
	}
	switch e.Code() & 0xff { // the low byte is the primary code
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return made(gridmap.Unavailable, "地图文件正被另一程序占用, 请稍后再试 (the map file is locked by another program)")
	case lib.SQLITE_FULL:
		return made(gridmap.Full, "磁盘已满, 未作任何修改 (the disk is full; nothing was changed)")
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN:
		return made(gridmap.Unavailable, "无法读写地图文件 (cannot read or write the map file): "+e.Error())
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return made(gridmap.Forbidden, "地图文件不可写 (the map file cannot be written)")
	case lib.SQLITE_NOTADB:
		return made(gridmap.Invalid, "不是 GeoPackage 文件 (not a GeoPackage)")
	case lib.SQLITE_CORRUPT:
		return made(gridmap.Internal, "地图文件已损坏, 请用备份恢复 (the map file is damaged; restore a backup)")
	case lib.SQLITE_CONSTRAINT:
		return made(gridmap.Invalid, "数据违反存储规则 (the data break a rule of the store): "+e.Error())
	}
	return err
}
