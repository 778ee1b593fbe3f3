package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// errStop ends a walk early without being an error.
var errStop = errors.New("stop")

// jsonProps reads a JSON object in its own order. Nested objects and arrays
// are kept as their JSON text.
func jsonProps(raw []byte) (Props, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] != '{' {
		return nil, errors.New("properties 不是对象")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var props Props
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		value, err := jsonValue(v)
		if err != nil {
			return nil, err
		}
		props = append(props, Prop{key, value})
	}
	return props, nil
}

func jsonValue(v []byte) (any, error) {
	v = bytes.TrimSpace(v)
	switch v[0] {
	case '"':
		var s string
		err := json.Unmarshal(v, &s)
		return s, err
	case 't', 'f':
		return v[0] == 't', nil
	case 'n':
		return nil, nil
	case '{', '[':
		return string(v), nil
	}
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return n, nil
	}
	return strconv.ParseFloat(string(v), 64)
}

// fieldSet gathers fields in order of first appearance, widening the type
// where rows differ.
type fieldSet struct {
	at     map[string]int
	fields []Field
}

func newFieldSet() *fieldSet { return &fieldSet{at: map[string]int{}} }

func (s *fieldSet) list() []Field { return s.fields }

func (s *fieldSet) add(name string, v any) {
	i, ok := s.at[name]
	if !ok {
		i = len(s.fields)
		s.at[name] = i
		s.fields = append(s.fields, Field{Name: name})
	}
	f := &s.fields[i]
	switch t := typeOf(v); {
	case t == Unknown || t == f.Type:
	case f.Type == Unknown:
		f.Type = t
	case (f.Type == Integer || f.Type == Real) && (t == Integer || t == Real):
		f.Type = Real
	default:
		f.Type = Text
	}
}

func (s *fieldSet) addJSON(raw []byte) {
	props, err := jsonProps(raw)
	if err != nil {
		return // the row is reported when it is read for good
	}
	for _, p := range props {
		s.add(p.Key, p.Value)
	}
}

func typeOf(v any) FieldType {
	switch v.(type) {
	case string:
		return Text
	case int64:
		return Integer
	case float64:
		return Real
	case bool:
		return Boolean
	}
	return Unknown
}
