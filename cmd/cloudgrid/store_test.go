package main

import (
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func TestAStoreNobodyKnowsIsRefusedWithAnExample(t *testing.T) {
	for _, where := range []string{"map.gpkg", "mysql://x", "gpkg:", "nonsense"} {
		s, err := openStore(t.Context(), where, storeRead)
		if s != nil || gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "gpkg:") {
			t.Errorf("%q: %v, %v", where, s, err)
		}
	}
}

func TestAStoreIsNamedWithoutItsPassword(t *testing.T) {
	for where, want := range map[string]string{
		"":                              defaultStore,
		"gpkg:a.gpkg":                   "gpkg:a.gpkg",
		"postgres://u:secret@h/db":      "postgres://u:xxxxx@h/db",
		"postgres://h/db?password=s3cr": "postgres://h/db?password=xxxxx",
		"postgres://h:bad port/db":      "postgres://…",
	} {
		if got := storeName(where); got != want {
			t.Errorf("%q is shown as %q, want %q", where, got, want)
		}
	}
}
