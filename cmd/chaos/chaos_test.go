package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestMain lets this program be the slow clients, as cloudgrid's chaos is.
func TestMain(m *testing.M) {
	if run, ok := crowdProcess(os.Args[1:]); ok {
		os.Exit(run())
	}
	os.Exit(m.Run())
}

// TestWhatStandsUnderTheServerMayFail is the short version of `make chaos`: the
// same scenarios, each for a moment. What depends on how busy the machine is is
// only printed.
func TestWhatStandsUnderTheServerMayFail(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
	defer stop()
	binary := filepath.Join(t.TempDir(), "cloudgrid")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "cloudgrid/cmd/cloudgrid").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	short := options{binary: binary, seconds: 0.7, soak: 2 * time.Second, rounds: 2, acks: 20, connections: 8, slow: 200}
	names := "db-killed,replica-killed,kills-gpkg,kills-postgis,slow-clients,soak"
	if os.Geteuid() == 0 { // who may mount
		names += ",disk-full-gpkg"
	}
	chosen, err := choose(scenarios(), names)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range chosen {
		t.Run(s.name, func(t *testing.T) {
			var out bytes.Buffer
			l, err := newLab(ctx, short, &out)
			if err != nil {
				t.Fatal(err)
			}
			defer l.close()
			r := &report{}
			if err := s.run(ctx, l, r); err != nil {
				t.Fatal(err)
			}
			t.Logf("\n%s", r.table())
			for _, row := range r.rows {
				if !row.ok && !row.clock {
					t.Errorf("%s (%s): want %s, got %s", row.zh, row.en, row.want, row.got)
				}
			}
		})
	}
}
