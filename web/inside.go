package web

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/metrics"
	"cloudgrid/web/problem"
)

// inside adds what shows the server's inside to those who run it: /metrics for
// Prometheus, and profiles.
func inside(e *echo.Echo, m *metrics.Metrics) {
	e.GET("/metrics", m.Handler())
	profile := func(name string) echo.HandlerFunc { return echo.WrapHandler(pprof.Handler(name)) }
	for _, name := range []string{"goroutine", "heap", "allocs", "block", "mutex"} {
		e.GET("/debug/pprof/"+name, profile(name))
	}
	e.GET("/debug/pprof/profile", func(c echo.Context) error {
		if n, err := strconv.Atoi(c.QueryParam("seconds")); err != nil || n < 1 || n > 60 {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "seconds 应为 1 至 60 (say for how many seconds)"))
		}
		// A profile takes longer than an answer may.
		_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(2 * time.Minute))
		pprof.Profile(c.Response(), c.Request())
		return nil
	})
}
