package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// crowdCommand is the first argument of this program as the slow clients: they
// are a process of their own, so that measuring the fast ones is not slowed.
const crowdCommand = "crowd"

// manner is one way of being slow: what is sent at first, and then every now
// and then.
type manner struct {
	name  string
	hello string
	drip  string // one byte of it at a time, again and again; "" sends no more
	sip   bool   // reads a byte every now and then; else nothing is read
}

// manners are the ways of being slow.
func manners() []manner {
	const host = " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	return []manner{
		{name: "headers", hello: "GET /v1/meta" + host, drip: "X-Slow: x\r\n"},
		{name: "bodies", hello: "POST /v1/resolve" + host + "Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n[", drip: " "},
		{name: "readers", hello: "GET /v1/grids.geojson" + host + "\r\n", sip: true},
		{name: "idle", hello: "GET /healthz" + host + "\r\n"},
		{name: "events", hello: "GET /v1/changes" + host + "Accept: text/event-stream\r\n\r\n"},
	}
}

// tally is what the crowd says of itself, as one line of JSON a second.
type tally struct {
	Open    int64
	Dropped int64 // by the server, for being slow
	Refused int64 // no connection was had
}

// crowdProcess returns what to run when this process is to be the crowd:
// arguments "crowd HOST:PORT NUMBER".
func crowdProcess(args []string) (func() int, bool) {
	if len(args) != 3 || args[0] != crowdCommand {
		return nil, false
	}
	return func() int {
		n, err := strconv.Atoi(args[2])
		if err != nil {
			return exitBad
		}
		beSlow(context.Background(), args[1], n, os.Stdout)
		return exitHeld
	}, true
}

// beSlow keeps n slow clients at work until nobody reads what it says.
func beSlow(ctx context.Context, addr string, n int, out io.Writer) {
	var t struct{ open, dropped, refused atomic.Int64 }
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	ways := manners()
	for i := range n {
		all.Go(func() {
			while(ctx, time.Duration(i)*200*time.Microsecond) // 5,000 a second
			for ctx.Err() == nil {
				conn, err := slowDial(ctx, addr)
				if err != nil {
					t.refused.Add(1)
					while(ctx, time.Second)
					continue
				}
				t.open.Add(1)
				ways[i%len(ways)].dawdle(ctx, conn)
				t.open.Add(-1)
				if ctx.Err() == nil {
					t.dropped.Add(1)
				}
			}
		})
	}
	for ctx.Err() == nil {
		line, _ := json.Marshal(tally{t.open.Load(), t.dropped.Load(), t.refused.Load()})
		if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
			break
		}
		while(ctx, time.Second)
	}
	cancel()
	all.Wait()
}

// slowDial connects with the smallest buffer for what comes in.
func slowDial(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 2048) })
	}}
	return d.DialContext(ctx, "tcp", addr)
}

// dawdle is slow on a connection until the server has had enough.
func (m manner) dawdle(ctx context.Context, conn net.Conn) {
	defer conn.Close() //nolint:errcheck // nothing is pending
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if _, err := io.WriteString(conn, m.hello); err != nil {
		return
	}
	one := make([]byte, 1)
	for n := 0; ctx.Err() == nil; n++ {
		while(ctx, time.Second+time.Duration(rand.Int64N(int64(2*time.Second))))
		if m.drip != "" {
			if _, err := io.WriteString(conn, m.drip[n%len(m.drip):][:1]); err != nil {
				return
			}
		}
		if m.sip {
			_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			if _, err := conn.Read(one); errors.Is(err, io.EOF) {
				return
			}
		}
		if m.drip == "" && gone(conn) {
			return
		}
	}
}

// gone tells whether the other end has closed a connection, without reading.
func gone(conn net.Conn) (closed bool) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return true
	}
	peek := make([]byte, 1)
	err = raw.Control(func(fd uintptr) {
		n, _, err := syscall.Recvfrom(int(fd), peek, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = n == 0 && err == nil || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	})
	return closed || err != nil
}

// mob is the crowd as its parent sees it.
type mob struct {
	cmd   *exec.Cmd
	said  atomic.Pointer[tally]
	ended chan struct{}
}

// slowOnes starts a crowd.
func (l *lab) slowOnes(url string, n int) (*mob, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	m := &mob{cmd: exec.Command(self, crowdCommand, strings.TrimPrefix(url, "http://"), fmt.Sprint(n)), ended: make(chan struct{})}
	dieWithUs(m.cmd)
	m.cmd.Stderr = l.out
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := m.cmd.Start(); err != nil {
		return nil, err
	}
	m.said.Store(&tally{})
	go func() {
		defer close(m.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var t tally
			if json.Unmarshal(lines.Bytes(), &t) == nil {
				m.said.Store(&t)
			}
		}
		_ = m.cmd.Wait()
	}()
	l.later(m.stop)
	return m, nil
}

func (m *mob) stop() {
	_ = m.cmd.Process.Kill()
	<-m.ended
}
