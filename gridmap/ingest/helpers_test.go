package ingest_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

func newStore(t *testing.T) gridmap.Store {
	t.Helper()
	s, err := gpkg.Open(ctx, filepath.Join(t.TempDir(), "map.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// file opens text as an upload of the given name.
func file(t *testing.T, name, text string) importers.Source {
	t.Helper()
	src, err := importers.OpenReader(name, strings.NewReader(text), int64(len(text)), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

// check compares a source with a store and stops there: a dry run.
func check(t *testing.T, src importers.Source, s gridmap.Store, o ingest.Options) *ingest.Plan {
	t.Helper()
	o.Now = cmpNow(o.Now)
	b, err := ingest.Prepare(ctx, src, o)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Against(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func cmpNow(t time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// take imports and returns the report.
func take(t *testing.T, src importers.Source, s gridmap.Store, o ingest.Options) *ingest.Report {
	t.Helper()
	p := check(t, src, s, o)
	if _, err := p.Write(ctx, s); err != nil {
		t.Fatal(err)
	}
	return p.Report()
}

// kinds counts the findings of a severity by kind, "" for any.
func kinds(r *ingest.Report, severity ingest.Severity) map[string]int {
	n := map[string]int{}
	for _, f := range r.Findings {
		if severity == "" || f.Severity == severity {
			n[f.Kind]++
		}
	}
	return n
}

func finding(t *testing.T, r *ingest.Report, kind string) ingest.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Kind == kind {
			return f
		}
	}
	t.Fatalf("no %s among %+v", kind, r.Findings)
	return ingest.Finding{}
}

func gridsOf(t *testing.T, s gridmap.Store, q gridmap.Query) map[string]gridmap.Grid {
	t.Helper()
	out := map[string]gridmap.Grid{}
	view(t, s, func(r gridmap.Reader) error {
		for g, err := range r.Grids(ctx, q) {
			if err != nil {
				return err
			}
			out[g.Code] = g
		}
		return nil
	})
	return out
}

// atomsOf returns the atoms valid at a time by code, and the code of the grid
// each belongs to.
func atomsOf(t *testing.T, s gridmap.Store, at time.Time) (atoms map[string]gridmap.Atom, gridOf map[string]string) {
	t.Helper()
	atoms, gridOf = map[string]gridmap.Atom{}, map[string]string{}
	view(t, s, func(r gridmap.Reader) error {
		code, grid := map[gridmap.AtomID]string{}, map[gridmap.GridID]string{}
		for a, err := range r.Atoms(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			atoms[a.Code], code[a.ID] = a, a.Code
		}
		for g, err := range r.Grids(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			grid[g.ID] = g.Code
		}
		for m, err := range r.Memberships(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			gridOf[code[m.Atom]] = grid[m.Grid]
		}
		return nil
	})
	return atoms, gridOf
}

func view(t *testing.T, s gridmap.Store, fn func(gridmap.Reader) error) {
	t.Helper()
	if err := s.View(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

// square is a GeoJSON feature: a square of side degrees with properties.
func square(props string, lon, lat, side float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`,
		props, lon, lat, lon+side, lat, lon+side, lat+side, lon, lat+side, lon, lat)
}

func grid(code string, lon, lat, side float64) string {
	return square(fmt.Sprintf(`"code":%q,"name":"网格%s"`, code, code), lon, lat, side)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", name, got)
	}
}
