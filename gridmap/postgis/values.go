package postgis

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// orNull is how a time is stored: NULL for the zero time.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// nullTime reads what orNull wrote.
type nullTime struct{ time.Time }

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (n *nullTime) ScanTimestamptz(v pgtype.Timestamptz) error {
	n.Time = time.Time{}
	if v.Valid {
		n.Time = v.Time.UTC()
	}
	return nil
}
