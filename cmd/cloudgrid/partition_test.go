package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

func TestPartitionsAreMadeBeforeTheFirstImportAndOutliveARestore(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none.gpkg")
	if code, _, _ := runCLI(t, "partition", "--store", "gpkg:"+nowhere, "--counties", "310101"); code != exitBad {
		t.Errorf("a file: exit %d", code)
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a file was made that can have no partitions")
	}
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	there := newSchema(t, dsn)
	for _, args := range [][]string{{"--list"}, {}} { // nothing named: nothing to make a map for
		if code, _, _ := runCLI(t, append([]string{"partition", "--store", there}, args...)...); code != exitBad {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if code, _, said := runCLI(t, "partition", "--store", there, "--counties", "310101"); code != exitOK {
		t.Fatalf("exit %d: %s", code, said)
	}
	if _, code := runCopy(t, filledStore(t), there); code != exitOK {
		t.Fatalf("the store with its partition takes no copy: exit %d", code)
	}
	own := func(store string) bool {
		t.Helper()
		code, out, said := runCLI(t, "partition", "--store", store, "--list")
		if code != exitOK {
			t.Errorf("exit %d: %s%s", code, out, said)
		}
		return strings.Contains(out+said, "own partition")
	}
	if !own(there) {
		t.Error("the partition was lost")
	}
	again := newSchema(t, dsn)
	if got, code := runCopy(t, there, again); code != exitOK || !slices.Equal(got.Partitions, []gridmap.County{310101}) || !own(again) {
		t.Errorf("copied: exit %d, partitions %v", code, got.Partitions)
	}
	other := newSchema(t, dsn)
	if _, code := runCopy(t, filledStore(t), other); code != exitOK {
		t.Fatal(code)
	}
	if _, code := runCopy(t, there, other); code == exitOK || own(other) {
		t.Errorf("a copy into a store that is not empty: exit %d, partitioned %v", code, own(other))
	}
}

func TestACopyTellsWhichCountiesCouldHaveAPartition(t *testing.T) {
	var said bytes.Buffer
	c := &console{out: &said, err: io.Discard}
	c.sayPartitions(copied{}, "postgres://me@host/grid")
	if said.Len() > 0 {
		t.Errorf("nothing to tell: %s", said.String())
	}
	c.sayPartitions(copied{Unpartitioned: []gridmap.County{310101}}, "postgres://me:secret@host/grid")
	if text := said.String(); !strings.Contains(text, "cloudgrid partition --store") || strings.Contains(text, "secret") {
		t.Error(text)
	}
}
