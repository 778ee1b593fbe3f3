package auth

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	rights "cloudgrid/gridmap/auth"
)

// Rule says who may use a route. What part of the map it is about is checked
// where that is known: by Policy.
type Rule struct {
	Method, Path string // as the router has them
	Action       rights.Action
	Whole        bool   // wants the right over a whole network, not only a part
	Form         bool   // takes a form of one of our pages
	Personal     string // shows personal data: what the audit says was done
	Cost         int    // in requests; 0 is 1
	MaxBytes     int64  // of the body; 0 is DefaultMaxBytes, negative: the handler sees to it
	Lasting      bool   // the answer goes on: it ends when who asked may no more
	Stream       bool   // the body may come in for as long as it keeps coming
}

// DefaultMaxBytes bounds the body of a request whose rule says nothing else.
const DefaultMaxBytes = 1 << 20

// route is what a rule is found by.
type route struct{ method, path string }

func index(rules []Rule) map[route]Rule {
	m := make(map[route]Rule, len(rules))
	for _, r := range rules {
		m[route{r.Method, r.Path}] = r
	}
	return m
}

// Seal tells the gate what the router serves. A route without a rule is the
// admins' from then on.
func (g *Gate) Seal(routes []*echo.Route) {
	all := make(map[route]bool, len(routes))
	for _, r := range routes {
		all[route{r.Method, r.Path}] = true
	}
	g.routes.Store(&all)
}

// ruleOf finds the rule of a request; false where the router has no such route
// and will say so itself.
func (g *Gate) ruleOf(c echo.Context) (Rule, bool) {
	at := route{c.Request().Method, c.Path()}
	if r, ok := g.rules[at]; ok {
		return r, true
	}
	if routes := g.routes.Load(); routes != nil && !(*routes)[at] {
		return Rule{}, false
	}
	return Rule{Action: rights.Operate}, true
}

// may tells whether somebody may use a route, as far as the route tells.
func (g *Gate) may(a asked, r Rule) error {
	if !r.Whole {
		return rights.Can(a.asker(), r.Action, rights.Thing{})
	}
	err := rights.Can(a.asker(), r.Action, rights.Thing{Network: -1}) // over every network
	for _, n := range g.names().nets() {
		if err != nil {
			err = rights.Can(a.asker(), r.Action, rights.Thing{Network: n.Network.ID})
		}
	}
	return err
}

// TakesForms tells whether a route takes a form of one of our pages.
func (g *Gate) TakesForms(c echo.Context) bool {
	return g.rules[route{c.Request().Method, c.Path()}].Form
}

// Limits returns how many bytes a request may send, negative for no bound here,
// and whether it may take its time.
func (g *Gate) Limits(c echo.Context) (maxBytes int64, stream bool) {
	r := g.rules[route{c.Request().Method, c.Path()}]
	if r.MaxBytes == 0 {
		return DefaultMaxBytes, r.Stream
	}
	return r.MaxBytes, r.Stream
}

// OwnRules are those of the gate's own pages.
func OwnRules() []Rule {
	get := func(path string, a rights.Action) Rule { return Rule{Method: http.MethodGet, Path: path, Action: a} }
	form := func(path string, a rights.Action) Rule {
		return Rule{Method: http.MethodPost, Path: path, Action: a, Form: true, MaxBytes: 16 << 10}
	}
	return []Rule{
		get("/v1/me", rights.Read), get("/pages.css", rights.Read),
		get("/sign-in", rights.Read), form("/sign-in", rights.Read), get(startPath, rights.Read), get(callbackPath, rights.Read),
		get("/setup/:token", rights.Read), form("/setup/:token", rights.Read),
		form("/sign-out", rights.Own), get("/account", rights.Own), form("/account/password", rights.Own),
		get("/admin", rights.Manage), form("/admin/accounts", rights.Manage), form("/admin/accounts/:id", rights.Manage),
		form("/admin/keys", rights.Manage), form("/admin/keys/:id/revoke", rights.Manage),
	}
}

// Without returns the routes that have no rule, and rules that have no route:
// both are mistakes.
func Without(routes []*echo.Route, rules []Rule) (unruled, unrouted []string) {
	have := index(rules)
	for _, r := range routes {
		at := route{r.Method, r.Path}
		if _, ok := have[at]; !ok && r.Method != echo.RouteNotFound {
			unruled = append(unruled, r.Method+" "+r.Path)
		}
		delete(have, at)
	}
	for at := range have {
		unrouted = append(unrouted, at.method+" "+at.path)
	}
	slices.Sort(unruled)
	slices.Sort(unrouted)
	return unruled, unrouted
}
