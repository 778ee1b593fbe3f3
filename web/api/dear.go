package api

import (
	"fmt"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
)

// What a stranger's address may ask a minute of what costs the server most: a
// receipt is kept for ever, and a question about the past may load a whole map.
func dearRate() auth.Rate { return auth.Rate{PerMinute: 30, Burst: 30} }

// dear answers 429 to strangers who ask too much of it; whoever signed in, or
// has a key, is not counted here.
func (s *Service) dear(c echo.Context, q Question) error {
	if q.Receipt == "" && q.At == "" && q.KnownAt == "" || !who.From(c.Request().Context()).Public() {
		return nil
	}
	ok, wait := s.strangers.Allow(c.RealIP(), dearRate(), 1, s.desk.Now())
	if ok {
		return nil
	}
	c.Response().Header().Set("Retry-After", fmt.Sprint(math.Ceil(wait.Seconds())))
	return echo.NewHTTPError(http.StatusTooManyRequests,
		"回执和对过去的查询过于频繁，请稍后再试，或使用应用密钥 (too many receipts or questions about the past: try again, or use a key)")
}
