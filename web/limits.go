package web

import (
	"io"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/web/auth"
)

const (
	// bodyStall is how long a body may pause, and bodyWhole how long one that
	// is no stream may take: a megabyte over a poor line.
	bodyStall = 60 * time.Second
	bodyWhole = 2 * time.Minute
	// writeStall is how long a client may take for writePiece of an answer:
	// less than 1 KiB a second is nobody who reads.
	writeStall = time.Minute
	writePiece = 64 << 10
)

// bounded bounds what a request may send, in bytes and in time. A stream may go
// on for as long as it does not pause.
func bounded(gate *auth.Gate) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Body == nil || r.Body == http.NoBody {
				return next(c)
			}
			most, stream := gate.Limits(c)
			if most >= 0 {
				if r.ContentLength > most {
					return echo.ErrStatusRequestEntityTooLarge
				}
				r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, most)
			}
			p := &paced{ReadCloser: r.Body, deadline: http.NewResponseController(c.Response().Writer).SetReadDeadline}
			if !stream {
				p.till = time.Now().Add(bodyWhole)
			}
			p.extend()
			r.Body = p
			return next(c)
		}
	}
}

// paced is a body that must not pause.
type paced struct {
	io.ReadCloser
	deadline func(time.Time) error
	till     time.Time // when all of it must be there; zero: no such time
}

func (p *paced) extend() {
	at := time.Now().Add(bodyStall)
	if !p.till.IsZero() && p.till.Before(at) {
		at = p.till
	}
	_ = p.deadline(at) // a test's writer knows no deadlines
}

func (p *paced) Read(b []byte) (int, error) {
	p.extend()
	n, err := p.ReadCloser.Read(b)
	if err != nil { // from here on the connection only waits for what comes next
		_ = p.deadline(time.Time{})
	}
	return n, err
}

// Unhurried returns a listener whose connections drop a client that does not
// take what it is sent, however long the answer as a whole may last: a stream
// of events lives on, a reader that has stopped does not.
func Unhurried(l net.Listener) net.Listener { return unhurried{l} }

type unhurried struct{ net.Listener }

func (l unhurried) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: conn, stall: writeStall}, nil
}

// patientConn sets a deadline for each piece that is written.
type patientConn struct {
	net.Conn

	asked bool // its first request has begun to come in, or never will
	stall time.Duration
	set   time.Time // when the deadline was last set
}

// Write is called by one goroutine at a time, as net/http does.
func (c *patientConn) Write(b []byte) (n int, err error) {
	for {
		if now := time.Now(); now.Sub(c.set) > c.stall/8 { // not at each of many small writes
			c.set = now
			if err := c.SetWriteDeadline(now.Add(c.stall)); err != nil {
				return n, err
			}
		}
		piece := b[:min(len(b), writePiece)]
		m, err := c.Conn.Write(piece)
		n += m
		if b = b[m:]; err != nil || len(b) == 0 {
			return n, err
		}
	}
}
