package gpkg

import (
	"path/filepath"
	"testing"

	"cloudgrid/gridmap/storetest"
)

func TestAMapOfTheFirstVersionIsUpgradedWithItsCodes(t *testing.T) {
	path := filepath.Join(t.TempDir(), oddName)
	db := openFile(path, false)
	p, err := provider(db, "gpkg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(storetest.OldMap); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	storetest.Upgraded(t, s)
}
