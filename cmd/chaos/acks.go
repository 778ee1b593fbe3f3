package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// acks is the log of acknowledgements: what the server said that it has done.
type acks struct {
	mu      sync.Mutex
	ops     map[int64][]string // ids of operations by plan, in order
	plans   map[int64]int64    // plans that were published, and their edition
	records map[string]bool    // keys of records
	tried   []try
	reasons map[string]int // of refusals
}

// try is one write and how it ended.
type try struct {
	at   time.Time
	took time.Duration
	err  error
}

func newAcks() *acks {
	return &acks{ops: map[int64][]string{}, plans: map[int64]int64{}, records: map[string]bool{}, reasons: map[string]int{}}
}

// ended takes down how a write ended; keep notes what was acknowledged.
func (a *acks) ended(at time.Time, err error, keep func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tried = append(a.tried, try{at, time.Since(at), err})
	switch {
	case err == nil:
		keep()
	case errors.Is(err, errRefused):
		a.reasons[strings.TrimPrefix(err.Error(), errRefused.Error()+": ")]++
	}
}

// total is how many writes were acknowledged.
func (a *acks) total() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.plans) + len(a.records)
	for _, ops := range a.ops {
		n += len(ops)
	}
	return n
}

// wrong returns the writes since a time that ended otherwise than done,
// refused for now, or (when gone is allowed) without an answer.
func (a *acks) wrong(gone bool) (n int, example string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tried {
		if t.err == nil || errors.Is(t.err, errRefused) || gone && errors.Is(t.err, errGone) {
			continue
		}
		n, example = n+1, t.err.Error()
	}
	return n, example
}

// between counts the writes begun in a time that were done and that were
// refused, and the longest that any of them took.
func (a *acks) between(from, to time.Time) (done, refused int, longest time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tried {
		if t.at.Before(from) || t.at.After(to) {
			continue
		}
		longest = max(longest, t.took)
		switch {
		case t.err == nil:
			done++
		case errors.Is(t.err, errRefused):
			refused++
		}
	}
	return done, refused, longest
}

// after returns when the first write that ended well after a time had ended.
func (a *acks) after(at time.Time) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var soonest time.Time
	for _, t := range a.tried {
		if end := t.at.Add(t.took); t.err == nil && end.After(at) && (soonest.IsZero() || end.Before(soonest)) {
			soonest = end
		}
	}
	return soonest, !soonest.IsZero()
}

// why lists the reasons of refusals.
func (a *acks) why() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, reason := range slices.Sorted(maps.Keys(a.reasons)) {
		all = append(all, fmt.Sprintf("%d× %s", a.reasons[reason], reason))
	}
	return strings.Join(all, "; ")
}

// take adds what another log holds.
func (a *acks) take(b *acks) {
	maps.Copy(a.ops, b.ops)
	maps.Copy(a.plans, b.plans)
	maps.Copy(a.records, b.records)
	a.tried = append(a.tried, b.tried...)
}

// kinds counts what was acknowledged by its kind.
func (a *acks) kinds() (ops, records, published int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, of := range a.ops {
		ops += len(of)
	}
	return ops, len(a.records), len(a.plans)
}
