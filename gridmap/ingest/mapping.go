package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"cloudgrid/gridmap"
)

// Mapping says which column of the file holds which field. It is what
// --save-mapping writes, so that next month's file is taken the same way.
type Mapping struct {
	// Columns by field; see Fields for the fields of each kind. "" says that the
	// file has no column for a field, whatever its columns are called.
	Columns map[string]string `json:"columns"`
	// Counts of an atom (or of a grid, kept by its own atom), by key:
	// "households", "persons", "shops" …
	Counts map[string]string `json:"counts,omitempty"`
	// What was said about the file besides; "" is nothing.
	CRS      string `json:"crs,omitempty"`
	Layer    string `json:"layer,omitempty"`
	Sheet    string `json:"sheet,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// Fields lists the fields that a kind knows, the first of them its identity.
func Fields(k Kind) []string {
	switch k {
	case Grids:
		return []string{"code", "name", "parent", "parent_name", "type"}
	case Atoms:
		return []string{"code", "name", "kind", "grid", "grid_name"}
	case Places:
		return []string{
			"code", "name", "kind", "address", "province", "city", "district", "town", "community",
			"road", "section", "lane", "alley", "sub_alley", "number", "compound", "building", "unit",
			"alias", "short", "former", "former_from", "former_to", "accuracy_m", "source", "status",
		}
	case Staff:
		return []string{"grid", "name", "role", "code", "phone", "office_phone", "rank", "employment", "from", "to"}
	}
	return nil
}

// ParseColumns reads "code=VILLCODE,name=VILLNAME,households=户数": what is no
// field of the kind is a count, where the kind has counts.
func ParseColumns(k Kind, text string) (Mapping, error) {
	m := Mapping{Columns: map[string]string{}, Counts: map[string]string{}}
	for _, pair := range strings.Split(text, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		field, column, ok := strings.Cut(pair, "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		switch {
		case !ok || field == "" || column == "":
			return m, gridmap.Errorf(gridmap.Invalid, "列对应 %q 应写作 字段=列名，如 code=网格编码 (want field=column)", pair)
		case slices.Contains(Fields(k), field):
			m.Columns[field] = column
		case k == Grids || k == Atoms:
			m.Counts[field] = column
		default:
			return m, gridmap.Errorf(gridmap.Invalid, "%s 没有字段 %q；有：%s (unknown field)", k, field, strings.Join(Fields(k), "、"))
		}
	}
	return m, nil
}

// Over returns m with what other says written over it.
func (m Mapping) Over(other Mapping) Mapping {
	out := Mapping{Columns: map[string]string{}, Counts: map[string]string{}, CRS: m.CRS, Layer: m.Layer, Sheet: m.Sheet, Encoding: m.Encoding}
	for _, from := range []Mapping{m, other} {
		for f, c := range from.Columns {
			out.Columns[f] = c
		}
		for f, c := range from.Counts {
			out.Counts[f] = c
		}
	}
	for _, p := range []struct {
		to   *string
		from string
	}{{&out.CRS, other.CRS}, {&out.Layer, other.Layer}, {&out.Sheet, other.Sheet}, {&out.Encoding, other.Encoding}} {
		if p.from != "" {
			*p.to = p.from
		}
	}
	return out
}

// ReadMapping reads a saved mapping.
func ReadMapping(r io.Reader) (Mapping, error) {
	d := json.NewDecoder(io.LimitReader(r, 1<<20))
	d.DisallowUnknownFields()
	var m Mapping
	if err := d.Decode(&m); err != nil {
		return m, &gridmap.Error{Code: gridmap.Invalid, Message: fmt.Sprintf("列对应文件读不懂：%v (bad mapping file)", err), Err: err}
	}
	return m, nil
}

// Write saves the mapping.
func (m Mapping) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(m)
}

func (m Mapping) check(k Kind) error {
	for f := range m.Columns {
		if !slices.Contains(Fields(k), f) {
			return gridmap.Errorf(gridmap.Invalid, "%s 没有字段 %q；有：%s (unknown field)", k, f, strings.Join(Fields(k), "、"))
		}
	}
	if len(m.Counts) > 0 && k != Grids && k != Atoms {
		return gridmap.Errorf(gridmap.Invalid, "%s 没有数量列 (no counts for this kind)", k)
	}
	return nil
}

// checkColumns complains about columns that the file does not have.
func (m Mapping) checkColumns(have []string) error {
	var missing []string
	for _, columns := range []map[string]string{m.Columns, m.Counts} {
		for f, c := range columns {
			if c != "" && !slices.Contains(have, c) {
				missing = append(missing, f+"="+c)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	sort.Strings(missing)
	return &gridmap.Error{
		Code:    gridmap.Invalid,
		Message: fmt.Sprintf("文件里没有列 %s；有：%s (no such columns)", strings.Join(missing, "、"), strings.Join(have, "、")),
		Err:     errors.New("column"),
	}
}

// used tells whether a column is mapped to anything.
func (m Mapping) used(column string) bool {
	for _, columns := range []map[string]string{m.Columns, m.Counts} {
		for _, c := range columns {
			if c == column {
				return true
			}
		}
	}
	return false
}
