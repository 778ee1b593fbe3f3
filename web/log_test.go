package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

func TestWhoAsksTooOftenFillsNoLog(t *testing.T) {
	var out bytes.Buffer
	at := time.Unix(1000, 0)
	e := echo.New()
	e.Use(logged(slog.New(slog.NewTextHandler(&out, nil)), func() time.Time { return at }))
	e.GET("/many", func(c echo.Context) error { return c.NoContent(http.StatusTooManyRequests) })
	e.GET("/may-not", func(c echo.Context) error { return c.NoContent(http.StatusForbidden) })
	ask := func(path string) {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	}
	for range 100 {
		ask("/many")
	}
	at = at.Add(time.Second)
	ask("/many")
	ask("/may-not")
	ask("/may-not")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.Contains(lines[1], "and_others=99") || strings.Count(out.String(), "status=403") != 2 {
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
}
