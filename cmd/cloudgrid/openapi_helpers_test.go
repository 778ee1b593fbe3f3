package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is a server's OpenAPI document, held against what the server answers.
type contract struct {
	url      string
	doc      map[string]any
	paths    []string // templates, literal parts before parameters
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	done     map[string]bool // "GET /v1/meta 200"
}

func contractOf(t *testing.T, url string) *contract {
	t.Helper()
	status, body, _ := fetch(t, url+"/openapi.json")
	if status != http.StatusOK {
		t.Fatalf("/openapi.json: %d", status)
	}
	c, err := newContract(url, body)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newContract(url string, document []byte) (*contract, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	c := &contract{url: url, doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}, done: map[string]bool{}}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("mem:///openapi.json", doc); err != nil {
		return nil, err
	}
	c.paths = slices.SortedFunc(maps.Keys(c.doc["paths"].(map[string]any)), func(a, b string) int {
		return strings.Compare(strings.ReplaceAll(a, "{", "\xff"), strings.ReplaceAll(b, "{", "\xff"))
	})
	return c, nil
}

// operations lists "GET /v1/meta" and so on.
func (c *contract) operations() (all []string) {
	for _, path := range c.paths {
		for _, method := range slices.Sorted(maps.Keys(c.doc["paths"].(map[string]any)[path].(map[string]any))) {
			all = append(all, strings.ToUpper(method)+" "+path)
		}
	}
	return all
}

func (c *contract) operation(method, template string) map[string]any {
	item, _ := c.doc["paths"].(map[string]any)[template].(map[string]any)
	op, _ := item[strings.ToLower(method)].(map[string]any)
	return op
}

// templateOf finds the path of the document that a path is.
func (c *contract) templateOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for _, template := range c.paths {
		if want := strings.Split(template, "/"); len(want) == len(parts) && slices.EqualFunc(want, parts, fits) {
			return template
		}
	}
	return ""
}

// fits tells whether a part of a path is as a template wants it: "{z}", "{y}.mvt".
func fits(want, part string) bool {
	if !strings.HasPrefix(want, "{") {
		return want == part
	}
	rest, ok := strings.CutSuffix(part, want[strings.IndexByte(want, '}')+1:])
	return ok && rest != ""
}

// ask sends a request and complains where the answer is not as documented.
func (c *contract) ask(method, path string, body []byte, header ...string) (status int, answer []byte, complaint error) {
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media == "text/event-stream" {
		answer = make([]byte, 1)
		_, err = io.ReadFull(resp.Body, answer)
	} else {
		answer, err = io.ReadAll(resp.Body)
	}
	if err != nil {
		return resp.StatusCode, answer, err
	}
	if err := c.check(method, path, resp.StatusCode, media, answer); err != nil {
		return resp.StatusCode, answer, fmt.Errorf("%s %s %s: %d %s: %w\n%.600s", method, path, body, resp.StatusCode, media, err, answer)
	}
	return resp.StatusCode, answer, nil
}

func (c *contract) check(method, path string, status int, media string, answer []byte) error {
	template := c.templateOf(path)
	op := c.operation(method, template)
	if op == nil {
		return fmt.Errorf("the document does not know the route (%q)", template)
	}
	responses := op["responses"].(map[string]any)
	key := fmt.Sprint(status)
	if responses[key] == nil {
		if key = "default"; status < 400 {
			return fmt.Errorf("the document does not know the status")
		}
	}
	c.done[method+" "+template+" "+key] = true
	content, _ := responses[key].(map[string]any)["content"].(map[string]any)
	if len(content) == 0 && len(answer) == 0 {
		return nil
	}
	described, ok := content[media].(map[string]any)
	if !ok {
		return fmt.Errorf("the document does not know the media type, only %v", slices.Collect(maps.Keys(content)))
	}
	if described["schema"] == nil {
		return nil
	}
	schema, err := c.schema(template, strings.ToLower(method), key, media)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func (c *contract) schema(template, method, key, media string) (*jsonschema.Schema, error) {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace
	at := "mem:///openapi.json#/paths/" + escape(template) + "/" + method + "/responses/" + key + "/content/" + escape(strings.ReplaceAll(media, "+", "%2B")) + "/schema"
	if s := c.schemas[at]; s != nil {
		return s, nil
	}
	s, err := c.compiler.Compile(at)
	c.schemas[at] = s
	return s, err
}

// want asks and fails the test when the answer is not as documented or has
// another status.
func (c *contract) want(t *testing.T, status int, method, path string, body any, header ...string) map[string]any {
	t.Helper()
	var sent []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		sent = b
	case string:
		sent = []byte(b)
	default:
		var err error
		if sent, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
	got, answer, complaint := c.ask(method, path, sent, header...)
	if complaint != nil {
		t.Error(complaint)
	}
	if got != status {
		t.Errorf("%s %s: %d, want %d: %.400s", method, path, got, status, answer)
	}
	value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(answer)) // with numbers as they were written
	out, _ := value.(map[string]any)                              // an array, a file or nothing is nil
	return out
}
