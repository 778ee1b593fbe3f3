// Package signs is the residents' face: the page behind the QR code of a
// signboard, made on the server, without scripts, log-in or location.
package signs

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/url"
	"strings"

	"cloudgrid/gridmap/sign"
)

//go:embed page.css
var css string

//go:embed page.html
var pageText string

// pages are the templates, with the style in the page: one request is all that
// a weak network has to carry.
func pages() (*template.Template, error) {
	return template.New("signs").Funcs(template.FuncMap{
		"grouped": sign.Grouped,
		"css":     func() template.CSS { return template.CSS(css) },
		"sketch":  func(c sign.Content) template.HTML { return template.HTML(sign.SketchSVG(c)) },      //nolint:gosec // all text in it is escaped there
		"tel":     func(number string) template.URL { return template.URL("tel:" + dialable(number)) }, //nolint:gosec // digits only
		"size":    func() [2]int { return [2]int{sign.SketchWidth, sign.SketchHeight} },
	}).Parse(pageText)
}

// dialable keeps what a telephone can dial.
func dialable(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, number)
}

// policy lets the page show its own style and pictures and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// view is what the page shows.
type view struct {
	Heading string // of a page that is not a sign's
	Message string
	Code    string
	Next    string // code of the sign that took this one's place
	State   sign.Status
	Content *sign.Content
	Photo   bool
	Report  string // address of 我要反映; "" is none
	Updated string
	Edition int64
	Hotline string
	Thanks  bool
	Form    bool
}

// reportURL fills the tenant's address in; the zero text when there is none or
// it is no web address.
func reportURL(pattern string, c sign.Content) string {
	if pattern == "" {
		return ""
	}
	filled := strings.NewReplacer("{code}", url.QueryEscape(c.Code), "{place}", url.QueryEscape(c.Place), "{grid}", url.QueryEscape(c.GridCode)).Replace(pattern)
	u, err := url.Parse(filled)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "" {
		return ""
	}
	return filled
}
