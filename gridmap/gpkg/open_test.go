package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func refuses(t *testing.T, path string, o Options, code gridmap.Code, word string) {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if s != nil || gridmap.CodeOf(err) != code || !strings.Contains(err.Error(), word) {
		t.Errorf("got %v, %v; want %s, with %q", s, err, code, word)
	}
}

func TestOnlyAMapOfOursIsOpened(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	refuses(t, path("none.gpkg"), Options{MustExist: true}, gridmap.NotFound, "none.gpkg")
	refuses(t, path("none.gpkg"), Options{ReadOnly: true}, gridmap.NotFound, "none.gpkg")
	refuses(t, path("no/folder/x.gpkg"), Options{}, gridmap.Unavailable, "x.gpkg")
	if err := os.WriteFile(path("text.gpkg"), []byte(strings.Repeat("这不是数据库\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, path("text.gpkg"), Options{}, gridmap.Invalid, "GeoPackage")
	db := openFile(path("other.gpkg"), false)
	if _, err := db.Exec("CREATE TABLE gpkg_contents (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refuses(t, path("other.gpkg"), Options{}, gridmap.Invalid, "import")
	if _, err := os.Stat(path("none.gpkg")); err == nil {
		t.Error("a store that must exist was made")
	}
}

// TestSeveralWhoMakeTheSameMapAtOnceOpenOne: two servers begin with the same new
// file.
func TestSeveralWhoMakeTheSameMapAtOnceOpenOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.gpkg")
	stores, faults := make([]*Store, 4), make([]error, 4)
	var all sync.WaitGroup
	for i := range stores {
		all.Go(func() { stores[i], faults[i] = Open(t.Context(), path, Options{}) })
	}
	all.Wait()
	for i, s := range stores {
		if faults[i] != nil {
			t.Error(faults[i])
			continue
		}
		if err := s.AppendAudit(t.Context(), gridmap.AuditEntry{At: time.Now(), Actor: "test", Action: "open"}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNobodyElseOnTheMachineReadsThePrivateFile: it has who did what, and the
// hashes of passwords.
func TestNobodyElseOnTheMachineReadsThePrivateFile(t *testing.T) {
	path := closedMap(t)
	if info, err := os.Stat(appPath(path)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Error(info.Mode(), err)
	}
	if err := os.Chmod(appPath(path), 0o640); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if info, err := os.Stat(appPath(path)); err != nil || info.Mode().Perm() != 0o640 {
		t.Error("the mode that its owner chose is gone", info.Mode(), err)
	}
}

// closedMap makes a map with one change set and one audit line, and closes it.
func closedMap(t *testing.T) string {
	t.Helper()
	s := openNew(t)
	addOne(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.path
}

func addOne(t *testing.T, s *Store) {
	t.Helper()
	c := gridmap.Commit{At: time.Unix(1e9, 0), Actor: "a", Action: "b", Audit: []gridmap.AuditEntry{{Action: "b"}}}
	if _, err := s.Update(t.Context(), c, func(w gridmap.Writer) error {
		return w.PutPersons(t.Context(), gridmap.Person{ID: 1, Name: "人"})
	}); err != nil {
		t.Fatal(err)
	}
}

func execIn(t *testing.T, path, statement string) {
	t.Helper()
	db := openFile(path, false)
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	path := closedMap(t)
	execIn(t, path, "INSERT INTO schema_version (version_id, is_applied) VALUES (9999, 1)")
	refuses(t, path, Options{}, gridmap.Invalid, "升级")
	refuses(t, path, Options{ReadOnly: true}, gridmap.Invalid, "升级")
}

func TestAReadOnlyMapIsNotWritten(t *testing.T) {
	path := closedMap(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(gridmap.Writer) error { return nil })
	if gridmap.CodeOf(err) != gridmap.Forbidden {
		t.Errorf("written: %v", err)
	}
	if n := len(auditLines(t, s)); n != 1 {
		t.Errorf("%d audit lines", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Error("the file changed", err)
	}
}

func auditLines(t *testing.T, s *Store) (lines []gridmap.AuditEntry) {
	t.Helper()
	err := s.View(t.Context(), func(r gridmap.Reader) (err error) {
		lines, err = collect(r.Audit(t.Context(), 0))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestAClosedMapIsOnePlainFileWithoutAudit(t *testing.T) {
	path := closedMap(t)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) != 2 { // the map and its private file
		t.Errorf("files %q, %v", files, err)
	}
	db := openFile(path, true)
	defer func() { _ = db.Close() }()
	var mode string
	var lines int
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "delete" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
	if err := db.QueryRow("SELECT count(*) FROM audit_outbox").Scan(&lines); err != nil || lines != 0 {
		t.Errorf("%d audit lines in the map file, %v", lines, err)
	}
}

func TestTheAuditOfAnotherMapIsRefused(t *testing.T) {
	one, two := closedMap(t), closedMap(t)
	if err := os.Remove(one); err != nil { // a new map beside the old one's audit
		t.Fatal(err)
	}
	refuses(t, one, Options{}, gridmap.Conflict, ".app.db")
	execIn(t, appPath(two), "DROP TRIGGER audit_no_update; UPDATE audit SET hash = 'x'")
	refuses(t, two, Options{}, gridmap.Conflict, ".app.db")
}

func TestAMapAloneKeepsItsAuditUntilTheFileIsBack(t *testing.T) {
	path := closedMap(t)
	away := appPath(path) + ".away"
	if err := os.Rename(appPath(path), away); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(auditLines(t, s)); n != 0 {
		t.Errorf("%d audit lines from nowhere", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestALineThatNeverReachedThePrivateFileIsMovedWhenOpened(t *testing.T) {
	s := openNew(t)
	addOne(t, s)
	if err := s.app.Close(); err != nil { // the private file cannot be written
		t.Fatal(err)
	}
	addOne(t, s)
	other, err := Open(t.Context(), s.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if lines := auditLines(t, other); len(lines) != 2 || lines[1].Prev != lines[0].Hash {
		t.Errorf("lines %+v", lines)
	}
	var moved int
	if err := other.app.QueryRow("SELECT count(*) FROM audit").Scan(&moved); err != nil || moved != 2 {
		t.Errorf("%d lines in the private file, %v", moved, err)
	}
}

func TestTheAuditFileOnlyGrows(t *testing.T) {
	path := closedMap(t)
	db := openFile(appPath(path), false)
	defer func() { _ = db.Close() }()
	for _, statement := range []string{"UPDATE audit SET actor = 'x'", "DELETE FROM audit"} {
		if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestAnUpgradedSchemaIsTheSameAsAFreshOne(t *testing.T) {
	fresh := openNew(t)
	defer func() { _ = fresh.Close() }()
	path := filepath.Join(t.TempDir(), "old.gpkg")
	db := openFile(path, false)
	defer func() { _ = db.Close() }()
	p, err := provider(db, "gpkg")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range p.ListSources() { // one version at a time
		if _, err := p.UpTo(t.Context(), source.Version); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := dump(t, db), dump(t, fresh.db); got != want {
		t.Errorf("upgraded:\n%s\nfresh:\n%s", got, want)
	}
}

func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all strings.Builder
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(kind + " " + name + "\n" + text + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestAFullDiskIsSaidAndLeavesTheMapAsItWas(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	addOne(t, s)
	s.db.SetMaxOpenConns(1) // so that the limit below is the writer's
	if _, err := s.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	people := make([]gridmap.Person, 3000)
	for i := range people {
		people[i] = gridmap.Person{ID: gridmap.PersonID(i + 10), Name: "人"}
	}
	_, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		return w.PutPersons(t.Context(), people...)
	})
	if gridmap.CodeOf(err) != gridmap.Full || !strings.Contains(err.Error(), "磁盘已满") {
		t.Errorf("got %v", err)
	}
	err = s.View(t.Context(), func(r gridmap.Reader) error {
		persons, err := collect(r.Persons(context.Background(), gridmap.Query{All: true}))
		if len(persons) != 1 {
			t.Errorf("%d persons", len(persons))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := openNew(t)
	changes := s.Changes(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range changes { // it ends
	}
	err := s.View(t.Context(), func(gridmap.Reader) error { return nil })
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestAStoreOfAKilledProcessOpensForReading copies the files of a store as they
// are amid a commit to either: so they lie there after a power cut.
func TestAStoreOfAKilledProcessOpensForReading(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	s, err := Open(t.Context(), filepath.Join(dir, "a.gpkg"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	line := gridmap.AuditEntry{At: time.Now(), Actor: "a", Action: "read"}
	if err := s.AppendAudit(t.Context(), line, line); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.gpkg", "a.app.db"} {
		db := openFile(filepath.Join(dir, name), false)
		defer func() { _ = db.Close() }()
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		for _, statement := range []string{ // more than the cache holds: some of it is in the file already
			"PRAGMA cache_size = 5", "BEGIN IMMEDIATE", "CREATE TABLE half_done (a)",
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 200) INSERT INTO half_done SELECT randomblob(5000) FROM n",
		} {
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.CopyFS(there, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	left, err := Open(t.Context(), filepath.Join(there, "a.gpkg"), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = left.Close() }()
	n := 0
	err = left.View(t.Context(), func(r gridmap.Reader) error {
		for _, err := range r.Audit(t.Context(), 0) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil || n != 2 {
		t.Errorf("%d lines, %v", n, err)
	}
}
