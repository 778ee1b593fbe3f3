package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter counts requests by whoever sends them, in bounded memory. It is safe
// for use by many at once. The zero Limiter is ready and keeps DefaultKeys.
type Limiter struct {
	Keys int // how many senders are told apart at most

	mu       sync.Mutex
	buckets  map[string]*bucket
	overflow *bucket // of those that there is no room to tell apart
}

// DefaultKeys bounds a Limiter that was told no bound: about 10 MB.
const DefaultKeys = 1 << 16

// bucket is what one sender has left.
type bucket struct {
	tokens *rate.Limiter
	used   time.Time
}

// Rate is how much is allowed: so many a minute, and so many at once. The zero
// Rate allows everything.
type Rate struct {
	PerMinute int
	Burst     int // 0 is a tenth of PerMinute, and at least 1
}

func (r Rate) burst() int {
	if r.Burst > 0 {
		return r.Burst
	}
	return max(1, r.PerMinute/10)
}

// refill is how long an empty bucket takes to be full again: after that,
// forgetting it changes nothing.
func (r Rate) refill() time.Duration {
	return time.Duration(r.burst()) * time.Minute / time.Duration(r.PerMinute)
}

// Allow takes n from what key has left at now, and tells how long to wait when
// that is not enough. A change of rate counts from the next new bucket.
func (l *Limiter) Allow(key string, r Rate, n int, now time.Time) (ok bool, wait time.Duration) {
	if r.PerMinute <= 0 {
		return true, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucketOf(key, r, now)
	b.used = now
	n = min(n, b.tokens.Burst())
	if b.tokens.AllowN(now, n) {
		return true, 0
	}
	missing := float64(n) - b.tokens.TokensAt(now)
	return false, time.Duration(missing / float64(b.tokens.Limit()) * float64(time.Second))
}

func (l *Limiter) bucketOf(key string, r Rate, now time.Time) *bucket {
	if l.buckets == nil {
		l.buckets = make(map[string]*bucket)
	}
	if b := l.buckets[key]; b != nil {
		return b
	}
	most := l.Keys
	if most <= 0 {
		most = DefaultKeys
	}
	if len(l.buckets) >= most && !l.forget(r, now) {
		if l.overflow == nil {
			l.overflow = newBucket(r)
		}
		return l.overflow
	}
	b := newBucket(r)
	l.buckets[key] = b
	return b
}

func newBucket(r Rate) *bucket {
	return &bucket{tokens: rate.NewLimiter(rate.Limit(float64(r.PerMinute)/60), r.burst())}
}

// forget drops a few buckets that are full again, out of a few looked at: maps
// are walked in no order. It tells whether there is room now.
func (l *Limiter) forget(r Rate, now time.Time) bool {
	const look = 64
	seen, dropped := 0, false
	for key, b := range l.buckets {
		if now.Sub(b.used) > r.refill() && b.tokens.TokensAt(now) >= float64(b.tokens.Burst()) {
			delete(l.buckets, key)
			dropped = true
		}
		if seen++; seen >= look {
			break
		}
	}
	return dropped
}

// Len is how many senders are told apart now.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buckets)
}
