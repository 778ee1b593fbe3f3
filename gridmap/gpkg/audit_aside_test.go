package gpkg

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// TestALinePutAsideIsTakenIntoTheChainOnceWhereverAProcessIsKilled stops between
// each two steps of taking lines into the chain, opens the files again as a new
// process would, and goes on.
func TestALinePutAsideIsTakenIntoTheChainOnceWhereverAProcessIsKilled(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	line := func(actor string) gridmap.AuditEntry {
		return gridmap.AuditEntry{At: at, Actor: actor, Action: "read_feedback"}
	}
	for name, killed := range map[string]func(t *testing.T, s *Store){
		"while it is aside": func(*testing.T, *Store) {},
		"when its place is noted, before the map is committed": func(t *testing.T, s *Store) {
			if err := s.noteAside(t.Context(), []int64{1, 2}, []gridmap.AuditEntry{{ID: 2, Hash: "of a commit that was not"}, {ID: 3, Hash: "neither"}}); err != nil {
				t.Fatal(err)
			}
		},
		"when the map is committed, before the private file is": func(t *testing.T, s *Store) {
			if err := s.write(t.Context(), func(conn *sql.Conn) error { return s.chain(t.Context(), conn, nil) }, nil); err != nil {
				t.Fatal(err)
			}
		},
		"when the private file could not be written twice": func(t *testing.T, s *Store) {
			for range 2 {
				if err := s.write(t.Context(), func(conn *sql.Conn) error { return s.chain(t.Context(), conn, nil) }, nil); err != nil {
					t.Fatal(err)
				}
			}
		},
		"when all is done": func(t *testing.T, s *Store) {
			if err := s.AppendAudit(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "map.gpkg")
			open := func() *Store {
				t.Helper()
				s, err := Open(t.Context(), path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			s := open()
			for _, err := range []error{s.AppendAudit(t.Context(), line("first")), s.putAside(t.Context(), []gridmap.AuditEntry{line("a"), line("a")})} {
				if err != nil {
					t.Fatal(err)
				}
			}
			killed(t, s)
			if err := s.closeFiles(); err != nil { // without what Close does
				t.Fatal(err)
			}
			s = open()
			if err := s.AppendAudit(t.Context(), line("last")); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open()
			defer func() { _ = s.Close() }()
			var got []string
			prev := ""
			if err := s.View(t.Context(), func(r gridmap.Reader) error {
				for e, err := range r.Audit(t.Context(), 0) {
					if err != nil {
						return err
					}
					if e.Prev != prev || e.Hash != gridmap.ChainHash(e) {
						t.Errorf("line %d is not chained", e.ID)
					}
					prev, got = e.Hash, append(got, e.Actor)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if want := []string{"first", "a", "a", "last"}; !slices.Equal(got, want) {
				t.Errorf("in the chain: %v, want %v", got, want)
			}
			if some, err := s.anyAside(context.Background()); err != nil || some {
				t.Error("something is still aside", some, err)
			}
		})
	}
}

// TestManyLinesPutAsideAreTakenIntoTheChain puts as many aside as one commit
// takes: what that takes is no wait for somebody else, and must not end as one.
func TestManyLinesPutAsideAreTakenIntoTheChain(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "map.gpkg"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	lines := make([]gridmap.AuditEntry, mostAside)
	for i := range lines {
		lines[i] = gridmap.AuditEntry{At: time.Date(2026, 3, 1, 8, 0, i, 0, time.UTC), Actor: "a", Action: "sign_in"}
	}
	if err := s.putAside(t.Context(), lines); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if some, err := s.anyAside(t.Context()); err != nil || some {
		t.Error("lines are still aside", some, err)
	}
}
