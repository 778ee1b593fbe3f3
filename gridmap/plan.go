package gridmap

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"cloudgrid/spatial"
)

// PlanID is the identity of a plan.
type PlanID int64

// PlanState is where a plan is on its way (方案状态).
type PlanState string

// The states. Operations are taken in Draft and Returned only; from Submitted
// on a plan is frozen.
const (
	PlanDraft     PlanState = "draft"     // 编制中
	PlanSubmitted PlanState = "submitted" // 已送审
	PlanReturned  PlanState = "returned"  // 已退回: a draft again, with the reasons in its events
	PlanApproved  PlanState = "approved"  // 已批准
	PlanAnnounced PlanState = "announced" // 公示中, which is optional
	PlanPublished PlanState = "published" // 已发布; never changes any more
	PlanAbandoned PlanState = "abandoned" // 已作废
)

// Editable tells whether operations are taken.
func (s PlanState) Editable() bool { return s == PlanDraft || s == PlanReturned }

// Plan is a named draft of a network over a state of the map (方案): the head
// of a log of operations.
type Plan struct {
	ID          PlanID
	Name        string
	Network     NetworkID
	Scope       []GridID // grids whose ground it may change; empty: the whole network
	BaseSeq     Seq      // the change set that its base is as of
	BaseEdition int64    // the newest edition then
	BaseAt      time.Time
	State       PlanState
	Rev         int64     // of the last operation; 0 before the first
	EffectiveAt time.Time // when what it publishes is to take effect; zero: on publishing
	NoticeUntil time.Time // when the public notice ends (公示截止), first moment outside; zero: it is not announced
	Edition     int64     // that it was published as; 0 before
	Note        string
	CreatedBy   string
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// Check complains about a plan that could never be right.
func (p Plan) Check() error {
	switch {
	case strings.TrimSpace(p.Name) == "":
		return Errorf(Invalid, "方案没有名称 (plan without a name)")
	case len([]rune(p.Name)) > MaxPlanNameRunes:
		return Errorf(Invalid, "方案名称超过 %d 个字 (name too long)", MaxPlanNameRunes)
	case p.Network <= 0:
		return Errorf(Invalid, "方案「%s」不属于任何网 (plan without a network)", p.Name)
	case p.CreatedBy == "":
		return Errorf(Invalid, "方案「%s」没有编制人 (plan without an author)", p.Name)
	}
	switch p.State {
	case PlanDraft, PlanSubmitted, PlanReturned, PlanApproved, PlanAnnounced, PlanPublished, PlanAbandoned:
		return nil
	}
	return Errorf(Invalid, "方案「%s」的状态 %q 未知 (unknown state)", p.Name, p.State)
}

// Bounds of what people write.
const (
	MaxPlanNameRunes = 100
	MaxCommentRunes  = 2000
	MaxCommentKey    = 64 // bytes
)

// PlanOp is one line of a plan's log, which only grows. What its body means is
// the business of package plan.
type PlanOp struct {
	Plan  PlanID
	Rev   int64  // 1, 2, 3 … without a gap
	ID    string // the sender's, unique in the plan: sent twice it counts once
	At    time.Time
	Actor string
	Kind  string // "reassign_atoms", "undo" …
	Body  json.RawMessage
}

// PlanEvent is one step of a plan on its way: created, submitted, returned …
type PlanEvent struct {
	Plan   PlanID
	ID     int64 // given by the store, ascending
	At     time.Time
	Actor  string
	Action string // "create", "submit", "return", "approve", "announce", "prolong", "publish", "abandon", "rebase", "rename"
	Rev    int64  // of the plan then
	Note   string
}

// PlanComment is a remark on a plan, pinned to a place where it has a point.
type PlanComment struct {
	Plan      PlanID
	ID        int64  // given by the store, ascending
	Key       string // the sender's, unique in the plan: sent twice it counts once; "" is none
	At        time.Time
	Actor     string
	Text      string
	Point     spatial.Point
	HasPoint  bool
	Grid      GridID // 0 is none
	ReplyTo   int64  // the comment that it answers; 0 is none
	Photo     string // id of an Attachment; "" is none
	Public    bool   // said during the public notice
	SettledBy string // "" is open
	SettledAt time.Time
}

// Check complains about a comment that says nothing or too much.
func (c PlanComment) Check() error {
	switch n := len([]rune(strings.TrimSpace(c.Text))); {
	case n == 0 && c.Photo == "":
		return Errorf(Invalid, "批注没有内容 (empty comment)")
	case n > MaxCommentRunes:
		return Errorf(Invalid, "批注有 %d 个字，超过 %d 个 (comment too long)", n, MaxCommentRunes)
	case c.Actor == "":
		return Errorf(Invalid, "批注没有作者 (comment without an author)")
	case len(c.Key) > MaxCommentKey:
		return Errorf(Invalid, "批注的发送编号超过 %d 字节 (key too long)", MaxCommentKey)
	}
	return nil
}

// Plans keeps plans with their logs. Both stores are one. An operation in a
// draft is no change of the map: it makes no change set.
type Plans interface {
	// CreatePlan keeps a new plan, gives it an id, and logs its creation.
	CreatePlan(ctx context.Context, p Plan) (Plan, error)

	// Plan finds a plan; NotFound when there is none.
	Plan(ctx context.Context, id PlanID) (Plan, error)

	// ListPlans lists plans, the last changed first.
	ListPlans(ctx context.Context) ([]Plan, error)

	// UpdatePlan changes a plan and appends to its log, all or nothing: now
	// takes the place of was. Conflict when the plan's state or revision is no
	// longer that of was, or when an operation's id is in the log already. The
	// operations get the revisions after was.Rev; now.Rev must be the last of
	// them (Invalid otherwise). Once it returns nil the operations survive the
	// death of the process and of the machine.
	UpdatePlan(ctx context.Context, was, now Plan, ops []PlanOp, events []PlanEvent) error

	// PlanOps returns the log after a revision, in order.
	PlanOps(ctx context.Context, id PlanID, after int64) iter.Seq2[PlanOp, error]

	// PlanEvents returns the steps of a plan, in order.
	PlanEvents(ctx context.Context, id PlanID) ([]PlanEvent, error)

	// PutPlanComment keeps a new comment and returns its id; NotFound when its
	// plan or the comment that it answers is not there, Conflict when the plan
	// has one with its key.
	PutPlanComment(ctx context.Context, c PlanComment) (int64, error)
	// PlanComments returns the comments on a plan, in order.
	PlanComments(ctx context.Context, id PlanID) ([]PlanComment, error)
	// SettlePlanComment closes an open comment; Conflict when it is closed
	// already, NotFound when there is none.
	SettlePlanComment(ctx context.Context, plan PlanID, id int64, by string, at time.Time) error

	// SetPlanCommentPhoto adds a photo to a comment that has none; Conflict when
	// it has one, NotFound when there is no such comment.
	SetPlanCommentPhoto(ctx context.Context, plan PlanID, id int64, photo string) error

	// PlanNews sends the id of a plan whenever it, its log or its comments may
	// have changed, by any process. It is a hint, as Store.Changes is. The
	// channel closes when ctx ends.
	PlanNews(ctx context.Context) <-chan PlanID
}
