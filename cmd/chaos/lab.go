package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"cloudgrid/cmd/chaos/cluster"
)

// lab is where scenarios are run: a folder, the program, and whatever runs in
// it, which ends with the scenario.
type lab struct {
	options
	dir string
	out io.Writer

	mu   sync.Mutex
	ends []func() // of what the scenario in hand started, the last first
	n    int      // numbers folders
}

func newLab(ctx context.Context, o options, out io.Writer) (*lab, error) {
	dir, err := os.MkdirTemp("", "cgchaos")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the database's user passes through
		return nil, err
	}
	l := &lab{options: o, dir: dir, out: out}
	if l.binary == "" {
		l.binary = filepath.Join(dir, "cloudgrid")
		l.sayf("构建产品 building the product …")
		if text, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", l.binary, "cloudgrid/cmd/cloudgrid").CombinedOutput(); err != nil {
			l.close()
			return nil, fmt.Errorf("%w\n%s", err, text)
		}
	}
	return l, nil
}

func (l *lab) say(text string) { _, _ = io.WriteString(l.out, text) }

func (l *lab) sayf(format string, args ...any) { l.say(fmt.Sprintf(format, args...) + "\n") }

// later has something done when the scenario ends.
func (l *lab) later(end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = append(l.ends, end)
}

// end ends what the scenario started.
func (l *lab) end() {
	for {
		l.mu.Lock()
		n := len(l.ends)
		if n == 0 {
			l.mu.Unlock()
			return
		}
		last := l.ends[n-1]
		l.ends = l.ends[:n-1]
		l.mu.Unlock()
		last()
	}
}

// close ends everything and removes the folder.
func (l *lab) close() {
	l.end()
	if l.keep {
		l.sayf("保留 kept: %s", l.dir)
		return
	}
	_ = os.RemoveAll(l.dir)
}

// folder makes a new one, with a short name: sockets go there.
func (l *lab) folder() (string, error) {
	l.mu.Lock()
	l.n++
	dir := filepath.Join(l.dir, fmt.Sprint(l.n))
	l.mu.Unlock()
	return dir, os.Mkdir(dir, 0o755) //nolint:gosec // as above
}

// cloudgrid runs a subcommand to its end.
func (l *lab) cloudgrid(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, l.binary, args...)
	dieWithUs(cmd)
	text, err := cmd.CombinedOutput()
	if err != nil {
		return string(text), fmt.Errorf("cloudgrid %s: %w\n%s", strings.Join(args[:1], " "), err, text)
	}
	return string(text), nil
}

// demoFile makes the map of the Bund as a GeoPackage.
func (l *lab) demoFile(ctx context.Context, dir string) (string, error) {
	store := "gpkg:" + filepath.Join(dir, "map.gpkg")
	_, err := l.cloudgrid(ctx, "demo", "--no-serve", "--store", store)
	return store, err
}

// database starts a durable PostgreSQL with the demo in it.
func (l *lab) database(ctx context.Context, o cluster.Options) (*cluster.Cluster, error) {
	db, err := cluster.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	l.later(func() { _ = db.Remove() })
	dir, err := l.folder()
	if err != nil {
		return nil, err
	}
	store, err := l.demoFile(ctx, dir)
	if err != nil {
		return nil, err
	}
	_, err = l.cloudgrid(ctx, "copy", "--from", store, "--to", db.DSN())
	return db, err
}

// dieWithUs has the kernel end a child whose parent died without ending it.
func dieWithUs(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// while waits for a time or until ctx ends.
func while(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// lasting is how long a fault lasts.
func (l *lab) lasting() time.Duration { return time.Duration(l.seconds * float64(time.Second)) }
