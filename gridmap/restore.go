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

	AllLayerRows(ctx context.Context) iter.Seq2[LayerRow, error] // by layer, number

	// What Plans keeps, as this state has it.
	AllPlans(ctx context.Context) iter.Seq2[Plan, error]               // by id
	AllPlanOps(ctx context.Context) iter.Seq2[PlanOp, error]           // by plan, revision
	AllPlanEvents(ctx context.Context) iter.Seq2[PlanEvent, error]     // by id
	AllPlanComments(ctx context.Context) iter.Seq2[PlanComment, error] // by id

	PrivateArchive
}

// PrivateArchive tells what an office keeps beside its map, as it stood when it
// was first asked within a View: all but sessions, which end with the place
// that they were begun at. A map that came without its private file has none.
type PrivateArchive interface {
	AllReceipts(ctx context.Context) iter.Seq2[Receipt, error]         // by id
	AllFeedback(ctx context.Context) iter.Seq2[Feedback, error]        // by id
	AllEvents(ctx context.Context) iter.Seq2[Event, error]             // by id
	AllTallies(ctx context.Context) iter.Seq2[KindTally, error]        // by kind, key, day
	AllAttachments(ctx context.Context) iter.Seq2[Attachment, error]   // by id
	AllAccounts(ctx context.Context) iter.Seq2[Account, error]         // by id
	AllAccountNames(ctx context.Context) iter.Seq2[AccountName, error] // by name
	AllKeys(ctx context.Context) iter.Seq2[Key, error]                 // by id
}

// KindTally is a count of one day and what was counted.
type KindTally struct {
	Kind string
	TallyCount
}

// AccountName is a name that is or was an account's.
type AccountName struct {
	Name    string
	Account AccountID
}

// Restorer is a store that can be filled from another, with all its history,
// editions, change sets, audit, ids, plans and what is kept beside the map. Both
// stores are one. Restore is Conflict unless the store is empty, compares what
// it wrote with the archive before it commits, and keeps all or nothing.
type Restorer interface {
	Store
	Restore(ctx context.Context, from Archive) error
}
