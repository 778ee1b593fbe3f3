package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// idp is a small OpenID Connect provider, which can be made to misbehave.
type idp struct {
	t      *testing.T
	srv    *httptest.Server
	secret string

	mu     sync.Mutex
	away   bool
	again  bool // a code is good any number of times
	keys   map[string]*ecdsa.PrivateKey
	kid    string // signs now
	codes  map[string]grantedCode
	claims map[string]any                           // of whom signs in next
	make   func(claims map[string]any) (jwt string) // nil: as it should be
	tokens []string
}

// grantedCode is what a code stands for.
type grantedCode struct {
	nonce, challenge, redirect string
	claims                     map[string]any
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{t: t, secret: "the-secret-of-the-client-" + randomText(), keys: map[string]*ecdsa.PrivateKey{}, codes: map[string]grantedCode{}, claims: map[string]any{"sub": "u1"}}
	p.rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/jwks", p.jwks)
	mux.HandleFunc("/token", p.token)
	p.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.away {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.srv.Close)
	return p
}

func randomText() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// set changes the provider.
func (p *idp) set(fn func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn()
}

// rotate gives the provider a new key, in place of all it had.
func (p *idp) rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	p.kid = randomText()
	p.keys = map[string]*ecdsa.PrivateKey{p.kid: key}
}

func (p *idp) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *idp) discovery(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, http.StatusOK, map[string]any{
		"issuer": p.srv.URL, "authorization_endpoint": p.srv.URL + "/authorize", "token_endpoint": p.srv.URL + "/token", "jwks_uri": p.srv.URL + "/jwks",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}, // it would, if we let it
		"subject_types_supported":               []string{"public"}, "response_types_supported": []string{"code"},
	})
}

func (p *idp) jwks(w http.ResponseWriter, _ *http.Request) {
	var set jose.JSONWebKeySet
	for kid, key := range p.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: kid, Algorithm: "ES256", Use: "sig"})
	}
	p.answer(w, http.StatusOK, set)
}

// authorize is what happens in the browser at the provider: somebody signs in
// there and is sent back with what it returns.
func (p *idp) authorize(to string) (back *url.URL) {
	p.t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "cloudgrid" || q.Get("response_type") != "code" || len(q.Get("state")) < 40 || len(q.Get("nonce")) < 40 {
		p.t.Fatalf("the browser is sent to %s", to)
	}
	code := randomText()
	p.set(func() {
		p.codes[code] = grantedCode{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri"), p.claims}
	})
	if back, err = url.Parse(q.Get("redirect_uri")); err != nil {
		p.t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	return back
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	client, secret, ok := r.BasicAuth()
	if !ok {
		client, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	code := r.FormValue("code")
	g, there := p.codes[code]
	if !p.again {
		delete(p.codes, code)
	}
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !there || client != "cloudgrid" || secret != p.secret || r.FormValue("redirect_uri") != g.redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		p.answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "no: " + secret})
		return
	}
	claims := map[string]any{"iss": p.srv.URL, "aud": "cloudgrid", "nonce": g.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	for k, v := range g.claims {
		claims[k] = v
	}
	var jwt string
	if p.make != nil {
		jwt = p.make(claims)
	} else {
		jwt = p.sign(jose.ES256, p.keys[p.kid], p.kid, claims)
	}
	access := randomText()
	p.tokens = append(p.tokens, jwt, access)
	p.answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": jwt})
}

func (p *idp) sign(alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", kid).WithType("JWT"))
	if err != nil {
		p.t.Error(err)
		return ""
	}
	body, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	signed, err := s.Sign(body)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.t.Error(err)
	}
	return text
}

// unsigned is a token that nobody signed.
func unsigned(claims map[string]any) string {
	body, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf("%s.%s.", encode([]byte(`{"alg":"none","typ":"JWT"}`)), encode(body))
}
