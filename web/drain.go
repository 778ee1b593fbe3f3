package web

import (
	"sync/atomic"

	"github.com/labstack/echo/v4"
)

// Drain tells a server that it is about to end. From then on it says so to
// balancers, and asks those who are connected to connect elsewhere after their
// next answer; it goes on answering. The nil Drain never begins.
type Drain struct{ begun atomic.Bool }

// Begin begins it.
func (d *Drain) Begin() { d.begun.Store(true) }

// Begun tells whether it has begun.
func (d *Drain) Begun() bool { return d != nil && d.begun.Load() }

// parting closes connections one by one, each after an answer: closed by the
// server while it is idle, a connection may just have been used for a request.
func parting(d *Drain) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if d.Begun() {
				c.Response().Header().Set("Connection", "close")
			}
			return next(c)
		}
	}
}
