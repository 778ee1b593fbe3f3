package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

func TestABodyThatPausesIsGivenUp(t *testing.T) {
	client, server := net.Pipe()
	defer func() { _, _ = client.Close(), server.Close() }()
	var set []time.Time
	p := &paced{ReadCloser: server, deadline: func(at time.Time) error {
		set = append(set, at)
		if at.IsZero() {
			return server.SetReadDeadline(at)
		}
		return server.SetReadDeadline(time.Now().Add(10 * time.Millisecond)) // a minute, for the impatient
	}}
	go func() { _, _ = client.Write([]byte("some")) }()
	if _, err := io.ReadAll(p); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read to %v", err)
	}
	if n := len(set); n < 3 || !set[n-1].IsZero() || set[0].IsZero() {
		t.Errorf("deadlines %v", set)
	}
}

func TestABodyThatIsNoStreamHasAnEnd(t *testing.T) {
	till := time.Now().Add(time.Second)
	var last time.Time
	p := &paced{ReadCloser: io.NopCloser(strings.NewReader("x")), till: till, deadline: func(at time.Time) error { last = at; return nil }}
	p.extend()
	if !last.Equal(till) {
		t.Errorf("may take until %v, not %v", last, till)
	}
	p.till = time.Time{}
	p.extend()
	if !last.After(till) {
		t.Errorf("a stream may take until %v", last)
	}
}

func TestAClientThatDoesNotReadIsDroppedAndOthersAreNot(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	server := &httptest.Server{Listener: hurried{l}, Config: &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" { // longer than the stall in all
			for range 20 {
				time.Sleep(10 * time.Millisecond)
				_, _ = io.WriteString(w, "data: x\n\n")
				_ = http.NewResponseController(w).Flush()
			}
			return
		}
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				ended <- err
				return
			}
		}
	})}}
	server.Start()
	defer server.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(30 * time.Second):
		t.Error("a client that does not read is waited for")
	}
	resp, err := http.Get(server.URL + "/events") //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	n := 0
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if lines.Text() != "" {
			n++
		}
	}
	if n != 20 {
		t.Errorf("%d of 20 events", n)
	}
}

// hurried is Unhurried with a short patience.
type hurried struct{ net.Listener }

func (h hurried) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: conn, stall: 100 * time.Millisecond}, nil
}

func TestABodyIsBoundedAsItsRuleSays(t *testing.T) {
	gate := auth.New(auth.Config{Rules: []auth.Rule{
		{Method: http.MethodPost, Path: "/small", Action: rights.Read, MaxBytes: 10},
		{Method: http.MethodPost, Path: "/stream", Action: rights.Read, MaxBytes: -1, Stream: true},
	}})
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) { refuse(nil, err, c) }
	e.Use(bounded(gate))
	handler := func(c echo.Context) error {
		_, err := io.Copy(io.Discard, c.Request().Body)
		return err
	}
	e.POST("/small", handler)
	e.POST("/stream", handler)
	e.POST("/other", handler)
	for _, c := range []struct {
		path  string
		size  int
		sized bool
		want  int
	}{
		{"/small", 10, true, http.StatusOK},
		{"/small", 11, true, http.StatusRequestEntityTooLarge},
		{"/small", 11, false, http.StatusRequestEntityTooLarge},
		{"/stream", 5 << 20, false, http.StatusOK},
		{"/other", auth.DefaultMaxBytes + 1, true, http.StatusRequestEntityTooLarge},
	} {
		req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, c.path, strings.NewReader(strings.Repeat("x", c.size)))
		if !c.sized {
			req.ContentLength = -1
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, req)
		if w.Code != c.want {
			t.Errorf("%s with %d bytes: %d, want %d", c.path, c.size, w.Code, c.want)
		}
	}
}

func TestARequestIDIsPlainOrOurOwn(t *testing.T) {
	for id, want := range map[string]bool{
		"0123456789abcdef": true, "5b0c4f0e-0000-4000-8000-000000000001": true, "": false, "short": false, "evil id\n": false, strings.Repeat("x", 65): false, "<script>alert": false,
	} {
		if plainID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}
