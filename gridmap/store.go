package gridmap

import (
	"context"
	"iter"
	"time"
)

// Store keeps the map. It answers no questions about it: a snapshot in memory
// does (package atlas). Both stores pass the one contract of package storetest.
type Store interface {
	// View calls fn with one consistent state of the store. The Reader, and the
	// sequences it returns, are valid only until fn returns.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn as one transaction and returns the change set it became:
	// all of it is kept, or nothing. Writers are serialised by the store. The
	// error is Conflict when c.Base names an edition that is no longer the
	// head, and whatever fn returned otherwise.
	Update(ctx context.Context, c Commit, fn func(Writer) error) (ChangeSet, error)

	// Changes sends the number of the newest change set whenever the store may
	// have gained one, by any process, and once at the start. It is a hint:
	// numbers can repeat or be skipped; read ChangeSets to know. The channel
	// closes when ctx ends.
	Changes(ctx context.Context) <-chan Seq

	Close() error
}

// Capacity is a store that knows whether it has room.
type Capacity interface {
	// FullSince is when this process was first refused a write for want of room
	// (Full), none having succeeded since; the zero time otherwise.
	FullSince() time.Time
}

// Commit says who makes a change and why, and what it was based on.
type Commit struct {
	At     time.Time // recorded time; the caller's clock
	Actor  string
	Action string
	Note   string
	Base   *int64   // refuse unless this is the newest edition; nil is: whatever it is
	Edit   *Edition // publish an edition with this name, effective time and note
	Audit  []AuditEntry
}

// Head is where a store stands.
type Head struct {
	Seq     Seq
	Edition int64
	At      time.Time // of the newest change set

	// Settled is the newest change set that moved what was written before it to
	// another county: what was read by a Scope until then must be read anew.
	Settled Seq `json:"-"`
}

// Query picks versions of things.
type Query struct {
	At    time.Time // valid at this time; zero: at any
	From  time.Time // valid at any time after this one; zero: at any
	Known Seq       // as believed right after this change set; 0: now
	Since Seq       // only versions recorded or superseded after this change set
	All   bool      // also the versions no longer believed; Known is then ignored

	// Scope picks what lies in these counties or in none; empty is everything.
	Scope Scope
	// Fringe, of atoms only, picks instead those outside Scope of which the box
	// is within FringeDeg of that of one within: the far side of its edge.
	Fringe bool
	// IDs picks these identities (of memberships: of the atoms); nil is all.
	IDs []int64
}

// FringeDeg is how far the far side of a scope's edge reaches, in degrees: some
// 100 m, which is more than positions are uncertain by as a rule, so that
// circles of accuracy on the edge find what they would in a map of everything.
const FringeDeg = 0.0015

// Match tells whether a version is picked: what both stores must agree on.
func (q Query) Match(s Span) bool {
	if q.Since > 0 && s.RecordedFrom <= q.Since && s.RecordedTo <= q.Since {
		return false
	}
	if !q.From.IsZero() && !s.ValidTo.IsZero() && !s.ValidTo.After(q.From) {
		return false
	}
	return s.ValidAt(q.At) && (q.All || s.KnownAt(q.Known))
}

// Reader reads one state of the store. Sequences come in the order of id, then
// valid time, then recorded time; an error ends them.
type Reader interface {
	Head(ctx context.Context) (Head, error)
	Settings(ctx context.Context) (Settings, error)
	Networks(ctx context.Context) ([]Network, error)       // by id
	Levels(ctx context.Context) ([]Level, error)           // by network, rank
	Roles(ctx context.Context) ([]Role, error)             // by order, code
	Profiles(ctx context.Context) ([]SizingProfile, error) // by network, level, type

	Grids(ctx context.Context, q Query) iter.Seq2[Grid, error]
	Atoms(ctx context.Context, q Query) iter.Seq2[Atom, error]
	Memberships(ctx context.Context, q Query) iter.Seq2[Membership, error] // by atom, network
	Places(ctx context.Context, q Query) iter.Seq2[Place, error]
	Persons(ctx context.Context, q Query) iter.Seq2[Person, error]
	Posts(ctx context.Context, q Query) iter.Seq2[Post, error]
	Records(ctx context.Context, q Query, kinds ...RecordKind) iter.Seq2[Record, error] // of all kinds when none is named

	// LastEnd returns when the last of those versions of all kinds ended that q
	// leaves out for its From; the zero time where there are none.
	LastEnd(ctx context.Context, q Query) (time.Time, error)

	Editions(ctx context.Context) ([]Edition, error)
	ChangeSets(ctx context.Context, since Seq) iter.Seq2[ChangeSet, error] // those after since
	Audit(ctx context.Context, after int64) iter.Seq2[AuditEntry, error]   // those with a greater id

	Backdrops
}

// Writer writes within one transaction and reads its own writes.
//
// The Put methods of versioned things assert: from this change set on the
// system believes that over the given valid time the thing is so. What was
// believed of the same identity over any part of that time is superseded; its
// remainder stays. The Recorded fields of the argument are ignored. Put checks
// each value (Invalid), that what it names exists (Invalid), and what must be
// unique: the code of a grid within its network, for ever; the code of an atom,
// a place, a person (Conflict). The message names the code and the row in the
// way.
//
// The End methods believe nothing of the thing from the given time on.
type Writer interface {
	Reader

	// NewIDs reserves n consecutive ids and returns the first. Ids are never
	// given twice, over all kinds of things.
	NewIDs(ctx context.Context, n int) (int64, error)

	PutSettings(ctx context.Context, s Settings) error
	PutNetwork(ctx context.Context, n Network) error // by id
	PutLevels(ctx context.Context, n NetworkID, levels []Level) error
	PutRole(ctx context.Context, r Role) error // by code
	PutProfile(ctx context.Context, p SizingProfile) error

	PutGrids(ctx context.Context, grids ...Grid) error
	PutAtoms(ctx context.Context, atoms ...Atom) error
	PutMemberships(ctx context.Context, members ...Membership) error
	PutPlaces(ctx context.Context, places ...Place) error
	PutPersons(ctx context.Context, persons ...Person) error
	PutPosts(ctx context.Context, posts ...Post) error
	PutRecords(ctx context.Context, records ...Record) error

	EndGrids(ctx context.Context, at time.Time, ids ...GridID) error
	EndAtoms(ctx context.Context, at time.Time, ids ...AtomID) error
	EndPlaces(ctx context.Context, at time.Time, ids ...PlaceID) error
	EndPersons(ctx context.Context, at time.Time, ids ...PersonID) error
	EndPosts(ctx context.Context, at time.Time, ids ...PostID) error
	EndRecords(ctx context.Context, at time.Time, ids ...RecordID) error

	BackdropWriter

	// UpdatePlan is that of Plans, within this transaction: so a plan is
	// published together with what it publishes, or not at all.
	UpdatePlan(ctx context.Context, was, now Plan, ops []PlanOp, events []PlanEvent) error
}
