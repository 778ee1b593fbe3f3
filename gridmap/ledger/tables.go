package ledger

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// Table is a table of versions of one kind, inside one transaction.
type Table[T any] interface {
	// Believed returns the believed rows of the given ids (of the atoms, for
	// memberships) that are valid at any time after from, which is all of them
	// where from is zero; with their shapes or without.
	Believed(ctx context.Context, ids []int64, from time.Time, shapes bool) ([]Row[T], error)
	// Write does what the change says.
	Write(ctx context.Context, c Change[T]) error
}

// Tables is what a store offers the rules, inside one transaction.
type Tables struct {
	Grids   Table[gridmap.Grid]
	Atoms   Table[gridmap.Atom]
	Members Table[gridmap.Membership]
	Places  Table[gridmap.Place]
	Persons Table[gridmap.Person]
	Posts   Table[gridmap.Post]
	Records Table[gridmap.Record]
	Rest    Rest
}

// Rest is what the rules need beside the tables of versions.
type Rest interface {
	Networks(ctx context.Context) ([]gridmap.Network, error)
	Levels(ctx context.Context) ([]gridmap.Level, error)
	Roles(ctx context.Context) ([]gridmap.Role, error)

	// Owners returns who has those of the codes that were ever given.
	Owners(ctx context.Context, scope CodeScope, codes []string) (map[string]int64, error)
	// Own records new owners.
	Own(ctx context.Context, scope CodeScope, codes []string, ids []int64) error

	// Counties returns the counties that grids lie in.
	Counties(ctx context.Context) ([]gridmap.County, error)
	// SettleAtoms has atoms lie where their memberships do: in 0 when these lie
	// in several counties. SettlePersons likewise, by posts and records.
	SettleAtoms(ctx context.Context, ids []int64) error
	SettlePersons(ctx context.Context, ids []int64) error
	// Settle has everything lie where it belongs; of places, those that name an
	// atom or a place, or have the code of a county.
	Settle(ctx context.Context) error

	// KeepIDs sees to it that no id up to top is given out any more.
	KeepIDs(ctx context.Context, top int64) error

	// ChildAfter and MemberAfter return one believed child grid (outside ids)
	// or membership of the grids at or after a time, nil for none.
	ChildAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Grid, error)
	MemberAfter(ctx context.Context, ids []int64, at time.Time) (*gridmap.Membership, error)

	LayerTables
}

// CodeScope is where a code is unique, for ever.
type CodeScope struct {
	Kind    string // "grid", "atom", "place", "person", or recordCode and the kind of a record
	Network int64  // of a grid, otherwise 0
}
