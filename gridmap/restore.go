package gridmap

import (
	"context"
	"iter"
)

// CodeOwner says whose a code is, for ever, even when no version bears it any
// more. Kind is "grid", "atom", "place", "person", or "record:" and the kind of
// a record; Network is 0 but for grids.
type CodeOwner struct {
	Kind    string
	Network NetworkID
	Code    string
	ID      int64
}

// Archive is a Reader that can also tell the little that no thing shows. The
// Readers of both stores are one.
type Archive interface {
	Reader
	NextID(ctx context.Context) (int64, error)             // the next id that NewIDs would give
	Codes(ctx context.Context) iter.Seq2[CodeOwner, error] // by kind, network, code
	LastAudit(ctx context.Context) (AuditEntry, error)     // its ID and Hash; zero for none

	// What Plans keeps, as this state has it.
	AllPlans(ctx context.Context) iter.Seq2[Plan, error]               // by id
	AllPlanOps(ctx context.Context) iter.Seq2[PlanOp, error]           // by plan, revision
	AllPlanEvents(ctx context.Context) iter.Seq2[PlanEvent, error]     // by id
	AllPlanComments(ctx context.Context) iter.Seq2[PlanComment, error] // by id
}

// Restorer is a store that can be filled from another, with all its history,
// editions, change sets, audit, ids and plans. Both stores are one. Restore is
// Conflict unless the store is empty, and keeps all or nothing.
type Restorer interface {
	Store
	Restore(ctx context.Context, from Archive) error
}
