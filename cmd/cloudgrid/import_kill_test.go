package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// importProcess is `cloudgrid import file --store store` as a process of its
// own: this test program run again, which then is cloudgrid (see TestMain).
func importProcess(file, store string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CLOUDGRID_TEST_IMPORT="+file, "CLOUDGRID_TEST_STORE="+store)
	return cmd
}

// TestAnImportKilledMidwayLeavesAllOrNothing kills imports with SIGKILL at
// moments spread over their whole run. CLOUDGRID_KILLS sets how many times, 3
// unless said.
func TestAnImportKilledMidwayLeavesAllOrNothing(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("CLOUDGRID_KILLS")); err == nil && n > 0 {
		kills = n
	}
	const grids = 4000
	file := writeFile(t, "tiles.geojson", tileFeatures(100, grids/100))
	start := time.Now()
	if out, err := importProcess(file, "gpkg:"+filepath.Join(t.TempDir(), "whole.gpkg")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// A little beyond the run that was measured: the others can be slower, and
	// the moments after the commit matter too.
	whole := time.Since(start) * 3 / 2
	seen := map[int]int{}
	for i := range kills {
		store := "gpkg:" + filepath.Join(t.TempDir(), "map.gpkg")
		killed := killImport(t, file, store, whole*time.Duration(2*i+1)/time.Duration(2*kills))
		n := 0
		if _, err := os.Stat(store[len("gpkg:"):]); err == nil {
			var atoms, members int
			if n, atoms, members = countAll(t, store); atoms != n || members != n {
				t.Fatalf("kill %d: %d grids, %d atoms, %d memberships", i, n, atoms, members)
			}
		}
		if n != 0 && n != grids || !killed && n != grids {
			t.Fatalf("kill %d: the store holds %d of %d grids (killed: %v)", i, n, grids, killed)
		}
		seen[n]++
		// Whatever was left, the same import can be run again and then is whole.
		if out, err := importProcess(file, store).CombinedOutput(); err != nil {
			t.Fatalf("kill %d: the next import failed: %v\n%s", i, err, out)
		}
		if n := countGrids(t, store); n != grids {
			t.Fatalf("kill %d: %d grids after the next import", i, n)
		}
	}
	t.Logf("%d kills over %v: nothing %d times, all %d times", kills, whole, seen[0], seen[grids])
}

// killImport starts an import and kills it after a while; false when it was
// done before.
func killImport(t *testing.T, file, store string, after time.Duration) bool {
	t.Helper()
	cmd := importProcess(file, store)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	return !timer.Stop() && err != nil
}
