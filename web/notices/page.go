package notices

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

//go:embed page.css
var css string

//go:embed page.html
var pageText string

// pages are the templates, with the style in the page.
func pages() (*template.Template, error) {
	return template.New("notices").Funcs(template.FuncMap{
		"css":   func() template.CSS { return template.CSS(css) },
		"about": aboutText,
		"day":   day,
		"until": lastMoment,
		"tel":   func(number string) template.URL { return template.URL("tel:" + dialable(number)) }, //nolint:gosec // digits only
		"join":  func(list []string) string { return strings.Join(list, "、") },
	}).Parse(pageText)
}

// dialable keeps what a telephone can dial.
func dialable(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
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

func aboutText(n About) string {
	switch {
	case n < 0:
		return "不足 " + strconv.Itoa(smallest) + " 户"
	case n == 0:
		return "0 户"
	}
	return fmt.Sprintf("约 %d 户", n)
}

func day(t time.Time) string { return t.In(gridmap.CivilZone()).Format("2006年1月2日") }

// lastMoment says when a notice ends, t being the first moment after: a day
// that is included whole has no hour.
func lastMoment(t time.Time) string {
	local := t.In(gridmap.CivilZone())
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return day(t.Add(-time.Second)) + "（含当日）"
	}
	return local.Format("2006年1月2日 15:04")
}

// line is a notice in the list.
type line struct {
	ID    int64
	Name  string
	From  time.Time
	Until time.Time // zero: not said
	Open  bool
}

// view is what a page shows.
type view struct {
	Heading, Message string // of a page without a notice
	Title            string // whose map it is
	List             []line
	Empty            bool

	Notice   *line
	Note     string
	Moved    []string // how its end was moved
	Content  content
	Parts    []int // numbers of its pictures
	Received int64 // number of what was just said
	Problem  string
	Typed    typed // what was typed when it was refused
	Key      string
	QRPath   string
	QRSize   int
	Address  string

	Hotline, Source, MapReviewNo string
	MaxText, MaxContact          int
}

// typed is what somebody wrote into the form.
type typed struct{ Text, Place, Grid, Contact string }
