package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
)

// badSignIn is said of every attempt that fails, whatever the reason.
const badSignIn = "账号或口令不对，或账号暂时锁定，请稍后再试。Wrong name or password, or locked for a while."

// Register adds the gate's pages.
func (g *Gate) Register(e *echo.Echo) {
	e.GET("/v1/me", g.me)
	e.GET("/pages.css", g.stylesheet)
	if !g.On() {
		return
	}
	e.GET("/sign-in", g.signInForm)
	e.POST("/sign-in", g.signIn)
	e.GET(startPath, g.goToProvider)
	e.GET(callbackPath, g.comeBack)
	e.POST("/sign-out", g.signOut)
	e.GET("/account", g.ownAccount)
	e.POST("/account/password", g.changePassword)
	e.GET("/admin", g.admin)
	e.POST("/admin/accounts", g.addAccount)
	e.POST("/admin/accounts/:id", g.changeAccount)
	e.POST("/admin/keys", g.addKey)
	e.POST("/admin/keys/:id/revoke", g.revokeKey)
	e.GET("/setup/:token", g.setupForm)
	e.POST("/setup/:token", g.setUp)
}

// preCookie ties a form that is sent before anybody signed in to the browser
// that was given it.
func (g *Gate) preCookie(c echo.Context) string { return g.cookieName(c) + "-form" }

// formToken returns the token for a form of a browser that nobody has signed
// in with, giving it a cookie when it has none.
func (g *Gate) formToken(c echo.Context) (string, error) {
	if old, err := c.Cookie(g.preCookie(c)); err == nil && len(old.Value) == 43 {
		return old.Value, nil
	}
	token, err := rights.NewToken(g.Random)
	if err != nil {
		return "", err
	}
	c.SetCookie(g.cookie(c, g.preCookie(c), token, time.Time{}, http.SameSiteStrictMode))
	return token, nil
}

// cookie makes a cookie of ours: no script reads it, no other site sends it.
func (g *Gate) cookie(c echo.Context, name, value string, till time.Time, site http.SameSite) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", Expires: till, HttpOnly: true, Secure: g.OverTLS(c), SameSite: site}
}

// fromForm tells whether a form comes from the page that we gave this browser.
func (g *Gate) fromForm(c echo.Context) bool {
	want := ""
	if a, ok := c.Get(contextKey).(asked); ok {
		want = a.session.CSRF
	} else if pre, err := c.Cookie(g.preCookie(c)); err == nil {
		want = pre.Value
	}
	return len(want) == 43 && subtle.ConstantTimeCompare([]byte(want), []byte(c.FormValue("csrf"))) == 1
}

// FormMark is the mark of a form of somebody who has signed in, by which OwnForm
// knows it again; "" where nobody signs in.
func (g *Gate) FormMark(c echo.Context) string {
	a, _ := c.Get(contextKey).(asked)
	return a.session.CSRF
}

// OwnForm tells whether a form comes from a page that we gave this person. Where
// nobody signs in there is no mark: pages of other sites were refused before.
func (g *Gate) OwnForm(c echo.Context) bool { return g.Mode == Local || g.fromForm(c) }

// staleForm answers a form that is not from our page, or from an old one.
func staleForm(c echo.Context) error {
	return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "页面已过期，请返回刷新后重试 (the form is stale or not ours; reload the page)"))
}

// signInData is what the page shows.
type signInData struct {
	CSRF, Next, Name, Fault, Done string
	Identity, Away                bool // there is an identity provider; it does not answer
}

func (g *Gate) signInData(csrf, next string) signInData {
	return signInData{CSRF: csrf, Next: next, Identity: g.provider != nil, Away: g.provider != nil && g.provider.away()}
}

func (g *Gate) signInForm(c echo.Context) error {
	token, err := g.formToken(c)
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, signInPage, g.signInData(token, localPath(c.QueryParam("next"))))
}

func (g *Gate) signIn(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx, start := c.Request().Context(), g.Now()
	name := rights.AccountName(c.FormValue("name"))
	for _, key := range []string{"from:" + addressOf(c), "name:" + string(rights.HashSecret(name))} {
		if ok, wait := g.attempts.Allow(key, signInRate(), 1, start); !ok {
			return refuseFor(c, wait)
		}
	}
	a, ok, err := g.verify(ctx, name, c.FormValue("password"))
	if err != nil {
		return problem.Write(c, err)
	}
	thing := accountThing(a.ID)
	if !ok {
		if err := g.note("public", "sign_in_failed", thing, "from "+c.RealIP()); err != nil {
			return problem.Write(c, err)
		}
		g.pad(ctx, start)
		data := g.signInData(c.FormValue("csrf"), localPath(c.FormValue("next")))
		data.Name, data.Fault = name, badSignIn
		return show(c, http.StatusUnprocessableEntity, signInPage, data)
	}
	if err := g.note(a.Name, "sign_in", thing, "from "+c.RealIP()); err != nil {
		return problem.Write(c, err)
	}
	if err := g.begin(c, a); err != nil {
		return problem.Write(c, err)
	}
	g.pad(ctx, start)
	return c.Redirect(http.StatusSeeOther, localPath(c.FormValue("next")))
}

// accountThing names an account in the audit; one that there is not is 0: what
// was typed could be somebody's password.
func accountThing(id gridmap.AccountID) string { return "account:" + strconv.FormatInt(int64(id), 10) }

// pad waits until an attempt has taken as long as any.
func (g *Gate) pad(ctx context.Context, start time.Time) {
	left := g.Slowest - g.Now().Sub(start)
	if left <= 0 {
		return
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// verify tells whether a name and a password go together. An attempt is counted
// as failed before the password is looked at, so that many attempts at once are
// not more than the same in a row.
func (g *Gate) verify(ctx context.Context, name, password string) (gridmap.Account, bool, error) {
	select { // memory for few passwords at once
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return gridmap.Account{}, false, ctx.Err()
	}
	a, err := g.reserve(ctx, name)
	if err != nil {
		return a, false, err
	}
	encoded := a.Password
	if encoded == "" {
		encoded = g.dummy // as long as any other takes
	}
	ok, cost := rights.VerifyPassword(encoded, password)
	if !ok || a.Password == "" || a.Disabled || a.Failures == 0 {
		return a, false, nil
	}
	if cost != g.Cost {
		if a.Password, err = g.hash(password); err != nil {
			return a, false, err
		}
	}
	a.Failures, a.LockedTill = 0, time.Time{}
	kept, err := g.Config.Accounts.PutAccount(ctx, a)
	if gridmap.CodeOf(err) == gridmap.Conflict { // changed meanwhile: perhaps disabled
		return a, false, nil
	}
	return kept, err == nil, err
}

// reserve counts an attempt at an account. Failures is 0 in what it returns
// when there is no such account, or it is locked.
func (g *Gate) reserve(ctx context.Context, name string) (gridmap.Account, error) {
	for range 20 {
		a, err := g.Config.Accounts.AccountNamed(ctx, name)
		if gridmap.CodeOf(err) == gridmap.NotFound {
			return gridmap.Account{}, nil
		}
		if err != nil {
			return a, err
		}
		if g.Now().Before(a.LockedTill) {
			return gridmap.Account{ID: a.ID}, nil
		}
		a.Failures++
		a.LockedTill = time.Time{}
		if lock := rights.LockFor(a.Failures); lock > 0 {
			a.LockedTill = g.Now().Add(lock)
		}
		kept, err := g.Config.Accounts.PutAccount(ctx, a)
		if gridmap.CodeOf(err) != gridmap.Conflict {
			return kept, err
		}
	}
	return gridmap.Account{}, gridmap.Errorf(gridmap.Unavailable, "登录的人太多，请稍后再试 (too many attempts at once)")
}

func (g *Gate) hash(password string) (string, error) { return HashNew(g.Random, password, g.Cost) }

// HashNew hashes a password with a salt of its own.
func HashNew(random io.Reader, password string, cost rights.Cost) (string, error) {
	salt := make([]byte, rights.SaltBytes)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", err
	}
	return rights.HashPassword(password, salt, cost), nil
}

// begin starts a session, under a token that nobody had before, and ends the
// one that the browser came with.
func (g *Gate) begin(c echo.Context, a gridmap.Account) error {
	ctx, now, most := c.Request().Context(), g.Now(), g.sessionMost(a)
	token, err := rights.NewToken(g.Random)
	if err != nil {
		return err
	}
	csrf, err := rights.NewToken(g.Random)
	if err != nil {
		return err
	}
	if err := g.endOld(c); err != nil {
		return err
	}
	s := gridmap.Session{Hash: rights.HashSecret(token), Account: a.ID, CSRF: csrf, CreatedAt: now, SeenAt: now, ExpiresAt: rights.SessionEnd(now, now, most)}
	if err := g.Config.Accounts.PutSession(ctx, s); err != nil {
		return err
	}
	// Lax: a link from a message of the office opens the map signed in.
	c.SetCookie(g.cookie(c, g.cookieName(c), token, now.Add(most), http.SameSiteLaxMode))
	c.SetCookie(g.cookie(c, g.preCookie(c), "", time.Unix(1, 0), http.SameSiteStrictMode))
	return nil
}

// sessionMost is how long a session of an account lasts at most. However its
// owner signed in: what the provider would say today is not known.
func (g *Gate) sessionMost(a gridmap.Account) time.Duration {
	switch {
	case a.Subject == "":
		return rights.SessionMost
	case g.provider != nil && g.provider.Session > 0:
		return g.provider.Session
	}
	return rights.LinkedMost
}

func (g *Gate) endOld(c echo.Context) error {
	old, err := c.Cookie(g.cookieName(c))
	if errors.Is(err, http.ErrNoCookie) || old.Value == "" {
		return nil
	}
	g.seen.forget()
	return g.Config.Accounts.EndSession(c.Request().Context(), rights.HashSecret(old.Value))
}

func (g *Gate) signOut(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	a, _ := c.Get(contextKey).(asked)
	if err := g.note(a.actor.Name, "sign_out", accountThing(a.actor.Account), ""); err != nil {
		return problem.Write(c, err)
	}
	if err := g.endOld(c); err != nil {
		return problem.Write(c, err)
	}
	c.SetCookie(g.cookie(c, g.cookieName(c), "", time.Unix(1, 0), http.SameSiteLaxMode))
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, "/")
}
