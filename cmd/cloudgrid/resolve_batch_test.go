package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runCLI(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestABatchFileIsAnsweredRowByRowAndCanBeResumed(t *testing.T) {
	_, store := demoStore(t)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	var b strings.Builder
	b.WriteString("name,lon,lat\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "\"p,%d\",%.6f,24.140000\n", i, 120.64+float64(i)*0.00002)
	}
	b.WriteString("bad,x,24\nfar,10,10\nshort\n")
	if err := os.WriteFile(in, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"resolve", "--store", "gpkg:" + store, "--batch", in, "--out", out, "--crs", "wgs84"}
	if code, _, errs := runCLI(t, args...); code != 1 { // two rows are wrong
		t.Fatal(code, errs)
	}
	whole, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(whole)).ReadAll()
	if err != nil || len(rows) != 5004 {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	for i, row := range rows[1:5001] {
		if row[0] != fmt.Sprintf("p,%d", i) {
			t.Fatalf("row %d is %v", i, row)
		}
	}
	if rows[5001][3] != "error" || rows[5002][3] != "outside" || rows[5003][3] != "error" {
		t.Errorf("%v", rows[5001:])
	}
	if code, _, errs := runCLI(t, args...); code != 2 || !strings.Contains(errs, "--resume") {
		t.Errorf("an existing output: %d %s", code, errs)
	}
	for _, keep := range []int{len(whole) / 3, len(whole) / 2, len(whole)} {
		if err := os.WriteFile(out, whole[:keep], 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := runCLI(t, append(args, "--resume")...); code > 1 {
			t.Fatal(code, errs)
		}
		if again, err := os.ReadFile(out); err != nil || !bytes.Equal(again, whole) {
			t.Errorf("resumed after %d bytes: %v, %d bytes of %d", keep, err, len(again), len(whole))
		}
	}
}
