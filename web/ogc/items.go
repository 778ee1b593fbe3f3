package ogc

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/web/ogc/cql2"
	"cloudgrid/web/problem"
)

// Bounds of a page of features.
const (
	defaultLimit = 100
	maxLimit     = 10_000
)

// query is what a request for items asks.
type query struct {
	limit, offset int
	filter        cql2.Filter
	box           *cql2.Shape
	equal         []condition
	out           frame
}

// condition is a property that must have a value.
type condition struct {
	name  string
	value cql2.Value
}

// parse reads the query parameters of a collection's items; one that is not
// known is an error, as the standard wants it.
func parse(values url.Values, c *collection, all []frame) (query, error) {
	q := query{limit: defaultLimit, out: all[0]}
	for name, given := range values {
		if len(given) != 1 {
			return q, gridmap.Errorf(gridmap.Invalid, "参数 %s 出现了 %d 次 (given more than once)", name, len(given))
		}
		if err := q.set(name, given[0], c, all); err != nil {
			return q, err
		}
	}
	in, err := frameOf(values.Get("bbox-crs"), all)
	if err != nil {
		return q, err
	}
	if text := values.Get("bbox"); text != "" {
		shape, err := boxOf(text, in)
		if err != nil {
			return q, err
		}
		q.box = &shape
	}
	if text := values.Get("filter"); text != "" {
		if lang := values.Get("filter-lang"); lang != "" && lang != "cql2-text" {
			return q, gridmap.Errorf(gridmap.Invalid, "过滤语言 %q 应为 cql2-text (unknown filter-lang)", lang)
		}
		in, err := frameOf(values.Get("filter-crs"), all)
		if err != nil {
			return q, err
		}
		if q.filter, err = cql2.Parse(text, c.schema(), in.parse); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (q *query) set(name, text string, c *collection, all []frame) (err error) {
	switch name {
	case "limit":
		if q.limit, err = strconv.Atoi(text); err != nil || q.limit < 1 {
			return gridmap.Errorf(gridmap.Invalid, "limit=%q 应为正整数 (want a positive number)", text)
		}
		q.limit = min(q.limit, maxLimit)
	case "offset":
		if q.offset, err = strconv.Atoi(text); err != nil || q.offset < 0 {
			return gridmap.Errorf(gridmap.Invalid, "offset=%q 应为非负整数 (want a number)", text)
		}
	case "crs":
		q.out, err = frameOf(text, all)
		return err
	case "bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "f":
	default:
		i := slices.IndexFunc(c.properties, func(p property) bool { return p.name == name })
		if i < 0 {
			return gridmap.Errorf(gridmap.Invalid, "未知参数 %q (unknown parameter)", name)
		}
		v, ok := c.properties[i].valueOf(text)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "%s=%q 不是数字 (not a number)", name, text)
		}
		q.equal = append(q.equal, condition{name, v})
	}
	return nil
}

func boxOf(text string, in frame) (cql2.Shape, error) {
	parts := strings.Split(text, ",")
	if len(parts) == 6 {
		parts = []string{parts[0], parts[1], parts[3], parts[4]}
	}
	if len(parts) != 4 {
		return cql2.Shape{}, gridmap.Errorf(gridmap.Invalid, "bbox=%q 应有 4 个数 (want 4 numbers)", text)
	}
	shape, err := cql2.BoxShape(parts[0], parts[1], parts[2], parts[3], in.parse)
	if err != nil {
		return shape, gridmap.Errorf(gridmap.Invalid, "bbox=%q 有误 (bad bbox): %w", text, err)
	}
	return shape, nil
}

func (q query) picks(f *recalled) bool {
	for _, c := range q.equal {
		if v := f.Property(c.name); !v.Known || v.Text != c.value.Text || v.Number != c.value.Number {
			return false
		}
	}
	return (q.box == nil || f.Meets(*q.box)) && q.filter.Pick(f)
}

// askAlive is after how many rows one looks whether the asker is still there.
const askAlive = 512

// recalled is a feature whose values are worked out once, however often a filter
// asks for them: the grid of a place is a search, ground is put together.
type recalled struct {
	feature
	known  map[string]cql2.Value
	shape  spatial.MultiPolygon
	shaped bool
}

// of begins anew with a feature.
func (r *recalled) of(f feature) *recalled {
	if r.known == nil {
		r.known = map[string]cql2.Value{}
	}
	clear(r.known)
	r.feature, r.shape, r.shaped = f, nil, false
	if f.ground != nil {
		r.ground = func() spatial.MultiPolygon {
			if !r.shaped {
				r.shape, r.shaped = f.ground(), true
			}
			return r.shape
		}
	}
	return r
}

// Property implements cql2.Feature.
func (r *recalled) Property(name string) cql2.Value {
	v, ok := r.known[name]
	if !ok {
		v = r.value(name)
		r.known[name] = v
	}
	return v
}

// items answers with a page of features.
func (s *Service) items(c echo.Context) error {
	v, col, err := s.asked(c)
	if err != nil {
		return problem.Write(c, err)
	}
	q, err := parse(c.QueryParams(), col, frames(v.atlas.Bounds()))
	if err != nil {
		return problem.Write(c, err)
	}
	var page []feature
	matched := 0
	var asked recalled
	for i := range col.size {
		if i%askAlive == 0 && c.Request().Context().Err() != nil {
			return nil //nolint:nilerr // the asker has gone
		}
		f := col.row(i)
		if f.id == 0 || !q.picks(asked.of(f)) {
			continue
		}
		if matched >= q.offset && len(page) < q.limit {
			page = append(page, f)
		}
		matched++
	}
	links := s.pageLinks(c, q, matched, len(page))
	c.Response().Header().Set("Content-Crs", "<"+q.out.uri+">")
	if html(c) {
		return s.itemsPage(c, col, page, matched, links)
	}
	b := append([]byte(nil), `{"type":"FeatureCollection","numberMatched":`...)
	b = strconv.AppendInt(b, int64(matched), 10)
	b = strconv.AppendInt(append(b, `,"numberReturned":`...), int64(len(page)), 10)
	b = jsontext.Key(b, `,"timeStamp":`, s.Now().UTC().Format(time.RFC3339))
	b = appendLinks(append(b, `,"links":`...), links)
	b = append(b, `,"features":[`...)
	for i, f := range page {
		if b, err = appendFeature(jsontext.Comma(b, i), col, f, q.out); err != nil {
			return problem.Write(c, err)
		}
		b = append(b, '}')
	}
	return c.Blob(http.StatusOK, geoJSON, append(b, `]}`...))
}

// item answers with one feature.
func (s *Service) item(c echo.Context) error {
	v, col, err := s.asked(c)
	if err != nil {
		return problem.Write(c, err)
	}
	for name := range c.QueryParams() {
		if name != "crs" && name != "f" && name != "datetime" {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "未知参数 %q (unknown parameter)", name))
		}
	}
	out, err := frameOf(c.QueryParam("crs"), frames(v.atlas.Bounds()))
	if err != nil {
		return problem.Write(c, err)
	}
	id, err := strconv.ParseInt(c.Param("feature"), 10, 64)
	i, ok := 0, false
	if err == nil {
		i, ok = col.find(id)
	}
	if !ok {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "%s 中没有要素 %q (no such feature)", col.id, c.Param("feature")))
	}
	f := col.row(i)
	self := s.root(c) + "/collections/" + col.id + "/items/" + c.Param("feature")
	links := []link{{self, "self", geoJSON, "本要素"}, {s.root(c) + "/collections/" + col.id, "collection", "application/json", col.title}}
	c.Response().Header().Set("Content-Crs", "<"+out.uri+">")
	if html(c) {
		return s.itemsPage(c, col, []feature{f}, 1, links)
	}
	b, err := appendFeature(nil, col, f, out)
	if err != nil {
		return problem.Write(c, err)
	}
	b = append(appendLinks(append(b, `,"links":`...), links), '}')
	return c.Blob(http.StatusOK, geoJSON, b)
}

// appendFeature writes a feature but for its closing bracket.
func appendFeature(b []byte, col *collection, f feature, out frame) ([]byte, error) {
	b = strconv.AppendInt(append(b, `{"type":"Feature","id":`...), f.id, 10)
	b = append(b, `,"properties":{`...)
	for i, p := range col.properties {
		b = append(jsontext.String(jsontext.Comma(b, i), p.name), ':')
		b = appendValue(b, p, f.value(p.name))
	}
	b = append(b, `},"geometry":`...)
	switch {
	case !f.placed:
		return append(b, `null`...), nil
	case f.ground == nil:
		b, err := appendPosition(append(b, `{"type":"Point","coordinates":`...), f.point, out)
		return append(b, '}'), err
	}
	return appendGround(b, f.ground(), out)
}

func appendValue(b []byte, p property, v cql2.Value) []byte {
	switch {
	case !v.Known:
		return append(b, `null`...)
	case p.typ == cql2.Number && p.whole:
		return strconv.AppendInt(b, int64(v.Number), 10)
	case p.typ == cql2.Number:
		return strconv.AppendFloat(b, v.Number, 'f', -1, 64)
	}
	return jsontext.String(b, v.Text)
}

func appendPosition(b []byte, p spatial.Point, out frame) ([]byte, error) {
	x, y, err := out.write(p)
	if err != nil {
		return b, gridmap.Errorf(gridmap.Invalid, "该坐标系不能表示此处 (the crs cannot hold this place): %w", err)
	}
	decimals := 3
	if out.crs.Geographic() {
		decimals = 7
	}
	b = strconv.AppendFloat(append(b, '['), x, 'f', decimals, 64)
	b = strconv.AppendFloat(append(b, ','), y, 'f', decimals, 64)
	return append(b, ']'), nil
}

func appendGround(b []byte, m spatial.MultiPolygon, out frame) ([]byte, error) {
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	var err error
	for i, poly := range m {
		b = append(jsontext.Comma(b, i), '[')
		for k, ring := range poly {
			b = append(jsontext.Comma(b, k), '[')
			for j := 0; j <= len(ring); j++ {
				if b, err = appendPosition(jsontext.Comma(b, j), ring[j%len(ring)], out); err != nil {
					return b, err
				}
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, `]}`...), nil
}

// pageLinks are self, the other form, and next while there is more.
func (s *Service) pageLinks(c echo.Context, q query, matched, returned int) []link {
	base := s.root(c) + "/collections/" + url.PathEscape(c.Param("collection")) + "/items"
	with := func(f string, offset int) string {
		v := url.Values{}
		for name, given := range c.QueryParams() {
			v[name] = given
		}
		v.Set("f", f)
		if offset > 0 {
			v.Set("offset", strconv.Itoa(offset))
		}
		return base + "?" + v.Encode()
	}
	form, kind, other, otherKind := "json", geoJSON, "html", "text/html"
	if html(c) {
		form, kind, other, otherKind = other, otherKind, form, kind
	}
	links := []link{{with(form, q.offset), "self", kind, "本页"}, {with(other, q.offset), "alternate", otherKind, "另一种格式"}}
	if q.offset+returned < matched {
		links = append(links, link{with(form, q.offset+returned), "next", kind, "下一页"})
	}
	return links
}
