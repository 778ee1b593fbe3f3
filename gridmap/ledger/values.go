package ledger

import "encoding/json"

// How values lie in the columns of either store.

// NullID is how a reference is stored: NULL for none.
func NullID[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// NullText is how a text that may be missing, and is unique where it is not, is
// stored: NULL for none.
func NullText(t string) any {
	if t == "" {
		return nil
	}
	return t
}

// JSON writes a map, slice or struct as text. What it is given always marshals:
// strings and finite numbers.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// MapJSON writes a map; most are empty.
func MapJSON[M ~map[string]V, V any](m M) string {
	if len(m) == 0 {
		return "{}"
	}
	return JSON(m)
}

// FromJSON reads what the two above wrote; an empty map or slice comes back as
// nil.
func FromJSON[T any](text string, to *T) error {
	var zero T
	*to = zero
	if text == "" || text == "{}" || text == "[]" || text == "null" {
		return nil
	}
	return json.Unmarshal([]byte(text), to)
}
