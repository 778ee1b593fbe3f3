package gpkg

import (
	"path/filepath"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func openNew(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "图 %41?.gpkg"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) gridmap.Store { return openNew(t) })
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
