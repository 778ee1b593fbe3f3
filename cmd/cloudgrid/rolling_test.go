package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cloudgrid/web/fresh"
)

func TestAnswersSayWhichChangeTheyKnowAndMayBeAskedForOne(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	const query = "/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84"
	_, _, h := fetch(t, base+query)
	first := seqOf(t, h)
	if first == 0 || h.Get(fresh.EditionHeader) != "1" {
		t.Errorf("%v", h)
	}
	made := changeMap(t, base)
	if made != first+1 {
		t.Errorf("change set %d after %d", made, first)
	}
	status, _, h := fetch(t, base+query, fresh.MinSeqHeader, fmt.Sprint(made))
	if status != http.StatusOK || seqOf(t, h) < made {
		t.Errorf("%d %v", status, h)
	}
	status, body, h := fetch(t, base+query, fresh.MinSeqHeader, fmt.Sprint(made+1))
	if status != http.StatusServiceUnavailable || h.Get("Retry-After") == "" || seqOf(t, h) != made || !strings.Contains(string(body), `"unavailable"`) {
		t.Errorf("%d %v %s", status, h, body)
	}
	for _, junk := range []string{"x", "-1", "9223372036854775808", "1,2"} {
		if status, _, _ := fetch(t, base+query, fresh.MinSeqHeader, junk); status != http.StatusBadRequest {
			t.Errorf("%q: %d", junk, status)
		}
	}
}

func seqOf(t *testing.T, h http.Header) (seq int64) {
	t.Helper()
	if _, err := fmt.Sscan(h.Get(fresh.SeqHeader), &seq); err != nil {
		t.Errorf("%s %q: %v", fresh.SeqHeader, h.Get(fresh.SeqHeader), err)
	}
	return seq
}

// changeMap changes the map a little and returns the change set that it became.
func changeMap(t *testing.T, base string) int64 {
	t.Helper()
	seq, err := tryChange(t, base)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func tryChange(t *testing.T, base string) (int64, error) { return tryRecord(t, base, "") }

// tryRecord keeps a record with a key, and returns the change set.
func tryRecord(t *testing.T, base, key string) (seq int64, err error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/records",
		strings.NewReader(fmt.Sprintf(`{"records":[{"kind":"mode","key":%q,"body":{"mode":"normal"}}]}`, key)))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusCreated {
		return 0, fmt.Errorf("%d %s", resp.StatusCode, body)
	}
	_, err = fmt.Sscan(resp.Header.Get(fresh.SeqHeader), &seq)
	return seq, err
}

// balancer is a proxy that sends each request to the next server that says it
// is ready.
type balancer struct {
	*httptest.Server

	backends []*url.URL
	ready    []atomic.Bool
	turn     atomic.Int64
}

func newBalancer(t *testing.T, bases []string) *balancer {
	t.Helper()
	b := &balancer{ready: make([]atomic.Bool, len(bases))}
	for _, base := range bases {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		b.backends = append(b.backends, u)
	}
	b.Server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(b.next()) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 32},
		ErrorLog:  slog.NewLogLogger(slog.NewTextHandler(testWriter{t}, nil), slog.LevelWarn),
	})
	t.Cleanup(b.Close)
	return b
}

// next is the next server that is ready, or, when none is, the next.
func (b *balancer) next() *url.URL {
	turn := int(b.turn.Add(1))
	for i := range b.backends {
		if n := (turn + i) % len(b.backends); b.ready[n].Load() {
			return b.backends[n]
		}
	}
	return b.backends[turn%len(b.backends)]
}

// watch asks the servers whether they are ready, until ctx ends.
func (b *balancer) watch(ctx context.Context) {
	asking := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	for ctx.Err() == nil {
		for i, u := range b.backends {
			resp, err := asking.Get(u.String() + "/readyz")
			b.ready[i].Store(err == nil && resp.StatusCode == http.StatusOK)
			if err == nil {
				_ = resp.Body.Close()
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// barrage asks the same question over and over on so many connections, and counts
// what came back and what went wrong.
type barrage struct {
	asked, failed atomic.Int64
	first         sync.Once
	fault         error
}

func (l *barrage) run(ctx context.Context, client *http.Client, url string) {
	for ctx.Err() == nil {
		resp, err := client.Get(url)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if err == nil && resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("%d", resp.StatusCode)
			}
		}
		l.asked.Add(1)
		if err != nil {
			l.failed.Add(1)
			l.first.Do(func() { l.fault = err })
		}
		time.Sleep(time.Millisecond) // sixteen of them leave room for the others on the machine
	}
}

const bundQuery = "/v1/resolve?lon=121.4858&lat=31.2380&crs=wgs84"

// TestARollingRestartLosesNoRequest restarts three servers over one PostGIS one
// by one behind a balancer, under load and while the map changes.
func TestARollingRestartLosesNoRequest(t *testing.T) {
	there := bundInPostgres(t)
	servers, bases := make([]*served, 3), make([]string, 3)
	for i := range servers {
		servers[i] = serveDraining(t, there, "127.0.0.1:0")
		bases[i] = servers[i].url
	}
	b := newBalancer(t, bases)
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	working.Go(func() { b.watch(ctx) })
	reads := &barrage{}
	for range 16 {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		working.Go(func() { reads.run(ctx, client, b.URL+bundQuery) })
	}
	var writes int
	var slowest time.Duration
	working.Go(func() {
		for ctx.Err() == nil {
			seq, err := tryChange(t, b.URL)
			if err != nil {
				t.Errorf("change %d: %v", writes, err)
				return
			}
			start := time.Now()
			for i, base := range bases {
				if b.ready[i].Load() {
					seenBy(t, base, seq, &b.ready[i])
				}
			}
			writes, slowest = writes+1, max(slowest, time.Since(start))
			time.Sleep(50 * time.Millisecond)
		}
	})
	time.Sleep(300 * time.Millisecond)
	for i := range servers {
		servers[i].stop(t)
		servers[i] = serveDraining(t, there, strings.TrimPrefix(bases[i], "http://"))
		for range 500 {
			if b.ready[i].Load() {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	time.Sleep(300 * time.Millisecond)
	cancel()
	working.Wait()
	t.Logf("%d reads, %d failed; %d changes, the slowest was seen by all after %v", reads.asked.Load(), reads.failed.Load(), writes, slowest)
	if reads.failed.Load() > 0 || reads.asked.Load() < 100 || writes < 3 {
		t.Errorf("%d of %d reads failed, first with %v; %d changes", reads.failed.Load(), reads.asked.Load(), reads.fault, writes)
	}
}

// seenBy waits at a server for a change; one that ends meanwhile need not see it.
func seenBy(t *testing.T, base string, seq int64, ready *atomic.Bool) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+bundQuery, nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set(fresh.MinSeqHeader, fmt.Sprint(seq))
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if ready.Load() {
			time.Sleep(200 * time.Millisecond) // the balancer has not heard
		}
		if ready.Load() {
			t.Error(err)
		}
		return
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s has not seen change %d: %d", base, seq, resp.StatusCode)
	}
}

// bundInPostgres copies the demo to a schema of the test server.
func bundInPostgres(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	there := newSchema(t, dsn)
	copyBund(t, there)
	return there
}

func copyBund(t *testing.T, there string) {
	t.Helper()
	s, where := bundStore(t)
	_ = s.Close()
	if _, code := runCopy(t, where, there); code != exitOK {
		t.Fatal("the demo could not be copied")
	}
}

func serveDraining(t *testing.T, store, addr string, args ...string) *served {
	t.Helper()
	args = append(args, "--drain", "400ms")
	return startServed(t, exec.Command(os.Args[0]), "CLOUDGRID_TEST_SERVE="+store, "CLOUDGRID_TEST_ADDR="+addr, "CLOUDGRID_TEST_SERVE_ARGS="+strings.Join(args, " "))
}

// stop ends the process as an init system would.
func (s *served) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestAServerWhoseSocketIsHeldForItIsReplacedWithoutARefusal is what systemd
// does: it holds the socket, and whoever connects between two servers waits.
func TestAServerWhoseSocketIsHeldForItIsReplacedWithoutARefusal(t *testing.T) {
	s, where := bundStore(t)
	_ = s.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	_ = l.Close() // the file holds it
	defer socket.Close()
	start := func() *served {
		cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0"`, os.Args[0])
		cmd.ExtraFiles = []*os.File{socket}
		return startServed(t, cmd, "LISTEN_FDS=1", "CLOUDGRID_TEST_SERVE="+where, "CLOUDGRID_TEST_ADDR=systemd")
	}
	server := start()
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	reads := &barrage{}
	for range 4 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		working.Go(func() { reads.run(ctx, client, base+bundQuery) })
	}
	for range 3 {
		server.stop(t)
		server = start()
	}
	time.Sleep(100 * time.Millisecond)
	cancel()
	working.Wait()
	server.stop(t)
	t.Logf("%d reads", reads.asked.Load())
	if reads.failed.Load() > 0 || reads.asked.Load() < 20 {
		t.Errorf("%d of %d reads failed, first with %v", reads.failed.Load(), reads.asked.Load(), reads.fault)
	}
}

func TestASocketThatIsNotForThisProcessIsNotTaken(t *testing.T) {
	for _, env := range []map[string]string{{}, {"LISTEN_FDS": "1"}, {"LISTEN_FDS": "2", "LISTEN_PID": "7"}, {"LISTEN_FDS": "1", "LISTEN_PID": "8"}} {
		if l, err := listenInherited(func(k string) string { return env[k] }, 7); err == nil {
			t.Errorf("%v: %v", env, l.Addr())
		}
	}
}
