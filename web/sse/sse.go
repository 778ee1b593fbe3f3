// Package sse writes server-sent events, so that streams of all faces have the
// same headers, time limits and signs of life.
package sse

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Beat is how often a stream that has nothing to tell says that it is there,
// so that proxies keep it and both ends notice when the other has gone.
const Beat = 15 * time.Second

// sendTimeout bounds how long one event may take to go out.
const sendTimeout = 10 * time.Second

// MediaType of a stream.
const MediaType = "text/event-stream"

// Stream is an answer under way.
type Stream struct {
	c  echo.Context
	rc *http.ResponseController
}

// New begins a stream.
func New(c echo.Context) *Stream {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, MediaType+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	return &Stream{c, http.NewResponseController(c.Response())}
}

// Send writes one event; id "" keeps the reader's last one. An error says that
// the reader has gone.
func (s *Stream) Send(id, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var b []byte
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, "event: "...), event...), "\ndata: "...)
	return s.write(append(append(b, body...), "\n\n"...))
}

// Alive writes a line that readers overlook.
func (s *Stream) Alive() error { return s.write([]byte(": \n\n")) }

func (s *Stream) write(b []byte) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	if _, err := s.c.Response().Write(b); err != nil {
		return err
	}
	return s.rc.Flush()
}
