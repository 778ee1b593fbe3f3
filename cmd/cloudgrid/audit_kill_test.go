package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// TestAKilledServerHasLostNoLineOfAnAnswerThatItGave reads personal data with
// several keys at once while SIGKILL comes: for every answer that arrived, the
// audit has its line.
func TestAKilledServerHasLostNoLineOfAnAnswerThatItGave(t *testing.T) {
	t.Run("gpkg", func(t *testing.T) {
		s, path := demoStore(t)
		_ = s.Close()
		killReaders(t, "gpkg:"+path)
	})
	t.Run("postgis", func(t *testing.T) {
		dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
		}
		killReaders(t, demoIn(t, dsn))
	})
}

// demoIn is a PostGIS schema with the demo in it.
func demoIn(t *testing.T, dsn string) string {
	t.Helper()
	s, path := demoStore(t)
	_ = s.Close()
	there := newSchema(t, dsn)
	if _, code := runCopy(t, "gpkg:"+path, there); code != exitOK {
		t.Fatal("the demo could not be copied")
	}
	return there
}

// keysIn puts an admin and keys with a grant into a store.
func keysIn(t *testing.T, store string, n int, grant gridmap.Grant) (texts []string) {
	t.Helper()
	s, err := openStore(t.Context(), store, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	kept, ok := s.(gridmap.Accounts)
	if !ok {
		t.Fatalf("%T keeps no accounts", s)
	}
	if _, err := kept.PutAccount(t.Context(), gridmap.Account{Name: "boss", Grants: []gridmap.Grant{{Role: rights.Admin}}}); err != nil {
		t.Fatal(err)
	}
	for range n {
		text, k, err := auth.MakeKey(rand.Reader, "test", []gridmap.Grant{grant}, 1, 1_000_000, "test", time.Now())
		if err == nil {
			err = kept.PutKey(t.Context(), k)
		}
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// TestPersonalDataIsReadWhileSomebodyImports has another process hold the map as
// an import does, kills the server amid reading, and lets the import end: people
// were answered, and no line of an answer is lost.
func TestPersonalDataIsReadWhileSomebodyImports(t *testing.T) {
	t.Run("gpkg", func(t *testing.T) {
		s, path := demoStore(t)
		_ = s.Close()
		readWhileImporting(t, "gpkg:"+path)
	})
	t.Run("postgis", func(t *testing.T) {
		dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
		}
		readWhileImporting(t, demoIn(t, dsn))
	})
}

func readWhileImporting(t *testing.T, store string) {
	const each = 5
	keys := keysIn(t, store, 2, gridmap.Grant{Role: rights.Planner})
	server := serveProcess(t, store)
	s, err := openStore(t.Context(), store, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	given := make([]int64, len(keys))
	commit := gridmap.Commit{At: time.Now(), Actor: "test", Action: "import", Audit: []gridmap.AuditEntry{{Action: "import"}}}
	if _, err := s.Update(t.Context(), commit, func(w gridmap.Writer) error {
		for i, key := range keys {
			for given[i] < each {
				if err := readPeople(t.Context(), server.url, key); err != nil {
					return err
				}
				given[i]++
			}
		}
		server.kill()
		return w.PutSettings(t.Context(), gridmap.Settings{Title: "导入"})
	}); err != nil {
		t.Fatal("nobody could read while the map was held: ", err)
	}
	journal, ok := s.(gridmap.Journal)
	if !ok {
		t.Fatalf("%T keeps no journal", s)
	}
	if err := errors.Join(journal.AppendAudit(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	written := linesBy(t, store, "read_feedback")
	for i, key := range keys {
		id, _, _ := rights.ParseKey(key)
		if written["key:"+id] != given[i] {
			t.Errorf("key %d was given %d answers, and there are %d lines", i, given[i], written["key:"+id])
		}
	}
	if v, err := verifyAudit(t.Context(), store, nil); err != nil || !v.OK {
		t.Errorf("the chain: %+v %v", v, err)
	}
}

func killReaders(t *testing.T, store string) {
	const readers, rounds = 8, 3
	keys := keysIn(t, store, readers, gridmap.Grant{Role: rights.Planner})
	given := make([]atomic.Int64, readers)
	for round := range rounds {
		server := serveProcess(t, store)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		var heard atomic.Int64
		var all sync.WaitGroup
		for i := range readers {
			all.Go(func() {
				for readPeople(ctx, server.url, keys[i]) == nil {
					given[i].Add(1)
					if heard.Add(1) == int64(readers*(round+1)) {
						all.Go(server.kill) // while others wait for theirs
					}
				}
			})
		}
		all.Wait()
		cancel()
		server.kill()
	}
	written := linesBy(t, store, "read_feedback")
	total := int64(0)
	for i, key := range keys {
		id, _, _ := rights.ParseKey(key)
		if n := given[i].Load(); written["key:"+id] < n {
			t.Errorf("key %d was given %d answers, and there are %d lines", i, n, written["key:"+id])
		}
		total += given[i].Load()
	}
	if total < readers {
		t.Fatalf("only %d answers before the kills", total)
	}
	t.Logf("%d answers over %d kills", total, rounds)
	v, err := verifyAudit(t.Context(), store, nil)
	if err != nil || !v.OK {
		t.Errorf("the chain after the kills: %+v %v", v, err)
	}
}

// readPeople reads what residents wrote; nil when the whole answer came.
func readPeople(ctx context.Context, base, key string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/feedback", nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-API-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return gridmap.Errorf(gridmap.Unavailable, "%d", resp.StatusCode)
	}
	return nil
}

// linesBy counts the audit's lines of an action by actor.
func linesBy(t *testing.T, store, action string) map[string]int64 {
	t.Helper()
	s, err := openStore(t.Context(), store, storeRead)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	n := map[string]int64{}
	err = s.View(t.Context(), func(r gridmap.Reader) error {
		for e, err := range r.Audit(t.Context(), 0) {
			if err != nil {
				return err
			}
			if e.Action == action {
				n[e.Actor]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// everything is what a store keeps.
type everything interface {
	gridmap.Store
	gridmap.Accounts
	gridmap.Journal
	gridmap.Receipts
	gridmap.Plans
}

// speechless is a store whose audit cannot be written, when told so.
type speechless struct {
	everything
	away atomic.Bool
}

func (s *speechless) AppendAudit(ctx context.Context, lines ...gridmap.AuditEntry) error {
	if s.away.Load() {
		return gridmap.Errorf(gridmap.Unavailable, "away")
	}
	return s.everything.AppendAudit(ctx, lines...)
}

func TestWithoutItsAuditLinePersonalDataIsNotShown(t *testing.T) {
	inner, _ := demoStore(t)
	all, ok := inner.(everything)
	if !ok {
		t.Fatalf("%T does not keep everything", inner)
	}
	s := &speechless{everything: all}
	o := officeOver(t, s, access{})
	v := o.in("planner", gridmap.Grant{Role: rights.Planner})
	personal := []string{"/v1/feedback", "/planner/feedback", "/v1/rolls/responsibility.csv", "/v1/liaisons/overdue", "/v1/records"}
	for _, away := range []bool{false, true, false} {
		s.away.Store(away)
		for _, path := range personal {
			status, body, h := v.get(path)
			if want := map[bool]int{false: http.StatusOK, true: http.StatusServiceUnavailable}[away]; status != want {
				t.Errorf("%s, away %v: %d %s", path, away, status, body)
			}
			if away && (h.Get("Retry-After") == "" || strings.Contains(body, "66000")) {
				t.Errorf("%s: the refusal is %q, %v", path, body, h)
			}
		}
		if status, _, _ := v.get("/v1/load"); status != http.StatusOK {
			t.Errorf("what is not personal, away %v: %d", away, status)
		}
	}
	lines := o.audit()
	if got := len(lines["read_feedback"]); got < 4 {
		t.Errorf("%d lines of feedback read", got)
	}
}
