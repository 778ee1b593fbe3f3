package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// journalStore is a store that keeps a journal.
type journalStore interface {
	gridmap.Store
	gridmap.Journal
}

// RunJournal is the contract of gridmap.Journal. open gives two stores on one
// new map, as two processes would have it.
func RunJournal(t *testing.T, open func(*testing.T) (a, b gridmap.Store)) {
	for name, test := range map[string]func(t *testing.T, a, b journalStore){
		"EventsComeBackInOrderAndByWhatIsAsked":         eventsComeBack,
		"EventsAreAllKeptOrNone":                        eventsAllOrNone,
		"EventsOfTwoProcessesAreNeverMissedReadingOn":   eventsReadOn,
		"TalliesAddUpByDay":                             talliesAddUp,
		"AttachmentsAreKeptOnceAndBounded":              attachments,
		"LooseAuditLinesAndThoseOfChangesAreOneChain":   auditOneChain,
		"AnAuditLineSaysWhenWhoAndWhat":                 auditRefused,
		"TheAuditGoesOnInACopy":                         func(t *testing.T, a, _ journalStore) { auditInACopy(t, a, open) },
		"AViewDoesNotSeeAuditLinesThatCameAfterItBegan": auditInAView,
		"AuditLinesDoNotWaitForALongCommit":             auditBesideACommit,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t)
			t.Cleanup(func() { _, _ = a.Close(), b.Close() })
			ja, ok := a.(journalStore)
			jb, ok2 := b.(journalStore)
			if !ok || !ok2 {
				t.Fatalf("%T keeps no journal", a)
			}
			test(t, ja, jb)
		})
	}
}

func eventsComeBack(t *testing.T, s, _ journalStore) {
	ctx := t.Context()
	at := now.UTC().Truncate(time.Microsecond)
	events := []gridmap.Event{
		{At: at, Actor: "张三", Kind: "print", Key: "S-1", Grid: 12, Body: []byte(`{"n":1}`)},
		{At: at.Add(time.Hour), Actor: "张三", Kind: "visit", Key: "S-1", Grid: 13},
		{At: at.Add(2 * time.Hour), Kind: "print", Key: "S-2", Body: []byte(`"含'引号'"`)},
	}
	ids, err := s.AppendEvents(ctx, events...)
	if err != nil || len(ids) != 3 || ids[0] >= ids[1] || ids[1] >= ids[2] {
		t.Fatalf("%v, %v", ids, err)
	}
	for i := range events {
		events[i].ID = ids[i]
	}
	for _, c := range []struct {
		q    gridmap.EventQuery
		want []int
	}{
		{gridmap.EventQuery{}, []int{0, 1, 2}},
		{gridmap.EventQuery{Kind: "print"}, []int{0, 2}},
		{gridmap.EventQuery{Key: "S-1"}, []int{0, 1}},
		{gridmap.EventQuery{Grid: 13}, []int{1}},
		{gridmap.EventQuery{After: ids[0]}, []int{1, 2}},
		{gridmap.EventQuery{From: at.Add(time.Hour)}, []int{1, 2}},
		{gridmap.EventQuery{To: at.Add(time.Hour)}, []int{0}},
		{gridmap.EventQuery{Limit: 2}, []int{0, 1}},
		{gridmap.EventQuery{Kind: "print", Key: "S-2", From: at, To: at.Add(time.Minute)}, nil},
		{gridmap.EventQuery{Kind: "none"}, nil},
	} {
		var want []gridmap.Event
		for _, i := range c.want {
			want = append(want, events[i])
		}
		got, err := all(s.Events(ctx, c.q))
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprintf("%+v", c.q), got, want)
	}
}

func eventsAllOrNone(t *testing.T, s, _ journalStore) {
	good := gridmap.Event{At: now, Kind: "print"}
	for _, bad := range []gridmap.Event{{At: now}, {Kind: "print"}, {At: now, Kind: "print", Body: []byte("{")}} {
		_, err := s.AppendEvents(t.Context(), good, bad)
		wantCode(t, "a bad event", err, gridmap.Invalid)
	}
	if got, err := all(s.Events(t.Context(), gridmap.EventQuery{})); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// eventsReadOn reads on from the last id seen while two processes write.
func eventsReadOn(t *testing.T, a, b journalStore) {
	const writers, each = 4, 15
	var wg sync.WaitGroup
	for i := range writers {
		s := []journalStore{a, b}[i%2]
		wg.Go(func() {
			for j := range each {
				e := gridmap.Event{At: now, Kind: "visit", Key: fmt.Sprint(i, "/", j)}
				if _, err := s.AppendEvents(t.Context(), e, e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	seen, last := 0, int64(0)
	read := func() {
		for e, err := range b.Events(t.Context(), gridmap.EventQuery{After: last}) {
			if err != nil {
				t.Error(err)
				return
			}
			seen, last = seen+1, e.ID
		}
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		read()
	}
	if seen != writers*each*2 {
		t.Errorf("reading on saw %d of %d events", seen, writers*each*2)
	}
}

func talliesAddUp(t *testing.T, a, b journalStore) {
	ctx := t.Context()
	evening := time.Date(2026, 3, 2, 7, 0, 0, 0, time.FixedZone("", 8*3600)) // the day before in UTC
	var wg sync.WaitGroup
	for i := range 20 {
		s := []journalStore{a, b}[i%2]
		wg.Go(func() {
			if err := s.Tally(ctx, "scan", "S-1", evening, 2); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(a.Tally(ctx, "scan", "S-1", evening.AddDate(0, 0, 1), 1), a.Tally(ctx, "scan", "S-0", evening, 5), a.Tally(ctx, "other", "S-1", evening, 9)); err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	got, err := b.Tallies(ctx, "scan", "", first, first.AddDate(0, 0, 9))
	want := []gridmap.TallyCount{{Key: "S-0", Day: first, N: 5}, {Key: "S-1", Day: first, N: 40}, {Key: "S-1", Day: first.AddDate(0, 0, 1), N: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = b.Tallies(ctx, "scan", "S-1", first.AddDate(0, 0, 1), first.AddDate(0, 0, 1))
	if err != nil || len(got) != 1 || got[0].N != 1 {
		t.Errorf("one day of one key: %v, %v", got, err)
	}
}

func attachments(t *testing.T, s, _ journalStore) {
	ctx := t.Context()
	a := gridmap.Attachment{ID: "abc", At: now.UTC().Truncate(time.Microsecond), Actor: "张三", Type: "image/jpeg", Data: []byte{0, 1, 255}}
	if err := s.PutAttachment(ctx, a); err != nil {
		t.Fatal(err)
	}
	got, err := s.Attachment(ctx, "abc")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "attachment", got, a)
	wantCode(t, "a second of one id", s.PutAttachment(ctx, a), gridmap.Conflict)
	_, err = s.Attachment(ctx, "none")
	wantCode(t, "none", err, gridmap.NotFound)
	for name, bad := range map[string]func(*gridmap.Attachment){
		"html":  func(a *gridmap.Attachment) { a.Type = "text/html" },
		"empty": func(a *gridmap.Attachment) { a.Data = nil },
		"large": func(a *gridmap.Attachment) { a.Data = make([]byte, gridmap.MaxAttachmentBytes+1) },
		"no id": func(a *gridmap.Attachment) { a.ID = "" },
	} {
		v := a
		v.ID = "other"
		bad(&v)
		wantCode(t, name, s.PutAttachment(ctx, v), gridmap.Invalid)
	}
}

// auditOneChain lets two processes write lines of both sorts at once.
func auditOneChain(t *testing.T, a, b journalStore) {
	const each = 10
	var wg sync.WaitGroup
	for i := range 4 {
		s := []journalStore{a, b}[i%2]
		wg.Go(func() {
			for j := range each {
				line := gridmap.AuditEntry{ID: 99, Prev: "伪造", Hash: "伪造", Seq: 77, At: now, Actor: "张三", Action: "sign_in", Thing: "account:1"}
				if err := s.AppendAudit(t.Context(), line, line); err != nil {
					t.Error(err)
				}
				if i < 2 {
					c := commit("audited")
					c.Audit = []gridmap.AuditEntry{{Action: "audited"}}
					if _, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
						return onePerson(gridmap.PersonID(1+i*each+j), "人")(t.Context(), w)
					}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := a.AppendAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []journalStore{a, b} {
		lines, loose := chained(t, s), 0
		for _, e := range lines {
			if e.Seq == 0 {
				loose++
			}
		}
		if len(lines) != 4*each*2+2*each || loose != 4*each*2 {
			t.Errorf("%d lines, %d of them loose", len(lines), loose)
		}
	}
	if h := head(t, b); h.Seq != 2*each {
		t.Errorf("loose lines moved the head to %d", h.Seq)
	}
}

// chained returns the audit, after checking that it is one chain that ends
// where the head says.
func chained(t *testing.T, s gridmap.Store) (lines []gridmap.AuditEntry) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) (err error) {
		if lines, err = all(r.Audit(ctx, 0)); err != nil {
			return err
		}
		prev := ""
		for i, e := range lines {
			if e.ID != int64(i+1) || e.Prev != prev || e.Hash != gridmap.ChainHash(e) {
				t.Fatalf("line %d is not chained: %+v", i+1, e)
			}
			prev = e.Hash
		}
		a, ok := r.(gridmap.Archive)
		if !ok {
			t.Fatalf("%T is no archive", r)
		}
		last, err := a.LastAudit(ctx)
		if last.ID != int64(len(lines)) || last.Hash != prev {
			t.Errorf("the head says line %d, there are %d", last.ID, len(lines))
		}
		return err
	})
	return lines
}

func auditRefused(t *testing.T, s, _ journalStore) {
	good := gridmap.AuditEntry{At: now, Actor: "张三", Action: "sign_in"}
	for name, spoil := range map[string]func(*gridmap.AuditEntry){
		"no time":   func(e *gridmap.AuditEntry) { e.At = time.Time{} },
		"nobody":    func(e *gridmap.AuditEntry) { e.Actor = "" },
		"nothing":   func(e *gridmap.AuditEntry) { e.Action = "" },
		"no UTF-8":  func(e *gridmap.AuditEntry) { e.Detail = "\xff" },
		"NUL bytes": func(e *gridmap.AuditEntry) { e.Thing = "a\x00b" },
	} {
		bad := good
		spoil(&bad)
		wantCode(t, name, s.AppendAudit(t.Context(), good, bad), gridmap.Invalid)
	}
	if err := s.AppendAudit(t.Context()); err != nil {
		t.Errorf("no lines: %v", err)
	}
	if lines := chained(t, s); len(lines) != 0 {
		t.Errorf("%+v", lines)
	}
}

func auditInACopy(t *testing.T, from journalStore, open func(*testing.T) (a, b gridmap.Store)) {
	lived(t, from)
	line := gridmap.AuditEntry{At: now, Actor: "张三", Action: "sign_in"}
	if err := from.AppendAudit(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	to, other := open(t)
	t.Cleanup(func() { _, _ = to.Close(), other.Close() })
	if err := Restore(t, from, to); err != nil {
		t.Fatal(err)
	}
	same(t, "digest", digest(t, to), digest(t, from))
	j, ok := to.(journalStore)
	if !ok {
		t.Fatalf("%T keeps no journal", to)
	}
	if err := errors.Join(from.AppendAudit(t.Context(), line), j.AppendAudit(t.Context(), line)); err != nil {
		t.Fatal(err)
	}
	same(t, "the chain goes on", chained(t, to), chained(t, from))
}

// auditBesideACommit has lines written while a commit holds the map, from the
// same process and from another; it is then kept, or thrown away.
func auditBesideACommit(t *testing.T, a, b journalStore) {
	line := func(actor string) gridmap.AuditEntry {
		return gridmap.AuditEntry{At: now, Actor: actor, Action: "read_feedback", Thing: "/v1/feedback"}
	}
	var want []string
	for i, fails := range []bool{false, true, false} {
		c := commit("import")
		c.Audit = []gridmap.AuditEntry{{Action: "import", Actor: "import"}}
		_, err := a.Update(t.Context(), c, func(w gridmap.Writer) error {
			for j := range 3 {
				s, actor := a, fmt.Sprint(i, j)
				if j%2 == 1 {
					s = b
				}
				if err := s.AppendAudit(t.Context(), line(actor), line(actor)); err != nil { // would wait for ever
					return err
				}
				want = append(want, actor, actor)
			}
			if err := a.AppendAudit(t.Context()); err != nil {
				return err
			}
			for _, s := range []journalStore{a, b} {
				if n, err := s.AuditAside(t.Context()); err != nil || n != 6 {
					t.Error("6 lines are aside, not", n, err)
				}
			}
			wantCode(t, "a line of nobody", b.AppendAudit(t.Context(), gridmap.AuditEntry{At: now}), gridmap.Invalid)
			wantCode(t, "a line that is no text", b.AppendAudit(t.Context(), line("\xff")), gridmap.Invalid)
			if fails {
				return gridmap.Errorf(gridmap.Conflict, "thrown away")
			}
			return onePerson(gridmap.PersonID(1+i), "人")(t.Context(), w)
		})
		if fails != (gridmap.CodeOf(err) == gridmap.Conflict) {
			t.Fatal(err)
		}
		if !fails {
			want = append(want, "import")
		}
		if i == 1 {
			if err := b.AppendAudit(t.Context(), line("after")); err != nil {
				t.Fatal(err)
			}
			want = append(want, "after")
		}
	}
	for _, s := range []journalStore{a, b} {
		if err := s.AppendAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.AuditAside(t.Context()); err != nil || n != 0 {
			t.Error(n, "lines are still aside", err)
		}
		var got []string
		for _, e := range chained(t, s) {
			got = append(got, e.Actor)
		}
		same(t, "who is in the chain, in order", got, want)
	}
}

func auditInAView(t *testing.T, a, b journalStore) {
	line := gridmap.AuditEntry{At: now, Actor: "张三", Action: "sign_in"}
	if err := a.AppendAudit(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	view(t, a, func(ctx context.Context, r gridmap.Reader) error {
		for range 3 {
			if err := b.AppendAudit(ctx, line); err != nil {
				return err
			}
		}
		lines, err := all(r.Audit(ctx, 0))
		if len(lines) != 1 {
			t.Errorf("the view sees %d lines", len(lines))
		}
		return err
	})
	if lines := chained(t, a); len(lines) != 4 {
		t.Errorf("afterwards %d lines", len(lines))
	}
}
