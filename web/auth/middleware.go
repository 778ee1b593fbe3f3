package auth

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// contextKey is where the middleware leaves who asked, for our own pages.
const contextKey = "cloudgrid.asked"

// Middleware asks the table of routes whether this one may, and tells the
// handler who asks.
func (g *Gate) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		rule, ok := g.ruleOf(c)
		if !ok { // the router says what is wrong
			return next(c)
		}
		if !g.On() && public(rule) { // the hot paths of one machine
			return next(c)
		}
		if g.On() && keyInURL(c.Request()) {
			if wait := g.tooMany(c, asked{}, true, rule); wait > 0 {
				return refuseFor(c, wait)
			}
			// Anybody can make up what looks like a key: the audit is not theirs to fill.
			if ok, _ := g.attempts.Allow("key-in-url:"+addressOf(c), signInRate(), 1, g.Now()); ok {
				_ = g.note("public", "key_in_url", c.Path(), "")
			}
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "密钥不能写在网址里，请放在请求头 Authorization: Bearer 中，并更换这个已泄露的密钥 (a key does not belong into a URL: it leaks there; replace it)"))
		}
		a, err := g.identify(c)
		if err != nil && gridmap.CodeOf(err) == gridmap.Unavailable && public(rule) {
			a, err = asked{}, nil // the map answers while the store is away
		}
		if wait := g.tooMany(c, a, err == nil, rule); wait > 0 {
			return refuseFor(c, wait)
		}
		if err != nil {
			return g.unknown(c, err)
		}
		if err := g.may(a, rule); err != nil {
			return g.deny(c, a, err)
		}
		if !a.actor.Public() {
			r := c.Request()
			ctx := who.With(r.Context(), a.actor)
			if rule.Lasting && g.On() {
				var stop context.CancelFunc
				ctx, stop = g.whileAllowed(ctx, g.brought(c), a, rule)
				defer stop()
			}
			c.SetRequest(r.WithContext(ctx))
			c.Set(contextKey, a)
			if g.On() {
				c.Response().Header().Set("Cache-Control", "private, no-cache")
			}
			if rule.Personal != "" {
				if err := g.noteFirst(ctx, a.actor.Name, rule.Personal, thingOf(c), ""); err != nil {
					return problem.Write(c, err)
				}
			}
		}
		return next(c)
	}
}

// askAgainEvery is how often a lasting answer looks whether it still may last.
const askAgainEvery = time.Second

// whileAllowed returns a context that ends when who brought these may use the
// route no more: signed out, disabled, expired; and when anything else was
// granted, since only whoever asks anew is asked what part of the map it is for.
// A store that is away ends nothing.
func (g *Gate) whileAllowed(ctx context.Context, by credentials, had asked, rule Rule) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(askAgainEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			a, err := g.known(ctx, by)
			if gridmap.CodeOf(err) == gridmap.Unavailable {
				continue
			}
			if err != nil || g.may(a, rule) != nil || !slices.Equal(a.actor.Grants, had.actor.Grants) {
				cancel()
				return
			}
		}
	}()
	return ctx, cancel
}

func public(r Rule) bool { return rights.Can(rights.Asker{}, r.Action, rights.Thing{}) == nil }

// thingOf names what a route was used on: its pattern, and the ids in it. What
// was asked, which can be somebody's address, is not in it.
func thingOf(c echo.Context) string {
	thing := c.Path()
	for _, name := range c.ParamNames() {
		if v := c.Param(name); len(v) <= 64 && name != "*" && name != "token" {
			thing += " " + name + "=" + strconv.QuoteToASCII(v)
		}
	}
	return thing
}

// tooMany counts a request, and tells how long to wait when it is one too many.
func (g *Gate) tooMany(c echo.Context, a asked, known bool, rule Rule) time.Duration {
	if !g.On() {
		return 0
	}
	key, perMinute := "address:"+addressOf(c), g.Rates.Address
	switch {
	case !known || a.actor.Public():
	case a.actor.Key != "":
		key, perMinute = a.actor.Name, g.Rates.Key
		if a.rate > 0 {
			perMinute = a.rate
		}
	default:
		key, perMinute = "account:"+strconv.FormatInt(int64(a.actor.Account), 10), g.Rates.Account
	}
	_, wait := g.requests.Allow(key, rights.Rate{PerMinute: perMinute}, max(1, rule.Cost), g.Now())
	return wait
}

// addressOf is what an address is counted by: itself, or the /64 network that
// an IPv6 subscriber has to itself.
func addressOf(c echo.Context) string {
	ip, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return "?"
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return "?"
	}
	return prefix.String()
}

func refuseFor(c echo.Context, wait time.Duration) error {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	c.Response().Header().Set("Retry-After", seconds)
	return problem.Write(c, echo.NewHTTPError(http.StatusTooManyRequests, "请求过于频繁，请 "+seconds+" 秒后再试 (too many requests)"))
}

// unknown answers credentials that are no good.
func (g *Gate) unknown(c echo.Context, err error) error {
	if gridmap.CodeOf(err) != gridmap.Forbidden {
		return problem.Write(c, err)
	}
	return g.unauthorized(c, err)
}

// unauthorized says that who asks is not known well enough.
func (g *Gate) unauthorized(c echo.Context, err error) error {
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="cloudgrid"`)
	var said *gridmap.Error
	message := "请先登录 (sign in first)"
	if errors.As(err, &said) {
		message = said.Message
	}
	return problem.Write(c, echo.NewHTTPError(http.StatusUnauthorized, message))
}

// deny answers somebody who may not: a browser is shown where to sign in.
func (g *Gate) deny(c echo.Context, a asked, err error) error {
	if !a.actor.Public() || !g.On() {
		return problem.Write(c, err)
	}
	r := c.Request()
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get(echo.HeaderAccept), echo.MIMETextHTML) {
		return c.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	return g.unauthorized(c, err)
}

// localPath returns where to go after signing in: a path of this site, and
// nothing that a browser takes for another.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "//") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// FromProxy tells whether a request was sent by a trusted proxy.
func (g *Gate) FromProxy(r *http.Request) bool {
	if len(g.Proxies) == 0 {
		return false
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && g.trusted(ip)
}

func (g *Gate) trusted(ip net.IP) bool {
	for _, n := range g.Proxies {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// Address returns the address that a request comes from: of the connection or,
// behind trusted proxies, the last that they do not vouch for.
func (g *Gate) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if len(g.Proxies) == 0 || !g.FromProxy(r) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		ip := net.ParseIP(strings.Trim(strings.TrimSpace(hops[i]), "[]"))
		if ip == nil { // who wrote that is not to be believed any further
			break
		}
		if host = ip.String(); !g.trusted(ip) {
			break
		}
	}
	return host
}

// OverTLS tells whether the client spoke TLS, with us or with a trusted proxy.
func (g *Gate) OverTLS(c echo.Context) bool {
	r := c.Request()
	return g.Secure || r.TLS != nil || g.FromProxy(r) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// TrustedNetworks reads the networks that proxies are in.
func TrustedNetworks(list []string) ([]*net.IPNet, error) {
	var out []*net.IPNet
	for _, text := range list {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			ip, err := netip.ParseAddr(text)
			if err != nil {
				return nil, gridmap.Errorf(gridmap.Invalid, "代理网段 %q 应如 10.0.0.0/8 或 127.0.0.1 (bad network)", text)
			}
			prefix = netip.PrefixFrom(ip, ip.BitLen())
		}
		prefix = prefix.Masked()
		out = append(out, &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())})
	}
	return out, nil
}
