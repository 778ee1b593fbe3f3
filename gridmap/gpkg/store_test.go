package gpkg

import (
	"context"
	"path/filepath"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m, openAt) }

func openAt(ctx context.Context, where string) (gridmap.Store, error) {
	s, err := Open(ctx, where, Options{})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// oddName has in it what a URL or a shell could trip over.
const oddName = "图 %41?&#.gpkg"

func openNew(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), oddName), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) gridmap.Store { return openNew(t) })
}

func TestTwoProcessesShareAMap(t *testing.T) {
	storetest.RunShared(t, func(t *testing.T) (gridmap.Store, gridmap.Store) {
		a := openNew(t)
		b, err := Open(t.Context(), a.path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	})
}

func TestAKilledProcessLeavesWholeChangeSets(t *testing.T) {
	storetest.Kill(t, filepath.Join(t.TempDir(), oddName), openAt)
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
