package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// server is `cloudgrid serve` as a process of its own.
type server struct {
	url   string
	cmd   *exec.Cmd
	ended chan struct{}
	log   string // file of its standard error
}

// serve starts a server over a store and waits until it answers. It ends with
// the scenario.
func (l *lab) serve(ctx context.Context, store string, args ...string) (*server, error) {
	dir, err := l.folder()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(dir + "/serve.log") //nolint:gosec // our own folder
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the child's
	args = append([]string{"serve", "--store", store, "--addr", "127.0.0.1:0", "--rate", "-1", "--accounts", "off"}, args...)
	s := &server{cmd: exec.Command(l.binary, args...), ended: make(chan struct{}), log: log.Name()}
	dieWithUs(s.cmd)
	s.cmd.Stderr = log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	l.later(s.kill)
	said := make(chan string, 1)
	go s.listen(out, said)
	select {
	case s.url = <-said:
	case <-time.After(time.Minute):
	case <-ctx.Done():
	}
	if s.url == "" {
		s.kill()
		return nil, fmt.Errorf("the server did not start: %s", s.tail())
	}
	return s, nil
}

// listen waits for the address and then for the end.
func (s *server) listen(out io.Reader, said chan<- string) {
	defer close(s.ended)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "CloudGrid: "); ok {
			said <- strings.TrimRight(address, "/")
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = s.cmd.Wait()
	close(said)
}

// kill ends the process at once, as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// tail is the end of what the server complained of.
func (s *server) tail() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
