package auth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// Identity is where people who have an account elsewhere are sent to sign in:
// an OpenID Connect provider (统一身份认证).
type Identity struct {
	Issuer   string // as the provider calls itself, exactly
	ClientID string
	Secret   string // "" for a client that has none
	BaseURL  string // how browsers reach us: the provider sends them back there
	// Claim names the claim of a token that lists groups, "" for none; Groups says
	// what each may do, in the words of rights.ParseGrants. Without a match only
	// those get in whom an admin linked to an account.
	Claim  string
	Groups map[string][]string
	Scopes []string // to ask for besides openid and profile: some providers list groups only then
	// Session is how long a session of somebody of the provider's lasts at most; 0 is
	// rights.LinkedMost.
	Session time.Duration
}

// Check complains about what could not work, or not safely.
func (i Identity) Check() error {
	if i.ClientID == "" {
		return gridmap.Errorf(gridmap.Invalid, "--oidc-issuer 须与 --oidc-client-id 同用 (an issuer needs a client id)")
	}
	if i.Session != 0 && (i.Session < time.Minute || i.Session > rights.SessionMost) {
		return gridmap.Errorf(gridmap.Invalid, "--oidc-session %v 应在一分钟与七天之间 (want a minute to a week)", i.Session)
	}
	if (i.Claim == "") != (len(i.Groups) == 0) {
		return gridmap.Errorf(gridmap.Invalid, "--oidc-claim 须与 --oidc-groups 同用 (both or neither)")
	}
	for flag, text := range map[string]string{"--oidc-issuer": i.Issuer, "--public-url": i.BaseURL} {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !sealed(u) {
			return gridmap.Errorf(gridmap.Invalid, "%s %q 应为 https:// 开头的网址 (want an https address; http on this machine only)", flag, text)
		}
	}
	return nil
}

// sealed tells whether what goes to an address can be read on the way.
func sealed(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// How the provider is talked to.
const (
	providerWait  = 10 * time.Second // for one answer of it
	providerBytes = 1 << 20          // of one answer
	probeEvery    = 30 * time.Second
)

// signingAlgs are those by which a token may be signed: by a key of the
// provider's alone. A secret that we share (HS256) or nothing (none) proves
// nothing.
func signingAlgs() []string {
	return []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
	}
}

// provider is an Identity at work. It is found when it first answers: that it is
// down keeps nobody from signing in with a password.
type provider struct {
	Identity
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	found *oidc.Provider
	down  bool                 // it did not answer the last time
	used  map[string]time.Time // states that came back, until they are too old
}

func newProvider(i Identity, now func() time.Time) *provider {
	return &provider{Identity: i, now: now, used: map[string]time.Time{}, client: &http.Client{
		Timeout:   providerWait,
		Transport: short{http.DefaultTransport},
		// Where it sends us on to was not configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// short bounds what a provider can make us read.
type short struct{ http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, providerBytes), resp.Body}
	}
	return resp, err
}

// with is a context in which the library uses our client.
func (p *provider) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// discover asks the provider for its addresses and keeps them; Unavailable when
// it does not answer.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	found, err := oidc.NewProvider(p.with(ctx), p.Issuer)
	if err == nil {
		err = p.checkAddresses(found)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down = err != nil; err != nil {
		return nil, gridmap.Errorf(gridmap.Unavailable, "统一身份认证暂时连不上，请稍后再试，或用本系统的账号登录 (the identity provider does not answer): %w", err)
	}
	p.found = found
	return found, nil
}

// checkAddresses refuses a provider that would have secrets sent in clear.
func (p *provider) checkAddresses(found *oidc.Provider) error {
	var keys struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := found.Claims(&keys); err != nil {
		return err
	}
	for _, text := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL, keys.JWKS} {
		if u, err := url.Parse(text); err != nil || u.Host == "" || !sealed(u) {
			return errors.New("an address of the provider is not https")
		}
	}
	return nil
}

// ready is the provider as found before, or now.
func (p *provider) ready(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	return p.discover(ctx)
}

// away tells whether the provider did not answer the last time.
func (p *provider) away() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// probe looks now and then whether the provider answers, so that the page to
// sign in can say so.
func (p *provider) probe(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		_, _ = p.discover(ctx) // what is wrong is kept
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// once tells whether a state comes back for the first time. A used one is kept
// for as long as its cookie lasts.
func (p *provider) once(state string) bool {
	const most = 10_000
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for s, till := range p.used {
		if !now.Before(till) || len(p.used) >= most {
			delete(p.used, s)
		}
	}
	if _, there := p.used[state]; there {
		return false
	}
	p.used[state] = now.Add(flowLasts)
	return true
}

// config is how a found provider is asked.
func (p *provider) config(found *oidc.Provider) *oauth2.Config {
	base, _ := url.Parse(p.BaseURL) // was checked
	scopes := append([]string{oidc.ScopeOpenID, "profile"}, p.Scopes...)
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: base.JoinPath(callbackPath).String(), Scopes: scopes}
}
