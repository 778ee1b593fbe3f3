package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// filledStore makes a GeoPackage with two change sets in it.
func filledStore(t *testing.T) (where string) {
	t.Helper()
	where = "gpkg:" + filepath.Join(t.TempDir(), "from.gpkg")
	s, err := openStore(t.Context(), where, storeMake)
	if err != nil {
		t.Fatal(err)
	}
	ctx, at := t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"东", "东门"} {
		c := gridmap.Commit{At: at, Actor: "测试", Action: "import", Edit: &gridmap.Edition{Name: name}, Audit: []gridmap.AuditEntry{{Action: "import"}}}
		_, err := s.Update(ctx, c, func(w gridmap.Writer) error {
			if err := w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "综治网", Main: true}); err != nil {
				return err
			}
			if err := w.PutLevels(ctx, 1, []gridmap.Level{{Code: "grid", Name: "网格"}}); err != nil {
				return err
			}
			ring := spatial.Ring{{X: 1, Y: 2}, {X: 1206000003, Y: 5}, {X: 9, Y: 241000007}}
			return w.PutGrids(ctx, gridmap.Grid{ID: 2, Network: 1, Code: "A", Name: name, Shape: spatial.MultiPolygon{{ring}}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return where
}

func runCopy(t *testing.T, from, to string) (copied, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run([]string{"copy", "--json", "--from", from, "--to", to}, strings.NewReader(""), &out, &errs)
	var result copied
	if code == exitOK {
		if err := json.Unmarshal(out.Bytes(), &result); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
	} else {
		t.Logf("exit %d: %s", code, errs.String())
	}
	return result, code
}

func TestACopyHoldsTheWholeHistory(t *testing.T) {
	from, to := filledStore(t), "gpkg:"+filepath.Join(t.TempDir(), "to.gpkg")
	result, code := runCopy(t, from, to)
	if code != exitOK || result.Seq != 2 || result.Edition != 2 {
		t.Fatalf("exit %d, %+v", code, result)
	}
	rows := make(map[string]int64)
	for _, k := range result.Kinds {
		rows[k.Kind] = k.Rows
	}
	if rows["grid"] != 2 || rows["audit"] != 2 || rows["edition"] != 2 || rows["code"] != 1 {
		t.Errorf("rows %v", rows)
	}
	if _, code := runCopy(t, from, to); code != exitBad {
		t.Errorf("copied over a map: exit %d", code)
	}
	if _, code := runCopy(t, "gpkg:"+filepath.Join(t.TempDir(), "none.gpkg"), to); code != exitBad {
		t.Errorf("copied from nothing: exit %d", code)
	}
}

func TestACopyGoesToPostGISAndBackUnchanged(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	there := newSchema(t, dsn)
	from, back := filledStore(t), "gpkg:"+filepath.Join(t.TempDir(), "back.gpkg")
	first, code := runCopy(t, from, there)
	if code != exitOK {
		t.Fatal("gpkg to postgis")
	}
	second, code := runCopy(t, there, back)
	if code != exitOK {
		t.Fatal("postgis to gpkg")
	}
	if len(first.Kinds) == 0 || len(first.Kinds) != len(second.Kinds) {
		t.Fatalf("%v, %v", first.Kinds, second.Kinds)
	}
	for i := range first.Kinds {
		if first.Kinds[i] != second.Kinds[i] {
			t.Errorf("%+v came back as %+v", first.Kinds[i], second.Kinds[i])
		}
	}
}

// newSchema returns the address of a schema that is not there yet; it is
// dropped when the test ends.
func newSchema(t *testing.T, dsn string) (there string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("cmd_%d_%d", os.Getpid(), time.Now().UnixNano())
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		if _, err := conn.Exec(context.Background(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
	})
	return u.String()
}
