package gpkg

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/gridmap/storetest"
)

func TestAMapOfTheFirstVersionIsUpgradedWithItsCodes(t *testing.T) {
	path := filepath.Join(t.TempDir(), oddName)
	older(t, path, 1, storetest.OldMap)
	s, err := Open(t.Context(), path, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	storetest.Upgraded(t, s)
	keptBefore(t, path)
}

// older makes a file of an older version, filled by sql.
func older(t *testing.T, path string, version int64, sql string) {
	t.Helper()
	db := openFile(path, false)
	p, err := provider(db, "gpkg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(sql); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// keptBefore looks whether the file as it was is there, whole and untouched.
func keptBefore(t *testing.T, path string) {
	t.Helper()
	db := openFile(path+".before-1", true)
	defer func() { _ = db.Close() }()
	var version, grids, plans, id int
	err := db.QueryRow("SELECT (SELECT max(version_id) FROM schema_version), (SELECT count(*) FROM grid), (SELECT count(*) FROM sqlite_schema WHERE name = 'plan'), (SELECT application_id FROM pragma_application_id)").Scan(&version, &grids, &plans, &id)
	if err != nil || version != 1 || grids != 1 || plans != 0 || id == 0 {
		t.Errorf("version %d, %d grids, %d tables of plans, application %x: %v", version, grids, plans, id, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".cloudgrid-before") {
			t.Errorf("left over: %s", e.Name())
		}
	}
}

func TestACopyBeforeAnUpgradeThatIsBrokenOffIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), oddName)
	old := func() (version int) {
		db := openFile(path, false)
		defer func() { _ = db.Close() }()
		p, err := provider(db, "gpkg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT max(version_id) FROM schema_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
		return version
	}
	old()
	db := openFile(path, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := keepBefore(ctx, db, path, 1)
	_ = db.Close()
	if err == nil {
		t.Error("a copy that was broken off is taken for one")
	}
	if _, err := os.Stat(path + ".before-1"); !os.IsNotExist(err) || old() != 1 {
		t.Errorf("%v", err)
	}
}
