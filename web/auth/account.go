package auth

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/described"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// meAnswer is who asks, and what they may.
type meAnswer struct {
	Name     string                 `json:"name"`
	Title    string                 `json:"title"`
	Signed   bool                   `json:"signed"`
	Accounts bool                   `json:"accounts" doc:"people sign in here, at /sign-in"`
	Grants   []gridmap.Grant        `json:"grants"`
	Can      map[rights.Action]bool `json:"can" doc:"somewhere, at least"`
}

// Describe writes the route for programs into the document; the others are
// pages, for people.
func (g *Gate) Describe(doc *huma.OpenAPI) {
	described.Gives[meAnswer](described.Get(doc, "/v1/me", "me", "Who you are here, and what you may"), http.StatusOK, "you")
}

// me tells a page or a program who it is taken for.
func (g *Gate) me(c echo.Context) error {
	actor := who.From(c.Request().Context())
	if g.Mode == Local {
		actor = who.Local()
	}
	out := meAnswer{actor.Name, actor.Title, !actor.Public(), g.On(), actor.Grants, map[rights.Action]bool{}}
	if out.Grants == nil {
		out.Grants = []gridmap.Grant{}
	}
	for _, a := range rights.Actions() {
		out.Can[a] = rights.Can(AskerOf(actor), a, rights.Thing{}) == nil
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, out)
}

// ownData is what the page of one's own account shows.
type ownData struct {
	CSRF, Name, Shown, Fault, Done string
	Grants                         []string
	Admin                          bool
}

func (g *Gate) ownAccount(c echo.Context) error { return g.showOwn(c, http.StatusOK, "", "") }

func (g *Gate) showOwn(c echo.Context, status int, fault, done string) error {
	a, _ := c.Get(contextKey).(asked)
	data := ownData{CSRF: a.session.CSRF, Name: a.actor.Name, Shown: a.actor.Shown(), Fault: fault, Done: done, Admin: rights.IsAdmin(a.actor.Grants)}
	for _, grant := range a.actor.Grants {
		data.Grants = append(data.Grants, rights.FormatGrant(grant, g.names()))
	}
	return show(c, status, accountPage, data)
}

// changePassword needs the old one, and ends every session but a new one here.
func (g *Gate) changePassword(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx := c.Request().Context()
	me, _ := c.Get(contextKey).(asked)
	if ok, wait := g.attempts.Allow("change:"+accountThing(me.actor.Account), signInRate(), 1, g.Now()); !ok {
		return refuseFor(c, wait)
	}
	password := c.FormValue("password")
	if password != c.FormValue("again") {
		return g.showOwn(c, http.StatusBadRequest, "两次输入的新口令不同。The two passwords differ.", "")
	}
	if err := rights.CheckPassword(password, me.actor.Name); err != nil {
		return g.showOwn(c, http.StatusBadRequest, err.Error(), "")
	}
	a, ok, err := g.verify(ctx, me.actor.Name, c.FormValue("old"))
	if err != nil {
		return problem.Write(c, err)
	}
	if !ok {
		if err := g.note(me.actor.Name, "password_refused", accountThing(me.actor.Account), "from "+c.RealIP()); err != nil {
			return problem.Write(c, err)
		}
		return g.showOwn(c, http.StatusForbidden, "现在的口令不对。The present password is wrong.", "")
	}
	if err := g.noteFirst(ctx, a.Name, "password_changed", accountThing(a.ID), ""); err != nil {
		return problem.Write(c, err)
	}
	if a.Password, err = g.hash(password); err != nil {
		return err
	}
	a.ChangedAt = g.Now()
	if a, err = g.Config.Accounts.PutAccount(ctx, a); err != nil {
		return problem.Write(c, err)
	}
	if err := g.endAll(c, a.ID); err != nil {
		return problem.Write(c, err)
	}
	if err := g.begin(c, a); err != nil {
		return problem.Write(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/account")
}

// endAll ends every session of an account, here at once and elsewhere within
// what is remembered.
func (g *Gate) endAll(c echo.Context, of gridmap.AccountID) error {
	defer g.seen.forget()
	return g.Config.Accounts.EndSessions(c.Request().Context(), of)
}

// shortTime is a time as a table shows it.
func shortTime(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.Local().Format("2006-01-02 15:04")
}
