package auth

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// oneAccount is a store of one account with one session.
type oneAccount struct {
	gridmap.Accounts
	mu    sync.Mutex
	a     gridmap.Account
	s     gridmap.Session
	fault error
}

func (o *oneAccount) change(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fn()
}

func (o *oneAccount) Session(context.Context, []byte) (gridmap.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.s, o.fault
}

func (o *oneAccount) Account(context.Context, gridmap.AccountID) (gridmap.Account, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.a, o.fault
}

func (o *oneAccount) SeeSession(_ context.Context, _ []byte, at, expires time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.s.SeenAt, o.s.ExpiresAt = at, expires
	return o.fault
}

func TestAStreamEndsWhenItsReaderMayReadNoMore(t *testing.T) {
	away := gridmap.Errorf(gridmap.Unavailable, "away")
	for name, c := range map[string]struct {
		change func(*oneAccount)
		ends   bool
	}{
		"nothing happens":      {func(*oneAccount) {}, false},
		"the store is away":    {func(o *oneAccount) { o.fault = away }, false},
		"the account is off":   {func(o *oneAccount) { o.a.Disabled = true }, true},
		"the grants are taken": {func(o *oneAccount) { o.a.Grants = nil }, true},
		"the session is ended": {func(o *oneAccount) { o.fault = gridmap.Errorf(gridmap.NotFound, "ended") }, true},
		"the session is too old": {func(o *oneAccount) {
			o.s.CreatedAt = o.s.CreatedAt.Add(-8 * 24 * time.Hour)
			o.s.ExpiresAt = o.s.CreatedAt.Add(rights.SessionMost)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := time.Now()
				o := &oneAccount{
					a: gridmap.Account{ID: 1, Name: "zhang", Grants: []gridmap.Grant{{Role: rights.Field}}},
					s: gridmap.Session{Account: 1, CreatedAt: now, SeenAt: now, ExpiresAt: rights.SessionEnd(now, now)},
				}
				g := New(Config{Mode: Accounts, Accounts: o})
				ctx, stop := g.whileAllowed(t.Context(), credentials{token: "t"}, Rule{Action: rights.Look})
				defer stop()
				time.Sleep(time.Minute)
				if ctx.Err() != nil {
					t.Fatal("ended for no reason")
				}
				o.change(func() { c.change(o) })
				time.Sleep(2 * askAgainEvery)
				if got := ctx.Err() != nil; got != c.ends {
					t.Errorf("ended: %v", got)
				}
			})
		})
	}
}

func TestThoseWhoWereKnownReadOnWhileTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		o := &oneAccount{
			a: gridmap.Account{ID: 1, Name: "zhang"},
			s: gridmap.Session{Account: 1, CreatedAt: now, SeenAt: now, ExpiresAt: rights.SessionEnd(now, now)},
		}
		g := New(Config{Mode: Accounts, Accounts: o})
		name := func(token string) string {
			a, err := g.known(t.Context(), credentials{token: token})
			if err != nil {
				return string(gridmap.CodeOf(err))
			}
			return a.actor.Name
		}
		if got := name("t"); got != "zhang" {
			t.Fatal(got)
		}
		o.change(func() { o.fault = gridmap.Errorf(gridmap.Unavailable, "away") })
		for range 14 {
			time.Sleep(time.Minute)
			if got := name("t"); got != "zhang" {
				t.Fatalf("while the store is away: %s", got)
			}
		}
		if got := name("another"); got != "unavailable" {
			t.Errorf("somebody who was not known: %s", got)
		}
		time.Sleep(2 * time.Minute)
		if got := name("t"); got != "unavailable" {
			t.Errorf("for longer than was said: %s", got)
		}
		o.change(func() { o.fault = nil })
		if got := name("t"); got != "zhang" {
			t.Errorf("afterwards: %s", got)
		}
	})
}
