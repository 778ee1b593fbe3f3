package web

import (
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/auth"
	"cloudgrid/web/problem"
)

// localOnly protects a server that trusts whoever is on its own machine from
// pages of other sites that a browser on that machine has open: a name that
// was made to point here (DNS rebinding) is refused, and so is a proxy that
// brings strangers along.
func localOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !loopbackName(r.Host) {
			return problem.Write(c, gridmap.Errorf(gridmap.Forbidden,
				"此服务只供本机使用，不应答主机名 %q；对外服务请用 --addr (this server answers to its own machine only)", r.Host))
		}
		for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
			if r.Header.Get(h) != "" {
				return problem.Write(c, gridmap.Errorf(gridmap.Forbidden,
					"请求经代理转来，而此服务只供本机使用；对外服务请用 --addr (forwarded requests are refused by a server for its own machine)"))
			}
		}
		return next(c)
	}
}

func loopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// sameSite refuses what changes something and comes from a page of another
// site, or in a form that a page of another site could send unasked.
func sameSite(gate *auth.Gate) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
				return next(c)
			}
			origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
			if origin != "" {
				if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
					return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "不接受其他网站的页面发来的请求 (a page of another site sent this)"))
				}
			}
			if site != "" && site != "same-origin" && site != "none" {
				return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "不接受其他网站的页面发来的请求 (a page of another site sent this)"))
			}
			if err := bodyKind(r, gate.TakesForms(c), origin != "" || site != ""); err != nil {
				return problem.Write(c, err)
			}
			return next(c)
		}
	}
}

// bodyKind refuses a body of a kind that a page of another site could send
// without asking first: a form, where none is taken or nobody says where it
// comes from, or text.
func bodyKind(r *http.Request, takesForms, saysFrom bool) error {
	if r.ContentLength == 0 && r.Method != http.MethodPost {
		return nil // DELETE and PATCH cannot be sent unasked
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	switch form := kind == echo.MIMEApplicationForm || kind == echo.MIMEMultipartForm; {
	case r.URL.Path == "/v1/resolve": // changes nothing
		return nil
	case err == nil && form && takesForms && saysFrom:
		return nil
	case err == nil && form && takesForms: // a browser says where a form comes from
		return gridmap.Errorf(gridmap.Forbidden, "表单没有来源 (a form without an origin)")
	case err == nil && (kind == echo.MIMEApplicationJSON || strings.HasPrefix(kind, "image/")):
		return nil
	}
	return echo.NewHTTPError(http.StatusUnsupportedMediaType, "Content-Type 应为 application/json")
}

// forwarded takes what a proxy says of the client from trusted proxies only:
// from anybody else it is thrown away before anything reads it.
func forwarded(gate *auth.Gate) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			switch {
			case gate.Mode == auth.Local: // localOnly refuses them
			case !gate.FromProxy(r):
				for _, h := range forwardedHeaders {
					if len(r.Header[h]) > 0 {
						r.Header.Del(h)
					}
				}
			case r.Header.Get("X-Forwarded-Host") != "":
				r.Host = r.Header.Get("X-Forwarded-Host")
			}
			return next(c)
		}
	}
}

// forwardedHeaders are all by which a proxy could speak for a client.
var forwardedHeaders = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Protocol", "X-Forwarded-Ssl", "X-Real-Ip", "X-Url-Scheme",
}

// headAsGet answers HEAD as GET without the body, which the HTTP server leaves
// out by itself: it remembers what was asked.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		next.ServeHTTP(w, r)
	})
}
