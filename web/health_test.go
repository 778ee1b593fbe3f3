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

// fullSince is a store that has had no room since then.
type fullSince time.Time

func (f fullSince) FullSince() time.Time { return time.Time(f) }

func TestReadinessNamesAFullStore(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for since, named := range map[time.Time]bool{{}: false, at: true} {
		e := echo.New()
		health(e, state{maps: &atlas.Keeper{}, room: fullSince(since), now: func() time.Time { return at }})
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if strings.Contains(w.Body.String(), `"fault":"store_full","since":"2026-03-01T00:00:00Z"`) != named {
			t.Errorf("full since %v: %s", since, w.Body)
		}
	}
}

func TestAServerWithoutAMapIsNotReadyAndSaysWhy(t *testing.T) {
	e := echo.New()
	health(e, state{maps: &atlas.Keeper{}, now: func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"no_map"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
