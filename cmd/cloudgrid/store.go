package main

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/gridmap/postgis"
)

// defaultStore is the store of commands that were told none.
const defaultStore = "gpkg:cloudgrid.gpkg"

// storeMode says what a command wants of a store.
type storeMode int

const (
	storeMake  storeMode = iota // write; make it when there is none
	storeWrite                  // write; it must exist
	storeRead                   // only read; it must exist
)

// storeFlag adds --store to a command.
func storeFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "store", defaultStore, "where the map is kept: gpkg:FILE or postgres://USER@HOST/DATABASE")
}

// scopeFlag adds --scope to a command.
func scopeFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "scope", "", "only these counties: codes of 6 digits, or prefixes of 4 (city) or 2 (province), with commas between")
}

// keeperOf loads the map of a store, or of the counties of a scope.
func keeperOf(ctx context.Context, s gridmap.Store, scope string) (*atlas.Keeper, error) {
	in, err := gridmap.ParseScope(scope)
	if err != nil {
		return nil, err
	}
	return atlas.NewScopedKeeper(ctx, s, time.Now, slog.New(slog.DiscardHandler), "", in)
}

// openStore opens gpkg:FILE or postgres://…; "" is the default store. The
// caller closes it.
func openStore(ctx context.Context, where string, mode storeMode) (gridmap.Store, error) {
	if where == "" {
		where = defaultStore
	}
	mustExist, readOnly := mode != storeMake, mode == storeRead
	scheme, rest, _ := strings.Cut(where, ":")
	switch scheme {
	case "gpkg":
		path := strings.TrimPrefix(rest, "//")
		if path == "" {
			return nil, gridmap.Errorf(gridmap.Invalid, "存储 %q 缺少文件名, 应如 gpkg:map.gpkg (store without a file name)", where)
		}
		return opened(gpkg.Open(ctx, path, gpkg.Options{MustExist: mustExist, ReadOnly: readOnly}))
	case "postgres", "postgresql":
		return opened(postgis.Open(ctx, where, postgis.Options{MustExist: mustExist, ReadOnly: readOnly}))
	}
	if strings.HasSuffix(strings.ToLower(where), ".gpkg") {
		return nil, gridmap.Errorf(gridmap.Invalid, "存储 %q 缺少类型, 应写作 gpkg:%s (store without its kind)", where, where)
	}
	return nil, gridmap.Errorf(gridmap.Invalid,
		"不认识的存储 %q, 应为 gpkg:文件 或 postgres://用户@主机/库 (unknown store: want gpkg:FILE or postgres://USER@HOST/DATABASE)", storeName(where))
}

// opened keeps a nil *Store from becoming an interface that is not nil.
func opened[S gridmap.Store](s S, err error) (gridmap.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// storeName is the store's address as it may be shown: without a password.
func storeName(where string) string {
	if where == "" {
		return defaultStore
	}
	scheme, _, ok := strings.Cut(where, "://")
	if !ok || !strings.HasPrefix(scheme, "postgres") {
		return where
	}
	u, err := url.Parse(where)
	if err != nil {
		return scheme + "://…"
	}
	query := u.Query()
	for key := range query {
		if strings.Contains(strings.ToLower(key), "pass") {
			query.Set(key, "xxxxx")
		}
	}
	u.RawQuery = query.Encode()
	return u.Redacted()
}
