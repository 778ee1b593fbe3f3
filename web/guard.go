package web

import (
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
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
func sameSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			return next(c)
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
				return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "不接受其他网站的页面发来的请求 (a page of another site sent this)"))
			}
		}
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
			return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "不接受其他网站的页面发来的请求 (a page of another site sent this)"))
		}
		if r.Method == http.MethodDelete && r.ContentLength == 0 {
			return next(c) // a form of another site cannot send one
		}
		kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
		switch {
		case c.Path() == "/v1/resolve": // changes nothing
		case err == nil && kind == echo.MIMEApplicationForm && strings.HasPrefix(c.Path(), "/planner/"):
			// A form of ours; a browser says where a form comes from.
			if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
				return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "表单没有来源 (a form without an origin)"))
			}
		case err != nil || kind != echo.MIMEApplicationJSON:
			return problem.Write(c, echo.NewHTTPError(http.StatusUnsupportedMediaType, "Content-Type 应为 application/json"))
		}
		return next(c)
	}
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
