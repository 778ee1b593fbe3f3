package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNoRequestMakesTheServerFail sends what the document allows, what it nearly
// allows and nonsense to every operation: no answer is a failure of the server
// (5xx), and each is as documented.
func TestNoRequestMakesTheServerFail(t *testing.T) {
	s, _ := bundStore(t)
	readyForSigns(t, s)
	base, _ := boot(t, s)
	c := contractOf(t, base)
	c.want(t, http.StatusCreated, "POST", "/v1/plans", `{"name":"随机"}`)
	all := c.operations()
	answered := map[int]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 4 {
			method, path, body := c.random(t, rapid.SampledFrom(all).Draw(t, "operation"))
			status, answer, complaint := c.ask(method, path, body)
			if cut := new(net.OpError); errors.As(complaint, &cut) && len(path)+len(body) > 8<<10 {
				continue // refused before all of it was sent: the answer may be lost with the connection
			}
			if complaint != nil {
				t.Fatalf("%d bytes: %v", len(path)+len(body), complaint)
			}
			if status >= http.StatusInternalServerError {
				t.Fatalf("%s %s %s: %d %s", method, path, body, status, answer)
			}
			answered[status/100]++
		}
	})
	t.Logf("answers by class: %v", answered)
	if answered[2] == 0 || answered[4] == 0 {
		t.Error("the requests are all good, or all bad")
	}
}

// Values that stand for the many that may be sent.
var (
	sampleNumbers = []string{"0", "1", "2", "19", "46", "229", "-1", "0.5", "31.2449", "121.4828", "1e9", "-1e308", "9223372036854775807", "99999999999999999999"}
	sampleTexts   = []string{
		"", "main", "grid", "street", "wgs84", "gcj02", "epsg:4326", "EPSG:99999", "balance", "relieve", "reassign_atoms", "mode", "2026-01-01", "2026-13-45T99:99:99Z",
		"0001-01-01T00:00:00Z", "9999-12-31", "中山东一路15号", "' OR 1=1 --", "%", "_", "*", "\x00", "\u202e", "\U0001f3d8", "NaN", "Inf", "null", "-", "x", "121.48,31.24", "0,0,1,1", "1,0,0,1",
		"level_name = '网格'", "((((", "code LIKE '%1'", strings.Repeat("路", 3000), `"`, "<script>", "=1+1",
	}
)

// random makes a request to an operation.
func (c *contract) random(t *rapid.T, operation string) (method, path string, body []byte) {
	method, template, _ := strings.Cut(operation, " ")
	op := c.operation(method, template)
	path, query := template, url.Values{}
	params, _ := op["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		name := p["name"].(string)
		value := scalarFor(t, c.resolve(p["schema"]))
		switch {
		case p["in"] == "path":
			if strings.Trim(value, ".") == "" {
				value = "1"
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case name == "wait": // and the test would, too
		case rapid.IntRange(0, 2).Draw(t, "sends "+name) > 0:
			query.Set(name, value)
		}
	}
	if rapid.IntRange(0, 19).Draw(t, "unknown parameter") == 0 {
		query.Set("unknown", "1")
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	request, _ := op["requestBody"].(map[string]any)
	if request == nil {
		return method, path, nil
	}
	media, _ := request["content"].(map[string]any)["application/json"].(map[string]any)
	value := c.value(t, media["schema"], 4)
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return method, path, spoil(t, body)
}

// spoil returns a body, now and then broken.
func spoil(t *rapid.T, body []byte) []byte {
	switch rapid.IntRange(0, 24).Draw(t, "body") {
	case 0:
		return body[:rapid.IntRange(0, len(body)).Draw(t, "cut")]
	case 1:
		return []byte(strings.Repeat("[", 100_000))
	case 2:
		return append(body, body...)
	case 3:
		return rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "bytes")
	}
	return body
}

// resolve follows a reference of the document.
func (c *contract) resolve(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	for s["$ref"] != nil {
		name := s["$ref"].(string)[strings.LastIndexByte(s["$ref"].(string), '/')+1:]
		s = c.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return s
}

func kindOf(s map[string]any) string {
	switch kind := s["type"].(type) {
	case string:
		return kind
	case []any:
		return fmt.Sprint(kind[0])
	}
	return ""
}

// scalarFor is a value of a parameter, mostly of the right kind.
func scalarFor(t *rapid.T, s map[string]any) string {
	kind := kindOf(s)
	if rapid.IntRange(0, 9).Draw(t, "wrong kind") == 0 {
		kind = "string"
	}
	if kind == "integer" || kind == "number" {
		return rapid.SampledFrom(sampleNumbers).Draw(t, "number")
	}
	return rapid.SampledFrom(append(slices.Clone(sampleTexts), sampleNumbers...)).Draw(t, "text")
}

// value makes a JSON value, mostly after a schema.
func (c *contract) value(t *rapid.T, schema any, depth int) any {
	s := c.resolve(schema)
	if list, ok := s["enum"].([]any); ok && rapid.IntRange(0, 4).Draw(t, "of the list") > 0 {
		return rapid.SampledFrom(list).Draw(t, "enum")
	}
	kind := kindOf(s)
	if kind == "" || rapid.IntRange(0, 19).Draw(t, "wrong kind") == 0 {
		kind = rapid.SampledFrom([]string{"object", "array", "string", "integer", "boolean", "null"}).Draw(t, "kind")
	}
	switch kind {
	case "object":
		return c.object(t, s, depth)
	case "array":
		list := []any{}
		if depth > 0 {
			for range rapid.IntRange(0, 3).Draw(t, "length") {
				list = append(list, c.value(t, s["items"], depth-1))
			}
		}
		return list
	case "integer", "number":
		return json.Number(rapid.SampledFrom(sampleNumbers).Draw(t, "number"))
	case "boolean":
		return rapid.Bool().Draw(t, "bool")
	case "null":
		return nil
	}
	return rapid.SampledFrom(sampleTexts).Draw(t, "text")
}

func (c *contract) object(t *rapid.T, s map[string]any, depth int) map[string]any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	if depth == 0 {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		oneIn := 2 // is left out
		if slices.Contains(required, any(name)) {
			oneIn = 10
		}
		if rapid.IntRange(1, oneIn).Draw(t, name) == 1 {
			continue
		}
		out[name] = c.value(t, properties[name], depth-1)
	}
	if len(properties) == 0 { // its members are not documented: those of operations, and of records
		out["kind"] = rapid.SampledFrom([]string{"reassign_atoms", "merge", "cut", "set_attrs", "move_vertex", "split_atom", "create_grid", "retire_grid", "set_lock"}).Draw(t, "kind of operation")
		out["id"] = rapid.StringMatching(`[a-z]{1,6}`).Draw(t, "id")
		for _, name := range []string{"atoms", "to", "grid", "grids", "into", "line", "at", "name", "mode", "locked"} {
			if rapid.Bool().Draw(t, name) {
				out[name] = c.value(t, map[string]any{}, depth-1)
			}
		}
	}
	return out
}
