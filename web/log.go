package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"cloudgrid/web/who"
)

// requestID gives each request an id, or keeps the one that it came with when
// that is one: it goes into logs and answers.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !plainID(id) {
			id = uuid.NewString()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func plainID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// logged writes a line for each request: at debug level what went well, at info
// what was refused, as a warning what failed. A line has the pattern of the
// route and never the URL, whose query and path hold coordinates, addresses and
// tokens; of who asked it has an id, not a name or an address. Of those who ask
// too often one line a second is written, with how many it stands for: a disk is
// not theirs to fill.
func logged(log *slog.Logger, now func() time.Time) echo.MiddlewareFunc {
	var second, left atomic.Int64 // of the last such line; those since that have none
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			err := next(c)
			if err != nil {
				c.Error(err) // answered now, so that the line can say how
			}
			level := levelOf(c.Response().Status)
			if !log.Enabled(c.Request().Context(), level) {
				return nil
			}
			others := int64(0)
			if c.Response().Status == http.StatusTooManyRequests {
				if at := now().Unix(); second.Swap(at) == at {
					left.Add(1)
					return nil
				}
				others = left.Swap(0)
			}
			attrs := []slog.Attr{
				slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Int("status", c.Response().Status),
				slog.Float64("ms", float64(time.Since(start).Microseconds())/1000), slog.Int64("bytes", c.Response().Size),
				slog.String("who", whoID(who.From(c.Request().Context()))), slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID)),
			}
			if others > 0 {
				attrs = append(attrs, slog.Int64("and_others", others))
			}
			log.LogAttrs(context.WithoutCancel(c.Request().Context()), level, "request", attrs...)
			return nil
		}
	}
}

func levelOf(status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelWarn
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// whoID names who asked without saying who that is.
func whoID(a who.Actor) string {
	switch {
	case a.Key != "":
		return "key:" + a.Key
	case a.Account != 0:
		return "account:" + strconv.FormatInt(int64(a.Account), 10)
	case a.Public():
		return "public"
	}
	return "local"
}
