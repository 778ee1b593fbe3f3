package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// client writes to a server as one planner.
type client struct {
	base string
	name string
	http *http.Client
}

func newClient(base, name string) *client {
	return &client{base, name, &http.Client{Timeout: writeTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 2}}}
}

// writeTimeout is how long a person waits for a write.
const writeTimeout = 30 * time.Second

type object = map[string]any

// The ways in which a write ends other than well.
var (
	errRefused = errors.New("refused for now") // 503 or 507 with Retry-After
	errGone    = errors.New("no answer")       // it may have been done or not
)

// errWrong is an answer that nobody should get.
type errWrong struct {
	status int
	text   string
}

func (e errWrong) Error() string { return fmt.Sprintf("%d %s", e.status, e.text) }

// call sends a request; what comes back is decoded into to, unless that is nil.
func (c *client) call(ctx context.Context, method, path string, body, to any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CloudGrid-Actor", url.PathEscape(c.name))
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	switch {
	case resp.StatusCode/100 == 2 && to == nil:
		return nil
	case resp.StatusCode/100 == 2:
		return json.Unmarshal(answer.Bytes(), to)
	case resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusInsufficientStorage:
		if resp.Header.Get("Retry-After") != "" {
			return fmt.Errorf("%w: %s", errRefused, detail(answer.Bytes()))
		}
	}
	return errWrong{resp.StatusCode, answer.String()[:min(300, answer.Len())]}
}

func (c *client) get(ctx context.Context, path string, to any) error {
	return c.call(ctx, http.MethodGet, path, nil, to)
}

func (c *client) post(ctx context.Context, path string, body, to any) error {
	return c.call(ctx, http.MethodPost, path, body, to)
}

// detail is what a refusal says to people.
func detail(body []byte) string {
	var problem struct{ Detail string }
	_ = json.Unmarshal(body, &problem)
	return problem.Detail
}
