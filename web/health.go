package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/atlas"
)

// health adds /healthz (the process answers) and /readyz (it has a map to
// answer from; how old that is stands beside it).
func health(e *echo.Echo, maps *atlas.Keeper) {
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error {
		a, fault := maps.Current(), maps.Fault()
		body := struct {
			Ready   bool      `json:"ready"`
			Edition int64     `json:"edition"`
			Seq     int64     `json:"seq"`
			At      time.Time `json:"at"`
			Stale   bool      `json:"stale"` // the store could not be read lately
		}{a != nil, a.Edition().Number, int64(a.Head().Seq), a.At(), fault != nil}
		return c.JSON(http.StatusOK, body)
	})
}
