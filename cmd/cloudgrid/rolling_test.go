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

	backends []atomic.Pointer[backend]
	turn     atomic.Int64
}

// backend is a server as a balancer knows it.
type backend struct {
	url    *url.URL
	ready  atomic.Bool
	ending atomic.Bool  // it has been told to end
	asked  atomic.Int64 // requests on their way
}

type chosen struct{}

func newBalancer(t *testing.T, n int) *balancer {
	t.Helper()
	b := &balancer{backends: make([]atomic.Pointer[backend], n)}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(r.In.Context().Value(chosen{}).(*backend).url) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 32},
		ErrorLog:  slog.NewLogLogger(slog.NewTextHandler(testWriter{t}, nil), slog.LevelWarn),
	}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := b.take()
		defer next.asked.Add(-1)
		proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), chosen{}, next)))
	}))
	t.Cleanup(b.Close)
	return b
}

// lead has the balancer know a server, in the place of another one.
func (b *balancer) lead(t *testing.T, i int, base string) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	b.backends[i].Store(&backend{url: u})
}

// take is the next server that is ready, or, when none is, the next; a request
// is on its way to it. One that turns out to have become unready meanwhile is let
// go of, so that whoever sees a server unready and unasked knows that it stays so.
func (b *balancer) take() *backend {
	turn := int(b.turn.Add(1))
	for i := range b.backends {
		next := b.backends[(turn+i)%len(b.backends)].Load()
		next.asked.Add(1)
		if next.ready.Load() {
			return next
		}
		next.asked.Add(-1)
	}
	next := b.backends[turn%len(b.backends)].Load()
	next.asked.Add(1)
	return next
}

// watch asks the servers whether they are ready, until ctx ends.
func (b *balancer) watch(ctx context.Context) {
	asking := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	for ctx.Err() == nil {
		for i := range b.backends {
			it := b.backends[i].Load()
			resp, err := asking.Get(it.url.String() + "/readyz")
			it.ready.Store(err == nil && resp.StatusCode == http.StatusOK)
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
// by one behind a balancer, under load and while the map changes. Each drains
// until the balancer has turned away from it.
func TestARollingRestartLosesNoRequest(t *testing.T) {
	there := bundInPostgres(t)
	servers, b := make([]*served, 3), newBalancer(t, 3)
	for i := range servers {
		servers[i] = serveDraining(t, there)
		b.lead(t, i, servers[i].url)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	stop := sync.OnceFunc(func() { cancel(); working.Wait() })
	defer stop()
	working.Go(func() { b.watch(ctx) })
	reads := &barrage{}
	for range 16 {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		working.Go(func() { reads.run(ctx, client, b.URL+bundQuery) })
	}
	var writes atomic.Int64
	working.Go(func() {
		for ctx.Err() == nil {
			seq, err := tryChange(t, b.URL)
			if err != nil {
				t.Errorf("change %d: %v", writes.Load(), err)
				return
			}
			for i := range b.backends {
				if it := b.backends[i].Load(); it.ready.Load() {
					it.seen(t, seq)
				}
			}
			writes.Add(1)
			time.Sleep(50 * time.Millisecond)
		}
	})
	busy := func() {
		t.Helper()
		asked, changed := reads.asked.Load(), writes.Load()
		until(t, "reads and changes", func() bool { return t.Failed() || reads.asked.Load() > asked+50 && writes.Load() > changed })
	}
	busy()
	for i := range servers {
		it := b.backends[i].Load()
		it.ending.Store(true)
		servers[i].signal(t)
		until(t, "the balancer to turn away", func() bool { return !it.ready.Load() && it.asked.Load() == 0 })
		servers[i].stop(t)
		servers[i] = serveDraining(t, there)
		b.lead(t, i, servers[i].url)
		until(t, "the balancer to turn to the new server", func() bool { return b.backends[i].Load().ready.Load() })
		busy()
	}
	stop()
	t.Logf("%d reads, %d failed; %d changes", reads.asked.Load(), reads.failed.Load(), writes.Load())
	if reads.failed.Load() > 0 {
		t.Errorf("%d of %d reads failed, first with %v", reads.failed.Load(), reads.asked.Load(), reads.fault)
	}
}

// seen waits at a server for a change; one that ends meanwhile need not see it.
func (it *backend) seen(t *testing.T, seq int64) {
	for end := time.Now().Add(patience); ; {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, it.url.String()+bundQuery, nil)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set(fresh.MinSeqHeader, fmt.Sprint(seq))
		req.Close = true
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		late := err == nil && resp.StatusCode == http.StatusServiceUnavailable // to be asked again
		if it.ending.Load() || err == nil && resp.StatusCode == http.StatusOK {
			return
		}
		if !late || time.Now().After(end) {
			t.Errorf("%s has not seen change %d: %v %v", it.url, seq, resp, err)
			return
		}
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

// serveDraining starts a server that, told to end, goes on until told again.
func serveDraining(t *testing.T, store string) *served {
	t.Helper()
	return startServed(t, exec.Command(os.Args[0]), "CLOUDGRID_TEST_SERVE="+store, "CLOUDGRID_TEST_SERVE_ARGS=--drain 1h")
}

// signal tells the process to end as an init system would.
func (s *served) signal(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// stop is signal, and waits.
func (s *served) stop(t *testing.T) {
	t.Helper()
	s.signal(t)
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
	asked := reads.asked.Load()
	until(t, "reads of the last server", func() bool { return reads.asked.Load() > asked+20 })
	cancel()
	working.Wait()
	server.stop(t)
	t.Logf("%d reads", reads.asked.Load())
	if reads.failed.Load() > 0 {
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
