package gridmap

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Event is something that happened and is never changed: a sign was printed, a
// place was visited, an order was delivered.
type Event struct {
	ID    int64 // given by the store, ascending
	At    time.Time
	Actor string
	Kind  string // "print", "visit", "delivery" …
	Key   string // what it happened to: the code of a sign, the key of a record
	Grid  GridID // 0 is none
	Body  json.RawMessage
}

// EventQuery picks events; zero values pick all.
type EventQuery struct {
	Kind, Key string
	Grid      GridID
	After     int64     // only those with a greater id
	From, To  time.Time // At in [From, To)
	Limit     int       // 0 is no limit
}

// Attachment is a file that people add: the photo of a sign, of a border.
type Attachment struct {
	ID    string // random; whoever knows it may not read it for that
	At    time.Time
	Actor string
	Type  string // "image/jpeg", "image/png", "image/webp"
	Data  []byte
}

// Check complains about a file that is not to be kept.
func (a Attachment) Check() error {
	switch {
	case a.ID == "":
		return Errorf(Invalid, "附件没有编号 (attachment without an id)")
	case a.Type != "image/jpeg" && a.Type != "image/png" && a.Type != "image/webp":
		return Errorf(Invalid, "附件类型 %q 应为 image/jpeg、image/png 或 image/webp (unknown type)", a.Type)
	case len(a.Data) == 0 || len(a.Data) > MaxAttachmentBytes:
		return Errorf(Invalid, "附件有 %d 字节，应为 1 至 %d (bad size)", len(a.Data), MaxAttachmentBytes)
	}
	return nil
}

// Check complains about an event that says nothing.
func (e Event) Check() error {
	switch {
	case e.Kind == "":
		return Errorf(Invalid, "事件没有类型 (event without a kind)")
	case e.At.IsZero():
		return Errorf(Invalid, "事件「%s」没有时间 (event without a time)", e.Kind)
	case len(e.Body) > 0 && !json.Valid(e.Body):
		return Errorf(Invalid, "事件「%s」的内容不是 JSON (the body is no JSON)", e.Kind)
	}
	return nil
}

// MaxAttachmentBytes bounds an attachment.
const MaxAttachmentBytes = 2 << 20

// Journal keeps what happens beside the map. Both stores are one; with a
// GeoPackage it is in the private file.
type Journal interface {
	// AppendEvents keeps events and returns their ids, all or nothing.
	AppendEvents(ctx context.Context, events ...Event) ([]int64, error)
	// Events returns events in order of id.
	Events(ctx context.Context, q EventQuery) iter.Seq2[Event, error]

	// Tally adds n to a count of a day, without saying who: scans of a sign.
	Tally(ctx context.Context, kind, key string, day time.Time, n int64) error
	// Tallies returns counts by key and day within [from, to], of one key or,
	// when it is empty, of all.
	Tallies(ctx context.Context, kind, key string, from, to time.Time) ([]TallyCount, error)

	// PutAttachment keeps a new file; Conflict when its id is taken.
	PutAttachment(ctx context.Context, a Attachment) error
	// Attachment finds a file; NotFound when there is none.
	Attachment(ctx context.Context, id string) (Attachment, error)

	// AppendAudit adds lines to the audit chain that belong to no change set:
	// reads of personal data, log-ins, changes of accounts. Each needs a time,
	// an actor and an action (Invalid otherwise); ID, Seq, Prev and Hash are
	// given by the store. They are durable when it returns. While somebody else
	// writes for long they are kept beside the chain, where no Reader sees them;
	// the next who writes takes them into it. Without lines it does only that, if
	// nobody else is writing.
	AppendAudit(ctx context.Context, lines ...AuditEntry) error
	// AuditAside counts the lines beside the chain.
	AuditAside(ctx context.Context) (int64, error)
}

// TallyCount is a count of one day (UTC date).
type TallyCount struct {
	Key string
	Day time.Time
	N   int64
}
