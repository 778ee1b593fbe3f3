package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// vitals are what a server says of its own use, by /metrics.
type vitals struct {
	at                         time.Time
	rss, heap, goroutines, fds float64 // bytes, bytes, and counts; the heap is what a collection found in use
	profile                    []byte  // of that heap, as pprof reads it
}

// vitals has the server collect garbage and asks.
func (s *server) vitals(ctx context.Context) (vitals, error) {
	resp, err := get(ctx, fresh, s.url+"/debug/pprof/heap?gc=1")
	if err != nil {
		return vitals{}, err
	}
	profile, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return vitals{}, err
	}
	if resp, err = get(ctx, fresh, s.url+"/metrics"); err != nil {
		return vitals{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	v := vitals{at: time.Now(), profile: profile}
	return v, v.read(resp.Body)
}

// read takes what is wanted out of the text format of Prometheus.
func (v *vitals) read(text io.Reader) error {
	wanted := map[string]*float64{
		"process_resident_memory_bytes": &v.rss, "go_gc_heap_live_bytes": &v.heap, "go_goroutines": &v.goroutines, "process_open_fds": &v.fds,
	}
	for lines := bufio.NewScanner(text); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if to := wanted[name]; to != nil {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return fmt.Errorf("metric %s: %w", name, err)
			}
			*to = n
			delete(wanted, name)
		}
	}
	if len(wanted) > 0 {
		return fmt.Errorf("/metrics lacks %d of the figures", len(wanted))
	}
	return nil
}
