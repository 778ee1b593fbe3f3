package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/atlas"
)

func TestAServerWithoutAMapIsNotReadyAndSaysWhy(t *testing.T) {
	e := echo.New()
	health(e, &atlas.Keeper{}, func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) })
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"no_map"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
