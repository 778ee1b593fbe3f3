package auth

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// notebook is a journal of the audit alone, which can be away.
type notebook struct {
	gridmap.Journal
	mu    sync.Mutex
	away  bool
	slow  time.Duration // of a commit
	lines []gridmap.AuditEntry
	times int // commits
}

func (n *notebook) AppendAudit(_ context.Context, lines ...gridmap.AuditEntry) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.away {
		return gridmap.Errorf(gridmap.Unavailable, "away")
	}
	time.Sleep(n.slow)
	n.lines, n.times = append(n.lines, lines...), n.times+1
	return nil
}

func (n *notebook) set(away bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away = away
}

func (n *notebook) read() []gridmap.AuditEntry {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]gridmap.AuditEntry{}, n.lines...)
}

func line(i int) gridmap.AuditEntry {
	return gridmap.AuditEntry{At: time.Unix(int64(i), 0), Actor: "a", Action: strconv.Itoa(i)}
}

func TestAuditLinesWaitInOrderWhileTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{away: true}
		r := newRecorder(n, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.run(ctx); close(done) }()
		for i := range 700 {
			if err := r.add(line(i)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * time.Second)
		if got := n.read(); len(got) != 0 {
			t.Errorf("%d lines in a store that is away", len(got))
		}
		n.set(false)
		time.Sleep(2 * time.Second)
		if err := r.add(line(700)); err != nil {
			t.Fatal(err)
		}
		cancel() // the last line is written on the way out
		<-done
		got := n.read()
		for i, e := range got {
			if e.Action != strconv.Itoa(i) {
				t.Fatalf("line %d is %s", i, e.Action)
			}
		}
		if len(got) != 701 {
			t.Errorf("%d of 701 lines", len(got))
		}
	})
}

func TestWithoutRoomForItsLineNothingIsDone(t *testing.T) {
	r := newRecorder(&notebook{away: true}, slog.New(slog.DiscardHandler))
	for i := range mostLines {
		if err := r.add(line(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.add(line(0)); gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("one too many: %v", err)
	}
	if err := r.flush(t.Context()); gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("flushed to a store that is away: %v", err)
	}
}

func TestWhoWaitsForALineHasItInTheStoreAndManyShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{slow: 10 * time.Millisecond}
		r := newRecorder(n, slog.New(slog.DiscardHandler))
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				if err := r.keep(t.Context(), line(i)); err != nil {
					t.Error(err)
				}
				if !slices.ContainsFunc(n.read(), func(e gridmap.AuditEntry) bool { return e.Action == strconv.Itoa(i) }) {
					t.Errorf("line %d is not there when its answer leaves", i)
				}
			})
		}
		all.Wait()
		if len(n.lines) != 200 || n.times > 10 {
			t.Errorf("%d lines in %d commits", len(n.lines), n.times)
		}
	})
}

func TestALineThatIsNotWrittenInTimeIsRefusedAndWrittenLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{away: true}
		r := newRecorder(n, slog.New(slog.DiscardHandler))
		if err := r.keep(t.Context(), line(1)); gridmap.CodeOf(err) != gridmap.Unavailable {
			t.Errorf("without a store: %v", err)
		}
		n.set(false)
		r.writing <- struct{}{} // a commit that does not end
		start := time.Now()
		if err := r.keep(t.Context(), line(2)); gridmap.CodeOf(err) != gridmap.Unavailable || time.Since(start) != keepMost {
			t.Errorf("behind a commit that hangs: %v after %s", err, time.Since(start))
		}
		<-r.writing
		if err := r.keep(t.Context(), line(3)); err != nil {
			t.Error(err)
		}
		if got := n.read(); len(got) != 3 || got[0].Action != "1" || got[2].Action != "3" {
			t.Errorf("written: %v", got)
		}
	})
}

func TestWhatIsRememberedIsForgottenSoonAndStaysSmall(t *testing.T) {
	var m memory
	now := time.Unix(1000, 0)
	m.put("a", known{key: gridmap.Key{ID: "a"}}, now)
	if k, ok := m.get("a", now.Add(remembered-1)); !ok || k.key.ID != "a" {
		t.Error("forgotten at once")
	}
	if _, ok := m.get("a", now.Add(remembered)); ok {
		t.Error("never forgotten")
	}
	for i := range 100_000 {
		m.put(strconv.Itoa(i), known{}, now)
	}
	if len(m.what) > 4096 {
		t.Errorf("%d remembered", len(m.what))
	}
	m.forget()
	if _, ok := m.get("99999", now); ok {
		t.Error("not forgotten")
	}
}

func TestTrustedNetworksAreReadAsTheyAreWritten(t *testing.T) {
	nets, err := TrustedNetworks([]string{"10.0.0.0/8", "127.0.0.1", "fd00::/8", "::1"})
	if err != nil || len(nets) != 4 {
		t.Fatal(nets, err)
	}
	g := New(Config{Proxies: nets})
	for ip, want := range map[string]bool{"10.1.2.3": true, "127.0.0.1": true, "127.0.0.2": false, "fd12::1": true, "::1": true, "192.0.2.1": false, "::ffff:10.1.2.3": true} {
		if got := g.trusted(net.ParseIP(ip)); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	for _, bad := range []string{"", "proxy.example", "10.0.0.0/33", "10.0.0"} {
		if _, err := TrustedNetworks([]string{bad}); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTheZeroConfigKnowsNobodyAndLetsOnlyThePublicIn(t *testing.T) {
	g := New(Config{Mode: Accounts}) // no store of accounts
	if g.On() || g.Mode != Nobody {
		t.Error("accounts without a store of them")
	}
	if path, err := g.SetupPath(t.Context()); path != "" || err != nil {
		t.Error(path, err)
	}
	if err := g.may(asked{}, Rule{Action: rights.Keep}); gridmap.CodeOf(err) != gridmap.Forbidden {
		t.Error(err)
	}
}
