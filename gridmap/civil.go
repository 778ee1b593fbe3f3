package gridmap

import "time"

// CivilZone is the zone of dates and hours that people write: all of China
// keeps one, without summer time.
func CivilZone() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// ParseTime reads RFC 3339, or a day, which is its start in CivilZone. The error
// is Invalid and says what is wanted.
func ParseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, CivilZone())
	if err != nil {
		return time.Time{}, Errorf(Invalid, "时间 %q 应写作 2026-07-01 或 2026-07-01T08:00:00+08:00 (want a date or RFC 3339)", text)
	}
	return t.UTC(), nil
}
