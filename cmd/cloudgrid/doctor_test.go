package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

// stateOf is how a check stands in a diagnosis; "" when it was not made.
func (d diagnosis) stateOf(check string) string {
	for _, f := range d.Findings {
		if f.Check == check {
			return f.State
		}
	}
	return ""
}

// healthyStore is the demo with nothing left to wish for.
func healthyStore(t *testing.T) (where string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bund.gpkg")
	where = "gpkg:" + path
	var said bytes.Buffer
	if code := run([]string{"demo", "--no-serve", "--store", where}, strings.NewReader(""), &said, &said); code != exitOK {
		t.Fatal(said.String())
	}
	edit(t, path, func(w gridmap.Writer) error {
		return w.PutSettings(t.Context(), gridmap.Settings{Hotline: "12345", SignBase: "https://wg.example.gov.cn/q/", MapReviewNo: "沪S(2026)001号"})
	})
	s, err := openStore(t.Context(), where, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.(gridmap.Accounts).PutAccount(t.Context(), gridmap.Account{Name: "张三", Password: "$argon2id$", Grants: []gridmap.Grant{{Role: "admin"}}})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return where
}

// another copies a closed store.
func another(t *testing.T, where string) (path string) {
	t.Helper()
	from, _ := gpkgPath(where)
	path = filepath.Join(t.TempDir(), "copy.gpkg")
	for _, name := range [][2]string{{from, path}, {privatePath(from), privatePath(path)}} {
		data, err := os.ReadFile(name[0])
		if err != nil {
			t.Fatal(err)
		}
		write(t, name[1], string(data))
	}
	return path
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	d, code, said := runFor[diagnosis](t, "doctor", "--store", healthyStore(t))
	if code != exitOK || d.State != isOK {
		t.Errorf("exit %d: %+v\n%s", code, d, said)
	}
	for _, check := range []string{"disk", "connection", "audit", "posts", "accounts", "map", "records", "hotline", "sign_base", "map_review_no", "schema gpkg", "schema app"} {
		if d.stateOf(check) != isOK {
			t.Errorf("%s is %q", check, d.stateOf(check))
		}
	}
}

func TestDoctorSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	healthy := healthyStore(t)
	for name, c := range map[string]struct {
		spoil        func(t *testing.T, path string)
		check, state string
		exit         int
	}{
		"settings that are missing": {func(t *testing.T, path string) {
			edit(t, path, func(w gridmap.Writer) error { return w.PutSettings(t.Context(), gridmap.Settings{}) })
		}, "sign_base", isWarn, exitWanted},
		"no administrator": {func(t *testing.T, path string) { execIn(t, privatePath(path), "UPDATE account SET disabled = 1") }, "accounts", isFail, exitBad},
		"an audit line forged": {func(t *testing.T, path string) {
			execIn(t, privatePath(path), "DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'x' WHERE id = 1")
		}, "audit", isFail, exitBad},
		"the private file gone": {func(t *testing.T, path string) { remove(t, privatePath(path)) }, "private file", isWarn, exitBad},
		"the map gone":          {func(t *testing.T, path string) { remove(t, path) }, "connection", isFail, exitBad},
		"a copy of before":      {func(t *testing.T, path string) { write(t, path+".before-1", "x") }, "old copies", isWarn, exitWanted},
		"a snapshot of nothing": {func(t *testing.T, path string) { write(t, path+".atlas", "x") }, "snapshot", isWarn, exitWanted},
		"a map from the future": {func(t *testing.T, path string) {
			execIn(t, path, "INSERT INTO schema_version (version_id, is_applied) VALUES (99, 1)")
		}, "connection", isFail, exitBad},
		"a record nobody reads": {func(t *testing.T, path string) {
			edit(t, path, func(w gridmap.Writer) error {
				return w.PutRecords(t.Context(), gridmap.Record{ID: 9000000, Kind: gridmap.SignRecord, Key: "R", Body: []byte(`{"kind":7}`)})
			})
		}, "records", isFail, exitBad},
	} {
		path := another(t, healthy)
		where := "gpkg:" + path
		c.spoil(t, path)
		d, code, said := runFor[diagnosis](t, "doctor", "--store", where, "--snapshot", path+".atlas")
		if code != c.exit || d.stateOf(c.check) != c.state {
			t.Errorf("%s: exit %d, %s is %q\n%s", name, code, c.check, d.stateOf(c.check), said)
		}
		for _, f := range d.Findings {
			if (f.State == isOK) != (f.Advice == "") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func edit(t *testing.T, path string, fn func(gridmap.Writer) error) {
	t.Helper()
	s, err := openStore(t.Context(), "gpkg:"+path, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := update(t, s, fn); err != nil {
		t.Fatal(err)
	}
}

func execIn(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorLooksAtADatabase(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	there := newSchema(t, dsn)
	if _, code := runCopy(t, healthyStore(t), there); code != exitOK {
		t.Fatal("copy")
	}
	d, _, said := runFor[diagnosis](t, "doctor", "--store", there)
	for _, check := range []string{"connection", "server", "schema", "role", "audit", "accounts", "map", "records"} {
		if d.stateOf(check) != isOK {
			t.Errorf("%s is %q\n%s", check, d.stateOf(check), said)
		}
	}
	away := "postgres:///x?host=" + filepath.Join(t.TempDir(), "nobody") + "&connect_timeout=1"
	d, code, said := runFor[diagnosis](t, "doctor", "--store", away)
	if code != exitBad || d.stateOf("connection") != isFail || !strings.Contains(said, "→") {
		t.Errorf("exit %d, %+v\n%s", code, d, said)
	}
}
