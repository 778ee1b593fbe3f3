package postgis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	osexec "os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

func refuses(t *testing.T, dsn string, o Options, code gridmap.Code, word string) {
	t.Helper()
	s, err := Open(t.Context(), dsn, o)
	if s != nil || gridmap.CodeOf(err) != code || !strings.Contains(err.Error(), word) {
		t.Errorf("got %v, %v; want %s, with %q", s, err, code, word)
	}
}

func TestADatabaseThatCannotServeIsSaidInPlainWords(t *testing.T) {
	dsn := newDSN(t)
	refuses(t, "postgres://%zz", Options{}, gridmap.Invalid, "地址")
	refuses(t, "postgres:///x?host=/nowhere/at/all", Options{}, gridmap.Unavailable, "连接不上")
	refuses(t, dsn, Options{MustExist: true}, gridmap.NotFound, "没有地图")
	refuses(t, dsn, Options{ReadOnly: true}, gridmap.NotFound, "没有地图")
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/no_such_database"
	refuses(t, u.String(), Options{}, gridmap.NotFound, "no_such_database")
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dsn := newDSN(t)
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	exec1(t, s, "INSERT INTO schema_version (version_id, is_applied) VALUES (9999, true)")
	refuses(t, dsn, Options{}, gridmap.Invalid, "升级")
	refuses(t, dsn, Options{ReadOnly: true}, gridmap.Invalid, "升级")
}

func exec1(t testing.TB, s *Store, statement string, args ...any) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func addOne(t testing.TB, s *Store) error {
	t.Helper()
	_, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0), Actor: "a", Action: "b", Audit: []gridmap.AuditEntry{{Action: "b"}}}, func(w gridmap.Writer) error {
		return w.PutPersons(t.Context(), gridmap.Person{ID: 1, Name: "人"})
	})
	return err
}

func TestAReadOnlyMapIsNotWritten(t *testing.T) {
	dsn := newDSN(t)
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	r, err := Open(t.Context(), dsn, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := addOne(t, r); gridmap.CodeOf(err) != gridmap.Forbidden {
		t.Errorf("written: %v", err)
	}
}

func TestManyProcessesMayStartTogetherOnAnEmptyDatabase(t *testing.T) {
	dsn := newDSN(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), dsn, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			_ = s.Close()
		})
	}
	wg.Wait()
}

func TestTheSchemaItselfRefusesNonsense(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	if err := addOne(t, s); err != nil {
		t.Fatal(err)
	}
	exec1(t, s, "INSERT INTO network VALUES (1, 'main', '网', true)")
	grid := "INSERT INTO grid (id, network, level, parent, code, name, type, attrs, valid_from, valid_to, recorded_from) VALUES "
	exec1(t, s, grid+"(1, 1, 0, NULL, 'A', '甲', '', '{}', '2026-01-01', '2026-02-01', 1)")
	exec1(t, s, grid+"(1, 1, 0, NULL, 'A', '甲', '', '{}', '2026-02-01', NULL, 1)")
	for what, statement := range map[string]string{
		"one grid twice at a time": grid + "(1, 1, 0, NULL, 'B', '甲', '', '{}', '2026-01-31', '2026-02-01', 1)",
		"one code twice at a time": grid + "(2, 1, 0, NULL, 'A', '乙', '', '{}', NULL, NULL, 1)",
		"a top grid with a parent": grid + "(3, 1, 0, 1, 'C', '丙', '', '{}', NULL, NULL, 1)",
		"a lower grid without":     grid + "(3, 1, 1, NULL, 'C', '丙', '', '{}', NULL, NULL, 1)",
		"an empty validity":        grid + "(3, 1, 0, NULL, 'C', '丙', '', '{}', '2026-01-01', '2026-01-01', 1)",
		"a network that is none":   grid + "(3, 7, 0, NULL, 'C', '丙', '', '{}', NULL, NULL, 1)",
		"a change set that is none": grid +
			"(3, 1, 0, NULL, 'C', '丙', '', '{}', NULL, NULL, 7)",
		"a shape elsewhere":    "INSERT INTO atom (id, code, name, kind, counts, attrs, shape, recorded_from) VALUES (1, 'X', '', '', '{}', '{}', ST_SetSRID('MULTIPOLYGON EMPTY'::geometry, 4326), 1)",
		"an atom in two grids": `INSERT INTO membership (atom, network, grid, recorded_from) VALUES (1, 1, 1, 1), (1, 1, 2, 1)`,
		"two main networks":    "INSERT INTO network VALUES (2, 'b', '网', true)",
		"a code of two":        "INSERT INTO code VALUES ('grid', 1, 'A', 1), ('grid', 1, 'A', 2)",
		"audit rewritten":      "UPDATE audit SET actor = 'x'",
		"audit dropped":        "DELETE FROM audit",
		"two heads":            "INSERT INTO head VALUES (false, 0, 0, NULL, 1, 0, '')",
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s is kept", what)
		} else if code := gridmap.CodeOf(mapError(t.Context(), "x", err)); code == gridmap.Internal && !strings.HasPrefix(what, "audit") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestABreachOfTheSchemaNamesTheRowInTheWay(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	if err := addOne(t, s); err != nil {
		t.Fatal(err)
	}
	exec1(t, s, "INSERT INTO code VALUES ('person', 0, '0017', 9)") // behind the program's back
	_, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		return w.PutPersons(t.Context(), gridmap.Person{ID: 2, Code: "0017", Name: "某"})
	})
	if gridmap.CodeOf(err) != gridmap.Conflict || !strings.Contains(err.Error(), "0017") || !strings.Contains(err.Error(), "9") {
		t.Errorf("got %v", err)
	}
}

func TestEveryTableAndColumnIsExplained(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	rows, err := s.pool.Query(t.Context(), `
		SELECT c.relname || coalesce('.' || a.attname, ''), coalesce(d.description, '')
		FROM pg_class c
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r'
		LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = coalesce(a.attnum, 0) AND d.classoid = 'pg_class'::regclass
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'schema_version'`)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var name, comment string
	if _, err := pgx.ForEachRow(rows, []any{&name, &comment}, func() error {
		if n++; comment == "" || comment == strings.ToValidUTF8(strings.Map(ascii, comment), "") {
			t.Errorf("%s: %q is no comment in Chinese", name, comment)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Errorf("only %d tables and columns were looked at", n)
	}
}

func ascii(r rune) rune {
	if r < 128 {
		return r
	}
	return -1
}

func TestShapesAreRealGeometry(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	ring := spatial.Ring{{X: 1206000000, Y: 241000000}, {X: 1206010000, Y: 241000000}, {X: 1206010000, Y: 241010000}, {X: 1206000000, Y: 241010000}}
	hole := spatial.Ring{{X: 1206002000, Y: 241002000}, {X: 1206002000, Y: 241003000}, {X: 1206003000, Y: 241003000}}
	if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		return w.PutAtoms(t.Context(), gridmap.Atom{ID: 1, Code: "X", Shape: spatial.MultiPolygon{{ring, hole}}}, gridmap.Atom{ID: 2, Code: "Y"})
	}); err != nil {
		t.Fatal(err)
	}
	var text string
	var srid, now int
	var valid bool
	err := s.pool.QueryRow(t.Context(), "SELECT ST_AsText(shape), ST_SRID(shape), ST_IsValid(shape), (SELECT count(*) FROM atoms) FROM atom WHERE id = 1").Scan(&text, &srid, &valid, &now)
	want := "MULTIPOLYGON(((120.6 24.1,120.601 24.1,120.601 24.101,120.6 24.101,120.6 24.1),(120.6002 24.1002,120.6002 24.1003,120.6003 24.1003,120.6002 24.1002)))"
	if err != nil || text != want || srid != 4490 || !valid || now != 2 {
		t.Errorf("%s, %d, %v, %d: %v", text, srid, valid, now, err)
	}
}

func TestAServerThatGoesAwayIsUnavailableAndComesBack(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := s.Changes(ctx)
	if seq := <-changes; seq != 0 {
		t.Fatal(seq)
	}
	killOthers := "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = '" + s.foot.schema + "'"
	_, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		exec(t, ownOnly(t, s), killOthers)
		return w.PutPersons(t.Context(), gridmap.Person{ID: 5, Name: "不会有"})
	})
	if gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("got %v", err)
	}
	for err = addOne(t, s); gridmap.CodeOf(err) == gridmap.Unavailable; err = addOne(t, s) {
		time.Sleep(10 * time.Millisecond) // a connection of the pool that was killed, too
	}
	if err != nil {
		t.Fatal(err)
	}
	for seq := range changes {
		if seq == 1 {
			break
		}
	}
}

func TestACommitNotifiesEveryProcess(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	conn, err := pgx.Connect(t.Context(), ownOnly(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "LISTEN "+pgx.Identifier{s.channel(mapChannel)}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	if err := addOne(t, s); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if n, err := conn.WaitForNotification(ctx); err != nil || n.Payload != "1" {
		t.Errorf("got %+v, %v", n, err)
	}
}

// ownOnly returns the DSN of a session that is not named after the schema.
func ownOnly(t *testing.T, s *Store) string {
	t.Helper()
	c := s.conn
	return fmt.Sprintf("postgres:///%s?host=%s&user=%s&application_name=killer", c.Database, url.QueryEscape(c.Host), c.User)
}

func TestAnUpgradedSchemaIsTheSameAsAFreshOne(t *testing.T) {
	if _, err := osexec.LookPath("pg_dump"); err != nil {
		t.Fatal("pg_dump is needed: ", err)
	}
	fresh := openNew(t)
	defer func() { _ = fresh.Close() }()
	dsn := newDSN(t)
	exec(t, ownOnly(t, fresh), "CREATE SCHEMA "+schemaOf(t, dsn))
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	p, err := provider(db)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range p.ListSources() { // one version at a time
		if _, err := p.UpTo(t.Context(), source.Version); err != nil {
			t.Fatal(err)
		}
	}
	got, want := dump(t, fresh, schemaOf(t, dsn)), dump(t, fresh, fresh.foot.schema)
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("line %d, upgraded: %s\nfresh: %s", i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("upgraded has %d lines, fresh %d", len(gotLines), len(wantLines))
	}
	if !strings.Contains(want, "EXCLUDE USING gist") {
		t.Errorf("no schema was dumped:\n%s", want)
	}
}

func schemaOf(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(u.Query().Get("search_path"), ",")
	return name
}

// dump returns the SQL of a schema, without its name.
func dump(t *testing.T, s *Store, schema string) string {
	t.Helper()
	out, err := osexec.Command("pg_dump", "--schema-only", "--no-owner", "--schema="+schema, "--dbname="+ownOnly(t, s)).Output()
	var failed *osexec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("pg_dump: %s", failed.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool {
		return strings.HasPrefix(line, `\`) // \restrict, with a key of its own in each dump
	})
	return strings.ReplaceAll(strings.Join(lines, "\n"), schema, "SCHEMA")
}
