package main

import (
	"context"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/web"
)

// inherited is the --addr of a server whose socket is handed to it.
const inherited = "systemd"

// firstInherited is the first descriptor that is handed over; sd_listen_fds(3).
const firstInherited = 3

// listen listens on an address, or takes the socket that systemd holds. Such a
// socket outlives the server: who connects while one ends and the next starts
// waits in its queue, and nobody is refused.
func listen(addr string) (net.Listener, error) {
	if addr == inherited {
		return listenInherited(os.Getenv, os.Getpid())
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Unavailable, "无法监听 %s，换一个 --addr (cannot listen): %w", addr, err)
	}
	return l, nil
}

func listenInherited(env func(string) string, pid int) (net.Listener, error) {
	n, _ := strconv.Atoi(env("LISTEN_FDS"))
	if n != 1 || env("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, gridmap.Errorf(gridmap.Invalid, "--addr systemd 须由 systemd 以一个套接字启动，见 docs/operations.md (want to be started with one socket)")
	}
	file := os.NewFile(firstInherited, "systemd")
	defer file.Close() //nolint:errcheck // FileListener has a copy
	l, err := net.FileListener(file)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "systemd 交来的套接字不能用 (the socket cannot be used): %w", err)
	}
	return l, nil
}

// untilStopped returns a context that ends when the process is told to stop: at
// once by an interrupt, and by SIGTERM after the drain, of which d is told when
// it begins. A second signal cuts it short.
func untilStopped(parent context.Context, d *web.Drain, drain time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		defer cancel()
		defer signal.Stop(signals)
		select {
		case <-ctx.Done():
			return
		case s := <-signals:
			if s == syscall.SIGINT || drain <= 0 {
				return
			}
		}
		d.Begin()
		select {
		case <-ctx.Done():
		case <-signals:
		case <-time.After(drain):
		}
	}()
	return ctx, cancel
}
