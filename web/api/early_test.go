package api

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/spatial"
)

// storedMaps loads every map from its store.
type storedMaps struct {
	t     *testing.T
	store gridmap.Store
	now   time.Time
}

func (m storedMaps) Current() *atlas.Atlas {
	a, err := m.AsOf(m.t.Context(), m.now)
	if err != nil {
		m.t.Error(err)
	}
	return a
}

func (m storedMaps) AsOf(ctx context.Context, t time.Time) (a *atlas.Atlas, err error) {
	if t.IsZero() {
		t = m.now
	}
	err = m.store.View(ctx, func(r gridmap.Reader) error {
		a, err = atlas.Load(ctx, r, t, 0)
		return err
	})
	return a, err
}

func (m storedMaps) AsKnown(ctx context.Context, t, _ time.Time) (*atlas.Atlas, error) {
	return m.AsOf(ctx, t)
}

// TestBeforeTheFirstMapAPointIsNotOutside: nobody drew a border then that it could
// be outside of.
func TestBeforeTheFirstMapAPointIsNotOutside(t *testing.T) {
	s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "map.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, gridmap.CivilZone())
	if _, err := s.Update(t.Context(), gridmap.Commit{At: first, Actor: "test", Action: "import"}, func(w gridmap.Writer) error {
		return firstMap(t.Context(), w, gridmap.Span{ValidFrom: first})
	}); err != nil {
		t.Fatal(err)
	}
	api := New(storedMaps{t, s, first.AddDate(0, 0, 9)}, Desk{})
	for at, want := range map[string]string{
		"": `"status":"inside"`, "2026-03-02": `"status":"inside"`,
		"2026-02-28": "2026-02-28 00:00 还没有网格数据", "2020-01-01": "还没有网格数据",
	} {
		for _, known := range []string{"", "2026-03-09"} {
			b, err := api.Resolve(t.Context(), Question{Lon: "120.65", Lat: "24.15", CRS: "wgs84", At: at, KnownAt: known})
			if known != "" && at == "" {
				continue // as told then
			}
			got := string(b)
			if err != nil {
				got = string(gridmap.CodeOf(err)) + err.Error()
			}
			if !strings.Contains(got, want) || strings.HasPrefix(want, "20") && gridmap.CodeOf(err) != gridmap.NotFound {
				t.Errorf("at %q, known %q: %s", at, known, got)
			}
		}
	}
}

func firstMap(ctx context.Context, w gridmap.Writer, since gridmap.Span) error {
	square := spatial.MultiPolygon{{{{X: 1206000000, Y: 241000000}, {X: 1207000000, Y: 241000000}, {X: 1207000000, Y: 242000000}, {X: 1206000000, Y: 242000000}}}}
	for _, put := range []func() error{
		func() error {
			return w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "主网", Main: true})
		},
		func() error {
			return w.PutLevels(ctx, 1, []gridmap.Level{{Network: 1, Code: "grid", Name: "网格"}})
		},
		func() error {
			return w.PutGrids(ctx, gridmap.Grid{ID: 2, Network: 1, Code: "A", Name: "甲", Span: since})
		},
		func() error { return w.PutAtoms(ctx, gridmap.Atom{ID: 3, Code: "a", Shape: square, Span: since}) },
		func() error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: 3, Network: 1, Grid: 2, Span: since})
		},
	} {
		if err := put(); err != nil {
			return err
		}
	}
	return nil
}
