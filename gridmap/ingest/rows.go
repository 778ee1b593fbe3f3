package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	seen   map[string]int      // code -> index in rows
	rows   []row
	far    []int // rows outside the area of the coordinate system
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
			rd.rows = append(rd.rows, r)
		}
	}
	rd.sayFar()
	return rd.rows, nil
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

// distinct refuses a code that an earlier row has; with MergeParts a row of the
// same code and name is one more part of that row's shape.
func (rd *reader) distinct(r row) bool {
	if r.code == "" || rd.o.As == Staff || rd.o.As == Places { // a person may hold several posts; places are compared whole
		return true
	}
	at, taken := rd.seen[r.code]
	if !taken {
		rd.seen[r.code] = len(rd.rows)
		return true
	}
	first := &rd.rows[at]
	if rd.o.MergeParts && first.name == r.name && len(r.shape) > 0 && len(first.shape) > 0 {
		first.shape = append(first.shape, r.shape...)
		rd.rep.Merged++
		return false
	}
	rd.reject(KindSameCode, r.n, r.code, rowAt(r), "编码 %s 与第 %d 行重复", r.code, first.n)
	return false
}
