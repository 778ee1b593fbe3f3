package importers

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// sheet is a table of text cells, the common ground of CSV and XLSX.
type sheet interface {
	// lines yields each line that has cells, with its number from 1. A line
	// that cannot be read comes with an error; a *Error that is Fatal ends it.
	lines() iter.Seq2[sheetLine, error]
}

type sheetLine struct {
	row   int
	cells []string
}

// table reads features from a sheet: finds the header, the columns that hold
// coordinates, and turns each line below into a feature.
type table struct {
	info          Info
	sheet         sheet
	header        int // its line number
	lon, lat, wkt int // column indexes; -1 for none
	limits        Limits
	close         func() error
}

// openTable finds header and coordinate columns. info tells what is known
// already.
func openTable(s sheet, info Info, o Options, closeFn func() error) (*table, error) {
	t := &table{info: info, sheet: s, limits: o.Limits, close: closeFn}
	head, total, err := firstLines(s)
	if err != nil {
		return nil, fatal(info.File, CodeUnreadable, "表格读不出来", "另存后再试", err)
	}
	t.info.Rows = total
	names, err := t.findHeader(head, o.Header)
	if err != nil {
		return nil, err
	}
	if err := t.findCoordinates(names, o); err != nil {
		return nil, err
	}
	for _, l := range head {
		if l.row <= t.header {
			t.info.Rows--
		}
	}
	for _, n := range names {
		t.info.Fields = append(t.info.Fields, Field{n, Text})
	}
	return t, nil
}

// headLines is how far down a header is looked for; office files have a title,
// a unit and a date above it.
const headLines = 20

// firstLines reads the head of the sheet and counts all lines.
func firstLines(s sheet) (head []sheetLine, total int, err error) {
	for l, err := range s.lines() {
		if isFatal(err) {
			return head, total, err
		}
		if total++; err == nil && len(head) < headLines {
			head = append(head, sheetLine{l.row, append([]string(nil), l.cells...)})
		}
	}
	return head, total, nil
}

// findHeader takes the line asked for, or the first that looks like a header:
// at least two cells (or as many as the sheet has), nearly as many as the
// widest line, none of them a number. A title merged over the sheet has one.
func (t *table) findHeader(head []sheetLine, asked int) ([]string, error) {
	width := 0
	for _, l := range head {
		width = max(width, filled(l.cells))
	}
	for _, l := range head {
		if asked > 0 && l.row != asked || asked == 0 && !looksLikeHeader(l.cells, width) {
			continue
		}
		t.header = l.row
		if l.row > 1 && asked == 0 {
			t.info.Notes = append(t.info.Notes, fmt.Sprintf("表头取第 %d 行", l.row))
		}
		return uniqueNames(l.cells), nil
	}
	return nil, fatal(t.info.File, CodeUnreadable, "找不到表头", "在第一行写上列名，或用 --header 说明表头在第几行", nil)
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

func looksLikeHeader(cells []string, width int) bool {
	n := filled(cells)
	if n == 0 || n < min(2, width) || n*10 < width*6 {
		return false
	}
	for _, c := range cells {
		if _, err := strconv.ParseFloat(strings.TrimSpace(c), 64); err == nil {
			return false
		}
	}
	return true
}

func (t *table) Info() Info { return t.info }

func (t *table) Close() error { return t.close() }

func (t *table) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		n := 0
		for l, err := range t.sheet.lines() {
			if err != nil {
				if !yield(Feature{Row: l.row}, t.located(l.row, err)) {
					return
				}
				continue
			}
			if l.row <= t.header || filled(l.cells) == 0 {
				continue
			}
			if n++; n > t.limits.MaxRows {
				yield(Feature{Row: l.row}, tooManyRows(t.info.File, t.limits.MaxRows))
				return
			}
			if !yield(t.feature(l)) {
				return
			}
		}
	}
}

// located puts file and row on an error from the sheet.
func (t *table) located(row int, err error) error {
	var e *Error
	if errors.As(err, &e) {
		c := *e
		c.File, c.Row = t.info.File, row
		return &c
	}
	return rowError(t.info.File, row, CodeValue, "这一行读不出来", "检查引号和分隔符", err)
}

func (t *table) feature(l sheetLine) (Feature, error) {
	f := Feature{Row: l.row, Where: fmt.Sprintf("第 %d 行", l.row)}
	for i, c := range l.cells {
		c = strings.TrimSpace(c)
		if i >= len(t.info.Fields) {
			if c != "" {
				return f, rowError(t.info.File, l.row, CodeValue, fmt.Sprintf("有 %d 格，表头只有 %d 列", len(l.cells), len(t.info.Fields)), "检查分隔符和引号", nil)
			}
			continue
		}
		var v any
		if c != "" {
			v = c
		}
		f.Props = append(f.Props, Prop{t.info.Fields[i].Name, v})
	}
	if !soundProps(f.Props) {
		return f, rowError(t.info.File, l.row, CodeEncoding, "有读不出的文字", "用 --encoding 说明编码", nil)
	}
	var err error
	f.Geometry, err = t.geometry(f.Props)
	if err != nil {
		return f, geometryError(t.info.File, l.row, err)
	}
	return f, nil
}
