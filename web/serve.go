package web

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	// finishWithin is how long requests under way may take once the server ends.
	finishWithin = 10 * time.Second
	// firstWithin is how long a connection that was accepted just before may
	// take to send its request.
	firstWithin = time.Second
	// settleEvery is how often such connections are counted.
	settleEvery = 10 * time.Millisecond
)

// Serve answers on l until ctx ends, then lets requests under way finish. With a
// TLS configuration in server it speaks TLS.
func Serve(ctx context.Context, e *echo.Echo, l net.Listener, server *http.Server) error {
	var coming comers
	server.Handler = headAsGet(e)
	server.ConnState = coming.note
	l = Unhurried(l)
	server.ReadHeaderTimeout, server.IdleTimeout, server.MaxHeaderBytes = readHeaderTimeout, idleTimeout, maxHeaderBytes
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		_ = l.Close() // nobody new; who was let in is still answered
		coming.settle()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	serve := server.Serve
	if server.TLSConfig != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	err := serve(l)
	if errors.Is(err, http.ErrServerClosed) || ctx.Err() != nil && errors.Is(err, net.ErrClosed) {
		return <-stopped
	}
	return err
}

// comers counts connections whose first request is still to come. From when
// Shutdown is called, net/http throws such a request away unanswered.
type comers struct{ n atomic.Int64 }

// note is an http.Server's ConnState. It is called from one goroutine at a time
// for each connection.
func (c *comers) note(conn net.Conn, state http.ConnState) {
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	own, ok := conn.(*patientConn)
	switch {
	case !ok:
	case state == http.StateNew:
		c.n.Add(1)
	case !own.asked:
		own.asked = true
		c.n.Add(-1)
	}
}

// settle waits until there are none, for a while. A request counts as come a
// moment before it is safe, so that they must be none twice.
func (c *comers) settle() {
	for end, none := time.Now().Add(firstWithin), 0; none < 2 && time.Now().Before(end); {
		time.Sleep(settleEvery)
		if none++; c.n.Load() > 0 {
			none = 0
		}
	}
}
