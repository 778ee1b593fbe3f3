package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
)

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

// gridType reads the type of a grid: the column, in either language, else the
// option.
func (rd *reader) gridType(r *row) gridmap.GridType {
	return gridTypeOf(r.fields["type"], rd.o.GridType)
}

func gridTypeOf(s string, def gridmap.GridType) gridmap.GridType {
	for _, t := range gridTypes {
		if s == string(t) || s == t.Name() || s == strings.TrimSuffix(t.Name(), "网格") {
			return t
		}
	}
	return cmp.Or(def, gridmap.General)
}

var gridTypes = []gridmap.GridType{gridmap.General, gridmap.Dedicated, gridmap.Commercial, gridmap.Micro, gridmap.Waterborne}

// knownType tells whether the word names a type: the fallback then does not
// matter.
func knownType(s string) bool {
	return gridTypeOf(s, gridmap.General) == gridTypeOf(s, gridmap.Micro)
}
