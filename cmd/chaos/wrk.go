package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// crowd is wrk at work: many connections that read as fast as they are
// answered. It counts what fails.
type crowd struct {
	cmd *exec.Cmd
	out bytes.Buffer
}

// wrkResult is what wrk counted.
type wrkResult struct {
	requests, failed int
	perSecond        float64
	p50, p99         time.Duration
}

// readers starts wrk on a server: points, tiles, lists. It reads until stop.
func (l *lab) readers(url string, connections int) (*crowd, error) {
	return l.wrkOn(url, connections, luaScript(paths(500)))
}

// wrkOn starts wrk with a script.
func (l *lab) wrkOn(url string, connections int, lua string) (*crowd, error) {
	dir, err := l.folder()
	if err != nil {
		return nil, err
	}
	script := filepath.Join(dir, "read.lua")
	if err := os.WriteFile(script, []byte(lua), 0o600); err != nil {
		return nil, err
	}
	c := &crowd{cmd: exec.Command("wrk", "-c", fmt.Sprint(connections), "-t", "2", "-d", "3600", "--timeout", "5", "--latency", "-s", script, url)}
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.out
	dieWithUs(c.cmd)
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("wrk: %w (`make deps` installs it)", err)
	}
	l.later(func() { _ = c.cmd.Process.Kill(); _ = c.cmd.Wait() })
	return c, nil
}

// stop ends the reading and returns the count.
func (c *crowd) stop() (wrkResult, error) {
	_ = c.cmd.Process.Signal(syscall.SIGINT) // wrk then says what it has
	if err := c.cmd.Wait(); err != nil {
		return wrkResult{}, fmt.Errorf("wrk: %w: %s", err, c.out.String())
	}
	return wrkSaid(c.out.String())
}

// measure reads for a while.
func (l *lab) measure(ctx context.Context, url string, connections int, d time.Duration) (wrkResult, error) {
	c, err := l.readers(url, connections)
	if err != nil {
		return wrkResult{}, err
	}
	while(ctx, d)
	return c.stop()
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in`)
	wrkRate     = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkSockets  = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
	wrkRefused  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkQuantile = regexp.MustCompile(`(\d+)%\s+([\d.]+)(us|ms|s|m)\b`)
)

// wrkSaid reads wrk's report.
func wrkSaid(text string) (w wrkResult, err error) {
	m := wrkRequests.FindStringSubmatch(text)
	if m == nil {
		return w, fmt.Errorf("wrk said nothing that is understood: %s", text)
	}
	w.requests, _ = strconv.Atoi(m[1])
	if m = wrkRate.FindStringSubmatch(text); m != nil {
		w.perSecond, _ = strconv.ParseFloat(m[1], 64)
	}
	if m = wrkSockets.FindStringSubmatch(text); m != nil {
		for _, n := range m[1:] {
			k, _ := strconv.Atoi(n)
			w.failed += k
		}
	}
	if m = wrkRefused.FindStringSubmatch(text); m != nil {
		k, _ := strconv.Atoi(m[1])
		w.failed += k
	}
	for _, m := range wrkQuantile.FindAllStringSubmatch(text, -1) {
		v, _ := strconv.ParseFloat(m[2], 64)
		unit := map[string]time.Duration{"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute}[m[3]]
		switch d := time.Duration(v * float64(unit)); m[1] {
		case "50":
			w.p50 = d
		case "99":
			w.p99 = d
		}
	}
	return w, nil
}

// The ground of the demo: the Bund and Lujiazui, in degrees.
const west, south, east, north = 121.4820, 31.2275, 121.5105, 31.2500

// paths are what readers ask, n questions in all kinds; always the same.
func paths(n int) []string {
	chance := rand.New(rand.NewPCG(8, 8))
	all := []string{"/v1/meta", "/v1/grids", "/tiles/grids.json", "/v1/suggest?q=%E5%A4%96%E6%BB%A9", tilePath(14), tilePath(15)}
	for len(all) < n {
		lon, lat := west+chance.Float64()*(east-west), south+chance.Float64()*(north-south)
		all = append(all, fmt.Sprintf("/v1/resolve?lon=%.6f&lat=%.6f&crs=wgs84", lon, lat))
	}
	return all
}

// tilePath is a tile in the middle of the demo.
func tilePath(z int) string {
	x, y := tileAt((west+east)/2, (south+north)/2, z)
	return fmt.Sprintf("/tiles/grids/%d/%d/%d.mvt", z, x, y)
}

// tileAt is the tile of a place, in Web Mercator.
func tileAt(lon, lat float64, z int) (x, y int) {
	n := math.Exp2(float64(z))
	rad := lat * math.Pi / 180
	return int((lon + 180) / 360 * n), int((1 - math.Asinh(math.Tan(rad))/math.Pi) / 2 * n)
}

// luaScript has wrk ask the paths in turn, each thread from another one on.
func luaScript(paths []string) string {
	var b strings.Builder
	b.WriteString("local asked = {}\nlocal n = math.random(100)\ninit = function()\n")
	for _, p := range paths {
		fmt.Fprintf(&b, "  asked[#asked + 1] = wrk.format(\"GET\", %q)\n", p)
	}
	b.WriteString("end\nrequest = function()\n  n = n % #asked + 1\n  return asked[n]\nend\n")
	return b.String()
}
