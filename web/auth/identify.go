package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
)

// asked is who sent a request.
type asked struct {
	actor   who.Actor
	session gridmap.Session // when it is a person with a browser
	rate    int             // of a key that has its own
}

// asker is what the table of rights needs to know.
func (a asked) asker() rights.Asker { return AskerOf(a.actor) }

// AskerOf is an actor as the table of rights sees one.
func AskerOf(a who.Actor) rights.Asker {
	return rights.Asker{Grants: a.Grants, Signed: !a.Public(), Person: !a.Public() && a.Key == ""}
}

// cookieName is that of a session. The prefix, which a browser takes over TLS
// only, keeps other hosts of the domain from setting it.
func (g *Gate) cookieName(c echo.Context) string {
	if g.OverTLS(c) {
		return "__Host-cloudgrid"
	}
	return "cloudgrid"
}

// identify tells who asks. A key that is no good is an error even where the
// public may: its owner should hear of it. A session that has ended is nobody.
func (g *Gate) identify(c echo.Context) (asked, error) {
	switch g.Mode {
	case Local:
		if a := who.From(c.Request().Context()); !a.Public() { // who said their name
			return asked{actor: a}, nil
		}
		return asked{actor: who.Local()}, nil
	case Nobody:
		return asked{}, nil
	case Accounts:
	}
	return g.known(c.Request().Context(), g.brought(c))
}

// credentials are what a request brings: a key or a session's token.
type credentials struct{ key, token string }

func (g *Gate) brought(c echo.Context) credentials {
	if text, ok := keyIn(c.Request()); ok {
		return credentials{key: text}
	}
	if cookie, err := c.Cookie(g.cookieName(c)); err == nil {
		return credentials{token: cookie.Value}
	}
	return credentials{}
}

func (g *Gate) known(ctx context.Context, by credentials) (asked, error) {
	switch {
	case by.key != "":
		return g.byKey(ctx, by.key)
	case by.token != "":
		return g.bySession(ctx, by.token)
	}
	return asked{}, nil
}

// keyIn returns the key that a request brings: in a header, never in the URL,
// which proxies and browsers write down.
func keyIn(r *http.Request) (string, bool) {
	if text := r.Header.Get("X-API-Key"); text != "" {
		return text, true
	}
	text := r.Header.Get(echo.HeaderAuthorization)
	if text == "" {
		return "", false
	}
	if scheme, rest, ok := strings.Cut(text, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(rest), true
	}
	return "", false
}

// keyInURL finds a key where none may be.
func keyInURL(r *http.Request) bool {
	if !strings.Contains(r.URL.RawQuery, "cg_") {
		return false
	}
	for _, values := range r.URL.Query() {
		for _, v := range values {
			if _, _, ok := rights.ParseKey(strings.TrimSpace(v)); ok {
				return true
			}
		}
	}
	return false
}

func (g *Gate) byKey(ctx context.Context, text string) (asked, error) {
	id, secret, ok := rights.ParseKey(text)
	if !ok {
		return asked{}, rights.BadKey()
	}
	now := g.Now()
	k, fresh := g.seen.get("key:"+id, now)
	if !fresh {
		key, err := g.Config.Accounts.Key(ctx, id)
		switch {
		case err == nil:
			k = known{asked: now, key: key}
		case gridmap.CodeOf(err) == gridmap.NotFound:
			return asked{}, rights.BadKey()
		case !k.stands(err, now):
			return asked{}, err
		}
		g.seen.put("key:"+id, k, now)
	}
	if err := rights.CheckKey(k.key, secret, now); err != nil {
		return asked{}, err
	}
	if now.Sub(k.key.UsedAt) >= time.Minute {
		k.key.UsedAt = now
		g.seen.note("key:"+id, k)
		if err := g.Config.Accounts.UseKey(ctx, id, now); err != nil {
			g.Log.Warn("the use of a key could not be noted", "error", err)
		}
	}
	name := "key:" + id
	return asked{actor: who.Actor{Name: name, Title: k.key.Label, Grants: k.key.Grants, Key: id}, rate: k.key.PerMinute}, nil
}

func (g *Gate) bySession(ctx context.Context, token string) (asked, error) {
	hash := rights.HashSecret(token)
	id, now := "session:"+string(hash), g.Now()
	k, fresh := g.seen.get(id, now)
	if !fresh {
		var account gridmap.Account
		session, err := g.Config.Accounts.Session(ctx, hash)
		if err == nil {
			account, err = g.Config.Accounts.Account(ctx, session.Account)
		}
		switch {
		case err == nil:
			k = known{asked: now, session: session, account: account}
		case gridmap.CodeOf(err) == gridmap.NotFound:
			return asked{}, nil
		case !k.stands(err, now):
			return asked{}, err
		}
		g.seen.put(id, k, now)
	}
	most := g.sessionMost(k.account)
	if k.account.Disabled || !now.Before(k.session.ExpiresAt) || !now.Before(k.session.CreatedAt.Add(most)) {
		return asked{}, nil
	}
	if now.Sub(k.session.SeenAt) >= time.Minute {
		k.session.SeenAt, k.session.ExpiresAt = now, rights.SessionEnd(k.session.CreatedAt, now, most)
		err := g.Config.Accounts.SeeSession(ctx, hash, k.session.SeenAt, k.session.ExpiresAt)
		if gridmap.CodeOf(err) == gridmap.NotFound { // ended meanwhile
			return asked{}, nil
		}
		if err != nil {
			g.Log.Warn("the use of a session could not be noted", "error", err)
		}
		g.seen.note(id, k)
	}
	a := k.account
	return asked{actor: who.Actor{Name: a.Name, Title: a.Title, Grants: a.Grants, Account: a.ID}, session: k.session}, nil
}
