package gpkg

import (
	"fmt"
	"time"
)

// timeLayout has a fixed width, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// timeText is how a time is stored: NULL for the zero time.
func timeText(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeLayout)
}

// nullTime reads what timeText wrote.
type nullTime struct{ time.Time }

// Scan implements sql.Scanner.
func (n *nullTime) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		n.Time = time.Time{}
		return nil
	case string:
		t, err := time.Parse(timeLayout, v)
		n.Time = t
		return err
	}
	return fmt.Errorf("a time is stored as %T", v)
}
