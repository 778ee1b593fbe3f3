package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// answersWatch holds every answer that any test of this package gets from one of our
// servers against that server's OpenAPI document. What does not fit is told at
// the end, and fails the run.
type answersWatch struct {
	base       http.RoundTripper
	mu         sync.Mutex
	contracts  map[string]*contract // by address of the server; nil for one without a document
	complaints []string
}

func (w *answersWatch) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	if err != nil || req.URL.Hostname() != "127.0.0.1" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/") {
		return resp, err
	}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media != "application/json" && !strings.HasSuffix(media, "+json") || resp.Header.Get("Content-Encoding") != "" {
		return resp, nil
	}
	body, cut := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	rest := io.Reader(bytes.NewReader(body))
	if cut == nil {
		w.hold(req, resp.StatusCode, media, body)
	} else {
		rest = io.MultiReader(rest, broken{cut})
	}
	resp.Body = io.NopCloser(rest)
	return resp, nil
}

// broken is the rest of an answer that did not come.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func (w *answersWatch) hold(req *http.Request, status int, media string, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, path := w.contractOf("http://"+req.URL.Host), req.URL.EscapedPath()
	if c == nil || c.operation(req.Method, c.templateOf(path)) == nil || strings.HasSuffix(path, ".geojson") {
		return // a page, a path that is not served, or another name of one
	}
	if err := c.check(req.Method, path, status, media, body); err != nil {
		w.complaints = append(w.complaints, fmt.Sprintf("%s %s: %d %s: %v\n%.400s", req.Method, req.URL.RequestURI(), status, media, err, body))
	}
}

// contractOf reads the document of a server once.
func (w *answersWatch) contractOf(server string) *contract {
	if c, known := w.contracts[server]; known {
		return c
	}
	w.contracts[server] = nil
	req, err := http.NewRequest(http.MethodGet, server+"/openapi.json", nil)
	if err != nil {
		return nil
	}
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Content-Type"), "openapi") {
		return nil
	}
	if c, err := newContract(server, body); err == nil {
		w.contracts[server] = c
	}
	return w.contracts[server]
}

// tell prints what did not fit, the same only once, and whether anything did not.
func (w *answersWatch) tell(out io.Writer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := map[string]bool{}
	for _, c := range w.complaints {
		_, why, _ := strings.Cut(c, "openapi.json#")
		if why, _, _ = strings.Cut(why, "'"); !told[why] {
			fmt.Fprintf(out, "an answer is not as /openapi.json says: %s\n", c)
		}
		told[why] = true
	}
	return len(told) > 0
}
