package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestAnImportKilledMidwayLeavesAllOrNothing runs the real program and kills it
// with SIGKILL at moments spread over its whole run. CLOUDGRID_KILLS sets how
// many times, 3 unless said.
func TestAnImportKilledMidwayLeavesAllOrNothing(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("CLOUDGRID_KILLS")); err == nil && n > 0 {
		kills = n
	}
	binary := filepath.Join(t.TempDir(), "cloudgrid")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const grids = 8000
	file := writeFile(t, "tiles.geojson", tileFeatures(100, grids/100))
	start := time.Now()
	if out, err := exec.Command(binary, "import", file, "--store", "gpkg:"+filepath.Join(t.TempDir(), "whole.gpkg")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	seen := map[int]int{}
	for i := range kills {
		store := "gpkg:" + filepath.Join(t.TempDir(), "map.gpkg")
		killed := killImport(t, binary, file, store, whole*time.Duration(2*i+1)/time.Duration(2*kills))
		n := 0
		if _, err := os.Stat(store[len("gpkg:"):]); err == nil {
			n = countGrids(t, store)
		}
		if n != 0 && n != grids || !killed && n != grids {
			t.Fatalf("kill %d: the store holds %d of %d grids (killed: %v)", i, n, grids, killed)
		}
		seen[n]++
		// Whatever was left, the same import can be run again and then is whole.
		if out, err := exec.Command(binary, "import", file, "--store", store).CombinedOutput(); err != nil {
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
func killImport(t *testing.T, binary, file, store string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(binary, "import", file, "--store", store)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	return !timer.Stop() && err != nil
}
