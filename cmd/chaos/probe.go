package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// staleHeader says in an answer how many seconds ago the store was last read,
// while it cannot be.
const staleHeader = "X-CloudGrid-Stale-Seconds"

// probe asks a server at a measured pace, each time over a new connection, and
// remembers every answer; and how ready it says it is.
type probe struct {
	url  string
	stop func()

	mu      sync.Mutex
	answers []answer
	ready   []readiness
}

// answer is one reading.
type answer struct {
	at    time.Time
	took  time.Duration
	fault string // "" when it was answered
	stale int    // seconds; -1 when it is not marked
}

// readiness is what /readyz said, at a time.
type readiness struct {
	at     time.Time
	Ready  bool
	Stale  bool
	Age    int `json:"age_seconds"`
	Seq    int64
	Faults []struct{ Fault string }
}

const (
	probeEvery = 40 * time.Millisecond
	probeAsks  = "/v1/resolve?lon=121.4858&lat=31.2380&crs=wgs84"
)

// watch starts a probe; the caller stops it.
func watch(ctx context.Context, url string) *probe {
	ctx, cancel := context.WithCancel(ctx)
	p := &probe{url: url}
	var both sync.WaitGroup
	each := func(do func(context.Context)) {
		both.Go(func() {
			tick := time.NewTicker(probeEvery)
			defer tick.Stop()
			for {
				do(ctx)
				select {
				case <-tick.C:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	each(p.read)
	each(p.look)
	p.stop = func() { cancel(); both.Wait() }
	return p
}

// fresh asks over a connection of its own.
var fresh = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func (p *probe) read(ctx context.Context) {
	a := answer{at: time.Now(), stale: -1}
	resp, err := get(ctx, fresh, p.url+probeAsks)
	a.took = time.Since(a.at)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		a.fault = err.Error()
	case resp.StatusCode != http.StatusOK:
		a.fault = resp.Status
	}
	if resp != nil {
		_ = resp.Body.Close()
		if n, err := strconv.Atoi(resp.Header.Get(staleHeader)); err == nil {
			a.stale = n
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers = append(p.answers, a)
}

func (p *probe) look(ctx context.Context) {
	r := readiness{at: time.Now()}
	resp, err := get(ctx, fresh, p.url+"/readyz")
	if err != nil {
		return
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	if json.NewDecoder(resp.Body).Decode(&r) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = append(p.ready, r)
}

func get(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// said returns a copy of what was seen so far.
func (p *probe) said() (answers []answer, ready []readiness) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(answers, p.answers...), append(ready, p.ready...)
}

// named tells whether a readiness names one of the faults.
func (r readiness) named(faults ...string) bool {
	for _, f := range r.Faults {
		for _, want := range faults {
			if f.Fault == want {
				return true
			}
		}
	}
	return false
}

// first returns when readiness first named one of the faults after a time.
func first(ready []readiness, after time.Time, faults ...string) (time.Time, bool) {
	for _, r := range ready {
		if r.at.After(after) && r.named(faults...) {
			return r.at, true
		}
	}
	return time.Time{}, false
}

// settled returns since when readiness names nothing any more, to the end.
func settled(ready []readiness) (since time.Time, ok bool) {
	for i := len(ready) - 1; i >= 0 && len(ready[i].Faults) == 0 && !ready[i].Stale; i-- {
		since, ok = ready[i].at, true
	}
	return since, ok
}
