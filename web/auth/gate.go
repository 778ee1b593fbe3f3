// Package auth is the gate of the web server: it tells who asks by a session
// cookie or an API key, counts requests, asks the table of routes whether this
// one may, and serves the pages to sign in and to look after accounts. What is
// allowed is the business of gridmap/auth.
package auth

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
)

// Mode says how the gate tells who asks.
type Mode int

const (
	// Nobody is known: there are no accounts, and others can reach the server.
	// Everybody is the public.
	Nobody Mode = iota
	// Local people only: there are no accounts, and only this machine can reach
	// the server. Everybody is its planner.
	Local
	// Accounts tell people apart: they sign in, programs bring keys.
	Accounts
)

// Rates bound requests a minute. The zero value of each is no bound.
type Rates struct {
	Address int // of an address that brings neither session nor key
	Account int
	Key     int // of a key that says nothing else
}

// DefaultRates let an office of hundreds work behind one address, and a map be
// panned as fast as a hand can.
func DefaultRates() Rates { return Rates{Address: 12_000, Account: 12_000, Key: 6_000} }

// signInRate bounds attempts from one address and for one name.
func signInRate() rights.Rate { return rights.Rate{PerMinute: 20, Burst: 10} }

// Config is what the gate needs. The zero Config makes a gate that knows
// nobody.
type Config struct {
	Mode     Mode
	Accounts gridmap.Accounts
	Journal  gridmap.Journal // of the audit; nil: only the log is told
	// Head tells the last line of the audit; nil: it is not known. It is written
	// to the log now and then: a log that is kept elsewhere can then tell a chain
	// that was cut off or forged.
	Head    func(context.Context) (gridmap.AuditEntry, error)
	Maps    interface{ Current() *atlas.Atlas }
	Rules   []Rule
	Rates   Rates
	Secure  bool         // always reached over TLS: cookies say so
	Proxies []*net.IPNet // whose word for a client's address is taken
	// Identity is where people may sign in who have an account elsewhere; nil: only
	// with a password.
	Identity *Identity
	Cost     rights.Cost
	Now      func() time.Time
	Random   io.Reader
	Log      *slog.Logger
	// Slowest is how long an attempt to sign in takes at least, so that its
	// time does not tell whether there is such an account.
	Slowest time.Duration
}

// Gate is the one long-lived thing of this package.
type Gate struct {
	Config
	rules  map[route]Rule
	routes atomic.Pointer[map[route]bool] // what the router serves
	seen   memory
	requests,
	attempts rights.Limiter
	hashing  chan struct{} // a place for each password that is hashed at once
	dummy    string        // a hash that no password makes
	record   *recorder
	provider *provider // nil: none

	setupMu sync.Mutex
	setup   []byte // hash of the one-time link's token; nil is none
}

// New makes a gate.
func New(cfg Config) *Gate {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Cost == (rights.Cost{}) {
		cfg.Cost = rights.DefaultCost()
	}
	if cfg.Accounts == nil && cfg.Mode == Accounts {
		cfg.Mode = Nobody
	}
	g := &Gate{Config: cfg, hashing: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), record: newRecorder(cfg.Journal, cfg.Log)}
	if cfg.Identity != nil && cfg.Mode == Accounts {
		g.provider = newProvider(*cfg.Identity, cfg.Now)
	}
	g.rules = index(append(append([]Rule{}, cfg.Rules...), OwnRules()...))
	g.dummy = rights.HashPassword("", make([]byte, rights.SaltBytes), cfg.Cost)
	return g
}

// On tells whether people sign in here.
func (g *Gate) On() bool { return g.Mode == Accounts }

// Run writes the audit and drops dead sessions until ctx ends; what is left of
// the audit is written then.
func (g *Gate) Run(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	done := make(chan struct{})
	go func() { g.record.run(ctx); close(done) }()
	if g.provider != nil {
		go g.provider.probe(ctx)
	}
	for {
		if g.On() {
			if err := g.Config.Accounts.DropSessions(ctx, g.Now()); err != nil && ctx.Err() == nil {
				g.Log.Warn("dead sessions could not be dropped", "error", err)
			}
		}
		g.sayHead(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			<-done
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepMost)
			defer cancel()
			g.sayHead(last)
			return
		}
	}
}

// sayHead notes in the log where the audit stands, as audit verify --known wants
// it.
func (g *Gate) sayHead(ctx context.Context) {
	if g.Head == nil {
		return
	}
	if e, err := g.Head(ctx); err != nil {
		g.Log.Warn("where the audit stands could not be read", "error", err)
	} else if e.ID > 0 {
		g.Log.Info("audit stands", "known", strconv.FormatInt(e.ID, 10)+":"+e.Hash)
	}
}

// Flush writes what waits to be audited.
func (g *Gate) Flush(ctx context.Context) error {
	if err := g.record.flush(ctx); err != nil {
		return err
	}
	return g.record.settle(ctx)
}
