package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
)

// SetupPath returns the path of a link by which the first admin is made, once;
// "" when there is an admin, or there are no accounts here. Whoever sees the
// server's console may use it.
func (g *Gate) SetupPath(ctx context.Context) (string, error) {
	if !g.On() {
		return "", nil
	}
	has, err := g.hasAdmin(ctx)
	if err != nil || has {
		return "", err
	}
	token, err := rights.NewToken(g.Random)
	if err != nil {
		return "", err
	}
	g.setupMu.Lock()
	defer g.setupMu.Unlock()
	g.setup = rights.HashSecret(token)
	return "/setup/" + token, nil
}

func (g *Gate) hasAdmin(ctx context.Context) (bool, error) {
	all, err := g.Config.Accounts.ListAccounts(ctx)
	return slices.ContainsFunc(all, func(a gridmap.Account) bool { return !a.Disabled && rights.IsAdmin(a.Grants) }), err
}

// setupData is what the page shows.
type setupData struct {
	CSRF, Name, Title, Fault, Done string
	Usable                         bool
}

const deadLink = "此链接无效或已用过。请到服务器上运行 cloudgrid account add。This link is wrong or used up."

func (g *Gate) setupForm(c echo.Context) error {
	if !g.mayTry(c) {
		return refuseFor(c, signInRateWait)
	}
	if !g.opens(c.Param("token")) {
		return show(c, http.StatusNotFound, setupPage, setupData{Fault: deadLink})
	}
	token, err := g.formToken(c)
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, setupPage, setupData{CSRF: token, Usable: true})
}

// signInRateWait is what to wait when the link is tried too often.
const signInRateWait = 60e9

func (g *Gate) mayTry(c echo.Context) bool {
	ok, _ := g.attempts.Allow("setup:"+addressOf(c), signInRate(), 1, g.Now())
	return ok
}

func (g *Gate) opens(token string) bool {
	g.setupMu.Lock()
	defer g.setupMu.Unlock()
	return rights.SameSecret(g.setup, token)
}

// setUp makes the first admin and signs in with it. The link is good for one.
func (g *Gate) setUp(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	if !g.mayTry(c) {
		return refuseFor(c, signInRateWait)
	}
	ctx, now := c.Request().Context(), g.Now()
	g.setupMu.Lock() // one at a time
	defer g.setupMu.Unlock()
	if !rights.SameSecret(g.setup, c.Param("token")) {
		return show(c, http.StatusNotFound, setupPage, setupData{Fault: deadLink})
	}
	if has, err := g.hasAdmin(ctx); err != nil {
		return problem.Write(c, err)
	} else if has { // made meanwhile, by another process or the command line
		g.setup = nil
		return show(c, http.StatusNotFound, setupPage, setupData{Fault: deadLink})
	}
	a := gridmap.Account{
		Name: rights.AccountName(c.FormValue("name")), Title: strings.TrimSpace(c.FormValue("title")),
		Grants: []gridmap.Grant{{Role: rights.Admin}}, CreatedAt: now, ChangedAt: now,
	}
	again := func(err error) error {
		return show(c, problem.Of(err).Status, setupPage, setupData{CSRF: c.FormValue("csrf"), Name: a.Name, Title: a.Title, Fault: problem.Of(err).Detail, Usable: true})
	}
	password := c.FormValue("password")
	if err := errors.Join(a.Check(), CheckOwnName(a.Name)); err != nil {
		return again(err)
	}
	if err := rights.CheckPassword(password, a.Name); err != nil {
		return again(err)
	}
	if password != c.FormValue("again") {
		return again(gridmap.Errorf(gridmap.Invalid, "两次输入的口令不同 (the two passwords differ)"))
	}
	var err error
	if a.Password, err = g.hash(password); err != nil {
		return err
	}
	if err := g.noteFirst(ctx, "setup", "account_add", "account:"+a.Name, "admin"); err != nil {
		return again(err)
	}
	if a, err = g.Config.Accounts.PutAccount(ctx, a); err != nil {
		return again(err)
	}
	g.setup = nil
	if err := g.begin(c, a); err != nil {
		return problem.Write(c, err)
	}
	return c.Redirect(http.StatusSeeOther, g.afterSetup())
}

// afterSetup is where the first admin goes on: to the first map where there is
// none yet, else to the accounts of the others.
func (g *Gate) afterSetup() string {
	if g.Maps != nil && len(g.Maps.Current().Nets()) == 0 {
		return "/?import"
	}
	return "/admin"
}
