package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// row is one line of the file that was taken.
type row struct {
	n        int // as a person counts
	code     string
	name     string
	fields   map[string]string // the other mapped fields that have a value
	attrs    map[string]string // unmapped columns that have a value
	counts   map[string]int64
	shape    spatial.MultiPolygon
	point    spatial.Point
	hasPoint bool
}

// reader reads and checks rows one by one.
type reader struct {
	o      Options
	m      Mapping
	crs    crs.CRS
	rep    *Report
	column map[string][]string // column -> fields; counts as "#key"
	skip   map[string]bool     // columns not to keep as attributes
	seen   map[string]int      // code -> row
	far    []int               // rows outside the area of the coordinate system
}

// read reads the whole file. It fails only when the file itself breaks off.
func (rd *reader) read(ctx context.Context, src importers.Source) ([]row, error) {
	rd.column = map[string][]string{}
	for f, c := range rd.m.Columns {
		rd.column[c] = append(rd.column[c], f)
	}
	for k, c := range rd.m.Counts {
		rd.column[c] = append(rd.column[c], "#"+k)
	}
	rd.seen = map[string]int{}
	rd.skipColumns(src.Info())
	var rows []row
	total := max(src.Info().Rows, 0)
	for f, err := range src.Features() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var bad *importers.Error
		if errors.As(err, &bad) && bad.Fatal {
			return nil, &gridmap.Error{Code: gridmap.Invalid, Message: bad.Error(), Err: err}
		}
		rd.rep.Read++
		rd.o.Progress("读取", rd.rep.Read, total)
		if err != nil {
			rd.reject(KindUnreadable, f.Row, "", nil, "%v", err)
			continue
		}
		if r, ok := rd.row(f); ok {
			rows = append(rows, r)
		}
	}
	rd.sayFar()
	return rows, nil
}

// skipColumns settles which unmapped columns are not kept: those of the shape,
// and of a staff list all, because whatever else it says of persons (identity
// numbers, home addresses) was not asked for.
func (rd *reader) skipColumns(info importers.Info) {
	rd.skip = map[string]bool{}
	for _, c := range info.Shape {
		rd.skip[c] = true
	}
	if rd.o.As != Staff {
		return
	}
	var left []string
	for _, f := range info.Fields {
		if len(rd.column[f.Name]) == 0 {
			rd.skip[f.Name] = true
			left = append(left, f.Name)
		}
	}
	if len(left) > 0 {
		rd.rep.Notes = append(rd.rep.Notes, "人员表中未对应的列不导入："+strings.Join(left, "、"))
	}
}

// reject reports a row that is not taken.
func (rd *reader) reject(kind string, n int, code string, at *LonLat, format string, args ...any) {
	rd.rep.Rejected++
	rd.rep.add(Finding{Kind: kind, Severity: Error, Rows: []int{n}, Codes: codes(code), Message: fmt.Sprintf(format, args...), At: at})
}

func codes(cs ...string) []string {
	return slices.DeleteFunc(cs, func(c string) bool { return c == "" })
}

// row takes one feature; ok is false when it was rejected.
func (rd *reader) row(f importers.Feature) (r row, ok bool) {
	r.n = f.Row
	if !rd.cells(&r, f) {
		return r, false
	}
	if rd.o.As != Staff && !rd.place(&r, f.Geometry) {
		return r, false
	}
	return r, rd.distinct(r)
}

// cells fills in everything but the shape.
func (rd *reader) cells(r *row, f importers.Feature) bool {
	r.fields = map[string]string{}
	for _, p := range f.Props {
		text := strings.TrimSpace(importers.TextOf(p.Value))
		if text == "" {
			continue
		}
		if len(rd.column[p.Key]) == 0 && !rd.skip[p.Key] {
			if r.attrs == nil {
				r.attrs = map[string]string{}
			}
			r.attrs[p.Key] = text
		}
		for _, field := range rd.column[p.Key] {
			if !rd.cell(r, p.Key, field, text) {
				return false
			}
		}
	}
	r.code, r.name = r.fields["code"], r.fields["name"]
	if rd.m.Columns["code"] == "" && (rd.o.As == Grids || rd.o.As == Atoms) {
		r.code = rowCode(f)
	}
	if r.code == "" && (rd.o.As == Grids || rd.o.As == Atoms) {
		rd.reject(KindNoCode, r.n, "", nil, "编码列 %s 是空的", rd.m.Columns["code"])
		return false
	}
	if r.name == "" && rd.o.As != Places {
		r.name = r.code
	}
	return true
}

// cell takes one cell as a field or a count.
func (rd *reader) cell(r *row, column, field, text string) bool {
	key, count := strings.CutPrefix(field, "#")
	if !count {
		r.fields[field] = text
		return true
	}
	n, err := parseCount(text)
	if err != nil {
		rd.reject(KindBadValue, r.n, "", nil, "列 %s 的 %q 不是数量：%v", column, text, err)
		return false
	}
	if r.counts == nil {
		r.counts = map[string]int64{}
	}
	r.counts[key] = n
	return true
}

// rowCode stands in for a code where the file has no column for one; only a
// dry run comes this far.
func rowCode(f importers.Feature) string {
	if f.ID != "" {
		return f.ID
	}
	return fmt.Sprintf("#%d", f.Row)
}

// parseCount reads a whole number that is not negative; 12.0 is one.
func parseCount(s string) (int64, error) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	switch {
	case err != nil:
		return 0, errors.New("不是数字")
	case v < 0:
		return 0, errors.New("是负数")
	case v != float64(int64(v)):
		return 0, errors.New("不是整数")
	}
	return int64(v), nil
}

// place puts the shape on the lattice.
func (rd *reader) place(r *row, g orb.Geometry) bool {
	areal := rd.o.As == Grids || rd.o.As == Atoms
	if g == nil || emptyShape(g) {
		if rd.o.As == Grids && rd.gridType(r) != gridmap.Waterborne || rd.o.As == Atoms {
			rd.reject(KindNoGeometry, r.n, r.code, nil, "没有图形")
			return false
		}
		return true
	}
	p := placer{crs: rd.crs}
	mid := onePoint(g)
	switch judge(rd.crs, mid) {
	case swapped:
		at := rd.turned(mid)
		if !rd.o.FixSwapped {
			rd.reject(KindSwapped, r.n, r.code, at, "经纬度（或横纵坐标）颠倒：%.6f, %.6f；改正文件，或用 --fix-swapped 调过来", mid[0], mid[1])
			return false
		}
		rd.rep.add(Finding{Kind: KindSwapped, Severity: Warning, Rows: []int{r.n}, Codes: codes(r.code), At: at, Message: "经纬度颠倒，已按 --fix-swapped 调过来"})
		p.turn = true
	case farAway:
		rd.far = append(rd.far, r.n)
	case nowhere:
		rd.reject(KindOffGlobe, r.n, r.code, nil, "坐标 %.6f, %.6f 不在地球上；坐标系 %s 对吗？", mid[0], mid[1], rd.crs.Name())
		return false
	}
	var err error
	if areal {
		return rd.polygons(r, p, g)
	}
	if r.point, err = p.point(mid); err != nil {
		rd.reject(KindOffGlobe, r.n, r.code, nil, "坐标 %.6f, %.6f 换算不了：%v", mid[0], mid[1], err)
		return false
	}
	r.hasPoint = true
	return true
}

func emptyShape(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return len(g) == 0
	case orb.MultiPolygon:
		return len(g) == 0
	case orb.Collection:
		return len(g) == 0
	case orb.MultiPoint:
		return len(g) == 0
	}
	return false
}

func (rd *reader) turned(p orb.Point) *LonLat {
	pt, err := placer{crs: rd.crs, turn: true}.point(p)
	if err != nil {
		return nil
	}
	return lonLat(pt)
}

func (rd *reader) polygons(r *row, p placer, g orb.Geometry) bool {
	shape, flaws, err := p.polygons(g)
	switch {
	case errors.Is(err, errNotPolygon):
		rd.reject(KindWrongGeometry, r.n, r.code, nil, "图形是 %s，不是面", g.GeoJSONType())
		return false
	case err != nil:
		rd.reject(KindOffGlobe, r.n, r.code, nil, "有坐标换算不了：%v", err)
		return false
	case len(shape) == 0:
		rd.reject(KindInvalidRing, r.n, r.code, flawAt(flaws), "图形没有面积（少于三个不同的点）")
		return false
	}
	rd.tellFlaws(r, flaws)
	r.shape = shape
	return true
}

func (rd *reader) tellFlaws(r *row, flaws []ringFlaw) {
	for _, f := range flaws {
		severity, msg := Warning, "有一圈边界少于三个不同的点，已去掉"
		switch f.kind {
		case KindUnclosedRing:
			msg = "有一圈边界没有闭合，已闭合"
		case KindTinyRing:
			severity, msg = Note, "有一圈边界小于 1 厘米，已去掉"
		}
		rd.rep.add(Finding{Kind: f.kind, Severity: severity, Rows: []int{r.n}, Codes: codes(r.code), At: lonLat(f.at), Message: msg})
	}
}

func flawAt(flaws []ringFlaw) *LonLat {
	if len(flaws) == 0 {
		return nil
	}
	return lonLat(flaws[0].at)
}

// distinct refuses a code that an earlier row has.
func (rd *reader) distinct(r row) bool {
	if r.code == "" || rd.o.As == Staff { // a person may hold several posts
		return true
	}
	if first, taken := rd.seen[r.code]; taken {
		rd.reject(KindSameCode, r.n, r.code, rowAt(r), "编码 %s 与第 %d 行重复", r.code, first)
		return false
	}
	rd.seen[r.code] = r.n
	return true
}

func rowAt(r row) *LonLat {
	switch {
	case r.hasPoint:
		return lonLat(r.point)
	case len(r.shape) > 0:
		return lonLat(r.shape[0][0][0])
	}
	return nil
}

// gridType reads the type of a grid: the column, in either language, else the
// option.
func (rd *reader) gridType(r *row) gridmap.GridType {
	return gridTypeOf(r.fields["type"], rd.o.GridType)
}

func gridTypeOf(s string, def gridmap.GridType) gridmap.GridType {
	for _, t := range []gridmap.GridType{gridmap.General, gridmap.Dedicated, gridmap.Commercial, gridmap.Micro, gridmap.Waterborne} {
		if s == string(t) || s == t.Name() || s == strings.TrimSuffix(t.Name(), "网格") {
			return t
		}
	}
	if def == "" {
		return gridmap.General
	}
	return def
}

// sayFar tells, once, how many rows lie outside the area of the system.
func (rd *reader) sayFar() {
	if len(rd.far) == 0 {
		return
	}
	rd.rep.add(Finding{
		Kind: KindFarAway, Severity: Warning, Rows: rd.far[:min(len(rd.far), 20)],
		Message: fmt.Sprintf("%d 行在坐标系 %s 的适用范围之外；坐标系对吗？", len(rd.far), rd.crs.Name()),
	})
}
