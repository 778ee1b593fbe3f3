package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	code, out, said := runCLI(t, "partition", "--store", there, "--list")
	if code != exitOK || !strings.Contains(out+said, "own partition") {
		t.Errorf("exit %d: %s%s", code, out, said)
	}
}
