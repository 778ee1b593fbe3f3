package gpkg

import (
	"encoding/json"
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
