package office

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/rolls"
	"cloudgrid/web/problem"
)

func netOf(a *atlas.Atlas, code string) (*atlas.Net, error) {
	n := a.Main()
	if code != "" {
		n = a.Net(code)
	}
	if n == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q (no such network)", code)
	}
	return n, nil
}

// roll answers with a roll as /v1/rolls/NAME.xlsx or .csv. With since only what
// changed since then. Phones are as the publication policy allows; what is
// outside of what who asks was granted is left out.
func (s *Service) roll(c echo.Context) error {
	within, err := s.inside(c, rights.ReadPeople)
	if err != nil {
		return problem.Write(c, err)
	}
	name, format, _ := strings.Cut(c.Param("file"), ".")
	now, err := s.at(c, "at")
	if err != nil {
		return problem.Write(c, err)
	}
	var before *atlas.Atlas
	if c.QueryParam("since") != "" {
		if before, err = s.at(c, "since"); err != nil {
			return problem.Write(c, err)
		}
	}
	tables, err := s.tables(name, c.QueryParam("network"), before, now, within.Grid)
	if err != nil {
		return problem.Write(c, err)
	}
	var b bytes.Buffer
	kind := mediaCSV + "; charset=utf-8"
	switch format {
	case "csv":
		err = tables[0].WriteCSV(&b)
	case "xlsx":
		kind, err = mediaXLSX, rolls.WriteXLSX(&b, tables...)
	default:
		err = gridmap.Errorf(gridmap.NotFound, "台账格式应为 .csv 或 .xlsx (want .csv or .xlsx)")
	}
	if err != nil {
		return problem.Write(c, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+"."+format+`"`)
	return c.Blob(http.StatusOK, kind, b.Bytes())
}

// tables makes a roll of a snapshot, or what changed since another.
func (s *Service) tables(name, network string, before, now *atlas.Atlas, within func(gridmap.GridID) bool) ([]rolls.Table, error) {
	source := func(a *atlas.Atlas) (rolls.Source, error) {
		n, err := netOf(a, network)
		return rolls.Source{Atlas: a, Net: n, Book: s.bookOf(a), Within: within}, err
	}
	to, err := source(now)
	if err != nil {
		return nil, err
	}
	if before == nil {
		if name == "handover" {
			return nil, gridmap.Errorf(gridmap.Invalid, "移交清单需要写明从何时起 since (a handover needs since)")
		}
		t, err := rolls.Named(name, to)
		return []rolls.Table{t}, err
	}
	from, err := source(before)
	if err != nil {
		return nil, err
	}
	if name == "handover" {
		return []rolls.Table{rolls.Handover(from, to)}, nil
	}
	was, err := rolls.Named(name, from)
	if err != nil {
		return nil, err
	}
	is, err := rolls.Named(name, to)
	return []rolls.Table{rolls.Changed(was, is), rolls.Gone(was, is)}, err
}
