package storetest

import (
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// RunReceipts is the contract of gridmap.Receipts.
func RunReceipts(t *testing.T, s gridmap.Receipts) {
	ctx := t.Context()
	at := time.Date(2026, 7, 1, 8, 0, 0, 123456000, time.UTC)
	r := gridmap.Receipt{ID: "abc", At: at, Question: "address=北京路1号", Answer: `{"status":"inside"}`, Edition: 3, Seq: 7}
	if err := s.PutReceipt(ctx, r); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Receipt(ctx, "abc"); err != nil || got != r {
		t.Errorf("kept %+v, got %+v (%v)", r, got, err)
	}
	wantCode(t, "a second receipt of one id", s.PutReceipt(ctx, r), gridmap.Conflict)
	_, err := s.Receipt(ctx, "none")
	wantCode(t, "a receipt that is not there", err, gridmap.NotFound)

	_, err = s.PutFeedback(ctx, gridmap.Feedback{Receipt: "none", At: at, Kind: gridmap.WrongGrid})
	wantCode(t, "feedback on no receipt", err, gridmap.NotFound)
	_, err = s.PutFeedback(ctx, gridmap.Feedback{Receipt: "abc", At: at, Kind: "rude"})
	wantCode(t, "feedback of no kind", err, gridmap.Invalid)
	first, err := s.PutFeedback(ctx, gridmap.Feedback{Receipt: "abc", At: at, Kind: gridmap.WrongPlace, Text: "是三号楼", Place: 9})
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.PutFeedback(ctx, gridmap.Feedback{Receipt: "abc", At: at, Kind: gridmap.WrongGrid})
	if err != nil || second <= first {
		t.Fatalf("ids %d, %d (%v)", first, second, err)
	}
	open, err := s.Feedbacks(ctx, false, 10)
	if err != nil || len(open) != 2 || open[0].ID != second || open[1].Text != "是三号楼" || open[1].Place != 9 || !open[1].At.Equal(at) {
		t.Fatalf("%+v (%v)", open, err)
	}
	if err := s.SettleFeedback(ctx, first, "alias", "planner", at); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "settling twice", s.SettleFeedback(ctx, first, "dismissed", "planner", at), gridmap.Conflict)
	wantCode(t, "settling nothing", s.SettleFeedback(ctx, 1<<40, "dismissed", "planner", at), gridmap.NotFound)
	if open, err := s.Feedbacks(ctx, false, 10); err != nil || len(open) != 1 || open[0].ID != second {
		t.Errorf("open: %+v (%v)", open, err)
	}
	all, err := s.Feedbacks(ctx, true, 10)
	if err != nil || len(all) != 2 || all[1].Settled != "alias" || all[1].SettledBy != "planner" || !all[1].SettledAt.Equal(at) {
		t.Errorf("all: %+v (%v)", all, err)
	}
}

func wantCode(t *testing.T, what string, err error, code gridmap.Code) {
	t.Helper()
	if gridmap.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}
