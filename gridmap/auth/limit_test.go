package auth_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap/auth"
)

// TestNoSenderEverGetsMoreThanTheRate checks every span of a random history.
func TestNoSenderEverGetsMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := auth.Rate{PerMinute: rapid.IntRange(1, 600).Draw(t, "per minute"), Burst: rapid.IntRange(1, 50).Draw(t, "burst")}
		var l auth.Limiter
		now := noon
		var at []time.Time
		for range rapid.IntRange(1, 150).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
			ok, wait := l.Allow("a", r, 1, now)
			if ok {
				at = append(at, now)
			} else if later, _ := l.Allow("a", r, 1, now.Add(wait+time.Millisecond)); !later {
				t.Fatalf("asked to wait %v, which is not enough", wait)
			} else {
				now = now.Add(wait + time.Millisecond)
				at = append(at, now)
			}
		}
		for i := range at {
			for j := i; j < len(at); j++ {
				most := float64(r.Burst) + at[j].Sub(at[i]).Minutes()*float64(r.PerMinute)
				if float64(j-i+1) > math.Ceil(most)+1e-9+1 {
					t.Fatalf("%d requests in %v at %+v", j-i+1, at[j].Sub(at[i]), r)
				}
			}
		}
	})
}

func TestSendersDoNotPayForEachOther(t *testing.T) {
	var l auth.Limiter
	r := auth.Rate{PerMinute: 60, Burst: 2}
	for _, want := range []bool{true, true, false} {
		if ok, _ := l.Allow("a", r, 1, noon); ok != want {
			t.Errorf("a: %v", ok)
		}
	}
	if ok, _ := l.Allow("b", r, 1, noon); !ok {
		t.Error("b pays for a")
	}
	if ok, _ := l.Allow("a", auth.Rate{}, 1, noon); !ok {
		t.Error("no rate refuses")
	}
	if ok, wait := l.Allow("c", r, 1000, noon); !ok || wait != 0 {
		t.Error("more than can ever be saved up is refused for ever")
	}
}

func TestALimiterStaysSmallWhoeverComes(t *testing.T) {
	l := auth.Limiter{Keys: 100}
	r := auth.Rate{PerMinute: 60, Burst: 1}
	refused := 0
	for i := range 10_000 { // all at once: there is no room to tell them apart
		if ok, _ := l.Allow(fmt.Sprint("flood", i), r, 1, noon); !ok {
			refused++
		}
	}
	if l.Len() > 100 || refused < 9_000 {
		t.Errorf("%d senders kept, %d refused", l.Len(), refused)
	}
	served := 0
	for i := range 200 { // an hour later the old ones are forgotten
		if ok, _ := l.Allow(fmt.Sprint("later", i), r, 1, noon.Add(time.Hour+time.Duration(i)*2*time.Second)); ok {
			served++
		}
	}
	if l.Len() > 100 || served != 200 {
		t.Errorf("%d senders kept, %d served", l.Len(), served)
	}
}
