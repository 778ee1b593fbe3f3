package postgis

import (
	"encoding/json"
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

// nullID is how a reference is stored: NULL for none.
func nullID[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// asJSON writes a map, slice or struct as text. What it is given always
// marshals: strings and finite numbers.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// mapJSON writes a map; most are empty.
func mapJSON[M ~map[string]V, V any](m M) string {
	if len(m) == 0 {
		return "{}"
	}
	return asJSON(m)
}

// fromJSON reads what the two above wrote; an empty map or slice comes back
// as nil.
func fromJSON[T any](text string, to *T) error {
	var zero T
	*to = zero
	if text == "" || text == "{}" || text == "[]" || text == "null" {
		return nil
	}
	return json.Unmarshal([]byte(text), to)
}
