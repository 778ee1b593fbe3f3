package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"
	"golang.org/x/oauth2"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
)

const (
	startPath    = "/sign-in/oidc"
	callbackPath = "/sign-in/oidc/callback"
	flowLasts    = 10 * time.Minute // from the button until the provider sends the browser back
)

// flowRate bounds the ways to the provider and back from one address: there is
// nothing to guess, but each asks the provider, and an office is one address.
func flowRate() rights.Rate { return rights.Rate{PerMinute: 120, Burst: 60} }

// flow is what ties the way back to the browser that went: it is in a cookie
// that no script reads.
type flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // PKCE: the provider was shown its hash only
	Next     string    `json:"p"`
	Till     time.Time `json:"t"`
}

func (g *Gate) flowCookie(c echo.Context) string { return g.cookieName(c) + "-oidc" }

// goToProvider sends a browser to the identity provider.
func (g *Gate) goToProvider(c echo.Context) error {
	if g.provider == nil {
		return echo.ErrNotFound
	}
	if ok, wait := g.attempts.Allow("oidc:"+addressOf(c), flowRate(), 1, g.Now()); !ok {
		return refuseFor(c, wait)
	}
	found, err := g.provider.ready(c.Request().Context())
	if err != nil {
		return g.notIn(c, err)
	}
	f := flow{Next: localPath(c.QueryParam("next")), Till: g.Now().Add(flowLasts)}
	for _, to := range []*string{&f.State, &f.Nonce, &f.Verifier} {
		if *to, err = rights.NewToken(g.Random); err != nil {
			return err
		}
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	// Lax: the provider's redirect brings it back.
	c.SetCookie(g.cookie(c, g.flowCookie(c), base64.RawURLEncoding.EncodeToString(text), f.Till, http.SameSiteLaxMode))
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, g.provider.config(found).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)))
}

// flowOf reads what the browser was given, and takes it away: it is good once.
func (g *Gate) flowOf(c echo.Context) (f flow, ok bool) {
	cookie, err := c.Cookie(g.flowCookie(c))
	if err != nil {
		return f, false
	}
	c.SetCookie(g.cookie(c, g.flowCookie(c), "", time.Unix(1, 0), http.SameSiteLaxMode))
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(text, &f) != nil {
		return f, false
	}
	state := c.QueryParam("state")
	return f, len(f.State) == 43 && len(f.Nonce) == 43 && g.Now().Before(f.Till) &&
		subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) == 1 && g.provider.once(state)
}

// comeBack takes a browser back from the identity provider and signs in whom it
// vouches for, when that is somebody here.
func (g *Gate) comeBack(c echo.Context) error {
	if g.provider == nil {
		return echo.ErrNotFound
	}
	if ok, wait := g.attempts.Allow("oidc-back:"+addressOf(c), flowRate(), 1, g.Now()); !ok {
		return refuseFor(c, wait)
	}
	ctx := c.Request().Context()
	f, ok := g.flowOf(c)
	if !ok {
		return g.refuseBack(c, "state", gridmap.Errorf(gridmap.Forbidden, "登录过程已失效，或不是从本浏览器开始的，请重新登录 (this sign-in is over, or was not begun in this browser)"))
	}
	if c.QueryParam("error") != "" || c.QueryParam("code") == "" { // cancelled there, perhaps
		return g.refuseBack(c, "provider", gridmap.Errorf(gridmap.Forbidden, "统一身份认证没有完成登录 (the identity provider did not sign you in)"))
	}
	token, why, err := g.provider.redeem(ctx, c.QueryParam("code"), f)
	if err != nil {
		g.Log.Warn("an identity could not be verified", "why", why)
		return g.refuseBack(c, why, err)
	}
	a, err := g.accountOf(ctx, token)
	if gridmap.CodeOf(err) == gridmap.NotFound {
		return g.stranger(c, token)
	}
	if gridmap.CodeOf(err) == gridmap.Forbidden {
		return g.refuseBack(c, "disabled", err)
	}
	if err != nil {
		return g.notIn(c, err)
	}
	if err := g.noteFirst(ctx, a.Name, "sign_in", accountThing(a.ID), "oidc, from "+c.RealIP()); err != nil {
		return g.notIn(c, err)
	}
	if err := g.begin(c, a); err != nil {
		return g.notIn(c, err)
	}
	return c.Redirect(http.StatusSeeOther, localPath(f.Next))
}

// redeem exchanges a code for a token and verifies it. why says in a word what
// is wrong: what the provider wrote can hold secrets.
func (p *provider) redeem(ctx context.Context, code string, f flow) (token *oidc.IDToken, why string, err error) {
	refused := gridmap.Errorf(gridmap.Forbidden, "统一身份认证给出的凭证不能用，请重新登录 (what the identity provider vouched for could not be verified)")
	found, err := p.ready(ctx)
	if err != nil {
		return nil, "away", err
	}
	ctx, cancel := context.WithTimeout(p.with(ctx), providerWait)
	defer cancel()
	granted, err := p.config(found).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError:
		return nil, "code", refused
	case err != nil:
		return nil, "away", gridmap.Errorf(gridmap.Unavailable, "统一身份认证暂时连不上，请稍后再试，或用本系统的账号登录 (the identity provider does not answer)")
	}
	raw, ok := granted.Extra("id_token").(string)
	if !ok {
		return nil, "no token", refused
	}
	token, err = found.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: signingAlgs(), Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return nil, "token", refused
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return nil, "nonce", refused
	}
	var party struct {
		AZP string `json:"azp"`
	}
	if err := token.Claims(&party); err != nil || len(token.Audience) > 1 && party.AZP != p.ClientID || token.Subject == "" {
		return nil, "audience", refused // it was made for another program
	}
	return token, "", nil
}

// refuseBack audits an attempt that failed and says so.
func (g *Gate) refuseBack(c echo.Context, why string, err error) error {
	if noted := g.note("public", "sign_in_failed", "oidc", why+", from "+c.RealIP()); noted != nil {
		return problem.Write(c, noted)
	}
	return g.notIn(c, err)
}

// notIn shows the page to sign in with what is wrong.
func (g *Gate) notIn(c echo.Context, err error) error {
	token, terr := g.formToken(c)
	if terr != nil {
		return terr
	}
	d := problem.Of(err)
	data := g.signInData(token, "/")
	data.Fault = d.Detail
	return show(c, d.Status, signInPage, data)
}
