package gridmap

import (
	"testing"
	"time"
)

func TestADayBeginsAtMidnightInChina(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-07-01":                time.Date(2026, 6, 30, 16, 0, 0, 0, time.UTC),
		"2026-07-01T08:00:00+08:00": time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		"2026-07-01T00:00:00.5Z":    time.Date(2026, 7, 1, 0, 0, 0, 5e8, time.UTC),
	} {
		if got, err := ParseTime(text); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v %v, want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "yesterday", "2026-7-1", "2026-02-30", "20260701"} {
		if got, err := ParseTime(bad); CodeOf(err) != Invalid {
			t.Errorf("%q is %v %v", bad, got, err)
		}
	}
}
