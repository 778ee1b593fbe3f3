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

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
