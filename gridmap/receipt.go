package gridmap

import (
	"context"
	"time"
)

// Receipt is the stored answer to one resolution (回执): what the system said
// then, word for word.
type Receipt struct {
	ID       string // random; whoever knows it may read the receipt
	At       time.Time
	Question string // as it was asked: a query string
	Answer   string // as it was given: a JSON object
	Edition  int64
	Seq      Seq // the newest change set that the answer knew
}

// FeedbackKind says what is wrong with an answer.
type FeedbackKind string

// The kinds of feedback.
const (
	WrongPlace FeedbackKind = "wrong_place" // the address was taken for another place, or not found
	WrongGrid  FeedbackKind = "wrong_grid"  // the place is right, but another grid is responsible
	OtherFault FeedbackKind = "other"
)

// Feedback is somebody's word that an answer was wrong.
type Feedback struct {
	ID        int64
	Receipt   string
	At        time.Time
	Kind      FeedbackKind
	Text      string  // in the reporter's words
	Place     PlaceID // the place that was meant, where the reporter knew; 0 is none
	Settled   string  // "" is open; "alias", "dismissed"
	SettledBy string
	SettledAt time.Time
}

// MaxFeedbackRunes bounds the text of a feedback.
const MaxFeedbackRunes = 1000

// Check complains about feedback that says nothing.
func (f Feedback) Check() error {
	switch f.Kind {
	case WrongPlace, WrongGrid, OtherFault:
	default:
		return Errorf(Invalid, "反馈类型 %q 应为 wrong_place、wrong_grid 或 other (unknown kind of feedback)", f.Kind)
	}
	if n := len([]rune(f.Text)); n > MaxFeedbackRunes {
		return Errorf(Invalid, "反馈有 %d 个字，超过 %d 个 (feedback too long)", n, MaxFeedbackRunes)
	}
	if f.Kind == OtherFault && f.Text == "" {
		return Errorf(Invalid, "请写明哪里不对 (say what is wrong)")
	}
	return nil
}

// Receipts keeps receipts and what people say of them. Both stores are one. It
// is apart from the map: a receipt is no change of it.
type Receipts interface {
	// PutReceipt keeps a new receipt; Conflict when its id is taken.
	PutReceipt(ctx context.Context, r Receipt) error
	// Receipt finds a receipt; NotFound when there is none.
	Receipt(ctx context.Context, id string) (Receipt, error)
	// PutFeedback keeps new feedback and returns its id; NotFound when its
	// receipt is not there.
	PutFeedback(ctx context.Context, f Feedback) (int64, error)
	// Feedbacks lists feedback, the newest first: what is open, or all of it.
	Feedbacks(ctx context.Context, all bool, limit int) ([]Feedback, error)
	// SettleFeedback closes open feedback; Conflict when it is closed already,
	// NotFound when there is none.
	SettleFeedback(ctx context.Context, id int64, how, by string, at time.Time) error
}
