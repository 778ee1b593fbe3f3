package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// rankOf reads 1, 2 …, or A, B … (A 岗, B岗, 主责).
func rankOf(s string) int {
	s = strings.ToUpper(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "岗")))
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	switch {
	case len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z':
		return int(s[0]-'A') + 1
	case s == "主责" || s == "主":
		return 1
	case s == "副":
		return 2
	}
	return 0
}

// parseDate reads a day as people write it, or as the serial number that a
// spreadsheet keeps (days since 1899-12-30).
func parseDate(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006-1-2", "2006年1月2日", "20060102"} {
		if t, err := time.ParseInLocation(layout, s, gridmap.CivilZone()); err == nil {
			return t.UTC(), nil
		}
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || days < 20000 || days > 80000 {
		return time.Time{}, fmt.Errorf("no date: %q", s)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, gridmap.CivilZone()).Add(time.Duration(days * 24 * float64(time.Hour))).UTC(), nil
}
