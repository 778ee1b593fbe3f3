package storetest

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// office is a store that keeps what is beside the map.
type office interface {
	gridmap.Store
	gridmap.Receipts
	gridmap.Journal
	gridmap.Accounts
}

// besides fills what a store keeps beside the map; n tells one filling from
// another.
func besides(t testing.TB, store gridmap.Store, n string) {
	t.Helper()
	s, ok := store.(office)
	if !ok {
		t.Fatalf("%T keeps nothing beside the map", store)
	}
	ctx, at := t.Context(), moment
	receipt := gridmap.Receipt{ID: "r" + n, At: at, Question: "q=中山路'1", Answer: `{"a":"\u0000"}`, Edition: 1, Seq: 2}
	if err := s.PutReceipt(ctx, receipt); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"错了", "换行\n'与引号'"} {
		id, err := s.PutFeedback(ctx, gridmap.Feedback{Receipt: receipt.ID, At: at, Kind: gridmap.WrongPlace, Text: text, Place: gate})
		if err == nil && text == "错了" {
			err = s.SettleFeedback(ctx, id, "alias", "张三", at.Add(time.Hour))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AppendEvents(ctx, gridmap.Event{At: at, Actor: "张三", Kind: "print", Key: "S-1", Grid: east, Body: []byte(`{"n":1}`)}, gridmap.Event{At: at, Kind: "visit"}); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	err := errors.Join(s.Tally(ctx, "scan", "S-1", day, 3), s.Tally(ctx, "scan", "S-1", day.AddDate(0, 0, 1), 4), s.Tally(ctx, "other", "", day, 5))
	for _, id := range []string{"B", "a", "C", "d", "e", "f", "g", "h", "i", "j"} { // more than go at once, in no order of a dictionary
		err = errors.Join(err, s.PutAttachment(ctx, gridmap.Attachment{ID: id + n, At: at, Actor: "张三", Type: "image/png", Data: []byte{0, 1, 255}}))
	}
	if err != nil {
		t.Fatal(err)
	}
	a := put(t, s, gridmap.Account{
		Name: "zhang" + n, Title: "张三", Person: 41, Password: "$argon2id$…", Subject: "https://idp#" + n,
		Grants: []gridmap.Grant{{Role: "planner", Network: net, Grid: east}}, Failures: 3, LockedTill: at.Add(time.Minute), CreatedAt: at, ChangedAt: at,
	})
	a.Name = "Zhang" + n // the old name stays its own
	a = put(t, s, a)
	put(t, s, gridmap.Account{Name: "an" + n, Disabled: true})
	err = errors.Join(
		s.PutKey(ctx, gridmap.Key{ID: "k" + n, Hash: []byte{1, 0, 2}, Label: "大屏", Grants: []gridmap.Grant{{Role: "app"}}, PerMinute: 7, CreatedBy: "张三", CreatedAt: at, ExpiresAt: at.Add(time.Hour), RevokedAt: at, UsedAt: at}),
		s.PutKey(ctx, gridmap.Key{ID: "K" + n, Hash: []byte{3}}),
		s.PutSession(ctx, gridmap.Session{Hash: []byte("s" + n), Account: a.ID, CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour)}),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// aPrivateStoreIsNotRestoredInto: a map with accounts but no change yet is no
// empty one, and a refusal leaves it as it was.
func aPrivateStoreIsNotRestoredInto(t *testing.T, from, to gridmap.Store) {
	t.Cleanup(func() { _ = to.Close() })
	lived(t, from)
	accounts, ok := to.(gridmap.Accounts)
	if !ok {
		t.Fatalf("%T keeps no accounts", to)
	}
	put(t, accounts, gridmap.Account{Name: "first"})
	before := digest(t, to)
	wantCode(t, "restored over accounts", Restore(t, from, to), gridmap.Conflict)
	same(t, "digest", digest(t, to), before)
}

// aRestoreThatFailsLeavesNothing breaks the archive off at its last kind.
func aRestoreThatFailsLeavesNothing(t *testing.T, from, to gridmap.Store) {
	t.Cleanup(func() { _ = to.Close() })
	lived(t, from)
	before := digest(t, to)
	restorer, ok := to.(gridmap.Restorer)
	if !ok {
		t.Fatalf("%T is no restorer", to)
	}
	for name, broken := range map[string]func(gridmap.Archive) gridmap.Archive{
		"breaks off":        func(a gridmap.Archive) gridmap.Archive { return brokenArchive{a} },
		"changes meanwhile": func(a gridmap.Archive) gridmap.Archive { return &fickleArchive{Archive: a} },
	} {
		err := from.View(t.Context(), func(r gridmap.Reader) error {
			a, ok := r.(gridmap.Archive)
			if !ok {
				t.Fatalf("%T is no archive", r)
			}
			return restorer.Restore(t.Context(), broken(a))
		})
		if err == nil {
			t.Errorf("%s: restored", name)
		}
		same(t, name, digest(t, to), before)
	}
	if err := Restore(t, from, to); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

type brokenArchive struct{ gridmap.Archive }

func (brokenArchive) AllKeys(context.Context) iter.Seq2[gridmap.Key, error] {
	return func(yield func(gridmap.Key, error) bool) { yield(gridmap.Key{}, errors.New("broken off")) }
}

// fickleArchive has another key whenever it is asked.
type fickleArchive struct {
	gridmap.Archive
	asked int
}

func (f *fickleArchive) AllKeys(context.Context) iter.Seq2[gridmap.Key, error] {
	f.asked++
	return func(yield func(gridmap.Key, error) bool) {
		yield(gridmap.Key{ID: string(rune('a' + f.asked)), Hash: []byte{1}}, nil)
	}
}
