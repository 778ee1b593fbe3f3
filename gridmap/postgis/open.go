// Package postgis keeps a map in a PostGIS database.
package postgis

import (
	"context"

	"cloudgrid/gridmap"
)

// Options say how a store is opened. The zero value opens it for writing and
// makes it when there is none.
type Options struct {
	MustExist bool // NotFound when there is no store yet
	ReadOnly  bool // implies MustExist; Update is Forbidden
}

// Open opens the store.
func Open(context.Context, string, Options) (*Store, error) {
	return nil, gridmap.Errorf(gridmap.Internal, "not written yet")
}

// Store is one open store.
type Store struct{ gridmap.Store }
