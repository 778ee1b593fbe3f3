package main

import (
	"strings"
	"testing"
)

func TestMetricsCountRoutesAndNeverNameWhatWasAsked(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	for range 3 {
		resolveAt(t, base, inTaichung)
	}
	_, _, _ = fetch(t, base+"/v1/grids/987654321")
	_, _, _ = fetch(t, base+"/q/SECRETCODE1")
	status, body, _ := fetch(t, base+"/metrics")
	text := string(body)
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	for _, want := range []string{
		`cloudgrid_request_seconds_count{method="GET",route="/v1/resolve",status="2xx"} 3`,
		`cloudgrid_request_seconds_count{method="GET",route="/v1/grids/:id",status="4xx"} 1`,
		"cloudgrid_edition 1", "cloudgrid_map_stale 0", "cloudgrid_atoms 2", "go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
	for _, private := range []string{"120.6867", "987654321", "SECRETCODE1"} {
		if strings.Contains(text, private) {
			t.Errorf("%q is in the metrics", private)
		}
	}
}
