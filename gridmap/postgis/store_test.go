package postgis

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

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

var schemas atomic.Int64

// newDSN returns a DSN whose first schema does not exist yet; it is dropped
// when the test ends.
func newDSN(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	query := u.Query()
	query.Set("search_path", schema+",public")
	query.Set("application_name", schema)
	u.RawQuery = query.Encode()
	t.Cleanup(func() {
		exec(t, dsn, "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
	})
	return u.String()
}

func exec(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx := context.Background() // also in a cleanup
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func openNew(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), newDSN(t), Options{})
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
		dsn := newDSN(t)
		a, err := Open(t.Context(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Open(t.Context(), dsn, Options{MustExist: true})
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	})
}

func TestAKilledProcessLeavesWholeChangeSets(t *testing.T) {
	storetest.Kill(t, newDSN(t), openAt)
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
