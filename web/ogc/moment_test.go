package ogc

import (
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestAnIntervalIsAnsweredByItsEndAndMustHaveOne(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-01T00:00:00Z": day, "../2026-03-01T00:00:00Z": day, "2020-01-01T00:00:00Z/2026-03-01T00:00:00Z": day,
		"2026-03-01T00:00:00Z/2026-03-01T00:00:00Z": day, "2026-03-01T00:00:00Z/..": {}, "../..": {}, "/": {},
	} {
		if got, err := momentOf(text); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"2027-01-01T00:00:00Z/2026-03-01T00:00:00Z", "x/2026-03-01T00:00:00Z", "x/..", "../x", "a/b/c", "x"} {
		if _, err := momentOf(text); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
