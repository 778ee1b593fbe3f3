package auth

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
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
		"it is for another part": {func(o *oneAccount) {
			o.a.Grants = []gridmap.Grant{{Role: rights.Field, Network: 1, Grid: 2}}
		}, true},
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
					s: gridmap.Session{Account: 1, CreatedAt: now, SeenAt: now, ExpiresAt: rights.SessionEnd(now, now, rights.SessionMost)},
				}
				g := New(Config{Mode: Accounts, Accounts: o})
				ctx, stop := g.whileAllowed(t.Context(), credentials{token: "t"}, asked{actor: who.Actor{Grants: o.a.Grants}}, Rule{Action: rights.Look})
				defer stop()
				time.Sleep(time.Minute + 2*time.Second) // the use of the session has just been noted
				if ctx.Err() != nil {
					t.Fatal("ended for no reason")
				}
				o.change(func() { c.change(o) })
				time.Sleep(3 * time.Second) // as docs/security.md promises
				if got := ctx.Err() != nil; got != c.ends {
					t.Errorf("ended: %v", got)
				}
			})
		})
	}
}

// TestAKeyInSteadyUseIsAskedForAgain is about uses that are noted each minute:
// noting one must not make it be believed for longer.
func TestAKeyInSteadyUseIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text, k, err := MakeKey(rand.Reader, "x", []gridmap.Grant{{Role: rights.App}}, 0, 0, "x", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		k.UsedAt = time.Now()
		o := &oneKey{k: k}
		g := New(Config{Mode: Accounts, Accounts: o})
		for start := time.Now(); time.Since(start) < 2*time.Minute; time.Sleep(10 * time.Millisecond) {
			if _, err := g.known(t.Context(), credentials{key: text}); err != nil {
				t.Fatal(err)
			}
			if late := time.Since(o.told); late > remembered+10*time.Millisecond {
				t.Fatalf("after %s: the store was last asked %s ago", time.Since(start), late)
			}
		}
	})
}

// oneKey is a store of one key that knows when it was asked.
type oneKey struct {
	gridmap.Accounts
	k    gridmap.Key
	told time.Time
}

func (o *oneKey) Key(context.Context, string) (gridmap.Key, error) {
	o.told = time.Now()
	return o.k, nil
}

func (o *oneKey) UseKey(_ context.Context, _ string, at time.Time) error {
	o.k.UsedAt = at
	return nil
}

func TestThoseWhoWereKnownReadOnWhileTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		o := &oneAccount{
			a: gridmap.Account{ID: 1, Name: "zhang"},
			s: gridmap.Session{Account: 1, CreatedAt: now, SeenAt: now, ExpiresAt: rights.SessionEnd(now, now, rights.SessionMost)},
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
