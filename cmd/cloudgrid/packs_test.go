package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/cmd/cloudgrid/demodata/packs"
	"cloudgrid/gridmap"
)

func TestAPackIsTheSameMapEachTime(t *testing.T) {
	sum := func() string {
		s, err := openStore(t.Context(), "gpkg:"+filepath.Join(t.TempDir(), "x.gpkg"), storeMake)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := packs.All()["chaisang"](t.Context(), s, time.Unix(1.8e9, 0)); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := s.View(t.Context(), func(r gridmap.Reader) error {
			for x, err := range r.Atoms(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x, err)
			}
			for x, err := range r.Places(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x, err)
			}
			for x, err := range r.Records(t.Context(), gridmap.Query{}) {
				fmt.Fprintln(&b, x.ID, x.Key, string(x.Body), err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if one, two := sum(), sum(); one != two {
		t.Error("two runs differ")
	}
}

func TestTheDemoCommandMakesAPack(t *testing.T) {
	where := "gpkg:" + filepath.Join(t.TempDir(), "demo.gpkg")
	code, out, errs := runCLI(t, "demo", "--place", "chaisang", "--no-serve", "--store", where, "--json")
	if code != exitOK || !strings.Contains(out, `"edition":1`) {
		t.Fatalf("exit %d %s %s", code, out, errs)
	}
	names := placeNames()
	for name := range packs.All() {
		if !slices.Contains(names, name) {
			t.Errorf("the demo does not know %s", name)
		}
	}
}
