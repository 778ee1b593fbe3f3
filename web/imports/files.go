package imports

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/intake"
	"cloudgrid/web/problem"
	"cloudgrid/web/sse"
)

const geoJSONType = "application/geo+json"

// private keeps an answer out of every cache.
func private(c echo.Context) { c.Response().Header().Set("Cache-Control", "private, no-store") }

// sketch answers with the first rows as they would lie on the map if the frame
// were the one in the choice.
func (s *Service) sketch(c echo.Context) error {
	ctx := c.Request().Context()
	it, err := s.find(ctx, c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	var choice intake.Choice
	if err := decode(c, &choice); err != nil {
		return problem.Write(c, err)
	}
	path, err := it.path()
	if err != nil {
		return problem.Write(c, err)
	}
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	case <-ctx.Done():
		return ctx.Err()
	}
	drawn, err := intake.Sketch(path, choice, s.how(ctx), choice.CRS)
	if err != nil {
		return refuse(c, err)
	}
	body, err := drawn.MarshalJSON()
	if err != nil {
		return problem.Write(c, err)
	}
	private(c)
	return c.Blob(http.StatusOK, geoJSONType, body)
}

// decode reads a small JSON body strictly.
func decode(c echo.Context, into *intake.Choice) error {
	d := json.NewDecoder(io.LimitReader(c.Request().Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return gridmap.Errorf(gridmap.Invalid, "请求读不懂：%v (bad JSON)", err)
	}
	return nil
}

// reportCSV answers with all findings as a table.
func (s *Service) reportCSV(c echo.Context) error {
	it, err := s.find(c.Request().Context(), c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	name := strings.TrimSuffix(it.name(), filepath.Ext(it.name())) + "-检查报告.csv"
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="import-report.csv"; filename*=UTF-8''`+url.PathEscape(name))
	return it.send(c, tableFile, "text/csv; charset=utf-8")
}

// outlines answers with the accepted rows as they would stand on the map.
func (s *Service) outlines(c echo.Context) error {
	it, err := s.find(c.Request().Context(), c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	return it.send(c, outlinesFile, geoJSONType)
}

func (it *item) name() string {
	it.mu.Lock()
	defer it.mu.Unlock()
	if len(it.files) == 0 {
		return ""
	}
	return it.files[0]
}

// send answers with a file that a check wrote.
func (it *item) send(c echo.Context, file, kind string) error {
	if _, err := it.checkedNow(); err != nil {
		return problem.Write(c, err)
	}
	f, err := os.Open(filepath.Join(it.dir, file))
	if errors.Is(err, os.ErrNotExist) {
		err = gridmap.Errorf(gridmap.NotFound, "报告已经清除 (the report was removed)")
	}
	if err != nil {
		return problem.Write(c, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	private(c)
	return c.Stream(http.StatusOK, kind, f)
}

// findings answers with the findings that have a place.
func (s *Service) findings(c echo.Context) error {
	it, err := s.find(c.Request().Context(), c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	ck, err := it.checkedNow()
	if err != nil {
		return problem.Write(c, err)
	}
	body, err := findingsGeoJSON(ck)
	if err != nil {
		return problem.Write(c, err)
	}
	private(c)
	return c.Blob(http.StatusOK, geoJSONType, body)
}

// progressEvery is how often a stream looks how far a job is within a stage.
const progressEvery = 300 * time.Millisecond

// events streams how far an import is, until it is done or given up.
func (s *Service) events(c echo.Context) error {
	ctx := c.Request().Context()
	it, err := s.find(ctx, c.Param("id"))
	if err != nil {
		return problem.Write(c, err)
	}
	out := sse.New(c)
	look, pulse := time.NewTicker(progressEvery), time.NewTicker(sse.Beat)
	defer look.Stop()
	defer pulse.Stop()
	var told [2]int
	for fresh := true; ; {
		it.mu.Lock()
		news, at, state := it.news, it.progress, it.state
		it.mu.Unlock()
		if fresh || at != told {
			if err := out.Send("", "import", it.body(s)); err != nil {
				return nil
			}
			told = at
		}
		if state == stateDone || s.gone(it) {
			return nil
		}
		fresh = false
		select {
		case <-ctx.Done():
			return nil
		case <-news:
			fresh = true
		case <-look.C:
		case <-pulse.C:
			it.touch(s.Now())
			if err := out.Alive(); err != nil {
				return nil
			}
		}
	}
}

// gone tells whether an import was given up.
func (s *Service) gone(it *item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byUser[it.owner] != it
}
