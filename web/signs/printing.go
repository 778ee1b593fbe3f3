package signs

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/sign"
	"cloudgrid/spatial"
	"cloudgrid/web/problem"
)

// base is what the addresses in QR codes begin with.
func (s *Service) base() string {
	if b := s.Maps.Current().Settings().SignBase; b != "" {
		return strings.TrimSuffix(b, "/") + "/"
	}
	return "/q/"
}

// staleItem is a sign that no longer says what is so.
type staleItem struct {
	Code    string    `json:"code"`
	Place   string    `json:"place"`
	Printed time.Time `json:"printed"`
	Why     []string  `json:"why"`
}

type staleAnswer struct {
	Stale []staleItem `json:"stale"`
}

// stale lists the signs to print again.
func (s *Service) stale(c echo.Context) error {
	d, _, err := s.desk(c)
	if err != nil {
		return problem.Write(c, err)
	}
	register, _ := s.signs()
	list, err := d.Stale(c.Request().Context(), register)
	if err != nil {
		return problem.Write(c, err)
	}
	out, within := staleAnswer{[]staleItem{}}, s.Reach.Of(c.Request().Context(), auth.Look)
	for _, x := range list {
		if e, _ := register.Find(x.Code); !within.Place(e.Place) {
			continue
		}
		out.Stale = append(out.Stale, staleItem(x))
	}
	return c.JSON(http.StatusOK, out)
}

type printBody struct {
	Codes []string `json:"codes,omitempty" doc:"none: all in use"`
	Stale bool     `json:"stale,omitempty" doc:"only those that are stale"`
	Sheet string   `json:"sheet,omitempty"`
}

// print answers with a ZIP of sheets and a list for the printers, and records
// what each shows.
func (s *Service) print(c echo.Context) error {
	d, actor, err := s.desk(c)
	if err != nil {
		return problem.Write(c, err)
	}
	var body printBody
	if err := read(c, &body); err != nil {
		return problem.Write(c, err)
	}
	sheet, err := sign.SheetOf(body.Sheet)
	if err != nil {
		return problem.Write(c, err)
	}
	if s.Maps.Current().Settings().SignBase == "" {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "尚未设置二维码网址前缀 sign_base：印出去的网址要长期有效，请先设置 (set sign_base first)"))
	}
	ctx := c.Request().Context()
	register, a := s.signs()
	entries, err := d.ToPrint(ctx, register, body.Stale, body.Codes...)
	if err != nil {
		return problem.Write(c, err)
	}
	for _, e := range entries {
		if err := s.allowed(c, auth.Keep, e.Place, spatial.Point{}); err != nil {
			return problem.Write(c, err)
		}
	}
	contents, err := register.Contents(entries)
	if err != nil {
		return problem.Write(c, err)
	}
	if err := d.Printed(ctx, actor, sheet.Code, a.Edition().Number, contents...); err != nil {
		return problem.Write(c, err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/zip")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="signs.zip"`)
	c.Response().WriteHeader(http.StatusOK)
	return sign.WriteZIP(c.Response(), contents, sheet, s.base(), s.Now(), nil)
}
